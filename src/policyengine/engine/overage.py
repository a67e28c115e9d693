"""Overage: credits beyond the balance, lent at a price and taken to an invoice."""

from dataclasses import replace
from typing import Final, Literal

from policyengine.engine import refusals
from policyengine.engine.commands import SetOverage
from policyengine.engine.situation import Draft, Situation, draft_of, refused
from policyengine.ledger.book import Book
from policyengine.ledger.changes import LotOpened, OverageChanged, OverageSet, Referenced
from policyengine.ledger.limit_state import OverageDue
from policyengine.ledger.lots import Lot, LotTerms, Pot
from policyengine.ledger.transactions import Transaction
from policyengine.policy.policy import Policy
from policyengine.values.amounts import AMOUNT_MICRO_MAX, Micro
from policyengine.values.calendar import NEVER
from policyengine.wording.words import Verbatim, say

_RULE: Final = "shortfall.overage"


def set_overage(situation: Situation, body: SetOverage) -> Transaction:
    """Decide whether a wallet allows overage, and how much of what the policy lends."""
    rule = situation.policy.limits.overage
    if rule is None:
        sentence = say("refusal.no_overage", policy=Verbatim(situation.policy.name))
        refusal = refusals.refusal("not_offered", sentence, what="overage")
        return refused(situation, "overage", refusal)
    limit = body.limit_micro
    if limit is not None and not (body.on and 0 < limit <= AMOUNT_MICRO_MAX):
        refusal = refusals.refusal("invalid_amount", say("refusal.overage_limit"))
        return refused(situation, "overage", refusal)
    draft = draft_of(situation)
    draft.change(OverageSet(body.on, limit))
    return draft.accepted(situation, "overage")


def overage_room(policy: Policy, book: Book) -> Micro:
    """Give how much overage a wallet may still have before the next invoice."""
    rule = policy.limits.overage
    if rule is None:
        return 0
    limits = book.limits
    allowed = limits.overage_on if limits.overage_on is not None else not rule.needs_consent
    return _room(policy, book) if allowed else 0


def overage_offered(policy: Policy, book: Book) -> Micro:
    """Give how much overage a wallet could have if it allowed it; 0 where it does already."""
    return 0 if overage_room(policy, book) else _room(policy, book)


def overage_limit(policy: Policy, book: Book) -> Micro:
    """Give the most overage between two invoices: the policy's, or the wallet's own if lower.

    A plan without cycles has no invoice, and so no overage.
    """
    rule, subscription = policy.limits.overage, book.subscription
    if rule is None or subscription is None or subscription.ends_at >= NEVER:
        return 0
    if rule.plans and subscription.plan not in rule.plans:
        return 0
    own = book.limits.overage_limit_micro
    return rule.limit_micro if own is None else min(own, rule.limit_micro)


def _room(policy: Policy, book: Book) -> Micro:
    return max(0, overage_limit(policy, book) - book.limits.overage_micro)


def lend_overage(draft: Draft, amount: Micro, pot: Literal["consumed", "held"]) -> int:
    """Lend credits at the policy's price: a lot that goes to `consumed` or `held` as it opens.

    Gives: the lot's number; 0 where nothing is lent.
    """
    rule = draft.policy.limits.overage
    if not amount or rule is None:
        return 0
    number = draft.lots_opened = draft.lots_opened + 1
    name = f"v{draft.policy.version}.{_RULE}"
    draft.change(LotOpened(LotTerms(number, draft.seq, "overage", name, amount, draft.at, NEVER)))
    draft.move(number, "issued", "available", amount)
    draft.move(number, "available", pot, amount)
    draft.change(OverageChanged(name, rule.price, rule.currency, amount, "lent"))
    return number


def take_overage_back(
    draft: Draft, lot: Lot, source: Pot, amount: Micro, how: Literal["released", "refunded"]
) -> Micro:
    """Take lent credits that come back off what is due, as far as no invoice has them.

    Gives: what an invoice has already; the caller gives that to the wallet.
    """
    due = _due(draft, lot.terms.rule)
    if due is None:
        return amount
    unbilled = due.amount_micro
    if how == "refunded":
        unbilled -= held_overage(draft.book, due.rule)
    part = max(0, min(unbilled, amount))
    if part:  # else an invoice has all of it
        draft.move(lot.terms.no, source, "withdrawn", part)
        draft.change(OverageChanged(due.rule, due.price, due.currency, -part, how))
    return amount - part


def _due(draft: Draft, rule: str) -> OverageDue | None:
    """Give what is due under a rule, with what this transaction has changed so far."""
    found = next((each for each in draft.book.limits.overage if each.rule == rule), None)
    if found is None:
        return None
    changes = [each for each in draft.changes if isinstance(each, OverageChanged)]
    changed = sum(each.by_micro for each in changes if each.rule == rule)
    return replace(found, amount_micro=found.amount_micro + changed)


def held_overage(book: Book, rule: str) -> Micro:
    """Give the overage under a rule that holds set aside: it may still come back."""
    lots = book.lots.values()
    return sum(lot.held for lot in lots if lot.terms.source == "overage" and lot.terms.rule == rule)


def invoice_overage(draft: Draft) -> None:
    """Take what is due to an invoice; what holds set aside waits for the next one."""
    billed = []
    for each in draft.book.limits.overage:
        due = _due(draft, each.rule)
        amount = 0 if due is None else due.amount_micro - held_overage(draft.book, each.rule)
        if amount > 0:
            billed.append(OverageChanged(each.rule, each.price, each.currency, -amount, "invoiced"))
    if billed:
        draft.change(Referenced(f"overage:{draft.book.wallet_id}:{draft.seq}"))
    for change in billed:
        draft.change(change)
