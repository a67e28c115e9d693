"""A receipt on the screen: what was done, what it cost, which lots paid, what is left."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from rich.console import RenderableType
from rich.text import Text

from policyengine.app.engine import Engine
from policyengine.app.forms import receipt_form
from policyengine.app.history import entry_of
from policyengine.app.receipts import Receipt
from policyengine.app.sentences import (
    counts_text,
    distance_text,
    price_sentence,
    source_text,
    time_text,
)
from policyengine.cli.call import Call
from policyengine.cli.faults import FINDINGS, OK
from policyengine.cli.refusals import refusal_parts
from policyengine.cli.screen import QUIET, STRONG, Row, headline, lined_up, rows
from policyengine.ledger.changes import (
    Charged,
    ForCase,
    HoldSet,
    Referenced,
    SeriesSet,
    SubscriptionSet,
)
from policyengine.ledger.lots import Lot
from policyengine.ledger.subscriptions import Subscription
from policyengine.ledger.transactions import Transaction, change_of
from policyengine.policy.policy import Policy
from policyengine.values.amounts import credits_text
from policyengine.values.calendar import NEVER

_MOVES: Final[Mapping[tuple[str, str], str]] = {
    ("issued", "available"): "granted",
    ("available", "held"): "set aside",
    ("available", "consumed"): "paid from",
    ("held", "consumed"): "paid from",
    ("held", "available"): "back to",
    ("consumed", "available"): "back to",
    ("available", "expired"): "expired",
    ("held", "expired"): "expired",
    ("consumed", "expired"): "expired",
    ("available", "withdrawn"): "taken out",
    ("held", "withdrawn"): "taken out",
    ("consumed", "withdrawn"): "taken out",
}
_VERBS: Final = {
    "charge": "charged",
    "capture": "captured",
    "hold": "held",
    "release": "released",
    "extend": "extended",
    "refund": "refunded",
    "purchase": "bought",
    "grant": "granted",
    "void": "voided",
    "adjust": "adjusted",
    "report": "reported",
    "resolve": "resolved",
    "settle": "settled",
}
_POT_OF_KIND: Final[Mapping[str, tuple[str, str]]] = {
    "hold": ("target", "held"),
    "release": ("source", "held"),
    "refund": ("source", "consumed"),
    "purchase": ("source", "issued"),
    "grant": ("source", "issued"),
    "void": ("target", "withdrawn"),
}
"""Which moves make up the amount that a receipt is about."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a receipt is drawn from: the transaction, its lots, the policies that explain it."""

    receipt: Receipt
    lots: Mapping[int, Lot]
    rated_by: Policy | None

    @property
    def transaction(self) -> Transaction:
        """Give the transaction."""
        return self.receipt.transaction


def answer_receipt(call: Call, engine: Engine, receipt: Receipt) -> int:
    """Print the answer to a command; gives the exit code: a refusal is one of its own."""

    def parts() -> list[RenderableType]:
        return list(receipt_parts(shown_of(engine, receipt)))

    call.answer(parts, lambda: receipt_form(receipt))
    return OK if receipt.is_accepted else FINDINGS


def shown_of(engine: Engine, receipt: Receipt) -> Shown:
    """Fetch what a receipt is drawn from."""
    transaction = receipt.transaction
    lots: dict[int, Lot] = {}
    if transaction.seq and transaction.moves:
        lots = {lot.terms.no: lot for lot in engine.find(transaction.id).lots}
    charge = receipt.charge
    timeline = engine.shell.policies.timelines.get(transaction.policy.name)
    rated_by = None
    if charge is not None and timeline is not None:
        rated_by = timeline.version(charge.rated_by)
    return Shown(receipt, lots, rated_by)


def receipt_parts(shown: Shown) -> Iterator[RenderableType]:
    """Draw a receipt, or the refusal that it is."""
    transaction = shown.transaction
    if transaction.refusal is not None:
        replayed = shown.receipt.is_replay
        yield from refusal_parts(transaction, transaction.refusal, is_replay=replayed)
        return
    yield headline(
        "good",
        (headline_text(shown), STRONG),
        (f"  {transaction.id}" if transaction.seq else "", QUIET),
    )
    yield rows(list(receipt_rows(shown)))


def headline_text(shown: Shown) -> str:
    """Say in a few words what was done, with the amount or plan that it is about."""
    transaction = shown.transaction
    subscription: SubscriptionSet | None = change_of(transaction, SubscriptionSet)
    if subscription is not None and transaction.kind in {"subscribe", "change_plan", "cancel"}:
        return _plan_text(transaction, subscription.subscription)
    verb = _VERBS.get(transaction.kind, transaction.kind)
    charge = shown.receipt.charge
    if charge is not None:
        return f"{verb} {credits_text(charge.charged_micro)} credits"
    if transaction.kind == "adjust":
        return f"{verb} by {credits_text(entry_of(transaction).change_micro)} credits"
    if transaction.kind in _POT_OF_KIND:
        return _amount_text(transaction, verb)
    about = transaction.parent_seq
    return f"{verb} {transaction.wallet_id}" + ("" if about is None else f":{about}")


def _amount_text(transaction: Transaction, verb: str) -> str:
    side, pot = _POT_OF_KIND[transaction.kind]
    moves = [move for move in transaction.moves if getattr(move, side) == pot]
    moved = sum(move.amount_micro for move in moves)
    series: SeriesSet | None = change_of(transaction, SeriesSet)
    if not moved and series is not None:
        return f"scheduled {credits_text(series.series.amount_micro)} credits"
    return f"{verb} {credits_text(moved)} credits"


def _plan_text(transaction: Transaction, subscription: Subscription) -> str:
    wallet_id, pending = transaction.wallet_id, subscription.pending
    if pending is not None:
        return f"{wallet_id} stays on plan {subscription.plan}, then plan {pending.plan}"
    cohort = f", in cohort {subscription.cohort}" if subscription.cohort else ""
    return f"{wallet_id} is on plan {subscription.plan}{cohort}"


def receipt_rows(shown: Shown) -> Iterator[Row]:
    """Draw the rows of an accepted receipt."""
    transaction = shown.transaction
    if shown.receipt.is_replay:
        yield "replayed", "the key was used before; this is the answer given then"
    charge = shown.receipt.charge
    if charge is not None:
        yield from charge_rows(charge, shown.rated_by)
    yield from move_rows(shown)
    yield from _change_rows(transaction)
    if transaction.parent_seq is not None:
        yield "about", f"{transaction.wallet_id}:{transaction.parent_seq}"
    if transaction.reason:
        yield "reason", transaction.reason
    if transaction.seq:
        yield "balance", balance_text(transaction)
    else:
        yield "", "nothing was due"


def charge_rows(charge: Charged, rated_by: Policy | None) -> Iterator[Row]:
    """Draw what was used and how its price came about."""
    if charge.counts:
        outcome = "" if charge.outcome == "succeeded" else f", {charge.outcome}"
        yield "used", f"{counts_text(charge.counts)} on {charge.model}{outcome}"
    if rated_by is not None:
        yield "price", price_sentence(rated_by, charge)
    if charge.price_micro != charge.charged_micro:
        left = credits_text(charge.price_micro - charge.charged_micro)
        yield "not taken", f"{left}, which the wallet did not have"
    for flag in charge.flags:
        yield "abnormal", Text(f"flagged: {flag}", style="yellow")


def move_rows(shown: Shown) -> Iterator[Row]:
    """Draw where credits went, lot by lot in the order of the transaction."""
    now = shown.transaction.effective_at
    moves = shown.transaction.moves
    amounts = lined_up([credits_text(move.amount_micro) for move in moves])
    before = ""
    for move, amount in zip(moves, amounts, strict=True):
        label = _MOVES[(move.source, move.target)]
        lot = shown.lots.get(move.lot_no)
        where = "" if lot is None else f"  {source_text(lot.terms)}"
        until = ""
        if lot is not None and move.target in {"available", "consumed", "held"}:
            until = f", {expiry_text(lot.terms.expires_at, now)}"
        yield label if label != before else "", Text.assemble(amount, where, (until, QUIET))
        before = label


def expiry_text(expires_at: int, now: int) -> str:
    """Say when credits expire."""
    if expires_at >= NEVER:
        return "never expires"
    return f"expires {distance_text(expires_at, now)}"


def _change_rows(transaction: Transaction) -> Iterator[Row]:
    now = transaction.effective_at
    last = [each for each in transaction.changes if isinstance(each, SeriesSet)][-1:]
    for change in transaction.changes:
        match change:
            case SubscriptionSet():
                subscription = change.subscription
                if subscription.ends_at < NEVER:
                    yield "cycle", f"until {moment(subscription.ends_at, now)}"
            case HoldSet():
                yield "until", moment(change.hold.expires_at, now)
            case SeriesSet() if change in last:
                yield "next", moment(change.series.next_at, now)
            case Referenced():
                yield "reference", change.reference
            case ForCase():
                yield "for case", f"{transaction.wallet_id}:{change.case_seq}"
            case _:
                pass


def moment(instant: int, now: int) -> str:
    """Write an instant with its distance: `2026-10-01 09:00 UTC (in 30 days)`."""
    if instant >= NEVER:
        return "never"
    return f"{time_text(instant)} ({distance_text(instant, now)})"


def balance_text(transaction: Transaction) -> Text:
    """Say what is left after a transaction."""
    debt = transaction.debt_micro
    owed = f", {credits_text(debt)} owed" if debt else ""
    return Text.assemble((credits_text(transaction.available_micro), STRONG), f" available{owed}")
