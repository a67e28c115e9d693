"""Seats: grants that a plan gives per seat grow with a new seat at once, shrink with the cycle."""

from typing import Final

from policyengine.engine import refusals
from policyengine.engine.commands import SetSeats
from policyengine.engine.situation import Draft, Situation, draft_of, expires_at, refused
from policyengine.ledger.changes import SeatsSet
from policyengine.ledger.subscriptions import Subscription
from policyengine.ledger.transactions import Transaction
from policyengine.policy.policy import GrantRule
from policyengine.policy.timeline import Timeline
from policyengine.values.amounts import AMOUNT_MICRO_MAX, Micro

SEATS_MAX: Final = 1_000_000


def set_seats(situation: Situation, body: SetSeats) -> Transaction:
    """Decide how many seats a wallet has.

    More seats than this cycle has given credits for give theirs now; fewer give less from the next
    cycle on, so that leaving and coming back within a cycle gives nothing twice.
    """
    book, policy = situation.book, situation.policy
    subscription = book.subscription
    grants = [] if subscription is None else _grants_per_seat(situation.timeline, subscription)
    if not grants:
        refusal = refusals.refusal("not_offered", "the plan gives nothing per seat", what="seats")
        return refused(situation, "seats", refusal)
    most = max(each.amount_micro for each in grants)
    if not 0 < body.seats <= SEATS_MAX or body.seats * most > AMOUNT_MICRO_MAX:
        refusal = refusals.refusal("invalid_count", f"a wallet has 1 to {SEATS_MAX} seats")
        return refused(situation, "seats", refusal)
    draft = draft_of(situation)
    given = book.limits.seats_given
    more = body.seats - given
    draft.change(SeatsSet(body.seats, max(given, body.seats)))
    if more > 0 and subscription is not None:
        for grant in grants:
            draft.open_lot(
                "plan",
                f"v{subscription.version}.{grant.rule}",
                grant.amount_micro * more,
                expires_at(grant.expiry, draft.at, subscription.ends_at, policy.zone),
                cycle_bound=True,
                rolls=grant.carry_over != "none",
            )
    return draft.accepted(situation, "seats")


def _grants_per_seat(timeline: Timeline, subscription: Subscription) -> list[GrantRule]:
    """Give what the wallet's plan gives per seat, by the version whose terms apply to it."""
    terms = timeline.version(subscription.version)
    grants = () if terms is None else terms.plans[subscription.plan].grants
    return [each for each in grants if each.per_seat]


def seats_of(draft: Draft, grant: GrantRule) -> int:
    """Give how many seats a grant is for."""
    return draft.book.limits.seats if grant.per_seat else 1


def granted_micro(draft: Draft, grant: GrantRule) -> Micro:
    """Give what a grant gives to this wallet at the start of a cycle."""
    return grant.amount_micro * seats_of(draft, grant)


def note_seats_given(draft: Draft) -> None:
    """Note that the cycle that begins gives for the seats there are."""
    limits = draft.book.limits
    if limits.seats != limits.seats_given:
        draft.change(SeatsSet(limits.seats, limits.seats))
