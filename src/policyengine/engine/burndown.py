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
from policyengine.values.making import quickly_made

BurnOrder: TypeAlias = tuple[BurnKey, ...]

_READS: Final[dict[str, tuple[str, ...]]] = {
    "restricted_first": ("terms.is_general",),
    "general_first": ("terms.is_restricted",),
    "priority": ("terms.priority",),
    "soonest_expiry": ("terms.expires_at",),
    "plan_before_pack": ("terms.is_pack",),
    "pack_before_plan": ("terms.is_no_pack",),
    "free_before_bought": ("terms.is_paid_for",),
    "larger_first": ("terms.larger_first",),
    "smaller_first": ("terms.granted_micro",),
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


@lru_cache(maxsize=256)
def _steps(order: BurnOrder) -> tuple[Callable[[Lot], Any], ...]:
    """Give what a burn order compares lots by, one thing after the other, if all are general."""
    kept = [key for key in order if key not in {"general_first", "restricted_first"}]
    return tuple(
        [attrgetter(name) for key in kept for name in _READS[key]] + [attrgetter("terms.no")]
    )


def first_in_burn_order(lots: Sequence[Lot], order: BurnOrder) -> Lot:
    """Give the lot that is spent first, without ordering the others.

    Takes: one or more lots, none of which is restricted.
    """
    steps = iter(_steps(order))
    while True:
        keys = list(map(next(steps), lots))
        least = min(keys)
        if keys.count(least) == 1:  # at the latest by number, which no two lots share
            return lots[keys.index(least)]
        lots = [lot for lot, key in zip(lots, keys, strict=True) if key == least]


def in_burn_order(lots: Iterable[Lot], order: BurnOrder) -> list[Lot]:
    """Give lots in the order in which they are spent."""
    return sorted(lots, key=burn_key(order))


@quickly_made
@dataclass(frozen=True, slots=True)
class Bill:
    """An amount to pay, and the units and model that caused it.

    `shares` are filled only where a lot is restricted to units; they add up to the amount.
    """

    amount_micro: Micro
    model: str = ""
    shares: tuple[tuple[str, Micro], ...] = ()


Source: TypeAlias = tuple[int, Micro, Restriction]
"""A lot that may pay: its number, the credits it can give, what it may pay for."""

_WHOLE_BILL: Final = "*"
"""Stands for the units of a bill that does not say its shares."""
_NOTHING: Final = ""


@quickly_made
@dataclass(frozen=True, slots=True)
class Payment:
    """The draws that pay a bill, in burn order, and what nothing could pay."""

    draws: tuple[Draw, ...]
    short_micro: Micro


def pay(bill: Bill, sources: Sequence[Source]) -> Payment:
    """Draw a bill from sources in their order, each paying only for what it may.

    Takes: sources as (lot number, credits it can give, what it may pay for).
    Gives: draws that add up to the bill less what was short.
    """
    if sources:
        number, amount, restricted = sources[0]
        if amount >= bill.amount_micro > 0 and not restricted:  # as for nearly every request
            return Payment((Draw(number, bill.amount_micro),), 0)
    given = shared_out(bill, sources)
    draws = [Draw(source[0], taken) for source, taken in zip(sources, given, strict=True) if taken]
    return Payment(tuple(draws), bill.amount_micro - sum(given))


def shared_out(bill: Bill, sources: Sequence[Source]) -> list[Micro]:
    """Give what each source pays of a bill: in their order, each as much as it can.

    A source is asked for less only where those before it leave nothing that it may pay for. Which
    of a bill's units an earlier, more general source pays for is settled so that later ones can
    pay as much as possible: the order of the units makes no difference.
    """
    if any(restricted.units for _, _, restricted in sources):
        return _shared_by_unit(bill, sources)
    short = bill.amount_micro
    given = []
    for _, amount, restricted in sources:
        may_pay = not restricted.models or bill.model in restricted.models
        taken = min(amount, short) if may_pay else 0
        given.append(taken)
        short -= taken
    return given


def shares_of(bill: Bill) -> dict[str, Micro]:
    """Give what each unit caused of a bill; one name stands for all where it does not say."""
    return dict(bill.shares or ((_WHOLE_BILL, bill.amount_micro),))


def payable_units(model: str, units: Iterable[str], restricted: Restriction) -> list[str]:
    """Give those units of a request to a model that a lot may pay for."""
    if restricted.models and model not in restricted.models:
        return []
    return [unit for unit in units if not restricted.units or unit in restricted.units]


def _shared_by_unit(bill: Bill, sources: Sequence[Source]) -> list[Micro]:
    unpaid = shares_of(bill)
    may_pay: list[list[str]] = []
    paid: list[dict[str, Micro]] = []
    for _, amount, restricted in sources:
        may_pay.append(payable_units(bill.model, unpaid, restricted))
        paid.append({})
        _pay_more(amount, may_pay, paid, unpaid)
    return [sum(parts.values()) for parts in paid]


def _pay_more(
    amount: Micro,
    may_pay: list[list[str]],
    paid: list[dict[str, Micro]],
    unpaid: dict[str, Micro],
) -> None:
    """Let the last source pay; sources before it may change units among themselves."""
    while amount and (path := _path(may_pay, paid, unpaid)):
        given_up = [paid[source][unit] for source, _, unit in path if unit]
        part = min(amount, unpaid[path[0][1]], *given_up)
        unpaid[path[0][1]] -= part
        for source, unit, instead_of in path:
            paid[source][unit] = paid[source].get(unit, 0) + part
            if instead_of:
                paid[source][instead_of] -= part
        amount -= part


def _path(
    may_pay: list[list[str]], paid: list[dict[str, Micro]], unpaid: dict[str, Micro]
) -> list[tuple[int, str, str]]:
    """Find how the last source can pay: who pays which unit instead of which other.

    Gives: from an unpaid unit back to the last source; empty where there is no way.
    """
    reached: dict[str, tuple[int, str]] = {}
    waiting = [(len(may_pay) - 1, _NOTHING)]
    for source, instead_of in waiting:  # grows while it is walked
        for unit in may_pay[source]:
            if unit in reached:
                continue
            reached[unit] = (source, instead_of)
            if unpaid[unit]:
                return _back(reached, unit)
            waiting += [(other, unit) for other, parts in enumerate(paid) if parts.get(unit)]
    return []


def _back(reached: dict[str, tuple[int, str]], unit: str) -> list[tuple[int, str, str]]:
    path = []
    while True:
        source, instead_of = reached[unit]
        path.append((source, unit, instead_of))
        if not instead_of:
            return path
        unit = instead_of


def pay_from(bill: Bill, lots: Iterable[Lot], order: BurnOrder) -> Payment:
    """Draw a bill from what remains in open lots, in burn order.

    Nearly every request is paid by the first lot alone; then the others need no order.
    """
    spendable = _spendable(lots)
    if spendable and not _any_restricted(spendable):
        first = first_in_burn_order(spendable, order)
        if first.remaining >= bill.amount_micro > 0:
            return Payment((Draw(first.terms.no, bill.amount_micro),), 0)
    return pay(bill, available_sources(spendable, order))


def _spendable(lots: Iterable[Lot]) -> list[Lot]:
    return [lot for lot in lots if lot.remaining and lot.end is None]


def _any_restricted(lots: Iterable[Lot]) -> bool:
    for lot in lots:
        restricted = lot.terms.restricted_to
        if restricted.models or restricted.units:  # to ask it for its truth would be another call
            return True
    return False


def available_sources(lots: Iterable[Lot], order: BurnOrder) -> list[Source]:
    """Give what remains in open lots as sources, in burn order."""
    spendable = _spendable(lots)
    if len(spendable) > 1:
        spendable.sort(key=burn_key(order))
    return [(lot.terms.no, lot.remaining, lot.terms.restricted_to) for lot in spendable]


def needs_shares(lots: Iterable[Lot]) -> bool:
    """Tell whether any lot pays only for certain units, so that a bill must say its shares."""
    # Asked for every charge, of a few lots: a list costs a third of a generator.
    return any([lot.terms.restricted_to.units for lot in lots])  # noqa: C419
