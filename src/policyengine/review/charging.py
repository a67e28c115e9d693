"""What counting, charging and rounding change, beyond the prices themselves."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from policyengine.policy.document import PolicyDocument
from policyengine.policy.document.pricing import Credits, Measure
from policyengine.policy.nodes import pointer_of
from policyengine.review.difference import Difference, Kind, gone, said
from policyengine.review.modifiers import modifiers
from policyengine.review.saying import choice, quantity, span, text
from policyengine.review.words import credits_text, listed, number

_ROUNDED: Final = {
    "up": "up",
    "down": "down",
    "half_up": "to the nearest, halves up",
    "half_even": "to the nearest, halves to even",
}
_ROUNDING_RANKS: Final = (("up",), ("half_up",), ("half_even",), ("down",))
_AT: Final = {"each_request": "once per request", "each_line": "line by line"}
_COST: Final = {"free": "nothing", "input_only": "their input", "full": "the full price"}
_COST_RANKS: Final = (("full",), ("input_only",), ("free",))


def charging_differences(old: PolicyDocument, new: PolicyDocument) -> Iterator[Difference]:
    """Compare time, credits, units, counting, charges, modifiers and cohorts."""
    yield from _time_and_credits(old, new)
    yield from _units(old, new)
    yield from _counting(old, new)
    yield from _charge(old, new)
    yield from _model_rounding(old, new)
    yield from modifiers(old, new)
    yield from _cohorts(old, new)


def _time_and_credits(old: PolicyDocument, new: PolicyDocument) -> Iterator[Difference]:
    yield from text(
        "/time/zone",
        "days, months and years are counted in another zone",
        (old.time.zone, new.time.zone),
        "structural",
    )
    yield from _rounding("/credits", "prices", _rule(old.credits), _rule(new.credits))
    before, after = old.credits.round_at, new.credits.round_at
    # The sum of prices that are each rounded up is never below their sum rounded up once.
    ranks = {"up": (("each_line",), ("each_request",)), "down": (("each_request",), ("each_line",))}
    yield from choice(
        "/credits/round_at",
        "prices are rounded",
        (before, after),
        _AT,
        ranks.get(new.credits.round, ()),
    )


def _rule(credits_: Credits) -> tuple[Decimal, str]:
    return credits_.smallest, credits_.round


def _rounding(
    pointer: str, subject: str, old: tuple[Decimal, str], new: tuple[Decimal, str]
) -> Iterator[Difference]:
    """Compare the multiples that prices are, and which way those between two of them go."""
    if old[0] != new[0]:
        coarser = new[0] > old[0]
        fits = not (max(old[0], new[0]) % min(old[0], new[0]))
        kind: Kind = "structural"
        if fits and new[1] in {"up", "down"}:
            kind = "dearer" if coarser == (new[1] == "up") else "additive"
        yield said(
            kind,
            f"{pointer}/smallest",
            f"{subject} are multiples of {number(old[0])} -> {credits_text(new[0])}, rounded "
            f"{_ROUNDED[new[1]]}",
        )
    yield from choice(
        f"{pointer}/round",
        f"{subject} are rounded",
        (old[1], new[1]),
        _ROUNDED,
        _ROUNDING_RANKS,
    )


def _model_rounding(old: PolicyDocument, new: PolicyDocument) -> Iterator[Difference]:
    """Compare rounding and least price of models that have their own in either version."""
    for name in (each for each in new.models if each in old.models):
        was, now = old.models[name], new.models[name]
        pointer = pointer_of(["models", name])
        if was.round != now.round:
            rules = [
                _rule(document.credits) if own is None else (own.smallest, own.round)
                for document, own in ((old, was.round), (new, now.round))
            ]
            yield from _rounding(f"{pointer}/round", f"prices of {name}", rules[0], rules[1])
        if was.minimum != now.minimum:
            least = tuple(
                document.charge.minimum if own is None else own
                for document, own in ((old, was.minimum), (new, now.minimum))
            )
            words = (f"the least price of {name} rises", f"the least price of {name} falls")
            yield from quantity(f"{pointer}/minimum", words, (least[0], least[1]), "less")
        yield from text(f"{pointer}/title", f"{name} is called", (was.title, now.title))
        if was.counted_as != now.counted_as:
            yield _counted_as(pointer, name, was.counted_as, now.counted_as)


def _counted_as(pointer: str, name: str, old: str | None, new: str | None) -> Difference:
    where = f"{pointer}/counted_as"
    if new is None:
        return gone("structural", where, f"{name} is no longer counted before a request")
    if old is None:
        return said("additive", where, f"{name} is counted before a request, as {new}")
    return said("structural", where, f"{name} is counted before a request as {old} -> {new}")


def _units(old: PolicyDocument, new: PolicyDocument) -> Iterator[Difference]:
    homes = [
        {
            unit: (name, side, rate, measure)
            for name, measure in document.units.items()
            for side, units in measure.sides
            for unit, rate in units.items()
        }
        for document in (old, new)
    ]
    before, after = homes
    for unit, (name, side, rate, measure) in after.items():
        pointer = pointer_of(["units", name, side, unit])
        if unit not in before:
            yield said("additive", pointer, f"{unit} is counted: {_rate(rate, measure)}")
            continue
        was_name, was_side = before[unit][:2]
        if (was_name, was_side) != (name, side):
            places = f"{was_name}, {was_side} -> {name}, {side}"
            yield said("structural", pointer, f"{unit} is counted among others: {places}")
    for unit, (name, side, _, _) in before.items():
        if unit not in after:
            pointer = pointer_of(["units", name, side, unit])
            yield gone("structural", pointer, f"{unit} is no longer counted; it is refused")


def _rate(rate: Decimal, measure: Measure) -> str:
    per = "each" if measure.per == 1 else f"per {measure.per:,}"
    return f"{credits_text(rate)} {per} before the multiplier" if rate else "at no cost"


def _counting(old: PolicyDocument, new: PolicyDocument) -> Iterator[Difference]:
    for name, now in new.counting.items():
        pointer = pointer_of(["counting", name])
        was = old.counting.get(name)
        if was is None:
            how = f"text as {now.text}, images as {now.image.formula}"
            yield said("additive", pointer, f"tokens can be counted as {name}: {how}")
            continue
        yield from text(
            f"{pointer}/text", f"{name} counts text as", (was.text, now.text), "structural"
        )
        yield from text(
            f"{pointer}/image/formula",
            f"{name} counts images as",
            (was.image.formula, now.image.formula),
            "structural",
        )
        constants = [
            {key: number(each) for key, each in part.image.constants.items()} for part in (was, now)
        ]
        for key in dict.fromkeys((*constants[0], *constants[1])):
            values = constants[0].get(key, "as usual"), constants[1].get(key, "as usual")
            subject = f"{name} counts images with another {key}"
            yield from text(f"{pointer}/image/constants/{key}", subject, values, "structural")
    for name in old.counting:
        if name not in new.counting:
            pointer = pointer_of(["counting", name])
            yield gone("structural", pointer, f"tokens can no longer be counted as {name}")


def _charge(old: PolicyDocument, new: PolicyDocument) -> Iterator[Difference]:
    was, now = old.charge, new.charge
    yield from quantity(
        "/charge/minimum",
        ("the least price of a request rises", "the least price of a request falls"),
        (was.minimum, now.minimum),
        "less",
    )
    if was.unknown_model != now.unknown_model:
        if now.priced_as is not None:
            sentence = f"models that are not listed are priced as {now.priced_as}, not refused"
            yield said("additive", "/charge/unknown_model", sentence)
        else:
            sentence = f"models that are not listed are refused, not priced as {was.priced_as}"
            yield said("dearer", "/charge/unknown_model", sentence)
    else:
        subject = "models that are not listed are priced as"
        values = was.priced_as, now.priced_as
        yield from text("/charge/priced_as", subject, values, "structural")
    for key, subject in (("failed_request", "failed"), ("cancelled_request", "cancelled")):
        yield from choice(
            f"/charge/{key}",
            f"{subject} requests cost",
            (getattr(was, key), getattr(now, key)),
            _COST,
            _COST_RANKS,
        )
    yield from span(
        "/charge/late_usage",
        ("a request may be reported later", "a request must be reported sooner"),
        (was.late_usage, now.late_usage),
        "neither",
    )


def _cohorts(old: PolicyDocument, new: PolicyDocument) -> Iterator[Difference]:
    came = [each for each in new.cohorts if each not in old.cohorts]
    left = [each for each in old.cohorts if each not in new.cohorts]
    if came:
        yield said("additive", "/cohorts", f"wallets can be put into a cohort: {listed(came)}")
    if left:
        sentence = f"a cohort is gone, its wallets pay as all others do: {listed(left)}"
        yield gone("structural", "/cohorts", sentence)
