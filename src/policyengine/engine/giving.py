"""Giving: the credits that a plan's grants give at the start of a cycle, and in its course."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from policyengine.engine.cycles import Cycle, PartOf, grant_period, part_left, period_of
from policyengine.engine.situation import Draft, expires_at
from policyengine.ledger.changes import GiftGiven, SeriesSet
from policyengine.ledger.lots import PRIORITY_DEFAULT, UNRESTRICTED, Restriction
from policyengine.ledger.subscriptions import Given, Series
from policyengine.policy.policy import CapRule, GrantRule, PlanRule, Policy
from policyengine.values.amounts import AMOUNT_MICRO_MAX, Micro, round_ratio
from policyengine.values.calendar import Instant

_NOTHING: Final[Mapping[str, Micro]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Entry:
    """How a wallet comes into a cycle.

    `part` is what a period that is under way gives of its credits; `less` is taken off recurring
    grants, by name, before that; `counted` is what counts as given by them before.
    """

    part: PartOf = "full"
    less: Mapping[str, Micro] = field(default_factory=lambda: _NOTHING)
    counted: Mapping[str, Micro] = field(default_factory=lambda: _NOTHING)


WHOLE: Final = Entry()


def give_plan_grants(
    draft: Draft, plan: PlanRule, version: int, cycle: Cycle, entry: Entry = WHOLE
) -> tuple[Given, ...]:
    """Open the lots that a plan gives now, its gifts if not given yet, and start its own clocks.

    Gives: what the subscription has to note.
    """
    notes: list[Given] = []
    for grant in plan.grants:
        if grant.given == "once":
            _give_gift(draft, plan, grant, version, cycle)
            continue
        notes += _give_first(draft, plan, grant, version, cycle, entry)
    return tuple(notes)


def _give_gift(draft: Draft, plan: PlanRule, grant: GrantRule, version: int, cycle: Cycle) -> None:
    if grant.rule in draft.book.gifts or not is_time(grant, draft.at):
        return
    draft.change(GiftGiven(grant.rule))
    open_grant(draft, plan, grant, f"v{version}.{grant.rule}", grant.amount_micro, cycle, cycle)


def _give_first(
    draft: Draft, plan: PlanRule, grant: GrantRule, version: int, cycle: Cycle, entry: Entry
) -> list[Given]:
    rule, zone = f"v{version}.{grant.rule}", draft.policy.zone
    period = grant_period(draft.policy, grant, cycle, draft.at)
    if period.ends_at < cycle.ends_at:
        _start_clock(draft, grant, rule, cycle, period)
    amount = max(0, grant.amount_micro - entry.less.get(grant.name, 0))
    part = Fraction(1)
    if draft.at != period.starts_at:
        part = part_left(entry.part, period, draft.at, zone)
    if part != 1:
        exact = amount * part
        amount = round_ratio(exact.numerator, exact.denominator, draft.policy.quantum_micro, "down")
    if not is_time(grant, draft.at):
        amount = 0
    return _give_noted(
        draft, plan, grant, rule, amount, cycle, period, entry.counted.get(grant.name, 0)
    )


def _start_clock(draft: Draft, grant: GrantRule, rule: str, cycle: Cycle, period: Cycle) -> None:
    draft.series_opened += 1
    series = Series(
        draft.series_opened,
        draft.seq,
        rule,
        grant.amount_micro,
        cycle.starts_at,
        period.ends_at,
        cycle.ends_at,
        period.index + 1,
        grant.every,
        None,
        _priority(grant),
        _restriction(grant),
    )
    draft.change(SeriesSet(series))


def give_again(
    draft: Draft, plan: PlanRule, grant: GrantRule, series: Series, period: Cycle
) -> list[Given]:
    """Give what a grant on its own clock gives at the start of a later period.

    Gives: what the subscription has to note.
    """
    if not is_time(grant, draft.at):
        return []
    cycle = Cycle(series.anchor_at, 0, series.anchor_at, series.ends_at)
    return _give_noted(draft, plan, grant, series.rule, grant.amount_micro, cycle, period)


def _give_noted(
    draft: Draft,
    plan: PlanRule,
    grant: GrantRule,
    rule: str,
    amount: Micro,
    cycle: Cycle,
    period: Cycle,
    counted: Micro = 0,
) -> list[Given]:
    """Open the lot of a recurring grant within its own cap; give what has to be noted of it."""
    since = period.starts_at
    if grant.at_most is not None:
        since = _cap_since(draft.policy, grant.at_most, cycle, draft.at)
        counted = _given_since(draft, plan, grant, since)
        amount = min(amount, max(0, grant.at_most.amount_micro - counted))
    amount = open_grant(draft, plan, grant, rule, amount, cycle, period)
    if grant.at_most is None and not counts_use(draft.policy):
        return []
    return [Given(grant.name, since, counted + amount)]


def _given_since(draft: Draft, plan: PlanRule, grant: GrantRule, since: Instant) -> Micro:
    """Give what a grant has given in the period of its cap; a change of plan starts anew."""
    subscription = draft.book.subscription
    if subscription is None or subscription.plan != plan.name:
        return 0
    return sum(
        each.amount_micro
        for each in subscription.given
        if (each.grant, each.since) == (grant.name, since)
    )


def _cap_since(policy: Policy, cap: CapRule, cycle: Cycle, at: Instant) -> Instant:
    """Give the instant from which a cap counts what a grant has given."""
    if cap.span is None:
        return cycle.starts_at
    return period_of(policy, cap.span, cycle, at).starts_at


def open_grant(
    draft: Draft,
    plan: PlanRule,
    grant: GrantRule,
    rule: str,
    amount: Micro,
    cycle: Cycle,
    period: Cycle,
    *,
    times_kept: int = 0,
) -> Micro:
    """Open the lot of a grant, cut so that the wallet stays within the plan's cap.

    Gives: what was granted.
    """
    restricted = _restriction(grant)
    amount = min(amount, room(draft, plan, restricted))
    ends_at = period.ends_at
    if grant.expiry.how != "end_of_period":
        ends_at = expires_at(grant.expiry, draft.at, cycle.ends_at, draft.policy.zone)
    if not amount:
        return 0
    recurs = grant.given != "once"
    terms: dict[str, object] = {}
    if restricted or grant.priority is not None:
        terms = {"priority": _priority(grant), "restricted_to": restricted}
    if times_kept:
        terms["times_kept"] = times_kept
    draft.open_lot(
        "plan" if recurs else "gift",
        rule,
        amount,
        ends_at,
        cycle_bound=recurs,
        rolls=recurs and grant.carry_over != "none",
        **terms,
    )
    return amount


def room(draft: Draft, plan: PlanRule, restricted: Restriction) -> Micro:
    """Give how much of an amount fits below the cap on the balance, holds included.

    It is the plan's, or where it has none, the most that a ledger accounts for: a wallet at which
    a renewal would fail could do nothing any more. What pays debt at once never reaches the
    balance.
    """
    most = plan.balance_at_most_micro
    if most is None:
        most = AMOUNT_MICRO_MAX
    owed = draft.debt if draft.pays_debt("plan") and not restricted else 0
    balance = draft.available + draft.book.held_micro - owed
    return max(0, most - balance)


def is_time(grant: GrantRule, at: Instant) -> bool:
    """Tell whether a grant is given at an instant, by its promotional period if it has one."""
    return grant.between is None or grant.between[0] <= at < grant.between[1]


def _priority(grant: GrantRule) -> int:
    return PRIORITY_DEFAULT if grant.priority is None else grant.priority


def _restriction(grant: GrantRule) -> Restriction:
    if not grant.models and not grant.units:
        return UNRESTRICTED
    return Restriction(grant.models, grant.units)


def counts_use(policy: Policy) -> bool:
    """Tell whether some upgrade counts what was spent before, so that grants have to be noted."""
    changes = policy.changes
    rules = (changes.upgrade, *(pair.upgrade for pair in changes.pairs))
    return any(rule.new_credits == "less_used" for rule in rules)
