"""The sentences of refusals that need more than names: credits that are short, and the ways out."""

from collections.abc import Mapping
from typing import Any, Final, Literal

from policyengine.policy.policy import Policy
from policyengine.values.amounts import Micro
from policyengine.values.calendar import parse_instant
from policyengine.wording.naming import model_name, pack_name, plan_name
from policyengine.wording.words import Count, Figure, Sentence, Value, Verbatim, When, listed, say

NOTHING: Final = Verbatim("")
_TITLES: Final = {"pack": pack_name, "plan": plan_name, "model": model_name}


def insufficient_words(needed: Micro, available: Micro, lots: int, overage: Micro = 0) -> Sentence:
    """Say how many credits are needed, available and short."""
    return say(
        "refusal.insufficient_credits",
        needed=Figure(needed),
        available=Figure(available),
        where=say("refusal.in_lots", lots=Count(lots, "lot")) if lots else NOTHING,
        lent=say("refusal.lent", overage=Figure(overage)) if overage else NOTHING,
        short=Figure(needed - available),
    )


def way_words(way: Mapping[str, Any], policy: Policy | None = None) -> Sentence:
    """Say a way out, as a refusal lists it.

    Takes: the policy whose titles shall stand for names; without it the names stand.
    """
    kind: str = way["way"]
    values: dict[str, Value] = {}
    if "credits_micro" in way:
        values["credits"] = Figure(way["credits_micro"])
    for part in ("pack", "plan"):
        if part in way:
            values[part] = _title(policy, part, way[part])
    if kind == "wait":
        until = When(parse_instant(way["until"]))
        if "grant" in way:
            return say("way.wait_for_grant", grant=Verbatim(way["grant"]), until=until, **values)
        return say("way.wait_until", until=until)
    if kind == "use_model":
        return cheaper_models([way["model"]], policy)
    if "price" in way:
        values["price"] = Verbatim(way["price"])
    return Sentence(f"way.{kind}", "", values)


def cheaper_models(models: list[str], policy: Policy | None = None) -> Sentence:
    """Say which models cost less."""
    return say("way.use_model", models=listed((_title(policy, "model", m) for m in models), "list"))


def _title(policy: Policy | None, part: Literal["pack", "plan", "model"], name: str) -> Verbatim:
    return Verbatim(name) if policy is None else _TITLES[part](policy, name)
