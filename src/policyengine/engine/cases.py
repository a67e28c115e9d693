"""Cases of abnormal consumption: reported, then explained or refunded, all on the ledger."""

from policyengine.engine import refusals
from policyengine.engine.commands import ReportAbnormal, ResolveCase
from policyengine.engine.refunding import is_closed, unknown_transaction
from policyengine.engine.situation import Situation, draft_of, refused
from policyengine.ledger.changes import CaseClosed, CaseOpened, Charged
from policyengine.ledger.transactions import Transaction, change_of
from policyengine.wording.words import say


def report_abnormal(situation: Situation, body: ReportAbnormal) -> Transaction:
    """Decide a report: it opens a case about a charge or a conversation; it moves nothing."""
    target = situation.prior.target
    if body.about_seq is None and not body.conversation_id:
        refusal = refusals.refusal("invalid_amount", say("refusal.report_nothing"))
        return refused(situation, "report", refusal)
    if body.about_seq is not None:
        if target is None:
            return refused(situation, "report", unknown_transaction(situation, body.about_seq))
        if change_of(target, Charged) is None:
            refusal = refusals.about("not_refundable", "not_a_charge", target.id)
            return refused(situation, "report", refusal)
    conversation = body.conversation_id or (target.conversation_id if target else "")
    draft = draft_of(situation)
    draft.change(CaseOpened(body.about_seq, conversation))
    return draft.accepted(
        situation, "report", parent_seq=body.about_seq, conversation_id=conversation
    )


def resolve_case(situation: Situation, body: ResolveCase) -> Transaction:
    """Decide the end of a case: once, as explained or refunded."""
    case = situation.prior.target
    if case is None:
        return refused(situation, "resolve", unknown_transaction(situation, body.case_seq))
    if change_of(case, CaseOpened) is None:
        refusal = refusals.about("not_a_case", "not_a_report", case.id)
        return refused(situation, "resolve", refusal)
    if is_closed(situation.prior.corrections):
        refusal = refusals.about("case_closed", "case_closed", case.id)
        return refused(situation, "resolve", refusal)
    draft = draft_of(situation)
    draft.change(CaseClosed(body.case_seq, body.verdict))
    return draft.accepted(
        situation, "resolve", parent_seq=body.case_seq, conversation_id=case.conversation_id
    )
