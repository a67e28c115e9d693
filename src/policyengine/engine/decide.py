"""The one door into the rules: a command on a book becomes transactions and a new book."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from policyengine.engine import refusals
from policyengine.engine.cases import report_abnormal, resolve_case
from policyengine.engine.commands import (
    ENGINE_KEYS,
    KEY_LENGTH_MAX,
    Adjust,
    Body,
    BuyPack,
    Cancel,
    Capture,
    ChangePlan,
    Charge,
    Command,
    Convert,
    Extend,
    FailTopUp,
    GiveGrant,
    OpenHold,
    PayTopUp,
    Refund,
    Release,
    ReportAbnormal,
    ResolveCase,
    SetCohort,
    SetOverage,
    SetSeats,
    Settle,
    SetTopUp,
    Subscribe,
    VoidGrant,
    fingerprint,
)
from policyengine.engine.grants import adjust, give_grant, void_grant
from policyengine.engine.holding import capture, extend, open_hold, release
from policyengine.engine.overage import set_overage
from policyengine.engine.pacing import spendable_micro
from policyengine.engine.plans import cancel, change_plan, set_cohort, subscribe
from policyengine.engine.purchases import buy_pack, convert
from policyengine.engine.refunding import refund
from policyengine.engine.seats import set_seats
from policyengine.engine.settling import settle
from policyengine.engine.situation import NOTHING_PRIOR, Draft, Prior, Situation, refused
from policyengine.engine.spending import charge
from policyengine.engine.texts import text_refusal
from policyengine.engine.top_ups import due_top_up, fail_top_up, pay_top_up, set_top_up
from policyengine.ledger.book import Book, apply, with_lots
from policyengine.ledger.transactions import PolicyRef, Refusal, Transaction, TransactionKind
from policyengine.policy.timeline import Timeline
from policyengine.values.amounts import AMOUNT_MICRO_MAX
from policyengine.values.making import quickly_made

_HANDLERS: Final[Mapping[type[Body], Callable[[Situation, Any], Transaction]]] = {
    Subscribe: subscribe,
    SetCohort: set_cohort,
    ChangePlan: change_plan,
    Cancel: cancel,
    BuyPack: buy_pack,
    GiveGrant: give_grant,
    VoidGrant: void_grant,
    Charge: charge,
    OpenHold: open_hold,
    Capture: capture,
    Release: release,
    Extend: extend,
    Refund: refund,
    Adjust: adjust,
    ReportAbnormal: report_abnormal,
    ResolveCase: resolve_case,
    SetOverage: set_overage,
    SetTopUp: set_top_up,
    PayTopUp: pay_top_up,
    FailTopUp: fail_top_up,
    Convert: convert,
    SetSeats: set_seats,
}

_KINDS: Final[Mapping[type[Body], TransactionKind]] = {
    Subscribe: "subscribe",
    SetCohort: "change_plan",
    ChangePlan: "change_plan",
    Cancel: "cancel",
    BuyPack: "purchase",
    GiveGrant: "grant",
    VoidGrant: "void",
    Charge: "charge",
    OpenHold: "hold",
    Capture: "capture",
    Release: "release",
    Extend: "extend",
    Refund: "refund",
    Adjust: "adjust",
    ReportAbnormal: "report",
    ResolveCase: "resolve",
    SetOverage: "overage",
    SetTopUp: "top_up",
    PayTopUp: "purchase",
    FailTopUp: "top_up",
    Convert: "convert",
    SetSeats: "seats",
    Settle: "settle",
}


@quickly_made
@dataclass(frozen=True, slots=True)
class Decision:
    """What a command leads to.

    `recorded` are the transactions to write, in order: what the clock did until then, then the
    command's own. `answer` is the command's own transaction, the earlier one of a retry, or a
    refusal that is not recorded because its key or wallet cannot hold it.
    """

    book: Book
    recorded: tuple[Transaction, ...]
    answer: Transaction
    is_replay: bool = False


def decide(
    timeline: Timeline, book: Book, command: Command, prior: Prior = NOTHING_PRIOR
) -> Decision:
    """Decide a command on a wallet's book.

    Takes: the timeline of the wallet's policy; the book as it is; what the ledger holds about the
    command's key and the transaction that it acts on.
    Gives: the transactions to write and the book after them. The book's clock never goes back:
    a command from before `book.settled_at` is decided at that instant.
    """
    answered = prior.answered
    if refusal := _key_refusal(command.key) or (text_refusal(command) if not answered else None):
        return Decision(book, (), unrecorded(command, refusal))
    if answered is not None:
        return _answer_again(book, command, answered)
    at = max(command.at, book.settled_at)
    policy = timeline.at(at)
    if policy is None:
        refusal = refusals.no_policy_in_force(timeline.name, at)
        return Decision(book, (), unrecorded(command, refusal))
    settled, due = settle(timeline, book, at)
    if isinstance(command.body, Settle):
        return Decision(settled, due, due[-1] if due else _nothing_due(command))
    if prior.lots:
        settled = with_lots(settled, prior.lots)
    situation = Situation(timeline, policy, settled, command, at, prior)
    transaction = _handled(situation)
    after = apply(settled, transaction)
    if policy.limits.top_up is not None:
        return _with_top_up(situation, due, transaction, after)
    return Decision(after, (*due, transaction), transaction)


def _handled(situation: Situation) -> Transaction:
    body = situation.command.body
    transaction = _HANDLERS[type(body)](situation, body)
    if _overfills(situation.book, transaction):
        refusal = refusals.refusal("invalid_amount", "the wallet would have more than a ledger can")
        transaction = refused(situation, transaction.kind, refusal)
    return transaction


def _with_top_up(
    situation: Situation, due: tuple[Transaction, ...], transaction: Transaction, after: Book
) -> Decision:
    """Ask for a purchase where a command leaves, or finds, less than the policy wants there.

    A refusal changes nothing, so that what it finds is asked for just before it.
    """
    policy, at = situation.policy, situation.at
    refusal = transaction.refusal
    if refusal is None:
        wanted = due_top_up(policy, after, at)
        if wanted is not None:
            transaction = replace(transaction, changes=(*transaction.changes, wanted))
            after = apply(situation.book, transaction)
        return Decision(after, (*due, transaction), transaction)
    wanted = None
    if refusal.code == "insufficient_credits":
        wanted = due_top_up(policy, situation.book, at)
    elif refusal.code == "cap_reached" and refusal.details["scope"] == "grant":
        spendable = spendable_micro(policy, situation.book, at)
        wanted = due_top_up(policy, situation.book, at, spendable)
    if wanted is None:
        return Decision(after, (*due, transaction), transaction)
    draft = Draft(situation.book, policy, at)
    draft.change(wanted)
    asked = draft.settled("top_up", f"top_up:{draft.seq}")
    later = replace(situation, book=apply(situation.book, asked))
    named = replace(refusal, details={**refusal.details, "top_up": asked.id})
    transaction = refused(later, transaction.kind, named)
    return Decision(apply(later.book, transaction), (*due, asked, transaction), transaction)


def _overfills(book: Book, transaction: Transaction) -> bool:
    """Tell whether a wallet would have more credits, held ones included, than are accounted for."""
    if transaction.available_micro <= book.available_micro:
        return False
    released = sum(move.amount_micro for move in transaction.moves if move.source == "held")
    return transaction.available_micro + book.held_micro - released > AMOUNT_MICRO_MAX


def _answer_again(book: Book, command: Command, answered: Transaction) -> Decision:
    if answered.fingerprint == fingerprint(command):
        return Decision(book, (), answered, is_replay=True)
    refusal = refusals.refusal(
        "idempotency_key_reused",
        f"key `{command.key}` named another request before: `{answered.id}`",
        id=answered.id,
    )
    return Decision(book, (), unrecorded(command, refusal))


def _key_refusal(key: str) -> Refusal | None:
    length = len(key) if key.isascii() else len(key.encode("utf-8", "surrogatepass"))
    if not 0 < length <= KEY_LENGTH_MAX:
        return refusals.refusal("invalid_key", f"a key has 1 to {KEY_LENGTH_MAX} bytes")
    if key.startswith(ENGINE_KEYS):
        return refusals.refusal("invalid_key", f"keys that start with `{ENGINE_KEYS}` are reserved")
    if not key.isprintable():
        return refusals.refusal("invalid_key", "a key has printable characters only")
    return None


_NO_POLICY: Final = PolicyRef("", 0, "")


def unrecorded(command: Command, refusal: Refusal) -> Transaction:
    """Give an answer that no ledger records: sequence number 0."""
    return Transaction(
        command.wallet_id,
        0,
        _KINDS[type(command.body)],
        command.at,
        _NO_POLICY,
        command.key,
        "",
        refusal=refusal,
    )


def _nothing_due(command: Command) -> Transaction:
    return Transaction(command.wallet_id, 0, "settle", command.at, _NO_POLICY, command.key, "")
