"""Pacing: how much of each lot a request may spend now, where caps bound what a grant pays."""

from collections.abc import Iterable, Sequence
from typing import Any

from policyengine.engine.allowances import Kind, allotted, kinds_of, needs_allotting
from policyengine.engine.burndown import Bill, Source, available_sources, pay
from policyengine.engine.caps import CapState, grant_of, grant_states
from policyengine.ledger.book import Book
from policyengine.policy.policy import Policy
from policyengine.values.amounts import Micro
from policyengine.values.calendar import NEVER, Instant, instant_text


def paced_sources(
    policy: Policy, book: Book, states: Iterable[CapState], bill: Bill
) -> list[Source]:
    """Give what may be spent now for a bill, in burn order.

    Takes: the caps on what grants pay; what is left of the lowest bounds all lots of a grant.
    Where these may pay for different things, it goes to those that then pay most of the bill.
    """
    return [source for source in _split(policy, book, states, bill, ())[0] if source[1]]


def sources_of_what_has_run(
    policy: Policy,
    book: Book,
    states: Iterable[CapState],
    bill: Bill,
    held: Sequence[Source] = (),
) -> list[Source]:
    """Give what pays for a request that has run: what is beyond its pace comes last.

    Takes: what pays before all of it: the lots of its hold.
    """
    paced, beyond = _split(policy, book, states, bill, held)
    return [source for source in (*paced, *beyond) if source[1]]


def _split(
    policy: Policy, book: Book, states: Iterable[CapState], bill: Bill, held: Sequence[Source]
) -> tuple[list[Source], list[Source]]:
    left = _left(states)
    sources = available_sources(book.lots.values(), policy.burn_order)
    if not left:
        return sources, []
    grants = {number: grant_of(book.lots[number]) for number, _, _ in sources}
    kinds = kinds_of(bill, sources, grants)
    if needs_allotting(kinds, left):
        before = kinds_of(bill, held, {})
        parts = allotted(bill, [*held, *sources], [*before, *kinds], left)[len(held) :]
    else:
        parts = _in_turn(sources, kinds, left)
    pairs = list(zip(sources, parts, strict=True))
    return (
        [(number, part, restricted) for (number, _, restricted), part in pairs],
        [(number, amount - part, restricted) for (number, amount, restricted), part in pairs],
    )


def _left(states: Iterable[CapState]) -> dict[str, Micro]:
    """Give what the lowest cap leaves of each grant that has one."""
    left: dict[str, Micro] = {}
    for state in states:
        left[state.name] = min(left.get(state.name, state.left_micro), state.left_micro)
    return left


def _in_turn(
    sources: Sequence[Source], kinds: Sequence[Kind], left: dict[str, Micro]
) -> list[Micro]:
    """Let each lot take what those in front leave of its grant; none that pays for nothing."""
    parts = []
    for (_, amount, _), kind in zip(sources, kinds, strict=True):
        part = min(amount, left.get(kind.grant, amount)) if kind.units else 0
        if kind.grant in left:
            left[kind.grant] -= part
        parts.append(part)
    return parts


def holding_back(
    policy: Policy, book: Book, states: Sequence[CapState], bill: Bill, short: Micro
) -> tuple[CapState, ...]:
    """Give the caps on grants that keep credits from paying what is short of a bill, lowest first.

    Gives: none where without them as much would be short.
    """
    if not states:
        return ()
    unpaced = pay(bill, available_sources(book.lots.values(), policy.burn_order))
    if unpaced.short_micro >= short:
        return ()
    wanted: dict[str, Micro] = {}
    for draw in unpaced.draws:
        grant = grant_of(book.lots[draw.lot_no])
        wanted[grant] = wanted.get(grant, 0) + draw.amount_micro
    low = [each for each in states if each.left_micro < wanted.get(each.name, 0)]
    return tuple(sorted(low, key=lambda each: each.left_micro))


def spendable_micro(policy: Policy, book: Book, at: Instant) -> Micro:
    """Give what of a balance may be spent now: what caps on grants hold back is not."""
    left = _left(grant_states(policy, book, at))
    return book.available_micro - sum(
        max(0, _remaining(book, grant) - most) for grant, most in left.items()
    )


def _remaining(book: Book, grant: str, at: Instant = 0) -> Micro:
    """Give what is left of a grant's credits, of lots that an instant finds."""
    lots = (lot for lot in book.lots.values() if not lot.has_ended(at))
    return sum(lot.remaining for lot in lots if grant_of(lot) == grant)


def ways_to_wait(
    book: Book, states: Sequence[CapState], blocking: Iterable[CapState]
) -> list[dict[str, Any]]:
    """List when windows of caps that hold a grant back end, and how much more may be spent then.

    Takes: the caps on grants, and those of them that hold credits back.
    """
    ways = []
    for grant in dict.fromkeys(each.name for each in blocking):
        caps = [each for each in states if each.name == grant]
        reached = min(_left(caps)[grant], _remaining(book, grant))
        for at in sorted({each.ends_at for each in caps} - {NEVER}):
            left = min(each.left_from(at) for each in caps)
            more = min(left, _remaining(book, grant, at)) - reached
            if more > 0:
                way = {"way": "wait", "grant": grant, "until": instant_text(at)}
                ways.append({**way, "credits_micro": more})
                reached += more
    return ways
