"""Seats: grants that a plan gives per seat grow with a new seat at once, shrink with the cycle."""

from typing import Final

from policyengine.engine import refusals
from policyengine.engine.commands import SetSeats
from policyengine.engine.situation import Draft, Situation, draft_of, expires_at, refused
from policyengine.ledger.changes import SeatsSet
from policyengine.ledger.transactions import Transaction
from policyengine.policy.policy import GrantRule, PlanRule
from policyengine.values.amounts import AMOUNT_MICRO_MAX, Micro

SEATS_MAX: Final = 1_000_000


def set_seats(situation: Situation, body: SetSeats) -> Transaction:
    """Decide how many seats a wallet has.

    More seats than this cycle has given credits for give theirs now; fewer give less from the next
    cycle on, so that leaving and coming back within a cycle gives nothing twice.
    """
    book, policy = situation.book, situation.policy
    subscription = book.subscription
    plan = None if subscription is None else _plan(situation, subscription.version)
    grants = [] if plan is None else [each for each in plan.grants if each.per_seat]
    if not grants:
        refusal = refusals.refusal("not_offered", "the plan gives nothing per seat", what="seats")
        return refused(situation, "seats", refusal)
    most = max(each.amount_micro for each in grants)
    if not 0 < body.seats <= SEATS_MAX or body.seats * most > AMOUNT_MICRO_MAX:
        refusal = refusals.refusal("invalid_count", f"a wallet has 1 to {SEATS_MAX} seats")
        return refused(situation, "seats", refusal)
    draft = draft_of(situation)
    given = book.standing.seats_given
    more = body.seats - given
    draft.change(SeatsSet(body.seats, max(given, body.seats)))
    if more > 0 and subscription is not None:
        for grant in grants:
            if grant.given == "each_cycle" or grant.rule in book.gifts:
                ends = expires_at(grant.expiry, draft.at, subscription.ends_at, policy.zone)
                each_cycle = grant.given == "each_cycle"
                draft.open_lot(
                    "plan" if each_cycle else "gift",
                    f"v{subscription.version}.{grant.rule}",
                    grant.amount_micro * more,
                    ends,
                    cycle_bound=each_cycle,
                    rolls=each_cycle and grant.carry_over != "none",
                )
    return draft.accepted(situation, "seats")


def _plan(situation: Situation, version: int) -> PlanRule | None:
    """Give the terms of the wallet's plan, by the version that applies to it."""
    terms, subscription = situation.timeline.version(version), situation.book.subscription
    if terms is None or subscription is None:
        return None
    return terms.plans.get(subscription.plan)


def seats_of(draft: Draft, grant: GrantRule) -> int:
    """Give how many seats a grant is for."""
    return draft.book.standing.seats if grant.per_seat else 1


def granted_micro(draft: Draft, grant: GrantRule) -> Micro:
    """Give what a grant gives to this wallet at the start of a cycle."""
    return grant.amount_micro * seats_of(draft, grant)


def note_seats_given(draft: Draft) -> None:
    """Note that the cycle that begins gives for the seats there are."""
    standing = draft.book.standing
    if standing.seats != standing.seats_given:
        draft.change(SeatsSet(standing.seats, standing.seats))
