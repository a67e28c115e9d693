"""Answers that ask for others: debt, refunds, estimates, alerts."""

from collections.abc import Iterator
from fractions import Fraction

from policyengine.policy.checks.findings import (
    found,
    found_at_key,
    pointer_to,
    see_value,
)
from policyengine.policy.compilation import PERCENT
from policyengine.policy.document import PolicyDocument
from policyengine.policy.document.plans import Pack, Plan
from policyengine.policy.source import Source
from policyengine.values.diagnostics import Diagnostic


def check_debt(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """Debt has a limit where it is allowed, and none where it is not."""
    part = document.shortfall
    if part.after_request == "go_into_debt" and part.debt is None:
        yield found(
            source,
            "PE240",
            "/shortfall/after_request",
            "`go_into_debt` needs `debt`: how far, and what a renewal does with it",
            "add `debt: {limit: 50, at_renewal: kept}`",
        )
    if part.after_request != "go_into_debt" and part.debt is not None:
        yield found_at_key(
            source,
            "PE241",
            "/shortfall/debt",
            f"no wallet goes into debt, since a shortfall leads to `{part.after_request}`",
            "delete it, or write `after_request: go_into_debt`",
            see_value(source, "/shortfall/after_request", "this decides"),
        )


def check_refunds(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """Credits given anew have a life, and only those."""
    part = document.refunds
    if part.expired_lot == "new_lot" and part.new_lot_expires is None:
        yield found(
            source,
            "PE240",
            "/refunds/expired_lot",
            "`new_lot` needs `new_lot_expires`: how long credits given anew last",
            "add `new_lot_expires: 7 days`",
        )
    if part.expired_lot != "new_lot" and part.new_lot_expires is not None:
        yield found_at_key(
            source,
            "PE241",
            "/refunds/new_lot_expires",
            f"no credits are given anew, since those of an expired lot `{part.expired_lot}`",
            "delete it, or write `expired_lot: new_lot`",
            see_value(source, "/refunds/expired_lot", "this decides"),
        )


def check_prices_have_currency(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """A price of a plan or pack has a currency, and a currency a price."""
    sold: list[tuple[str, Plan | Pack]] = []
    sold += [(pointer_to("plans", name), plan) for name, plan in document.plans.items()]
    sold += [(pointer_to("packs", name), pack) for name, pack in document.packs.items()]
    for place, part in sold:
        if part.price is not None and part.currency is None:
            yield found(
                source,
                "PE240",
                f"{place}/price",
                "`price` needs `currency`: in which money it is",
                "add `currency: USD`",
            )
        if part.price is None and part.currency is not None:
            yield found_at_key(
                source,
                "PE241",
                f"{place}/currency",
                "no price is in this currency",
                "delete it, or add `price`",
            )


def check_alerts(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """An alert says one thing, and a share is one that a balance can fall below."""
    for index, alert in enumerate(document.alerts):
        pointer = pointer_to("alerts", index)
        if (alert.balance_below is None) == (alert.expiring_within is None):
            is_empty = alert.balance_below is None
            yield found(
                source,
                "PE243",
                pointer,
                f"this alert says {'nothing' if is_empty else 'two things'}",
                "write either `balance_below` or `expiring_within`"
                if is_empty
                else "make two alerts of it",
            )
        if alert.balance_below is not None:
            yield from _check_share(source, f"{pointer}/balance_below", alert.balance_below)


def _check_share(source: Source, pointer: str, written: str) -> Iterator[Diagnostic]:
    share = Fraction(written.removesuffix("%"))
    if not 0 < share <= PERCENT:
        fault = f"`{written}` is more than all of what was granted"
        if not share:
            fault = f"no balance is below `{written}`"
        yield found(source, "PE244", pointer, fault, "write more than `0%`, and at most `100%`")


def check_estimates_ascend(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """A short answer is no longer than a usual one, and that no longer than a long one."""
    part, pointer = document.estimate.output_tokens, "/estimate/output_tokens"
    for lower, higher in (("low", "expected"), ("expected", "high")):
        least, most = getattr(part, lower), getattr(part, higher)
        if least > most:
            yield found(
                source,
                "PE245",
                f"{pointer}/{lower}",
                f"`{lower}` is {least}, more than `{higher}`",
                f"write at most {most}, or a larger `{higher}`",
                see_value(source, f"{pointer}/{higher}", "this should be more"),
            )
