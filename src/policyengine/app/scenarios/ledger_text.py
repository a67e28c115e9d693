"""A whole ledger as text that people read: one line per transaction and per move, in columns."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from policyengine.ledger.changes import (
    CaseClosed,
    CaseOpened,
    Change,
    Charged,
    DebtChanged,
    HoldClosed,
    HoldSet,
    LotEnded,
    PriceTerms,
    Referenced,
    SeriesEnded,
    SeriesSet,
    SubscriptionSet,
)
from policyengine.ledger.lots import Lot, Restriction
from policyengine.ledger.subscriptions import Subscription
from policyengine.ledger.transactions import Move, Transaction
from policyengine.simulate.memory import MemoryLedger
from policyengine.values.amounts import Micro, credits_text
from policyengine.values.calendar import NEVER, instant_text

Row: TypeAlias = tuple[str, ...]

_TRANSACTIONS: Final[Row] = ("no", "time", "what", "credits", "balance", "policy", "why")
_LOTS: Final[Row] = (
    "lot",
    "source",
    "granted",
    "left",
    "held",
    "spent",
    "expired",
    "withdrawn",
    "expires",
    "rule",
)
_RIGHT: Final = {
    "no",
    "credits",
    "balance",
    "lot",
    "granted",
    "left",
    "held",
    "spent",
    "expired",
    "withdrawn",
}


def ledger_text(title: str, ledger: MemoryLedger) -> str:
    """Write every wallet's transactions, moves and lots; the same ledger gives the same text."""
    parts = [title]
    for wallet in ledger.books:
        lots = {lot.terms.no: lot for lot in ledger.lots(wallet)}
        rows = [
            row
            for transaction in ledger.transactions[wallet]
            for row in _transaction(transaction, lots)
        ]
        parts.append("\n".join([f"wallet {wallet}", *_aligned(_TRANSACTIONS, rows)]))
        if lots:
            parts.append("\n".join(_aligned(_LOTS, [_lot(lot) for lot in lots.values()])))
    return "\n\n".join(parts if len(parts) > 1 else [title, "no wallet was opened"]) + "\n"


def _aligned(head: Row, rows: Iterable[Row]) -> list[str]:
    table = [head, *rows]
    widths = [max(len(row[index]) for row in table) for index in range(len(head))]
    return [
        "  "
        + "  ".join(
            cell.rjust(width) if name in _RIGHT else cell.ljust(width)
            for name, cell, width in zip(head, row, widths, strict=True)
        ).rstrip()
        for row in table
    ]


def _transaction(transaction: Transaction, lots: Mapping[int, Lot]) -> list[Row]:
    head = (
        str(transaction.seq),
        instant_text(transaction.effective_at),
        transaction.kind,
        _change(transaction.moves),
        credits_text(transaction.available_micro),
        f"v{transaction.policy.version}",
        _why(transaction),
    )
    return [head, *(_move(move, lots[move.lot_no]) for move in transaction.moves)]


def _change(moves: Sequence[Move]) -> str:
    """Write what a transaction does to the balance."""
    change = sum(move.amount_micro for move in moves if move.target == "available")
    change -= sum(move.amount_micro for move in moves if move.source == "available")
    return _signed(change) if moves else ""


def _signed(amount: Micro) -> str:
    return f"+{credits_text(amount)}" if amount > 0 else credits_text(amount)


def _move(move: Move, lot: Lot) -> Row:
    return (
        "",
        f"  lot {lot.terms.no}, {lot.terms.source}",
        f"  {credits_text(move.amount_micro)}",
        "",
        "",
        "",
        f"{move.source} > {move.target}"
        + (f", {lot.terms.rule}" if move.source == "issued" else ""),
    )


def _lot(lot: Lot) -> Row:
    terms = lot.terms
    only = _only(terms.restricted_to)
    return (
        str(terms.no),
        terms.source,
        credits_text(terms.granted_micro),
        credits_text(lot.remaining),
        credits_text(lot.held),
        credits_text(lot.consumed),
        credits_text(lot.expired),
        credits_text(lot.withdrawn),
        instant_text(terms.expires_at),
        f"{terms.rule}{only}",
    )


def _only(restricted: Restriction) -> str:
    names = (*restricted.models, *restricted.units)
    return f", only for {', '.join(names)}" if names else ""


def _why(transaction: Transaction) -> str:
    refusal = transaction.refusal
    if refusal is not None:
        return f"refused, {refusal.code}: {refusal.message}"
    words = [] if transaction.parent_seq is None else [f"of {transaction.parent_seq}"]
    changes = _told(transaction.changes)
    words += [word for change in changes if (word := _words(change, transaction))]
    if transaction.conversation_id:
        words.append(f"conversation {transaction.conversation_id}")
    if transaction.actor and transaction.actor != "clock":
        words.append(f"by {transaction.actor}")
    if transaction.reason:
        words.append(f"because {transaction.reason}")
    return "; ".join(words)


def _told(changes: Sequence[Change]) -> list[Change]:
    """Leave out what a series was for an instant only: it starts and occurs at once."""
    series = [each for each in changes if isinstance(each, SeriesSet)]
    return [each for each in changes if each not in series[:-1]]


def _words(change: Change, transaction: Transaction) -> str:
    if isinstance(change, Charged):
        return _charged(change, transaction.policy.version)
    write = _WORDS.get(type(change))
    return "" if write is None else write(change)


def _subscription(subscription: Subscription) -> str:
    words = f"plan {subscription.plan} of v{subscription.version}"
    if subscription.cohort:
        words += f", cohort {subscription.cohort}"
    if subscription.ends_at < NEVER:
        start, end = instant_text(subscription.starts_at), instant_text(subscription.ends_at)
        words += f", cycle {start} to {end}"
    if subscription.pending is not None:
        words += f", then {subscription.pending.plan}"
    return words


def _charged(charge: Charged, decided_by: int) -> str:
    counts = " + ".join(f"{count:,} {unit}" for unit, count in charge.counts)
    used = f"{charge.model}: {counts}" if counts else "an amount"
    words = f"{used} = {credits_text(charge.price_micro)}"
    if charge.outcome != "succeeded":
        words += f", {charge.outcome}"
    if charge.tier is not None:
        words += f", tier {charge.tier + 1}"
    if charge.terms is not None:
        words += _terms(charge.terms)
    if charge.rated_by != decided_by:
        words += f", priced by v{charge.rated_by}"
    if charge.charged_micro != charge.price_micro:
        words += f", {credits_text(charge.charged_micro)} taken"
    return words + "".join(f", abnormal: {flag}" for flag in charge.flags)


def _terms(terms: PriceTerms) -> str:
    words = f", asked as {terms.asked}" if terms.asked else ""
    if terms.modifiers:
        words += f", {', '.join(terms.modifiers)}"
    return words


# What has no words shows elsewhere: a new lot by its move, a gift by its lot.
_WORDS: Final[Mapping[type[Change], Callable[[Any], str]]] = {
    SubscriptionSet: lambda change: _subscription(change.subscription),
    HoldSet: lambda change: f"held until {instant_text(change.hold.expires_at)}",
    HoldClosed: lambda _: "hold closed",
    SeriesSet: lambda change: (
        f"series {change.series.no} next at {instant_text(change.series.next_at)}"
    ),
    SeriesEnded: lambda change: f"series {change.series_no} is over",
    LotEnded: lambda change: f"lot {change.lot_no} is {change.end.how}",
    DebtChanged: lambda change: f"debt {_signed(change.by_micro)} {change.how}",
    CaseOpened: lambda change: (
        "case opened" + (f" about {change.about_seq}" if change.about_seq else "")
    ),
    CaseClosed: lambda change: f"case closed: {change.verdict}",
    Referenced: lambda change: f"reference {change.reference}",
}
