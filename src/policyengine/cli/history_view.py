"""History on the screen and as plain data: conversations, operations, entries."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from rich.console import RenderableType
from rich.text import Text

from policyengine.app.forms import Form, entry_form, operation_form
from policyengine.app.history import Entry, Operation
from policyengine.app.sentences import clock_text, counts_text, source_text
from policyengine.cli.screen import STRONG, headline, indented, quiet, table
from policyengine.ledger.changes import Charged, SubscriptionSet
from policyengine.ledger.lots import LotTerms
from policyengine.ledger.transactions import Transaction, change_of
from policyengine.store.history import Conversation
from policyengine.values.amounts import Micro, credits_plain, credits_text
from policyengine.values.calendar import instant_text


def conversation_parts(
    wallet: str, found: Sequence[Conversation], limit: int
) -> Iterator[RenderableType]:
    """Draw conversations, the latest first."""
    if not found:
        yield headline("plain", f"{wallet} has had no conversations")
        return
    total = sum(each.charged_micro - each.refunded_micro for each in found)
    what = _counted(len(found), "conversation")
    yield headline("plain", (f"{wallet}: {what}, {credits_text(total)} credits", STRONG))
    yield ""
    drawn = table(
        ["conversation", "credits", "calls", "models", "last (UTC)", " "],
        ["credits", "calls"],
        ["last (UTC)"],
    )
    for each in found:
        drawn.add_row(
            each.conversation_id,
            credits_text(each.charged_micro - each.refunded_micro),
            str(each.charges),
            ", ".join(each.models),
            quiet(clock_text(each.last_at)),
            _marks(each.refunded_micro, each.flags),
        )
    yield indented(drawn)
    if len(found) == limit:
        yield ""
        yield _more(f"policyengine history {wallet} --before {wallet}:{found[-1].last_seq}")


def _marks(refunded: Micro, flags: Sequence[str]) -> Text:
    marks = Text()
    if refunded:
        marks.append(f"{credits_text(refunded)} refunded")
    if flags:
        marks.append(", " if refunded else "")
        marks.append("flagged", style="yellow")
    return marks


def _more(command: str) -> RenderableType:
    return indented(quiet(f"earlier: {command}"))


def _counted(number: int, name: str) -> str:
    return f"{number} {name}{'' if number == 1 else 's'}"


def conversations_form(wallet: str, found: Sequence[Conversation], limit: int) -> Form:
    """Give conversations as plain data; `next` names the page before, or is null."""
    return {
        "wallet": wallet,
        "conversations": [
            {
                "conversation": each.conversation_id,
                "charged": credits_plain(each.charged_micro),
                "refunded": credits_plain(each.refunded_micro),
                "charges": each.charges,
                "models": list(each.models),
                "flags": list(each.flags),
                "first_at": instant_text(each.first_at),
                "last_at": instant_text(each.last_at),
            }
            for each in found
        ],
        "next": f"{wallet}:{found[-1].last_seq}" if len(found) == limit else None,
    }


def operation_parts(
    wallet: str, conversation: str, operations: Sequence[Operation]
) -> Iterator[RenderableType]:
    """Draw the operations of a conversation, in order."""
    charged = sum(each.charged_micro - each.refunded_micro for each in operations)
    calls = sum(len(each.charges) for each in operations)
    yield headline(
        "plain",
        (f"{wallet}, conversation {conversation}: ", STRONG),
        (f"{credits_text(charged)} credits in {_counted(calls, 'call')}", STRONG),
    )
    yield ""
    drawn = table(["operation", "id", "when (UTC)", "what", "credits"], ["credits"], ["when (UTC)"])
    for operation in operations:
        name = operation.name or "-"
        for transaction in operation.transactions:
            drawn.add_row(
                name,
                transaction.id,
                quiet(clock_text(transaction.effective_at)),
                what_text(transaction),
                _credits(transaction),
            )
            name = ""
        ending = _ending(operation)
        if ending:
            drawn.add_row("", "", "", quiet(ending), "")
    yield indented(drawn)


def _credits(transaction: Transaction) -> str:
    charge: Charged | None = change_of(transaction, Charged)
    if charge is not None:
        return credits_text(charge.charged_micro)
    back = sum(move.amount_micro for move in transaction.moves if move.source == "consumed")
    return credits_text(-back) if back else ""


def _ending(operation: Operation) -> str:
    left = credits_text(operation.charged_micro - operation.refunded_micro)
    endings = {
        "held": f"{credits_text(operation.held_micro)} set aside",
        "charged": f"{left} in total" if len(operation.charges) > 1 else "",
        "refunded": "all of it refunded",
        "free": "free",
        "released": "nothing used, nothing charged",
        "refused": "nothing charged",
        "case": "",
    }
    return endings[operation.status]


_WORDS: Final = {
    "change_plan": "plan change",
    "expire": "expired",
    "renew": "renewal",
    "recur": "recurring grant",
    "adopt": "new terms",
    "time_out": "hold timed out",
}


def what_text(transaction: Transaction, lots: Sequence[LotTerms] = ()) -> str:
    """Say in a few words what a transaction was."""
    kind = _WORDS.get(transaction.kind, transaction.kind)
    if transaction.refusal is not None:
        return f"{kind} refused: {transaction.refusal.code}"
    charge: Charged | None = change_of(transaction, Charged)
    if charge is not None:
        outcome = "" if charge.outcome == "succeeded" else f" ({charge.outcome})"
        used = f": {counts_text(charge.counts)}" if charge.counts else ""
        return f"{charge.model or 'an amount'}{outcome}{used}"
    subject = _subject(transaction, lots)
    return f"{kind}: {subject}" if subject and subject != kind else kind


def _subject(transaction: Transaction, lots: Sequence[LotTerms]) -> str:
    """Name the plan, amount, entry or lots that a transaction is about."""
    subscription: SubscriptionSet | None = change_of(transaction, SubscriptionSet)
    if subscription is not None:
        pending = subscription.subscription.pending
        if pending is not None:
            return f"plan {pending.plan} later"
        return f"plan {subscription.subscription.plan}"
    if transaction.kind == "hold":
        return credits_text(sum(move.amount_micro for move in transaction.moves))
    if transaction.parent_seq is not None:
        return f"{transaction.wallet_id}:{transaction.parent_seq}"
    if transaction.kind == "recur":
        return ""
    return ", ".join(dict.fromkeys(source_text(terms) for terms in lots))


def operations_form(wallet: str, conversation: str, operations: Sequence[Operation]) -> Form:
    """Give the operations of a conversation as plain data."""
    charged = sum(each.charged_micro for each in operations)
    refunded = sum(each.refunded_micro for each in operations)
    return {
        "wallet": wallet,
        "conversation": conversation,
        "charged": credits_plain(charged),
        "refunded": credits_plain(refunded),
        "operations": [operation_form(each) for each in operations],
    }


def entry_parts(wallet: str, entries: Sequence[Entry], limit: int) -> Iterator[RenderableType]:
    """Draw a statement, oldest first, each line with the balance after it."""
    if not entries:
        yield headline("plain", f"{wallet} has no earlier entries")
        return
    yield _statement(entries)
    written = [each for each in entries if not each.is_due]
    if len(written) == limit and written[0].transaction.seq > 1:
        yield ""
        yield _more(f"policyengine history {wallet} --all --before {written[0].transaction.id}")


def settled_parts(wallet: str, number: int, entries: Sequence[Entry]) -> Iterator[RenderableType]:
    """Draw what settling a wallet wrote; of very many entries the last ones."""
    if not number:
        yield headline("good", (f"nothing was due for {wallet}", STRONG))
        return
    what = "entry was" if number == 1 else "entries were"
    yield headline("good", (f"{number:,} {what} due for {wallet}", STRONG))
    yield ""
    yield indented(_statement(entries))


def _statement(entries: Sequence[Entry]) -> RenderableType:
    columns = ["when (UTC)", "id", "what", "change", "balance"]
    drawn = table(columns, ["change", "balance"], ["when (UTC)"])
    for entry in entries:
        transaction = entry.transaction
        drawn.add_row(
            quiet(clock_text(transaction.effective_at)),
            "due" if entry.is_due else transaction.id,
            what_text(transaction, entry.lots),
            _signed(entry.change_micro),
            credits_text(transaction.available_micro),
        )
    return drawn


def _signed(change: Micro) -> Text:
    if not change:
        return Text("")
    text = credits_text(change)
    return Text(f"+{text}" if change > 0 else text, style="" if change < 0 else "green")


def entries_form(entries: Sequence[Entry]) -> Any:
    """Give a statement as plain data; `next` names the page before, or is null."""
    first = entries[0].transaction if entries else None
    return {
        "entries": [entry_form(each) for each in entries],
        "next": first.id if first is not None and first.seq > 1 else None,
    }
