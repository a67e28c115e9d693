"""Burn-down: which lots pay, in which order, and how much of each."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, TypeAlias

from policyengine.ledger.holds import Draw
from policyengine.ledger.lots import Lot, LotTerms, Restriction
from policyengine.policy.document.plans import BurnKey
from policyengine.values.amounts import Micro

BurnOrder: TypeAlias = tuple[BurnKey, ...]

_KEYS: Final[dict[str, Callable[[LotTerms], Any]]] = {
    "restricted_first": lambda terms: not terms.restricted_to,
    "general_first": lambda terms: bool(terms.restricted_to),
    "priority": lambda terms: terms.priority,
    "soonest_expiry": lambda terms: terms.expires_at,
    "plan_before_pack": lambda terms: terms.source == "pack",
    "pack_before_plan": lambda terms: terms.source != "pack",
    "free_before_bought": lambda terms: terms.source in {"plan", "carried", "pack"},
    "oldest": lambda terms: (terms.effective_at, terms.no),
    "newest": lambda terms: (-terms.effective_at, -terms.no),
}


@lru_cache(maxsize=256)
def burn_key(order: BurnOrder) -> Callable[[Lot], tuple[Any, ...]]:
    """Give the sort key of a burn order; the lot's number makes it total.

    Restricted lots come before general ones unless the order says otherwise: what can pay for
    little is spent while it can.
    """
    named: tuple[str, ...] = order
    if "general_first" not in order and "restricted_first" not in order:
        named = ("restricted_first", *order)
    readers = tuple(_KEYS[name] for name in named)

    def key(lot: Lot) -> tuple[Any, ...]:
        terms = lot.terms
        return (*[read(terms) for read in readers], terms.no)

    return key


def in_burn_order(lots: Iterable[Lot], order: BurnOrder) -> list[Lot]:
    """Give lots in the order in which they are spent."""
    return sorted(lots, key=burn_key(order))


@dataclass(frozen=True, slots=True)
class Bill:
    """An amount to pay, and the units and model that caused it.

    `shares` are filled only where a lot is restricted to units; they add up to the amount.
    """

    amount_micro: Micro
    model: str = ""
    shares: tuple[tuple[str, Micro], ...] = ()


@dataclass(frozen=True, slots=True)
class Payment:
    """The draws that pay a bill, in burn order, and what nothing could pay."""

    draws: tuple[Draw, ...]
    short_micro: Micro


def pay(bill: Bill, sources: Sequence[tuple[int, Micro, Restriction]]) -> Payment:
    """Draw a bill from sources in their order, each paying only for what it may.

    Takes: sources as (lot number, credits it can give, what it may pay for).
    Gives: draws that add up to the bill less what was short.
    """
    short = bill.amount_micro
    draws: list[Draw] = []
    unpaid = dict(bill.shares)
    for lot_no, amount, restricted in sources:
        if short <= 0:
            break
        taken = min(amount, short)
        if restricted or unpaid:
            taken = min(taken, _payable(bill, unpaid, restricted))
            _mark_paid(unpaid, restricted, taken)
        if taken > 0:
            draws.append(Draw(lot_no, taken))
            short -= taken
    return Payment(tuple(draws), short)


def _payable(bill: Bill, unpaid: dict[str, Micro], restricted: Restriction) -> Micro:
    if restricted.models and bill.model not in restricted.models:
        return 0
    if not restricted.units:
        return bill.amount_micro
    return sum(share for unit, share in unpaid.items() if unit in restricted.units)


def _mark_paid(unpaid: dict[str, Micro], restricted: Restriction, taken: Micro) -> None:
    for unit, share in unpaid.items():
        if taken <= 0:
            return
        if not restricted.units or unit in restricted.units:
            part = min(share, taken)
            unpaid[unit] = share - part
            taken -= part


def available_sources(
    lots: Iterable[Lot], order: BurnOrder
) -> list[tuple[int, Micro, Restriction]]:
    """Give what remains in open lots as sources, in burn order."""
    spendable = [lot for lot in lots if lot.remaining and lot.end is None]
    if len(spendable) > 1:
        spendable.sort(key=burn_key(order))
    return [(lot.terms.no, lot.remaining, lot.terms.restricted_to) for lot in spendable]


def needs_shares(lots: Iterable[Lot]) -> bool:
    """Tell whether any lot pays only for certain units, so that a bill must say its shares."""
    return any(lot.terms.restricted_to.units for lot in lots)
