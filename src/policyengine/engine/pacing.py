"""Pacing: how much of each lot a request may spend now, where caps bound what a grant pays."""

from collections.abc import Iterable

from policyengine.engine.burndown import Source, available_sources
from policyengine.engine.caps import CapState, grant_of
from policyengine.ledger.book import Book
from policyengine.policy.policy import Policy
from policyengine.values.amounts import Micro


def paced_sources(policy: Policy, book: Book, states: Iterable[CapState]) -> list[Source]:
    """Give what may be spent now, in burn order.

    Takes: the caps on what grants pay; what is left of the lowest bounds all lots of a grant.
    """
    return [source for source in _split(policy, book, states)[0] if source[1]]


def sources_of_what_has_run(policy: Policy, book: Book, states: Iterable[CapState]) -> list[Source]:
    """Give what pays for a request that has run: what is beyond its pace comes last."""
    paced, beyond = _split(policy, book, states)
    return [source for source in (*paced, *beyond) if source[1]]


def _split(
    policy: Policy, book: Book, states: Iterable[CapState]
) -> tuple[list[Source], list[Source]]:
    left: dict[str, Micro] = {}
    for state in states:
        left[state.name] = min(left.get(state.name, state.left_micro), state.left_micro)
    sources = available_sources(book.lots.values(), policy.burn_order)
    if not left:
        return sources, []
    paced, beyond = [], []
    for number, amount, restricted in sources:
        grant = grant_of(book.lots[number])
        part = min(amount, left.get(grant, amount))
        if grant in left:
            left[grant] -= part
        paced.append((number, part, restricted))
        beyond.append((number, amount - part, restricted))
    return paced, beyond
