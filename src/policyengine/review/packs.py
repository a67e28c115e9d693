"""What packs, the order of spending, conversions and refunds change."""

from collections.abc import Iterator
from decimal import Decimal

from policyengine.policy.document import PolicyDocument
from policyengine.policy.document.limits import Bonus
from policyengine.policy.document.plans import Pack
from policyengine.policy.nodes import pointer_of
from policyengine.review.difference import Difference, gone, said
from policyengine.review.grants import lasting
from policyengine.review.saying import members, money, quantity, span, text
from policyengine.review.words import credits_text, listed, number


def pack_differences(old: PolicyDocument, new: PolicyDocument) -> Iterator[Difference]:
    """Compare packs, the burn order, and what becomes of old units."""
    for name, now in new.packs.items():
        was = old.packs.get(name)
        if was is None:
            about = f"{credits_text(now.credits)}, {lasting(now.expires)}"
            sentence = f"a new pack {name}: {about}, sold to {listed(now.sold_to)}"
            yield said("additive", pointer_of(["packs", name]), sentence)
        else:
            yield from _pack(name, was, now)
    for name in old.packs:
        if name not in new.packs:
            sentence = f"the pack {name} is gone; nobody can buy it any more"
            yield gone("structural", pointer_of(["packs", name]), sentence)
    if old.burn_order != new.burn_order:
        orders = [", ".join(each).replace("_", " ") for each in (old.burn_order, new.burn_order)]
        sentence = f"credits are spent in another order: {orders[0]} -> {orders[1]}"
        yield said("structural", "/burn_order", sentence)
    yield from _conversions(old, new)


def lives(pointer: str, subject: str, old: str, new: str) -> Iterator[Difference]:
    """Compare how long credits last that are not of a cycle: a span, or never ending."""
    words = (f"{subject} last longer", f"{subject} last less long")
    values = tuple(None if each == "never" else each for each in (old, new))
    yield from span(pointer, words, (values[0], values[1]), "more", absent="for ever")


def _pack(name: str, was: Pack, now: Pack) -> Iterator[Difference]:
    pointer = pointer_of(["packs", name])
    yield from text(f"{pointer}/title", f"{name} is called", (was.title, now.title))
    yield from money(pointer, name, _price(was), _price(now))
    words = (f"{name} has more credits", f"{name} has fewer credits")
    yield from quantity(f"{pointer}/credits", words, (was.credits, now.credits), "more")
    yield from lives(f"{pointer}/expires", f"credits of {name}", was.expires, now.expires)
    yield from members(
        f"{pointer}/sold_to",
        (was.sold_to, now.sold_to),
        lambda plans: f"{name} is sold to {plans} as well",
        lambda plans: f"{name} is no longer sold to {plans}",
    )
    yield from _bonus(f"{pointer}/bonus", name, was.bonus, now.bonus)
    words = (f"a wallet may hold more of {name}", f"a wallet may hold fewer of {name}")
    held = was.at_most_held, now.at_most_held
    yield from quantity(f"{pointer}/at_most_held", words, held, "more")


def _price(pack: Pack) -> tuple[Decimal | None, str | None]:
    return pack.price, pack.currency


def _bonus(where: str, name: str, was: Bonus | None, now: Bonus | None) -> Iterator[Difference]:
    if was is None and now is not None:
        sentence = f"{name} comes with a bonus: {number(now.credits)}, {lasting(now.expires)}"
        yield said("additive", where, sentence)
    elif was is not None and now is None:
        sentence = f"{name} comes without its bonus of {number(was.credits)}"
        yield gone("dearer", where, sentence)
    elif was is not None and now is not None:
        words = (f"the bonus of {name} is larger", f"the bonus of {name} is smaller")
        yield from quantity(f"{where}/credits", words, (was.credits, now.credits), "more")
        subject = f"bonus credits of {name}"
        yield from lives(f"{where}/expires", subject, was.expires, now.expires)


def _conversions(old: PolicyDocument, new: PolicyDocument) -> Iterator[Difference]:
    for name, now in new.conversions.items():
        pointer = pointer_of(["conversions", name])
        was = old.conversions.get(name)
        if was is None:
            each = f"{credits_text(now.credits)} each, {lasting(now.expires)}"
            yield said("additive", pointer, f"{name} can be turned into credits: {each}")
            continue
        words = (f"{name} become more credits", f"{name} become fewer credits")
        yield from quantity(f"{pointer}/credits", words, (was.credits, now.credits), "more")
        subject = f"credits that {name} become"
        yield from lives(f"{pointer}/expires", subject, was.expires, now.expires)
    for name in old.conversions:
        if name not in new.conversions:
            sentence = f"{name} can no longer be turned into credits"
            yield gone("structural", pointer_of(["conversions", name]), sentence)
