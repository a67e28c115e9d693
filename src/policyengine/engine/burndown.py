"""Burn-down: which lots pay, in which order, and how much of each."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Any, Final, TypeAlias

from policyengine.ledger.holds import Draw
from policyengine.ledger.lots import Lot, Restriction
from policyengine.policy.document.plans import BurnKey
from policyengine.values.amounts import Micro

BurnOrder: TypeAlias = tuple[BurnKey, ...]

_READS: Final[dict[str, tuple[str, ...]]] = {
    "restricted_first": ("terms.is_general",),
    "general_first": ("terms.is_restricted",),
    "priority": ("terms.priority",),
    "soonest_expiry": ("terms.expires_at",),
    "plan_before_pack": ("terms.is_pack",),
    "pack_before_plan": ("terms.is_no_pack",),
    "free_before_bought": ("terms.is_paid_for",),
    "oldest": ("terms.effective_at", "terms.no"),
    "newest": ("terms.newest_first",),
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
    # Every charge sorts every open lot: one C call per lot reads all that the order looks at.
    return attrgetter(*[name for key in named for name in _READS[key]], "terms.no")


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
