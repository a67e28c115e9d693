"""Grants per seat: a plan as it is for a wallet with so many seats."""

from dataclasses import replace

from policyengine.engine.situation import Draft
from policyengine.ledger.changes import SeatsSet
from policyengine.policy.policy import PlanRule


def seated(plan: PlanRule, seats: int) -> PlanRule:
    """Give a plan whose grants per seat are for all seats together."""
    if seats == 1 or not any(grant.per_seat for grant in plan.grants):
        return plan
    grants = [
        replace(grant, amount_micro=grant.amount_micro * seats) if grant.per_seat else grant
        for grant in plan.grants
    ]
    return replace(plan, grants=tuple(grants))


def note_seats_given(draft: Draft) -> None:
    """Note that the cycle that begins gives for the seats there are."""
    limits = draft.book.limits
    if limits.seats != limits.seats_given:
        draft.change(SeatsSet(limits.seats, limits.seats))
