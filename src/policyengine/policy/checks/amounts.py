"""Amounts and factors: exact to what a ledger can hold, and multiples of the smallest amount."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import chain
from typing import Final

from policyengine.policy.checks.findings import found, plain, pointer_to, see_value, written
from policyengine.policy.document import PolicyDocument
from policyengine.policy.source import Source
from policyengine.policy.variants import all_variants
from policyengine.values.amounts import AMOUNT_MICRO_MAX, MICRO_PER_CREDIT
from policyengine.values.diagnostics import Diagnostic

AMOUNT_DECIMALS_MAX: Final = 6
MULTIPLIER_DECIMALS_MAX: Final = 6
RATE_DECIMALS_MAX: Final = 9
"""More decimals would make the whole numbers that prices are computed with needlessly long."""

_CREDITS_MAX: Final = AMOUNT_MICRO_MAX // MICRO_PER_CREDIT


def check_amounts_are_exact(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """An amount of credits is a whole number of micro-credits."""
    for pointer, amount in _amounts(document):
        if _decimals(amount) > AMOUNT_DECIMALS_MAX:
            yield _too_exact(source, "PE220", pointer, amount, AMOUNT_DECIMALS_MAX, "an amount")


def check_factors_are_bounded(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """A rate, a multiplier or an image constant has no more decimals than prices need."""
    for pointer, rate in _rates(document):
        if _decimals(rate) > RATE_DECIMALS_MAX:
            yield _too_exact(source, "PE221", pointer, rate, RATE_DECIMALS_MAX, "a rate")
    for pointer, factor in chain(_multipliers(document), _constants(document)):
        if _decimals(factor) > MULTIPLIER_DECIMALS_MAX:
            yield _too_exact(source, "PE221", pointer, factor, MULTIPLIER_DECIMALS_MAX, "a factor")


def _amounts(document: PolicyDocument) -> Iterator[tuple[str, Decimal]]:
    yield "/credits/smallest", document.credits.smallest
    yield "/charge/minimum", document.charge.minimum
    for name, model in document.models.items():
        if model.round is not None:
            yield pointer_to("models", name, "round", "smallest"), model.round.smallest
        if model.minimum is not None:
            yield pointer_to("models", name, "minimum"), model.minimum
    yield from _given(document)
    yield from _limits(document)
    if document.shortfall.debt is not None:
        yield "/shortfall/debt/limit", document.shortfall.debt.limit


def _limits(document: PolicyDocument) -> Iterator[tuple[str, Decimal]]:
    for name, plan in document.plans.items():
        if plan.balance_at_most is not None:
            yield pointer_to("plans", name, "balance_at_most"), plan.balance_at_most
        for grant, part in plan.grants.items():
            place = pointer_to("plans", name, "grants", grant)
            if part.at_most is not None:
                yield f"{place}/at_most/credits", part.at_most.credits
            for key in ("at_least", "at_most"):
                amount = getattr(part.rollover, key, None)
                if amount is not None:
                    yield f"{place}/rollover/{key}", amount


def _given(document: PolicyDocument) -> Iterator[tuple[str, Decimal]]:
    for name, plan in document.plans.items():
        for grant, part in plan.grants.items():
            yield pointer_to("plans", name, "grants", grant, "credits"), part.credits
    for name, pack in document.packs.items():
        yield pointer_to("packs", name, "credits"), pack.credits


def _rates(document: PolicyDocument) -> Iterator[tuple[str, Decimal]]:
    for name, measure in document.units.items():
        for side, units in measure.sides:
            for unit, rate in units.items():
                yield pointer_to("units", name, side, unit), rate
    for name, model in document.models.items():
        for unit, rate in (model.rates or {}).items():
            yield pointer_to("models", name, "rates", unit), rate
        for index, tier in enumerate(model.tiers):
            for unit, rate in (tier.rates or {}).items():
                yield pointer_to("models", name, "tiers", index, "rates", unit), rate


def _multipliers(document: PolicyDocument) -> Iterator[tuple[str, Decimal]]:
    for name, model in document.models.items():
        yield pointer_to("models", name, "multiplier"), model.multiplier
        for plan, multiplier in model.multiplier_on_plan.items():
            yield pointer_to("models", name, "multiplier_on_plan", plan), multiplier
        for cohort, multiplier in model.multiplier_for_cohort.items():
            yield pointer_to("models", name, "multiplier_for_cohort", cohort), multiplier
        for index, tier in enumerate(model.tiers):
            if tier.multiplier is not None:
                yield pointer_to("models", name, "tiers", index, "multiplier"), tier.multiplier
    for name, modifier in document.modifiers.items():
        yield pointer_to("modifiers", name, "factor"), modifier.factor


def _constants(document: PolicyDocument) -> Iterator[tuple[str, Decimal]]:
    for name, counting in document.counting.items():
        for constant, value in counting.image.constants.items():
            yield pointer_to("counting", name, "image", "constants", constant), value


def _decimals(number: Decimal) -> int:
    """Count the decimals that a number needs: 0.50 needs one."""
    exact = Fraction(number)
    digits = 0
    while exact.denominator != 1:
        exact *= 10
        digits += 1
    return digits


def _too_exact(
    source: Source, code: str, pointer: str, number: Decimal, most: int, noun: str
) -> Diagnostic:
    rounded = Fraction(round(Fraction(number) * 10**most), 10**most)
    fitting = f", such as `{plain(rounded, most)}`" if rounded else ""
    return found(
        source,
        code,
        pointer,
        f"`{written(source, pointer)}` has more than {most} decimals",
        f"round it: {noun} has at most {most} decimals{fitting}",
    )


def check_minimum_is_a_multiple(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """The least charge is an amount that can be charged."""
    charge = document.charge.minimum
    yield from _minimum(
        source, "/charge/minimum", charge, "/credits/smallest", document.credits.smallest
    )
    for name, model in document.models.items():
        place, smallest = "/credits/smallest", document.credits.smallest
        if model.round is not None:
            place = pointer_to("models", name, "round", "smallest")
            smallest = model.round.smallest
        if model.minimum is not None:
            pointer = pointer_to("models", name, "minimum")
            yield from _minimum(source, pointer, model.minimum, place, smallest)
        elif model.round is not None:
            yield from _minimum(source, "/charge/minimum", charge, place, smallest)


def _minimum(
    source: Source, pointer: str, minimum: Decimal, place: str, smallest: Decimal
) -> Iterator[Diagnostic]:
    below = _multiple_below(minimum, smallest)
    if below != minimum:
        choices = [each for each in (below, below + Fraction(smallest)) if each]
        yield found(
            source,
            "PE222",
            pointer,
            f"`{written(source, pointer)}` is no multiple of the smallest amount",
            f"write {' or '.join(f'`{plain(each)}`' for each in choices)}",
            see_value(source, place, "prices are multiples of this"),
        )


def check_model_rounding(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """A model's smallest amount is one that the policy charges."""
    smallest = document.credits.smallest
    for name, model in document.models.items():
        if model.round is None or _multiple_below(model.round.smallest, smallest) == (
            model.round.smallest
        ):
            continue
        pointer = pointer_to("models", name, "round", "smallest")
        yield found(
            source,
            "PE226",
            pointer,
            f"`{written(source, pointer)}` is no multiple of what the policy charges at least",
            f"write a multiple of `{plain(smallest)}`, or a smaller amount at `credits`",
            see_value(source, "/credits/smallest", "all prices are multiples of this"),
        )


def check_grants_are_multiples(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """Credits that are given can be spent to the last, since prices are multiples of `smallest`."""
    smallest = document.credits.smallest
    for pointer, amount in chain(_given(document), _limits(document)):
        is_exact = _decimals(amount) <= AMOUNT_DECIMALS_MAX  # else it is to be rounded anyway
        if is_exact and _multiple_below(amount, smallest) != amount:
            yield found(
                source,
                "PE223",
                pointer,
                f"`{written(source, pointer)}` is no multiple of the smallest amount, so that a "
                "rest cannot be spent",
                f"write a multiple of `{plain(smallest)}`",
                see_value(source, "/credits/smallest", "prices are multiples of this"),
                severity="warning",
            )


def _multiple_below(amount: Decimal, smallest: Decimal) -> Fraction:
    step = Fraction(smallest)
    return Fraction(amount) // step * step


def check_prices_fit(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """A single count never costs more than a ledger can hold."""
    seen: set[str] = set()
    for variant in all_variants(document):
        unit = max(variant.rates, key=lambda each: variant.rates[each], default="")
        price = variant.rates.get(unit, Fraction(0)) * variant.multiplier
        if price <= _CREDITS_MAX or variant.pointer in seen:
            continue
        seen.add(variant.pointer)
        yield found(
            source,
            "PE224",
            variant.pointer,
            f"one `{unit}` of `{variant.model}` costs {plain(price, 0)} credits, more than a "
            "ledger can hold",
            "write a smaller multiplier or rate",
        )
