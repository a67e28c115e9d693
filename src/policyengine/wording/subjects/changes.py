"""What a change of plan does: upgrades, those of certain pairs, downgrades, cancellations."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from policyengine.policy.document.plans import Cancel, Downgrade, Upgrade
from policyengine.policy.policy import Policy
from policyengine.wording.naming import plan_name, plan_names
from policyengine.wording.refusing import NOTHING
from policyengine.wording.words import Sentence, Share, say

PERCENT: Final = 100


def change_sentences(policy: Policy) -> Iterator[Sentence]:
    """Say what happens when a wallet changes its plan."""
    if len(policy.plans) == 1:
        yield say("changes.one_plan", "/plans")
        return
    yield say("changes.order", "/plans", plans=plan_names(policy, policy.plans, "list"))
    changes = policy.changes
    yield from _upgrade(changes.upgrade, say("change.upgrade"), "/changes/upgrade")
    for index, pair in enumerate(changes.pairs):
        change = say(
            "change.upgrade_of_pair",
            before=plan_name(policy, pair.from_),
            after=plan_name(policy, pair.to),
        )
        yield from _upgrade(pair.upgrade, change, f"/changes/pairs/{index}/upgrade")
    yield from _leaving(changes.downgrade, say("change.downgrade"), "/changes/downgrade")
    cancel = changes.cancel
    yield say("changes.cancel_to", "/changes/cancel/to", to=plan_name(policy, cancel.to))
    yield from _leaving(cancel, say("change.cancel"), "/changes/cancel")
    yield from _forbidden(policy)
    yield say("changes.untouched", "/changes")


def _forbidden(policy: Policy) -> Iterator[Sentence]:
    for index, each in enumerate(policy.changes.forbidden):
        ends = {"before": each.from_, "after": each.to}
        named = {key: plan_name(policy, plan) for key, plan in ends.items() if plan is not None}
        between = "_".join(("between", *named)) if named else ""
        yield say(
            "changes.forbidden",
            f"/changes/forbidden/{index}",
            what=say(f"forbidden.{each.change}"),
            between=Sentence(f"forbidden.{between}", "", named) if named else NOTHING,
        )


def _upgrade(rule: Upgrade, change: Sentence, where: str) -> Iterator[Sentence]:
    if rule.when == "now":
        yield say(f"changes.now_{rule.new_cycle}", f"{where}/when", change=change)
    else:
        yield say("changes.end_of_cycle", f"{where}/when", change=change)
    yield _unused(rule.unused, rule.carried_expires, change, f"{where}/unused")
    yield from _share(rule, change, where)
    yield say(f"changes.new_{rule.new_credits or 'full'}", f"{where}/new_credits", change=change)
    if rule.prorated is not None:
        yield say(f"changes.prorated_{rule.prorated}", f"{where}/prorated", change=change)
    if rule.earlier_use == "re_rated":
        yield say("changes.re_rated", f"{where}/earlier_use", change=change)


def _leaving(rule: Downgrade | Cancel, change: Sentence, where: str) -> Iterator[Sentence]:
    yield say(f"changes.{rule.when}", f"{where}/when", change=change)
    yield _unused(rule.unused, rule.carried_expires, change, f"{where}/unused")
    yield from _share(rule, change, where)


def _share(rule: Upgrade | Downgrade | Cancel, change: Sentence, where: str) -> Iterator[Sentence]:
    if rule.carried_share is not None:
        share = Share(Fraction(rule.carried_share.rstrip("%")) / PERCENT)
        yield say("changes.carried_share", f"{where}/carried_share", change=change, share=share)


def _unused(unused: str, carried_expires: str | None, change: Sentence, where: str) -> Sentence:
    if unused == "carry_over":
        return say(f"changes.carried_{carried_expires}", where, change=change)
    return say(f"changes.unused_{unused}", where, change=change)
