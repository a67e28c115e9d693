"""Refunds: what a charge took goes back to the lots that paid, latest draw first."""

from dataclasses import dataclass

from policyengine.engine import refusals
from policyengine.engine.caps import uncount
from policyengine.engine.commands import Refund
from policyengine.engine.ending import follow_end
from policyengine.engine.overage import take_overage_back
from policyengine.engine.re_rating import refund_use
from policyengine.engine.situation import Draft, Situation, draft_of, refused
from policyengine.ledger.changes import CaseOpened, Charged, ForCase, PaidDebtReturned
from policyengine.ledger.lots import Lot
from policyengine.ledger.transactions import Refusal, Transaction, change_of
from policyengine.values.amounts import Micro
from policyengine.values.calendar import Instant, add_span
from policyengine.wording.words import Figure, Verbatim, say


@dataclass(frozen=True, slots=True)
class _Taken:
    """What a charge still has of one lot."""

    lot: Lot
    amount_micro: Micro


def refund(situation: Situation, body: Refund) -> Transaction:
    """Decide a refund."""
    target = situation.prior.target
    if target is None:
        return refused(situation, "refund", unknown_transaction(situation, body.target_seq))
    if target.refusal is not None or change_of(target, Charged) is None:
        return refused(
            situation,
            "refund",
            refusals.about("not_refundable", "took_nothing", target.id),
        )
    taken = _still_taken(situation, target)
    left = sum(each.amount_micro for each in taken)
    amount = left if body.amount_micro is None else body.amount_micro
    if refusal := _amount_refusal(target, amount, left):
        return refused(situation, "refund", refusal)
    if body.case_seq is not None and (refusal := case_refusal(situation, body.case_seq, target)):
        return refused(situation, "refund", refusal)
    draft = draft_of(situation)
    if body.case_seq is not None:
        draft.change(ForCase(body.case_seq))
    asked = amount
    given = refund_use(draft, target, left, amount, taken[0].lot.terms.rule)
    for each in taken:
        part = min(each.amount_micro, amount)
        amount -= part
        back = max(0, part - given)
        given -= part - back
        draft.move(each.lot.terms.no, "consumed", "withdrawn", part - back)
        if back:
            _give_back(draft, each.lot, back)
    uncount(draft, target, asked)
    return draft.accepted(
        situation,
        "refund",
        parent_seq=target.seq,
        conversation_id=target.conversation_id,
        operation_id=target.operation_id,
    )


def _amount_refusal(target: Transaction, amount: Micro, left: Micro) -> Refusal | None:
    if amount > left or not left:
        details = {"refundable_micro": left, "asked_micro": amount}
        values = {"left": Figure(left), "asked": Figure(amount)}
        return refusals.refused_as(
            "refund_exceeds_charge", details, id=Verbatim(target.id), **values
        )
    if amount <= 0:
        return refusals.refusal("invalid_amount", "a refund is of more than 0 credits")
    return None


def case_refusal(situation: Situation, case_seq: int, target: Transaction) -> Refusal | None:
    """Refuse a refund for what is no open case about the charge."""
    name = f"{situation.book.wallet_id}:{case_seq}"
    case = situation.prior.case
    opened: CaseOpened | None = None if case is None else change_of(case, CaseOpened)
    if opened is None:
        return refusals.about("not_a_case", "not_a_report", name)
    if is_closed(situation.prior.case_corrections):
        return refusals.about("case_closed", "case_closed", name)
    is_about = opened.about_seq == target.seq or (
        opened.about_seq is None and opened.conversation_id == target.conversation_id
    )
    if not is_about:
        sentence = say("refusal.other_case", id=Verbatim(name), charge=Verbatim(target.id))
        return refusals.refusal("not_a_case", sentence)
    return None


def is_closed(corrections: tuple[Transaction, ...]) -> bool:
    """Tell whether a case that these followed is closed."""
    return any(each.kind == "resolve" and each.refusal is None for each in corrections)


def unknown_transaction(situation: Situation, seq: int) -> Refusal:
    """The wallet has no such transaction."""
    name = f"{situation.book.wallet_id}:{seq}"
    return refusals.refused_as("unknown_transaction", {"id": name}, id=Verbatim(name))


def _still_taken(situation: Situation, target: Transaction) -> list[_Taken]:
    """Give what a charge consumed of each lot less earlier refunds, latest draw first."""
    consumed: dict[int, Micro] = {}
    for move in target.moves:
        if move.target == "consumed":
            consumed[move.lot_no] = consumed.get(move.lot_no, 0) + move.amount_micro
    for correction in situation.prior.corrections:
        if correction.kind == "refund" and correction.refusal is None:
            for move in correction.moves:
                if move.source == "consumed":
                    consumed[move.lot_no] -= move.amount_micro
    lots = situation.book.lots
    return [_Taken(lots[number], amount) for number, amount in reversed(consumed.items()) if amount]


def _give_back(draft: Draft, lot: Lot, amount: Micro) -> None:
    number = lot.terms.no
    if lot.terms.source == "debt":
        _give_debt_back(draft, lot, amount)
        return
    if lot.terms.source == "overage":
        amount = take_overage_back(draft, lot, "consumed", amount, "refunded")
    if not lot.has_ended(draft.at):
        draft.move(number, "consumed", "available", amount)
        if not lot.terms.restricted_to and draft.pays_debt(lot.terms.source):
            draft.repay(number, amount, lot.terms.expires_at)
        return
    if follow_end(draft, lot, "consumed", amount):
        return
    _give_anew(draft, lot, amount)


def _give_anew(draft: Draft, lot: Lot, amount: Micro) -> None:
    """Give back what has expired as the policy says: a lot with a life of its own, or nothing."""
    life = draft.policy.refund_life
    if life is None:
        draft.move(lot.terms.no, "consumed", "expired", amount)
        return
    expires = add_span(draft.at, life, draft.policy.zone)
    _give_until(draft, lot, amount, expires)


def _give_until(draft: Draft, lot: Lot, amount: Micro, expires: Instant) -> None:
    draft.move(lot.terms.no, "consumed", "withdrawn", amount)
    draft.open_lot(
        "refund",
        lot.terms.rule,
        amount,
        expires,
        priority=lot.terms.priority,
        restricted_to=lot.terms.restricted_to,
    )


def _give_debt_back(draft: Draft, lot: Lot, amount: Micro) -> None:
    """Shrink the debt first; then give back what was paid of it, and nothing of what was forgiven.

    Which request's debt was paid is not kept: a wallet gets back no more than it paid in all.
    """
    number = lot.terms.no
    owed = min(draft.debt, amount)
    draft.move(number, "consumed", "withdrawn", owed)
    if owed:
        draft.change_debt(-owed, "refunded")
    limits = draft.book.limits
    paid = min(limits.debt_paid_micro, amount - owed)
    if paid:
        draft.change(PaidDebtReturned(paid))
        if limits.debt_paid_until <= draft.at:
            _give_anew(draft, lot, paid)
        else:
            _give_until(draft, lot, paid, limits.debt_paid_until)
    draft.move(number, "consumed", "withdrawn", amount - owed - paid)
