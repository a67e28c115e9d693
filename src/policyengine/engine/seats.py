"""Seats: grants that a plan gives per seat grow with a new seat at once, shrink with the cycle."""

from dataclasses import replace
from typing import Final

from policyengine.engine import refusals
from policyengine.engine.commands import SetSeats
from policyengine.engine.cycles import Cycle
from policyengine.engine.giving import open_grant
from policyengine.engine.situation import Draft, Situation, draft_of, refused
from policyengine.ledger.changes import GivenNoted, SeatsSet
from policyengine.ledger.subscriptions import Subscription
from policyengine.ledger.transactions import Transaction
from policyengine.policy.policy import PlanRule
from policyengine.values.amounts import AMOUNT_MICRO_MAX
from policyengine.wording.words import Verbatim, say

SEATS_MAX: Final = 1_000_000


def set_seats(situation: Situation, body: SetSeats) -> Transaction:
    """Decide how many seats a wallet has.

    More seats than this cycle has given credits for give theirs now; fewer give less from the next
    cycle on, so that leaving and coming back within a cycle gives nothing twice.
    """
    subscription = situation.book.subscription
    plan = None if subscription is None else _plan_of(situation, subscription)
    grants = () if plan is None else plan.grants
    most = max((each.amount_micro for each in grants if each.per_seat), default=0)
    if plan is None or subscription is None or not most:
        refusal = refusals.refusal("not_offered", say("refusal.no_seats"), what="seats")
        return refused(situation, "seats", refusal)
    if not 0 < body.seats <= SEATS_MAX or body.seats * most > AMOUNT_MICRO_MAX:
        sentence = say("refusal.seats_most", most=Verbatim(str(SEATS_MAX)))
        refusal = refusals.refusal("invalid_count", sentence)
        return refused(situation, "seats", refusal)
    draft = draft_of(situation)
    given = situation.book.limits.seats_given
    draft.change(SeatsSet(body.seats, max(given, body.seats)))
    if body.seats > given:
        _give_for(draft, plan, subscription, body.seats - given)
    return draft.accepted(situation, "seats")


def _plan_of(situation: Situation, subscription: Subscription) -> PlanRule | None:
    """Give the terms of the wallet's plan, by the version that applies to it."""
    terms = situation.timeline.version(subscription.version)
    return None if terms is None else terms.plans.get(subscription.plan)


def _give_for(draft: Draft, plan: PlanRule, subscription: Subscription, seats: int) -> None:
    """Give what seats that are new in this cycle bring, in full, until the cycle ends."""
    starts_at, ends_at = subscription.starts_at, subscription.ends_at
    cycle = Cycle(subscription.anchor_at, subscription.index, starts_at, ends_at)
    for grant in plan.grants:
        if grant.per_seat:
            rule = f"v{subscription.version}.{grant.rule}"
            amount = open_grant(draft, plan, grant, rule, grant.amount_micro * seats, cycle, cycle)
            for note in subscription.given:
                if note.grant == grant.name:
                    more = note.amount_micro + amount
                    draft.change(GivenNoted(replace(note, amount_micro=more)))
