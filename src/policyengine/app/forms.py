"""Answers as plain data for machines: stable keys, amounts as decimal text, instants in UTC.

Amounts are credits as text (`"1.5"`), counts are whole numbers, instants are ISO 8601 with `Z`,
and what never happens is `null`. Keys are added, never renamed or given another meaning.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

from policyengine.app.history import Entry, Operation
from policyengine.app.limit_forms import edge_form, limits_form
from policyengine.app.receipts import Receipt
from policyengine.app.sentences import source_text
from policyengine.engine.balance import Balance
from policyengine.engine.derivation import Step
from policyengine.engine.estimating import Estimate
from policyengine.ledger.changes import Charged, PriceTerms
from policyengine.ledger.holds import EstimateNote
from policyengine.ledger.lots import Lot
from policyengine.ledger.subscriptions import Series, Subscription
from policyengine.ledger.transactions import PolicyRef, Refusal, Transaction, change_of
from policyengine.values.amounts import credits_plain
from policyengine.values.calendar import NEVER, Instant, instant_text
from policyengine.values.diagnostics import Diagnostic, Span

Form: TypeAlias = dict[str, Any]

_MICRO: Final = "_micro"


def instant_form(instant: Instant) -> str | None:
    """Give an instant as text, or None for one that never comes."""
    return None if instant >= NEVER else instant_text(instant)


def details_form(details: Any) -> Any:
    """Give a refusal's numbers with amounts in credits: `short_micro` becomes `short`.

    They are in the order of their names, as a ledger gives them back: a retry gets the same bytes.
    """
    if isinstance(details, Mapping):
        return {
            key.removesuffix(_MICRO): (
                credits_plain(value) if key.endswith(_MICRO) else details_form(value)
            )
            for key, value in sorted(details.items())
        }
    if isinstance(details, list | tuple):
        return [details_form(each) for each in details]
    return details


def refusal_form(refusal: Refusal) -> Form:
    """Give a refusal: its code, its sentence, its numbers."""
    return {
        "code": refusal.code,
        "message": refusal.message,
        "details": details_form(refusal.details),
    }


def policy_form(ref: PolicyRef) -> Form:
    """Give which policy version decided."""
    return {"name": ref.name, "version": ref.version, "sha256": ref.sha256}


def charge_form(charge: Charged) -> Form:
    """Give what was charged for usage."""
    return {
        "model": charge.model,
        "counts": dict(charge.counts),
        "outcome": charge.outcome,
        "started_at": instant_text(charge.started_at),
        "rated_by_version": charge.rated_by,
        "tier": charge.tier,
        "price": credits_plain(charge.price_micro),
        "charged": credits_plain(charge.charged_micro),
        "estimate": None if charge.estimate is None else _estimate_note_form(charge.estimate),
        "flags": list(charge.flags),
        "terms": None if charge.terms is None else _terms_form(charge.terms),
    }


def _terms_form(terms: PriceTerms) -> Form:
    return {
        "model_asked": terms.asked or None,
        "plan": terms.plan or None,
        "cohort": terms.cohort or None,
        "modifiers": list(terms.modifiers),
    }


def _estimate_note_form(note: EstimateNote) -> Form:
    return {
        "low": credits_plain(note.low_micro),
        "expected": credits_plain(note.expected_micro),
        "high": credits_plain(note.high_micro),
    }


def transaction_form(transaction: Transaction) -> Form:
    """Give a transaction with its moves."""
    charge: Charged | None = change_of(transaction, Charged)
    parent = transaction.parent_seq
    return {
        "id": transaction.id if transaction.seq else None,
        "kind": transaction.kind,
        "wallet": transaction.wallet_id,
        "effective_at": instant_text(transaction.effective_at),
        "policy": policy_form(transaction.policy),
        "key": transaction.key,
        "about": None if parent is None else f"{transaction.wallet_id}:{parent}",
        "conversation": transaction.conversation_id,
        "operation": transaction.operation_id,
        "actor": transaction.actor,
        "reason": transaction.reason,
        "refusal": None if transaction.refusal is None else refusal_form(transaction.refusal),
        "charge": None if charge is None else charge_form(charge),
        "moves": [
            {
                "lot": move.lot_no,
                "from": move.source,
                "to": move.target,
                "amount": credits_plain(move.amount_micro),
            }
            for move in transaction.moves
        ],
        **edge_form(transaction),
        "available": credits_plain(transaction.available_micro),
        "debt": credits_plain(transaction.debt_micro),
    }


def receipt_form(receipt: Receipt) -> Form:
    """Give the answer to a command."""
    return {
        "accepted": receipt.is_accepted,
        "replayed": receipt.is_replay,
        **transaction_form(receipt.transaction),
    }


def lot_form(lot: Lot) -> Form:
    """Give a lot: where it comes from, what is left of it, until when."""
    terms = lot.terms
    return {
        "lot": terms.no,
        "source": terms.source,
        "from": source_text(terms),
        "rule": terms.rule,
        "granted": credits_plain(terms.granted_micro),
        "remaining": credits_plain(lot.remaining),
        "held": credits_plain(lot.held),
        "effective_at": instant_text(terms.effective_at),
        "expires_at": instant_form(terms.expires_at),
        "priority": terms.priority,
        "models": list(terms.restricted_to.models),
        "units": list(terms.restricted_to.units),
    }


def _series_form(series: Series) -> Form:
    return {
        "series": series.no,
        "amount": credits_plain(series.amount_micro),
        "next_at": instant_form(series.next_at),
        "every": None if series.interval is None else str(series.interval),
        "ends_at": instant_form(series.ends_at),
    }


def _subscription_form(subscription: Subscription) -> Form:
    pending = subscription.pending
    return {
        "plan": subscription.plan,
        "cohort": subscription.cohort or None,
        "version": subscription.version,
        "joined_at": instant_text(subscription.joined_at),
        "cycle_starts_at": instant_text(subscription.starts_at),
        "cycle_ends_at": instant_form(subscription.ends_at),
        "pending": None if pending is None else {"plan": pending.plan, "because": pending.because},
    }


def balance_form(balance: Balance) -> Form:
    """Give a balance with its lots in the order of spending."""
    subscription = balance.subscription
    return {
        "wallet": balance.wallet_id,
        "as_of": instant_text(balance.as_of),
        "available": credits_plain(balance.available_micro),
        "held": credits_plain(balance.held_micro),
        "debt": credits_plain(balance.debt_micro),
        "subscription": None if subscription is None else _subscription_form(subscription),
        "lots": [lot_form(lot) for lot in balance.lots],
        "scheduled": [_series_form(each) for each in balance.scheduled],
        **limits_form(balance),
        "alerts": [
            {"kind": each.kind, "message": each.message, "pointer": each.pointer}
            for each in balance.alerts
        ],
    }


def estimate_form(estimate: Estimate, counts: Mapping[str, int]) -> Form:
    """Give an estimate of a request with the given counts."""
    lengths = estimate.output_tokens
    return {
        "model": estimate.model,
        "counts": dict(counts),
        "output_tokens": {
            "low": lengths.low,
            "expected": lengths.expected,
            "high": lengths.high,
            "basis": estimate.basis,
        },
        "price": _estimate_note_form(estimate.note),
        "available": credits_plain(estimate.available_micro),
        "suffices": estimate.suffices,
        "short": credits_plain(estimate.short_micro),
        "short_at_high": credits_plain(estimate.short_high_micro),
        "draws": [
            {"lot": draw.lot_no, "amount": credits_plain(draw.amount_micro)}
            for draw in estimate.draws
        ],
        "ways_out": details_form(list(estimate.ways_out)),
    }


def operation_form(operation: Operation) -> Form:
    """Give an operation with its transactions."""
    return {
        "operation": operation.name,
        "status": operation.status,
        "charged": credits_plain(operation.charged_micro),
        "refunded": credits_plain(operation.refunded_micro),
        "held": credits_plain(operation.held_micro),
        "flags": list(operation.flags),
        "transactions": [transaction_form(each) for each in operation.transactions],
    }


def entry_form(entry: Entry) -> Form:
    """Give a line of a statement."""
    form = transaction_form(entry.transaction)
    change = credits_plain(entry.change_micro)
    return {"written": not entry.is_due, "change": change, **form}


def step_form(step: Step) -> Form:
    """Give a step of a derivation with all below it."""
    place = step.place
    return {
        "label": step.label,
        "value": step.value,
        "place": None
        if place is None
        else {
            "policy": place.policy,
            "version": place.version,
            "file": place.file,
            "line": place.line,
            "pointer": place.pointer,
        },
        "steps": [step_form(each) for each in step.steps],
    }


def _span_form(span: Span) -> Form:
    return {
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }


def finding_form(finding: Diagnostic) -> Form:
    """Give a finding about a file."""
    return {
        "code": finding.code,
        "severity": finding.severity,
        "message": finding.message,
        "file": finding.file,
        **_span_form(finding.span),
        "pointer": finding.pointer,
        "help": finding.help,
        "related": [
            {"file": each.file or finding.file, **_span_form(each.span), "message": each.message}
            for each in finding.related
        ],
        "edit": None
        if finding.edit is None
        else {**_span_form(finding.edit.span), "replacement": finding.edit.replacement},
    }


def findings_form(findings: Sequence[Diagnostic]) -> list[Form]:
    """Give findings in their order."""
    return [finding_form(each) for each in findings]
