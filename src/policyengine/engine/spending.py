"""Spending: a request is priced, covered and charged at once."""

from policyengine.engine.caps import Whose
from policyengine.engine.charging import charged, cover_shortfall, rate_usage, standing_of, take
from policyengine.engine.commands import Charge
from policyengine.engine.covering import cover, note_cover
from policyengine.engine.re_rating import note_use
from policyengine.engine.situation import Situation, draft_of, refused
from policyengine.ledger.transactions import Refusal, Transaction


def charge(situation: Situation, body: Charge) -> Transaction:
    """Decide a charge."""
    standing = standing_of(situation.book)
    rated = rate_usage(situation.timeline, situation.policy, body.usage, situation.at, standing)
    if isinstance(rated, Refusal):
        return refused(situation, "charge", rated)
    whose = Whose(rated.usage.model, body.member, body.conversation_id)
    found = cover(situation, rated, whose, has_run=body.after_request)
    if isinstance(found, Refusal):
        return refused(situation, "charge", found)
    paid_for = found.rated or rated
    amount = found.bill.amount_micro
    draft = draft_of(situation)
    take(draft, found.payment)
    taken = amount - cover_shortfall(draft, found.payment.short_micro)
    draft.change(charged(situation, paid_for, amount, taken, body.estimate))
    note_cover(draft, found, taken)
    note_use(draft, paid_for, taken)
    return draft.accepted(
        situation,
        "charge",
        conversation_id=body.conversation_id,
        operation_id=body.operation_id,
    )
