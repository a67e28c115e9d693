"""Purchases: packs with their bonus, and what old units become; money moves elsewhere."""

from typing import Final

from policyengine.engine import refusals
from policyengine.engine.commands import COUNT_MAX, BuyPack, Convert
from policyengine.engine.situation import Draft, Situation, draft_of, expires_at, refused
from policyengine.ledger.book import Book
from policyengine.ledger.changes import GiftGiven, Referenced
from policyengine.ledger.transactions import Refusal, Transaction
from policyengine.policy.policy import PackRule, Policy
from policyengine.values.amounts import AMOUNT_MICRO_MAX
from policyengine.values.calendar import NEVER, CalendarSpan, Instant, add_span
from policyengine.wording.words import Value, Verbatim, listed, say, verbatim

CONVERSIONS_MAX: Final = 1000
"""How many conversions a wallet remembers; each is one reference that cannot be used again."""


def buy_pack(situation: Situation, body: BuyPack) -> Transaction:
    """Decide a purchase: the payment itself happened elsewhere."""
    policy = situation.policy
    pack = policy.packs.get(body.pack)
    if pack is None:
        return refused(situation, "purchase", refusals.unknown_pack(policy, body.pack))
    if refusal := _not_sold(situation.book, pack):
        return refused(situation, "purchase", refusal)
    draft = draft_of(situation)
    open_pack(draft, policy, pack)
    if body.reference:
        draft.change(Referenced(body.reference))
    return draft.accepted(situation, "purchase")


def open_pack(draft: Draft, policy: Policy, pack: PackRule) -> None:
    """Open the lots of a pack: what was bought, and its bonus.

    Takes: the version of the policy that sold it.
    """
    rule = f"v{policy.version}.packs.{pack.name}"
    ends = expires_at(pack.expiry, draft.at, NEVER, draft.policy.zone)
    draft.open_lot("pack", rule, pack.amount_micro, ends)
    if pack.bonus is not None:
        ends = expires_at(pack.bonus.expiry, draft.at, NEVER, draft.policy.zone)
        draft.open_lot("bonus", f"{rule}.bonus", pack.bonus.amount_micro, ends)


def is_full(book: Book, pack: PackRule) -> bool:
    """Tell whether a wallet has as many of a pack as it may have with something left of them."""
    if pack.held_max is None:
        return False
    name = f"packs.{pack.name}"
    held = [
        lot
        for lot in book.lots.values()
        if lot.terms.source == "pack" and lot.is_open and lot.terms.rule.partition(".")[2] == name
    ]
    return len(held) >= pack.held_max


def _not_sold(book: Book, pack: PackRule) -> Refusal | None:
    plan = "" if book.subscription is None else book.subscription.plan
    if plan not in pack.sold_to:
        return refusals.refused_as(
            "pack_not_sold",
            {"pack": pack.name, "plan": plan, "sold_to": list(pack.sold_to)},
            pack=Verbatim(pack.name),
            plans=verbatim(pack.sold_to, "list"),
            plan=Verbatim(plan),
        )
    if is_full(book, pack):
        return refusals.refused_as(
            "too_many_packs",
            {"pack": pack.name, "at_most": pack.held_max},
            count=Verbatim(str(pack.held_max)),
            pack=Verbatim(pack.name),
        )
    return None


def convert(situation: Situation, body: Convert) -> Transaction:
    """Decide a conversion of old units: once per reference."""
    policy, book = situation.policy, situation.book
    rule = policy.limits.conversions.get(body.unit)
    if rule is None:
        return refused(situation, "convert", _unknown_unit(policy, body.unit))
    if not 0 < body.count <= COUNT_MAX or body.count * rule.amount_micro > AMOUNT_MICRO_MAX:
        refusal = _not_convertible(body.count)
        return refused(situation, "convert", refusal)
    name = f"conversions.{body.unit}:{body.reference}"
    done = [each for each in book.gifts if each.startswith("conversions.")]
    if name in done or len(done) >= CONVERSIONS_MAX:
        values = {"unit": Verbatim(body.unit), "reference": Verbatim(body.reference)}
        details = {"unit": body.unit, "reference": body.reference}
        refusal = refusals.refused_as("already_converted", details, **values)
        return refused(situation, "convert", refusal)
    draft = draft_of(situation)
    draft.change(GiftGiven(name))
    draft.open_lot(
        "conversion",
        f"v{policy.version}.conversions.{body.unit}",
        body.count * rule.amount_micro,
        life_end(rule.life, draft.at, policy.zone),
    )
    if body.reference:
        draft.change(Referenced(body.reference))
    return draft.accepted(situation, "convert")


def _unknown_unit(policy: Policy, unit: str) -> Refusal:
    values: dict[str, Value] = {"policy": Verbatim(policy.name), "unit": Verbatim(unit)}
    known = [say("refusal.quoted", name=Verbatim(each)) for each in policy.limits.conversions]
    if not known:
        sentence = say("refusal.no_conversions", **values)
        return refusals.refusal("unknown_conversion", sentence, unit=unit)
    values["known"] = listed(known, "list")
    return refusals.refused_as("unknown_conversion", {"unit": unit}, **values)


def _not_convertible(count: int) -> Refusal:
    sentence = say("refusal.not_convertible", count=Verbatim(str(count)))
    return refusals.refusal("invalid_count", sentence)


def life_end(life: CalendarSpan | None, at: Instant, zone: str) -> Instant:
    """Give when credits expire that come now; without a life, never."""
    return NEVER if life is None else add_span(at, life, zone)
