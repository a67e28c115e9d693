"""Caps: how much of a limit each member, conversation, model or wallet has left."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from policyengine.engine import refusals
from policyengine.engine.situation import Draft
from policyengine.ledger.book import Book
from policyengine.ledger.changes import CapCounted
from policyengine.ledger.holds import Hold
from policyengine.ledger.limit_state import CAP_USES_MAX
from policyengine.ledger.lots import Lot
from policyengine.ledger.transactions import Refusal, Transaction
from policyengine.policy.limits import CYCLE, UseCapRule
from policyengine.policy.policy import Policy
from policyengine.values.amounts import Micro
from policyengine.values.calendar import (
    NEVER,
    SECOND,
    CalendarSpan,
    Instant,
    add_span,
    datetime_of,
    instant_of,
    instant_text,
)
from policyengine.values.making import quickly_made
from policyengine.wording.refusing import NOTHING
from policyengine.wording.words import Figure, Sentence, Span, Term, Value, Verbatim, say

_GRANT: Final = "grant "
"""How the keys of caps begin that count what the credits of a grant pay."""
_HOUR: Final = 3600 * SECOND
_MONTH_DAYS_MAX: Final = 31
_YEARS_END: Final = 9000


@quickly_made
@dataclass(frozen=True, slots=True)
class Whose:
    """Whose use a request is: one name in each scope; requests without one are one name's."""

    model: str
    member: str = ""
    conversation_id: str = ""

    def in_scope(self, rule: UseCapRule) -> str:
        """Give the name that a cap counts the request under."""
        match rule.scope:
            case "member":
                return self.member
            case "conversation":
                return self.conversation_id
            case "model":
                return self.model
            case _:  # the wallet as a whole
                return ""


@quickly_made
@dataclass(frozen=True, slots=True)
class CapState:
    """A cap and what one name has used of it; what open holds set aside counts as well."""

    rule: UseCapRule
    name: str
    used_micro: Micro
    held_micro: Micro
    ends_at: Instant

    @property
    def left_micro(self) -> Micro:
        """Give what may still be used until the window ends."""
        return max(0, self.rule.amount_micro - self.used_micro - self.held_micro)

    def left_from(self, at: Instant) -> Micro:
        """Give what may be used at an instant, if nothing is until then and holds stay open."""
        used = 0 if self.ends_at <= at else self.used_micro
        return max(0, self.rule.amount_micro - used - self.held_micro)


def cap_states(policy: Policy, book: Book, whose: Whose, at: Instant) -> tuple[CapState, ...]:
    """Give the caps that hold for a request, in the policy's order."""
    return tuple(
        _state(policy, book, rule, whose.in_scope(rule), at)
        for rule in policy.limits.caps
        if rule.scope != "grant"
        and _holds_for(rule, book)
        and (not rule.models or whose.model in rule.models)
    )


def grant_states(policy: Policy, book: Book, at: Instant) -> tuple[CapState, ...]:
    """Give the caps on what the credits of a grant pay, one entry for each of its grants."""
    return tuple(
        _state(policy, book, rule, name, at)
        for rule in policy.limits.caps
        if rule.scope == "grant" and _holds_for(rule, book)
        for name in rule.grants
    )


def caps_in_use(policy: Policy, book: Book, at: Instant) -> tuple[CapState, ...]:
    """Give the caps of a wallet, one entry for each name with something used or held."""
    found = []
    for rule in policy.limits.caps:
        if rule.scope == "grant" or not _holds_for(rule, book):
            continue
        names = {use.name for use in book.limits.uses if use.cap == rule.key}
        names |= {_holder(rule, each) for each in book.holds.values() if _counts(rule, each.model)}
        states = [_state(policy, book, rule, name, at) for name in sorted(names)]
        found += [each for each in states if each.used_micro or each.held_micro]
    found += [each for each in grant_states(policy, book, at) if each.used_micro or each.held_micro]
    order = policy.limits.caps.index
    return tuple(sorted(found, key=lambda each: order(each.rule)))


def _holds_for(rule: UseCapRule, book: Book) -> bool:
    if not rule.plans:
        return True
    return book.subscription is not None and book.subscription.plan in rule.plans


def _counts(rule: UseCapRule, model: str) -> bool:
    return not rule.models or model in rule.models


def _holder(rule: UseCapRule, hold: Hold) -> str:
    return Whose(hold.model, hold.member, hold.conversation_id).in_scope(rule)


def _state(policy: Policy, book: Book, rule: UseCapRule, name: str, at: Instant) -> CapState:
    ends_at = _window_end(policy, book, rule, name, at)
    held = sum(_held(book, hold, rule, name) for hold in book.holds.values())
    used = book.limits.used_micro(rule.key, name, ends_at)
    return CapState(rule, name, used, held, ends_at)


def _held(book: Book, hold: Hold, rule: UseCapRule, name: str) -> Micro:
    """Give what a hold sets aside that a cap counts for a name."""
    if rule.scope == "grant":
        draws = (each for each in hold.draws if grant_of(book.lots[each.lot_no]) == name)
        return sum(each.amount_micro for each in draws)
    return hold.held_micro if _counts(rule, hold.model) and _holder(rule, hold) == name else 0


def grant_of(lot: Lot) -> str:
    """Give the name of the plan's grant that a lot's credits are of; none of others."""
    _, is_of_plan, name = lot.terms.rule.rpartition(".grants.")
    return name if is_of_plan else ""


def _window_end(policy: Policy, book: Book, rule: UseCapRule, name: str, at: Instant) -> Instant:
    if rule.window is None:
        return NEVER if book.subscription is None else book.subscription.ends_at
    if rule.from_first_use:
        running = book.limits.window_end(rule.key, name, at)
        return add_span(at, rule.window, policy.zone) if running is None else running
    return window_end(rule.window, policy.zone, at)


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def window_end(window: CalendarSpan, zone: str, at: Instant) -> Instant:
    """Give the end of the calendar hour, day, week (from Monday) or month that has an instant."""
    local = datetime_of(at).astimezone(_zone(zone))
    if window.unit == "hour":
        into_it = (local.minute * 60 + local.second) * SECOND + local.microsecond
        return at + _HOUR - into_it
    days = {"day": 1, "week": 7 - local.weekday()}
    if window.unit in days:
        end = local.date() + timedelta(days=days[window.unit])
    else:
        end = local.date().replace(day=1) + timedelta(days=_MONTH_DAYS_MAX)
        end = end.replace(day=1)
    if end.year >= _YEARS_END:
        return NEVER
    return instant_of(datetime(end.year, end.month, end.day, tzinfo=_zone(zone)))


def blocking(states: Iterable[CapState], amount: Micro) -> CapState | None:
    """Give the cap with the least left, if that is less than an amount; the first of equal ones."""
    lowest = min(states, key=lambda state: state.left_micro, default=None)
    return lowest if lowest is not None and lowest.left_micro < amount else None


def cap_reached(
    states: Iterable[CapState],
    cap: CapState,
    needed: Micro,
    payable: Micro | None = None,
    ways_out: list[dict[str, Any]] | None = None,
) -> Refusal:
    """Refuse for a cap: which one, what is left of each, and when it begins anew.

    Takes: what can be paid besides, and the ways out, where the cap bounds only what some credits
    pay, so that others help.
    """
    rule = cap.rule
    left = cap.left_micro if payable is None else payable
    return refusals.refusal(
        "cap_reached",
        _cap_words(cap, needed),
        needed_micro=needed,
        available_micro=left,
        short_micro=needed - left,
        left_micro=cap.left_micro,
        scope=rule.scope,
        name=cap.name,
        resets_at=instant_text(cap.ends_at),
        pointer=rule.pointer,
        caps=[
            {
                "scope": each.rule.scope,
                "name": each.name,
                "per": None if each.rule.from_first_use else each.rule.per,
                "within": each.rule.per if each.rule.from_first_use else None,
                "limit_micro": each.rule.amount_micro,
                "left_micro": each.left_micro,
                "resets_at": instant_text(each.ends_at),
            }
            for each in states
        ],
        **({} if ways_out is None else {"ways_out": ways_out}),
    )


def _cap_words(cap: CapState, needed: Micro) -> Sentence:
    """Say what a cap leaves of a request."""
    rule, ends = cap.rule, instant_text(cap.ends_at)
    scope = Term("word", rule.scope)
    named = say("refusal.of_name", scope=scope, name=Verbatim(cap.name))
    window: Value = Term("word", CYCLE) if rule.window is None else Span(rule.window)
    if rule.from_first_use:
        window = say("refusal.from_first_use", span=window)
    until = NOTHING if cap.ends_at >= NEVER else say("refusal.until", until=Verbatim(ends))
    return say(
        "refusal.cap_reached",
        needed=Figure(needed),
        left=Figure(cap.left_micro),
        who=named if cap.name else say("refusal.of_scope", scope=scope),
        limit=Figure(rule.amount_micro),
        per=window,
        until=until,
    )


def too_many_names(book: Book, states: Iterable[CapState], at: Instant) -> bool:
    """Tell whether a request brings a name that the wallet has no room left to count."""
    known = {(use.cap, use.name) for use in book.limits.uses if at < use.ends_at}
    new = {(each.rule.key, each.name) for each in states} - known
    return bool(new) and len(known) + len(new) > CAP_USES_MAX


def count_use(draft: Draft, states: Iterable[CapState], amount: Micro) -> None:
    """Count what a request took under the caps that hold for it; caps that count alike, once."""
    if not amount or too_many_names(draft.book, states := tuple(states), draft.at):
        return
    for key, each in {each.rule.key: each for each in states}.items():
        draft.change(CapCounted(key, each.name, each.ends_at, amount))


def count_grants(draft: Draft, states: Iterable[CapState]) -> None:
    """Count what the moves of a request took of the credits of grants that are capped."""
    for key, name, ends_at in {(e.rule.key, e.name, e.ends_at): None for e in states}:
        taken = _moved_of(draft, name, "target")
        if taken:
            draft.change(CapCounted(key, name, ends_at, taken))


def uncount(draft: Draft, target: Transaction, amount: Micro) -> None:
    """Count a refund back, where the window in which its charge was counted is not over.

    Takes: a draft with the moves of the refund.
    """
    for change in target.changes:
        if isinstance(change, CapCounted) and draft.at < change.ends_at:
            back = amount
            if change.cap.startswith(_GRANT):
                back = _moved_of(draft, change.name, "source")
            used = draft.book.limits.used_micro(change.cap, change.name, change.ends_at)
            if back := min(used, back):
                draft.change(CapCounted(change.cap, change.name, change.ends_at, -back))


def _moved_of(draft: Draft, grant: str, end: Literal["source", "target"]) -> Micro:
    """Give what a draft moves to or from `consumed` of the credits of a grant."""
    lots = draft.book.lots
    return sum(
        move.amount_micro
        for move in draft.moves
        if getattr(move, end) == "consumed"
        and move.lot_no in lots
        and grant_of(lots[move.lot_no]) == grant
    )
