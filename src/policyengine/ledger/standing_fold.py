"""How changes alter a wallet's standing: one function per change, as for the book itself."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from policyengine.ledger.changes import (
    CapCounted,
    Change,
    OverageChanged,
    OverageSet,
    SeatsSet,
    TopUpEnded,
    TopUpRequested,
    TopUpSet,
)
from policyengine.ledger.standing import CapUse, OverageDue, Standing, TopUp
from policyengine.values.calendar import Instant

StandingFold = Callable[[Standing, Any, int, Instant], Standing]
"""Takes the standing, the change, and the number and instant of its transaction."""


def _overage_set(standing: Standing, change: OverageSet, _seq: int, _at: Instant) -> Standing:
    return replace(standing, overage_on=change.on, overage_limit_micro=change.limit_micro)


def _overage_changed(
    standing: Standing, change: OverageChanged, _seq: int, _at: Instant
) -> Standing:
    due = []
    is_new = True
    for each in standing.overage:
        if (each.rule, each.price, each.currency) == (change.rule, change.price, change.currency):
            is_new = False
            each = replace(each, amount_micro=each.amount_micro + change.by_micro)  # noqa: PLW2901
        due.append(each)
    if is_new:
        due.append(OverageDue(change.rule, change.price, change.currency, change.by_micro))
    return replace(standing, overage=tuple(each for each in due if each.amount_micro))


def _cap_counted(standing: Standing, change: CapCounted, _seq: int, at: Instant) -> Standing:
    used = standing.used_micro(change.cap, change.name, change.ends_at) + change.by_micro
    # Windows that are over are forgotten, and one whose cycle was cut short by a change of plan.
    uses = [
        use
        for use in standing.uses
        if at < use.ends_at and (use.cap, use.name) != (change.cap, change.name)
    ]
    if used:
        uses.append(CapUse(change.cap, change.name, change.ends_at, used))
    return replace(standing, uses=tuple(uses))


def _top_up_set(standing: Standing, change: TopUpSet, _seq: int, _at: Instant) -> Standing:
    return replace(standing, top_up_on=change.on)


def _top_up_requested(
    standing: Standing, change: TopUpRequested, seq: int, at: Instant
) -> Standing:
    kept = [each for each in standing.top_ups if each.state == "pending" or at < each.forget_at]
    asked = TopUp(seq, change.amount_micro, change.pack, at, change.forget_at)
    return replace(standing, top_ups=(*kept, asked), top_up_from=change.next_from)


def _top_up_ended(standing: Standing, change: TopUpEnded, _seq: int, _at: Instant) -> Standing:
    ended = tuple(
        replace(each, state=change.how) if each.seq == change.top_up_seq else each
        for each in standing.top_ups
    )
    failed = change.how == "failed"
    return replace(
        standing,
        top_ups=ended,
        top_up_from=max(standing.top_up_from, change.next_from),
        failures=standing.failures + 1 if failed else 0,
    )


def _seats_set(standing: Standing, change: SeatsSet, _seq: int, _at: Instant) -> Standing:
    return replace(standing, seats=change.seats, seats_given=change.given)


STANDING_FOLDS: Final[Mapping[type[Change], StandingFold]] = {
    OverageSet: _overage_set,
    OverageChanged: _overage_changed,
    CapCounted: _cap_counted,
    TopUpSet: _top_up_set,
    TopUpRequested: _top_up_requested,
    TopUpEnded: _top_up_ended,
    SeatsSet: _seats_set,
}
