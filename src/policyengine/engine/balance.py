"""Balance: what a wallet has now, lot by lot in the order of spending, and what asks for care."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from policyengine.engine.burndown import in_burn_order
from policyengine.engine.caps import CapState, caps_in_use
from policyengine.engine.overage import overage_limit
from policyengine.ledger.book import Book
from policyengine.ledger.limit_state import UNTOUCHED, LimitState
from policyengine.ledger.lots import Lot
from policyengine.ledger.subscriptions import Series, Subscription
from policyengine.policy.policy import AlertRule, Policy
from policyengine.values.amounts import Micro, credits_text
from policyengine.values.calendar import NEVER, Instant, add_span, instant_text


@dataclass(frozen=True, slots=True)
class Alert:
    """A rule of the policy's alerts that holds, in words."""

    kind: Literal["balance_below", "expiring_within"]
    message: str
    pointer: str


@dataclass(frozen=True, slots=True)
class Balance:
    """A wallet at an instant: available, held and owed; `lots` in burn order, open ones only.

    `overage_limit_micro` is the most overage between two invoices; `caps` has an entry for each
    name with something used or held.
    """

    wallet_id: str
    as_of: Instant
    available_micro: Micro
    held_micro: Micro
    debt_micro: Micro
    lots: tuple[Lot, ...]
    scheduled: tuple[Series, ...]
    subscription: Subscription | None
    alerts: tuple[Alert, ...]
    limits: LimitState = UNTOUCHED
    overage_limit_micro: Micro = 0
    caps: tuple[CapState, ...] = ()


def balance_of(policy: Policy, book: Book, at: Instant) -> Balance:
    """Read a balance off a settled book."""
    lots = tuple(
        in_burn_order((lot for lot in book.lots.values() if lot.is_open), policy.burn_order)
    )
    return Balance(
        book.wallet_id,
        at,
        book.available_micro,
        book.held_micro,
        book.debt_micro,
        lots,
        tuple(each for _, each in sorted(book.series.items())),
        book.subscription,
        _alerts(policy, book, lots, at),
        book.limits,
        overage_limit(policy, book),
        caps_in_use(policy, book, at) if policy.limits.caps else (),
    )


def _alerts(policy: Policy, book: Book, lots: tuple[Lot, ...], at: Instant) -> tuple[Alert, ...]:
    found: list[Alert] = []
    for rule in policy.alerts:
        if rule.below_share is not None:
            found += _below(rule, rule.below_share, book, lots)
        if rule.expiring_within is not None:
            limit = add_span(at, rule.expiring_within, policy.zone)
            found += _expiring(rule, lots, limit)
    return tuple(found)


def _below(rule: AlertRule, share: Fraction, book: Book, lots: tuple[Lot, ...]) -> list[Alert]:
    granted = sum(lot.terms.granted_micro for lot in lots)
    if book.available_micro >= granted * share and granted:
        return []
    message = (
        f"{credits_text(book.available_micro)} of {credits_text(granted)} credits are left"
        if granted
        else "no credits are left"
    )
    return [Alert("balance_below", message, rule.pointer)]


def _expiring(rule: AlertRule, lots: tuple[Lot, ...], limit: Instant) -> list[Alert]:
    soon = [lot for lot in lots if lot.remaining and lot.terms.expires_at <= limit < NEVER]
    if not soon:
        return []
    first = min(lot.terms.expires_at for lot in soon)
    amount = credits_text(sum(lot.remaining for lot in soon))
    message = f"{amount} credits expire soon, the first at {instant_text(first)}"
    return [Alert("expiring_within", message, rule.pointer)]
