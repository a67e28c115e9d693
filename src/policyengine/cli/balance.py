"""`balance`: what a wallet has, lot by lot in the order of spending."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from policyengine.cli.call import Call, with_call
from policyengine.cli.options import WalletId

if TYPE_CHECKING:
    from rich.console import RenderableType

    from policyengine.engine.balance import Balance
    from policyengine.policy.limits import UseCapRule


@with_call()
def balance(call: Call, wallet: WalletId) -> int:
    """Show what a wallet has now: the lots in the order in which they will be spent.

    Example: policyengine balance ana
    """
    with call.engine() as engine:
        found = engine.balance(wallet)

    def form() -> object:
        from policyengine.app.forms import balance_form

        return balance_form(found)

    call.answer(lambda: balance_parts(found), form)
    return 0


def balance_parts(balance: "Balance") -> "Iterator[RenderableType]":
    """Draw a balance."""
    from policyengine.app.sentences import time_text
    from policyengine.cli.screen import QUIET, STRONG, headline, indented, rows
    from policyengine.values.amounts import credits_text

    available = credits_text(balance.available_micro)
    yield headline(
        "plain",
        (f"{balance.wallet_id}: {available} credits available", STRONG),
        (f"  as of {time_text(balance.as_of)}", QUIET),
    )
    pairs = list(_standing(balance))
    if pairs:
        yield rows(pairs)
    if balance.lots:
        yield ""
        yield indented(_lots(balance))
    if balance.alerts:
        yield ""
    for alert in balance.alerts:
        yield indented(headline("warn", alert.message, (f"  {alert.pointer}", QUIET)))


def _standing(balance: "Balance") -> Iterator[tuple[str, str]]:
    from policyengine.cli.receipts import moment
    from policyengine.values.amounts import credits_text
    from policyengine.values.calendar import NEVER

    if balance.held_micro:
        yield "held", f"{credits_text(balance.held_micro)} credits set aside for requests"
    if balance.debt_micro:
        yield "owed", f"{credits_text(balance.debt_micro)} credits, paid by the next that come"
    yield from _limits(balance)
    subscription = balance.subscription
    if subscription is not None:
        ends = subscription.ends_at
        cycle = f", cycle until {moment(ends, balance.as_of)}" if ends < NEVER else ""
        cohort = f", cohort {subscription.cohort}" if subscription.cohort else ""
        yield "plan", f"{subscription.plan}{cohort}{cycle}"
        if subscription.pending is not None:
            yield "then", f"plan {subscription.pending.plan}"
    for series in balance.scheduled:
        every = "" if series.interval is None else f", every {series.interval}"
        when = moment(series.next_at, balance.as_of)
        yield "scheduled", f"{credits_text(series.amount_micro)} credits on {when}{every}"


def _window(rule: "UseCapRule") -> str:
    return f"within {rule.per} of the first use" if rule.from_first_use else f"per {rule.per}"


def _limits(balance: "Balance") -> Iterator[tuple[str, str]]:
    """Tell what limits leave, and what waits for an invoice or a payment."""
    from policyengine.cli.receipts import moment
    from policyengine.engine.telling import money_text
    from policyengine.values.amounts import credits_text

    limits = balance.limits
    for due in limits.overage:
        money = money_text(due.amount_micro, due.price, due.currency)
        limit = credits_text(balance.overage_limit_micro)
        yield "overage", f"{credits_text(due.amount_micro)} credits of {limit}, {money}"
    for cap in balance.caps:
        left, limit = credits_text(cap.left_micro), credits_text(cap.rule.amount_micro)
        name = f" {cap.name}" if cap.name else ""
        again = moment(cap.ends_at, balance.as_of)
        what = f"{left} left of {limit} {_window(cap.rule)}, until {again}"
        yield f"{cap.rule.scope}{name}", what
    for top_up in limits.top_ups:
        if top_up.state == "pending":
            name = f"{balance.wallet_id}:{top_up.seq}"
            yield (
                "top-up",
                f"{credits_text(top_up.amount_micro)} credits wait for payment of {name}",
            )
    if limits.seats > 1:
        yield "seats", str(limits.seats)


def _lots(balance: "Balance") -> "RenderableType":
    from policyengine.app.sentences import clock_text, distance_text, source_text
    from policyengine.cli.screen import table
    from policyengine.values.amounts import credits_text
    from policyengine.values.calendar import NEVER

    has_held = bool(balance.held_micro)
    amounts = ["left", "held", "of"] if has_held else ["left", "of"]
    drawn = table(["spent in this order", *amounts, "expires (UTC)"], amounts)
    for lot in balance.lots:
        terms = lot.terms
        only = [*terms.restricted_to.models, *terms.restricted_to.units]
        source = source_text(terms) + (f" (only {', '.join(only)})" if only else "")
        expires = "never"
        if terms.expires_at < NEVER:
            away = distance_text(terms.expires_at, balance.as_of)
            expires = f"{clock_text(terms.expires_at)} ({away})"
        held = [credits_text(lot.held) if lot.held else ""] if has_held else []
        granted = credits_text(terms.granted_micro)
        drawn.add_row(source, credits_text(lot.remaining), *held, granted, expires)
    return drawn
