"""Words for what a transaction changes at the limits of a wallet; the same for every face."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from policyengine.ledger.changes import (
    CapCounted,
    Change,
    FellBack,
    ForMember,
    OverageChanged,
    OverageSet,
    ReRated,
    ReRateNoted,
    SeatsSet,
    TopUpEnded,
    TopUpRequested,
    TopUpSet,
)
from policyengine.values.amounts import MICRO_PER_CREDIT, Micro, credits_text, micro_of
from policyengine.values.calendar import NEVER, instant_text

_SQUARE: Final = MICRO_PER_CREDIT**2


def money_text(amount: Micro, price: str, currency: str) -> str:
    """Write what credits cost, exactly: `0.50 USD`.

    Takes: the price of one credit, as the policy writes it.
    """
    whole, rest = divmod(amount * micro_of(Decimal(price)), _SQUARE)
    decimals = f"{rest:012d}".rstrip("0").ljust(2, "0")
    return f"{whole:,}.{decimals} {currency}"


def limit_words(change: Change) -> str | None:
    """Say what a change means, in a few words; None for changes that are told elsewhere."""
    write = _WORDS.get(type(change))
    return None if write is None else write(change)


def _overage_changed(change: OverageChanged) -> str:
    amount = abs(change.by_micro)
    money = money_text(amount, change.price, change.currency)
    return f"overage {change.how}: {credits_text(amount)} credits for {money}"


def _overage_set(change: OverageSet) -> str:
    if not change.on:
        return "overage is not allowed"
    if change.limit_micro is None:
        return "overage is allowed"
    return f"overage is allowed up to {credits_text(change.limit_micro)} credits"


def _fell_back(change: FellBack) -> str:
    price = credits_text(change.asked_price_micro)
    return f"priced as {change.priced_as}, asked for {change.asked} at {price}"


def _cap_counted(change: CapCounted) -> str:
    who = f" of {change.name}" if change.name else ""
    until = "" if change.ends_at >= NEVER else f" until {instant_text(change.ends_at)}"
    sign = "+" if change.by_micro > 0 else ""
    return f"use{who}, {change.cap}{until}: {sign}{credits_text(change.by_micro)}"


def _top_up_requested(change: TopUpRequested) -> str:
    what = f" by pack {change.pack}" if change.pack else ""
    return f"top-up asked for: {credits_text(change.amount_micro)} credits{what}"


def _top_up_ended(change: TopUpEnded) -> str:
    later = f", none before {instant_text(change.next_from)}" if change.how == "failed" else ""
    return f"top-up {change.how}{later}"


def _re_rate_noted(change: ReRateNoted) -> str:
    sign = "+" if change.by_micro > 0 else ""
    return f"for a re-rate to {change.plan}: {sign}{credits_text(change.by_micro)}"


def _re_rated(change: ReRated) -> str:
    words = f"earlier use re-rated to {change.plan}: {_more_or_less(change.by_micro)}"
    let_go = change.by_micro - change.taken_micro
    return f"{words}, {credits_text(let_go)} not collected" if let_go > 0 else words


def _more_or_less(by: Micro) -> str:
    if not by:
        return "no difference"
    return f"{credits_text(abs(by))} {'more' if by > 0 else 'less'}"


def _seats_set(change: SeatsSet) -> str:
    if change.given > change.seats:
        return f"{change.seats} seats from the next cycle on, {change.given} in this one"
    return f"{change.seats} seats"


_WORDS: Final[Mapping[type[Change], Callable[[Any], str]]] = {
    ForMember: lambda change: f"for member {change.member}",
    FellBack: _fell_back,
    CapCounted: _cap_counted,
    OverageSet: _overage_set,
    OverageChanged: _overage_changed,
    TopUpSet: lambda change: f"top-ups are {'' if change.on else 'not '}allowed",
    TopUpRequested: _top_up_requested,
    TopUpEnded: _top_up_ended,
    ReRateNoted: _re_rate_noted,
    ReRated: _re_rated,
    SeatsSet: _seats_set,
}
