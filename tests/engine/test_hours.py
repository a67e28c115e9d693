"""Modifiers that hold by the hour at which a request begins, and need not be named."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

import pytest

from engine.wallets import CREDIT, Wallet, policy, spend
from policyengine.engine.commands import ChangePlan, Charge, Usage, usage_of
from policyengine.engine.modifying import hours_that_meet, with_hours
from policyengine.engine.price_steps import explain_price
from policyengine.ledger.changes import Charged
from policyengine.ledger.subscriptions import NOBODY, Standing
from policyengine.ledger.transactions import change_of
from policyengine.policy.policy import Policy
from policyengine.values.calendar import parse_instant

NIGHT: Final = {"from": "22:00", "until": "06:00"}
WEEKEND: Final = {"from": "00:00", "until": "24:00", "days": ["saturday", "sunday"]}
HOURS: Final[Mapping[str, Any]] = {
    "batch": {"factor": Decimal("0.5")},
    "night": {"factor": Decimal("0.8"), "hours": [NIGHT], "not_with": ["batch"]},
    "weekend": {"factor": Decimal("0.9"), "hours": [WEEKEND], "models": ["standard"]},
    "club": {"factor": Decimal("0.1"), "hours": [WEEKEND], "plans": ["pro_plus"]},
    "late": {"factor": Decimal(3), "hours": [NIGHT], "not_with": ["night", "fast"]},
    "fast": {"factor": Decimal(6), "not_with": ["weekend"]},
}
RULES: Final = policy({"time/zone": "UTC", "modifiers": dict(HOURS)})
SUNDAY_NIGHT: Final = parse_instant("2026-03-01T23:00:00Z")
MONDAY_NOON: Final = parse_instant("2026-03-02T12:00:00Z")
PRO: Final = Standing("pro")


def names(usage: Usage, at: int, standing: Standing = PRO, rules: Policy = RULES) -> list[str]:
    return list(with_hours(rules, usage, standing, at).modifiers)


@pytest.mark.parametrize(
    ("usage", "standing", "expected"),
    [
        (spend(1), PRO, ["night", "weekend"]),
        (spend(1), Standing("pro_plus"), ["night", "weekend", "club"]),
        (spend(1, "frontier"), NOBODY, ["night"]),
        (spend(1, modifiers=["batch"]), PRO, ["batch", "weekend", "late"]),
        (spend(1, modifiers=["fast"]), PRO, ["fast", "night"]),
        (spend(1, modifiers=["unheard_of"]), PRO, ["unheard_of", "night", "weekend"]),
    ],
)
def test_what_the_hours_the_model_the_plan_and_others_allow_holds(
    usage: Usage, standing: Standing, expected: list[str]
) -> None:
    assert names(usage, SUNDAY_NIGHT, standing) == expected
    assert names(usage, MONDAY_NOON, standing) == list(usage.modifiers)


def test_the_sets_of_hours_that_meet_in_a_week_are_known() -> None:
    assert hours_that_meet(RULES, "standard", PRO) == (
        (),
        ("night",),
        ("weekend",),
        ("night", "weekend"),
    )
    assert hours_that_meet(RULES, "frontier", NOBODY) == ((), ("night",))
    assert hours_that_meet(policy(), "standard", PRO) == ((),)


def test_hours_are_decided_anew_for_usage_that_has_been_priced() -> None:
    priced = with_hours(RULES, spend(1), PRO, SUNDAY_NIGHT)
    assert with_hours(RULES, priced, PRO, SUNDAY_NIGHT) is priced
    assert names(priced, MONDAY_NOON) == []


def test_a_model_that_is_not_listed_has_the_hours_of_the_one_that_prices_it() -> None:
    listed = {"charge/unknown_model": "priced_as", "charge/priced_as": "standard"}
    rules = policy({"time/zone": "UTC", "modifiers": dict(HOURS), **listed})
    assert names(spend(1, "gone"), SUNDAY_NIGHT, rules=rules) == ["night", "weekend"]
    assert names(spend(1, "gone"), SUNDAY_NIGHT) == ["night"]


def wallet(*, at: int = MONDAY_NOON, **more: Any) -> Wallet:
    return Wallet(policy({"time/zone": "UTC", "modifiers": dict(HOURS), **more}), start=at)


def test_the_start_of_a_request_decides_and_its_names_are_kept() -> None:
    ana = wallet(at=SUNDAY_NIGHT)
    answer = ana.do(Charge(spend(10, started_at=SUNDAY_NIGHT)), MONDAY_NOON)
    charge = change_of(answer, Charged)
    assert charge is not None
    assert (charge.price_micro, usage_of(charge).modifiers) == (7_200_000, ("night", "weekend"))


def test_a_request_cannot_name_a_modifier_of_hours() -> None:
    refusal = wallet().do(Charge(spend(1, modifiers=["night"]))).refusal
    assert refusal is not None
    assert refusal.code == "modifier_not_allowed"
    assert refusal.message == (
        "modifier `night` holds by itself, 22:00-06:00 in UTC; a request does not name it"
    )
    assert refusal.details["hours"] == ["22:00-06:00"]


def test_a_modifier_that_a_request_names_stands_beside_those_of_hours() -> None:
    charge = change_of(wallet(at=SUNDAY_NIGHT).do(Charge(spend(10, modifiers=["fast"]))), Charged)
    assert charge is not None
    assert charge.price_micro == 48 * CREDIT  # 10 x 0.8 x 6


def test_re_rated_use_has_the_hours_of_the_new_plan() -> None:
    upgrade = {
        "when": "now",
        "new_cycle": "keeps_date",
        "unused": "lost",
        "carried_expires": "as_before",
        "new_credits": "less_used",
        "earlier_use": "re_rated",
    }
    ana = wallet(at=SUNDAY_NIGHT, **{"changes/upgrade": upgrade})
    ana.do(Charge(spend(10, "frontier")), SUNDAY_NIGHT)
    before = ana.available
    ana.do(ChangePlan("pro_plus"), SUNDAY_NIGHT + 1)
    # 10 x 6 x 0.8 = 48 on pro; a tenth of that, 4.8, on pro_plus: 6,000 - 4.8 are there.
    assert (before, ana.available) == (1_952 * CREDIT, 5_995_200_000)


def test_a_price_says_at_which_hour_the_request_began() -> None:
    usage = with_hours(RULES, spend(10, started_at=SUNDAY_NIGHT), NOBODY, SUNDAY_NIGHT)
    found = explain_price(RULES, usage)
    labels = [step.label for _, step in found.walk()]  # type: ignore[union-attr]
    assert "modifier `night` x 0.8, begun on Sunday at 23:00 in UTC" in labels
