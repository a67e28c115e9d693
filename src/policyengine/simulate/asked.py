"""What a recorded transaction was asked: worked out from what it did, told by its fingerprint.

A ledger keeps what commands led to, and a fingerprint of what they asked. Here each transaction
gives a few commands that may have led to it; the one with the same fingerprint is the one.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from policyengine.engine.commands import (
    ENGINE_KEYS,
    Adjust,
    Body,
    BuyPack,
    Cancel,
    Capture,
    ChangePlan,
    Charge,
    Command,
    Convert,
    Extend,
    FailTopUp,
    GiveGrant,
    OpenHold,
    PayTopUp,
    Refund,
    Release,
    SetCohort,
    SetOverage,
    SetSeats,
    SetTopUp,
    Subscribe,
    Usage,
    VoidGrant,
    fingerprint,
)
from policyengine.ledger.changes import (
    Charged,
    FellBack,
    ForCase,
    ForMember,
    HoldClosed,
    HoldSet,
    LotOpened,
    OverageSet,
    Referenced,
    SeatsSet,
    SeriesSet,
    SubscriptionSet,
    TopUpEnded,
    TopUpSet,
)
from policyengine.ledger.holds import Hold
from policyengine.ledger.transactions import Transaction, TransactionKind, change_of
from policyengine.policy.timeline import Timeline
from policyengine.values.calendar import NEVER, SECOND, CalendarSpan, Instant

MOVES_NOTHING: Final[frozenset[TransactionKind]] = frozenset({"report", "resolve"})
_DAY: Final = 86_400
_CLOCK_CHANGE_MAX: Final = 2 * 3600
"""By how many seconds clocks go forward or back at most; Antarctica's Troll station changes so."""
_UNITS: Final = (("minute", 60), ("second", 1), ("hour", 3600), ("day", _DAY))


@dataclass(frozen=True, slots=True)
class Asked:
    """A recorded transaction and what it was asked.

    `body` is None where the ledger does not keep that, as for refused requests. Where `is_exact` is
    not set, it is the nearest that can be told: a hold for usage is one for its amount.
    """

    transaction: Transaction
    body: Body | None
    is_exact: bool


def asked_of(transactions: Sequence[Transaction], timeline: Timeline) -> list[Asked]:
    """Give what a wallet was asked, in order; what the clock did is left out.

    Takes: all of a wallet's transactions, in order; the policy that decided them.
    """
    found = []
    within = _Within(timeline, {})
    for transaction in transactions:
        if not transaction.key.startswith(ENGINE_KEYS):
            found.append(_asked(transaction, within))
        for change in transaction.changes:
            if isinstance(change, HoldSet):
                within.holds[change.hold.seq] = change.hold
    return found


def _asked(transaction: Transaction, within: "_Within") -> Asked:
    candidates = _CANDIDATES.get(transaction.kind)
    if transaction.refusal is not None or candidates is None:
        return Asked(transaction, None, is_exact=False)
    nearest: Body | None = None
    for body in candidates(transaction, within):
        if fingerprint(command_of(transaction, body)) == transaction.fingerprint:
            return Asked(transaction, body, is_exact=True)
        nearest = nearest or body
    return Asked(transaction, nearest, is_exact=False)


def command_of(transaction: Transaction, body: Body) -> Command:
    """Give the command of a transaction, with the body that it was asked or another one."""
    return Command(
        transaction.wallet_id,
        transaction.key,
        transaction.effective_at,
        body,
        transaction.actor,
        transaction.reason,
    )


@dataclass(slots=True)
class _Within:
    """What a transaction stands in: the ledger's policy, and the holds of the wallet so far."""

    timeline: Timeline
    holds: dict[int, Hold]


def _subscribe(of: Transaction, _within: _Within) -> Iterator[Body]:
    joined = change_of(of, SubscriptionSet)
    if joined is not None:
        plan, cohort = joined.subscription.plan, joined.subscription.cohort
        yield Subscribe(plan, of.policy.name, cohort)
        yield Subscribe(plan, "", cohort)
        yield ChangePlan(plan)


def _change_plan(of: Transaction, _within: _Within) -> Iterator[Body]:
    changed = change_of(of, SubscriptionSet)
    if changed is not None:
        subscription = changed.subscription
        if subscription.pending is not None:
            yield ChangePlan(subscription.pending.plan)
        yield ChangePlan(subscription.plan)
        yield SetCohort(subscription.cohort)


def _cancel(_of: Transaction, _within: _Within) -> Iterator[Body]:
    yield Cancel()


def _purchase(of: Transaction, _within: _Within) -> Iterator[Body]:
    reference = _reference(of)
    if change_of(of, TopUpEnded) is not None and of.parent_seq is not None:
        yield PayTopUp(of.parent_seq, reference)
    opened = change_of(of, LotOpened)
    if opened is not None:
        yield BuyPack(opened.terms.rule.rpartition(".packs.")[2], reference)


def _reference(of: Transaction) -> str:
    found = change_of(of, Referenced)
    return "" if found is None else str(found.reference)


def _top_up(of: Transaction, _within: _Within) -> Iterator[Body]:
    found = change_of(of, TopUpSet)
    if found is not None:
        yield SetTopUp(found.on)
    if of.parent_seq is not None:
        yield FailTopUp(of.parent_seq)


def _overage(of: Transaction, _within: _Within) -> Iterator[Body]:
    found = change_of(of, OverageSet)
    if found is not None:
        yield SetOverage(found.on, found.limit_micro)


def _seats(of: Transaction, _within: _Within) -> Iterator[Body]:
    found = change_of(of, SeatsSet)
    if found is not None:
        yield SetSeats(found.seats)


def _grant(of: Transaction, _within: _Within) -> Iterator[Body]:
    started = change_of(of, SeriesSet)
    at = of.effective_at
    if started is not None:
        series = started.series
        ends_at = _unless_never(series.ends_at)
        for starts_at in (None, series.anchor_at, series.next_at, at):
            for anchor_at in (series.anchor_at, None):
                yield GiveGrant(
                    series.amount_micro,
                    series.priority,
                    starts_at,
                    ends_at,
                    series.interval,
                    anchor_at,
                    series.rollover,
                    series.restricted_to,
                )
        return
    opened = change_of(of, LotOpened)
    if opened is not None:
        terms = opened.terms
        ends_at = _unless_never(terms.expires_at)
        for starts_at in (None, at):
            yield GiveGrant(
                terms.granted_micro,
                terms.priority,
                starts_at,
                ends_at,
                restricted_to=terms.restricted_to,
            )


def _convert(of: Transaction, within: _Within) -> Iterator[Body]:
    opened, policy = change_of(of, LotOpened), within.timeline.version(of.policy.version)
    if opened is None or policy is None:
        return
    unit = opened.terms.rule.rpartition(".conversions.")[2]
    rule = policy.limits.conversions.get(unit)
    if rule is not None:
        yield Convert(unit, opened.terms.granted_micro // rule.amount_micro, _reference(of))


def _unless_never(instant: Instant) -> Instant | None:
    return None if instant >= NEVER else instant


def _adjust(of: Transaction, _within: _Within) -> Iterator[Body]:
    opened = change_of(of, LotOpened)
    if opened is None:
        yield Adjust(-sum(move.amount_micro for move in of.moves))
    else:
        yield Adjust(opened.terms.granted_micro, _unless_never(opened.terms.expires_at))


def _void(of: Transaction, _within: _Within) -> Iterator[Body]:
    if of.parent_seq is not None:
        yield VoidGrant(of.parent_seq)


def _refund(of: Transaction, _within: _Within) -> Iterator[Body]:
    case = change_of(of, ForCase)
    case_seq = None if case is None else case.case_seq
    if of.parent_seq is not None:
        back = sum(move.amount_micro for move in of.moves if move.source == "consumed")
        yield Refund(of.parent_seq, None, case_seq)
        yield Refund(of.parent_seq, back, case_seq)


def _usages(charge: Charged, of: Transaction, within: _Within) -> Iterator[Usage]:
    fell_back = change_of(of, FellBack)
    terms = charge.terms
    model = charge.model if terms is None or not terms.asked else terms.asked
    model = model if fell_back is None else fell_back.asked
    modifiers = () if terms is None else terms.modifiers
    rated_by = within.timeline.version(charge.rated_by)
    if rated_by is not None:
        modifiers = tuple(name for name in modifiers if name not in rated_by.by_hours)
    for started_at in (charge.started_at, None):
        yield Usage(model, charge.counts, started_at, charge.outcome, modifiers)


def _charge(of: Transaction, within: _Within) -> Iterator[Body]:
    charge, member = change_of(of, Charged), change_of(of, ForMember)
    if charge is None:
        return
    name = "" if member is None else str(member.member)
    for usage in _usages(charge, of, within):
        for has_run in (False, True):
            yield Charge(usage, has_run, of.conversation_id, of.operation_id, charge.estimate, name)


def _hold(of: Transaction, _within: _Within) -> Iterator[Body]:
    found = change_of(of, HoldSet)
    if found is not None:
        hold = found.hold
        for life in (None, *_spans(hold.expires_at - of.effective_at)):
            yield OpenHold(
                hold.held_micro,
                None,
                life,
                hold.conversation_id,
                hold.operation_id,
                hold.estimate,
                hold.member,
            )


def _capture(of: Transaction, within: _Within) -> Iterator[Body]:
    charge = change_of(of, Charged)
    if charge is None or of.parent_seq is None:
        return
    final = change_of(of, HoldClosed) is not None
    for usage in _usages(charge, of, within):
        yield Capture(of.parent_seq, usage, None, final)
    yield Capture(of.parent_seq, None, charge.price_micro, final)


def _release(of: Transaction, _within: _Within) -> Iterator[Body]:
    if of.parent_seq is not None:
        yield Release(of.parent_seq)


def _extend(of: Transaction, within: _Within) -> Iterator[Body]:
    found = change_of(of, HoldSet)
    before = within.holds.get(of.parent_seq or 0)
    if found is not None and before is not None:
        for span in _spans(found.hold.expires_at - before.expires_at):
            yield Extend(before.seq, span)


def _spans(microseconds: int) -> Iterator[CalendarSpan]:
    """Give the spans that are so long: the same time in each unit that divides it.

    A span of days over a change of the clocks is longer or shorter than so many times 24 hours.
    """
    seconds, rest = divmod(microseconds, SECOND)
    for unit, length in _UNITS:
        if not rest and seconds % length == 0 and seconds > 0:
            yield CalendarSpan(seconds // length, unit)  # type: ignore[arg-type]  # one of the units
    days = (seconds + _DAY // 2) // _DAY
    if not rest and days > 0 and 0 < abs(seconds - days * _DAY) <= _CLOCK_CHANGE_MAX:
        yield CalendarSpan(days, "day")


_Candidates = Callable[[Transaction, _Within], Iterator[Body]]
_CANDIDATES: Final[Mapping[TransactionKind, _Candidates]] = {
    "subscribe": _subscribe,
    "change_plan": _change_plan,
    "cancel": _cancel,
    "purchase": _purchase,
    "grant": _grant,
    "void": _void,
    "charge": _charge,
    "hold": _hold,
    "capture": _capture,
    "release": _release,
    "extend": _extend,
    "refund": _refund,
    "adjust": _adjust,
    "overage": _overage,
    "top_up": _top_up,
    "seats": _seats,
    "convert": _convert,
}
