"""The ways in which a model's requests are priced: multipliers and rates, with their places."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from policyengine.policy.document.policy import PolicyDocument
from policyengine.policy.vocabulary import pointer_part, rate_pointers, rates_of, vocabulary_of


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to price a model's requests.

    `rates` are the credits of one count of each unit; `pointer` and `places` say where the
    multiplier and each rate stand in the file.
    """

    model: str
    multiplier: Fraction
    pointer: str
    rates: Mapping[str, Fraction]
    places: Mapping[str, str]


def own_variant(document: PolicyDocument, model: str) -> Variant:
    """Give a model's own way: its multiplier and rates."""
    return Variant(
        model,
        Fraction(document.models[model].multiplier),
        f"{_place(model)}/multiplier",
        rates_of(document, model),
        rate_pointers(document, model),
    )


def plan_variants(document: PolicyDocument, model: str) -> dict[str, Variant]:
    """Give the ways for wallets on certain plans."""
    multipliers = document.models[model].multiplier_on_plan
    own = own_variant(document, model) if multipliers else None
    return {
        plan: replace(
            own,
            multiplier=Fraction(multiplier),
            pointer=f"{_place(model)}/multiplier_on_plan/{plan}",
        )
        for plan, multiplier in multipliers.items()
        if own is not None
    }


def cohort_variants(document: PolicyDocument, model: str) -> dict[str, Variant]:
    """Give the ways for wallets of certain cohorts."""
    multipliers = document.models[model].multiplier_for_cohort
    own = own_variant(document, model) if multipliers else None
    return {
        cohort: replace(
            own,
            multiplier=Fraction(multiplier),
            pointer=f"{_place(model)}/multiplier_for_cohort/{cohort}",
        )
        for cohort, multiplier in multipliers.items()
        if own is not None
    }


def tier_variant(document: PolicyDocument, base: Variant, index: int) -> Variant:
    """Give the way of a tier for those who have another way without it.

    A tier's own multiplier is the same for everyone; without one, that of the other way stays.
    """
    tier = document.models[base.model].tiers[index]
    place = f"{_place(base.model)}/tiers/{index}"
    variant = base
    if tier.multiplier is not None:
        variant = replace(
            variant, multiplier=Fraction(tier.multiplier), pointer=f"{place}/multiplier"
        )
    own = tier.rates or {}
    if own:
        per = vocabulary_of(document).per
        rates = {
            unit: Fraction(own[unit]) / per[unit] if unit in own else rate
            for unit, rate in base.rates.items()
        }
        places = {
            unit: f"{place}/rates/{unit}" if unit in own else at for unit, at in base.places.items()
        }
        variant = replace(variant, rates=rates, places=places)
    return variant


def bases_of(document: PolicyDocument, model: str) -> tuple[Variant, ...]:
    """Give a model's own way, and those for certain plans and cohorts: all without its tiers."""
    return (
        own_variant(document, model),
        *plan_variants(document, model).values(),
        *cohort_variants(document, model).values(),
    )


def all_variants(document: PolicyDocument) -> Iterator[Variant]:
    """Give every way in which a request of any model may be priced."""
    for name, model in document.models.items():
        for base in bases_of(document, name):
            yield base
            for index in range(len(model.tiers)):
                yield tier_variant(document, base, index)


def _place(model: str) -> str:
    return f"/models/{pointer_part(model)}"
