"""How changes alter a wallet's limits: one function per change, as for the book itself."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from policyengine.ledger.changes import (
    CapCounted,
    Change,
    DebtChanged,
    OverageChanged,
    OverageSet,
    PaidDebtReturned,
    ReRated,
    ReRateNoted,
    SeatsSet,
    TopUpEnded,
    TopUpRequested,
    TopUpSet,
)
from policyengine.ledger.limit_state import (
    RE_RATES_MAX,
    CapUse,
    LimitState,
    OverageDue,
    ReRate,
    TopUp,
)
from policyengine.values.calendar import Instant

LimitFold = Callable[[LimitState, Any, int, Instant], LimitState]
"""Takes the limits as they are, the change, and the number and instant of its transaction."""


def _overage_set(limits: LimitState, change: OverageSet, _seq: int, _at: Instant) -> LimitState:
    return replace(limits, overage_on=change.on, overage_limit_micro=change.limit_micro)


def _overage_changed(
    limits: LimitState, change: OverageChanged, _seq: int, _at: Instant
) -> LimitState:
    due = []
    is_new = True
    for each in limits.overage:
        if (each.rule, each.price, each.currency) == (change.rule, change.price, change.currency):
            is_new = False
            each = replace(each, amount_micro=each.amount_micro + change.by_micro)  # noqa: PLW2901
        due.append(each)
    if is_new:
        due.append(OverageDue(change.rule, change.price, change.currency, change.by_micro))
    return replace(limits, overage=tuple(each for each in due if each.amount_micro))


def _cap_counted(limits: LimitState, change: CapCounted, _seq: int, at: Instant) -> LimitState:
    used = limits.used_micro(change.cap, change.name, change.ends_at) + change.by_micro
    # Windows that are over are forgotten, and one whose cycle was cut short by a change of plan.
    uses = [
        use
        for use in limits.uses
        if at < use.ends_at and (use.cap, use.name) != (change.cap, change.name)
    ]
    if used:
        uses.append(CapUse(change.cap, change.name, change.ends_at, used))
    return replace(limits, uses=tuple(uses))


def _top_up_set(limits: LimitState, change: TopUpSet, _seq: int, _at: Instant) -> LimitState:
    return replace(limits, top_up_on=change.on)


def _top_up_requested(
    limits: LimitState, change: TopUpRequested, seq: int, at: Instant
) -> LimitState:
    kept = [each for each in limits.top_ups if each.state == "pending" or at < each.forget_at]
    asked = TopUp(seq, change.amount_micro, change.pack, at, change.forget_at)
    return replace(limits, top_ups=(*kept, asked), top_up_from=change.next_from)


def _top_up_ended(limits: LimitState, change: TopUpEnded, _seq: int, _at: Instant) -> LimitState:
    ended = tuple(
        replace(each, state=change.how) if each.seq == change.top_up_seq else each
        for each in limits.top_ups
    )
    failed = change.how == "failed"
    return replace(
        limits,
        top_ups=ended,
        top_up_from=max(limits.top_up_from, change.next_from),
        failures=limits.failures + 1 if failed else 0,
    )


def _seats_set(limits: LimitState, change: SeatsSet, _seq: int, _at: Instant) -> LimitState:
    return replace(limits, seats=change.seats, seats_given=change.given)


def _re_rate_noted(limits: LimitState, change: ReRateNoted, _seq: int, at: Instant) -> LimitState:
    noted = limits.re_rate(change.plan, change.ends_at) + change.by_micro
    # What is noted of cycles that are over is forgotten; what was settled is not.
    kept = [
        each
        for each in limits.re_rates
        if each.settled or (at < each.ends_at and each.plan != change.plan)
    ]
    if noted:
        kept.append(ReRate(change.plan, change.ends_at, noted))
    return replace(limits, re_rates=tuple(kept))


def _re_rated(limits: LimitState, change: ReRated, _seq: int, _at: Instant) -> LimitState:
    settled = [each for each in limits.re_rates if each.settled and each.ends_at != change.ends_at]
    let_go = max(0, change.by_micro - change.taken_micro)
    settled.append(
        ReRate(change.plan, change.ends_at, change.by_micro, settled=True, let_go_micro=let_go)
    )
    noted = [each for each in limits.re_rates if not each.settled and each.plan != change.plan]
    return replace(limits, re_rates=(*settled[-RE_RATES_MAX:], *noted))


def _debt_changed(limits: LimitState, change: DebtChanged, _seq: int, _at: Instant) -> LimitState:
    if change.how not in {"repaid", "invoiced"}:
        return limits
    return replace(
        limits,
        debt_paid_micro=limits.debt_paid_micro - change.by_micro,
        debt_paid_until=max(limits.debt_paid_until, change.paid_until),
    )


def _paid_debt_returned(
    limits: LimitState, change: PaidDebtReturned, _seq: int, _at: Instant
) -> LimitState:
    left = limits.debt_paid_micro - change.amount_micro
    until = limits.debt_paid_until if left else 0
    return replace(limits, debt_paid_micro=left, debt_paid_until=until)


LIMIT_FOLDS: Final[Mapping[type[Change], LimitFold]] = {
    OverageSet: _overage_set,
    OverageChanged: _overage_changed,
    CapCounted: _cap_counted,
    TopUpSet: _top_up_set,
    TopUpRequested: _top_up_requested,
    TopUpEnded: _top_up_ended,
    ReRateNoted: _re_rate_noted,
    ReRated: _re_rated,
    SeatsSet: _seats_set,
    DebtChanged: _debt_changed,
    PaidDebtReturned: _paid_debt_returned,
}
