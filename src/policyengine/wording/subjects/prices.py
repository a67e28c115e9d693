"""What a request costs: the formula, rates, models, tiers, who pays otherwise, modifiers."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction

from policyengine.policy.document.pricing import Measure, Tier
from policyengine.policy.policy import ModelPrices, ModifierRule, Policy, PriceTable
from policyengine.policy.vocabulary import pointer_part
from policyengine.values.amounts import MICRO_PER_CREDIT
from policyengine.values.hours import DailyHours, time_of_day_text
from policyengine.wording.formulas import condition_phrase, formula_phrase
from policyengine.wording.naming import model_name, model_names, plan_name, plan_names, terms
from policyengine.wording.words import (
    Listing,
    Sentence,
    Term,
    Value,
    Verbatim,
    listed,
    number,
    say,
)


def formula_sentences(policy: Policy) -> Iterator[Sentence]:
    """Say how a price is made."""
    yield say("prices.formula", "/charge/formula", formula=formula_phrase(policy.document))


def rate_sentences(policy: Policy) -> Iterator[Sentence]:
    """Say the general rates, measure by measure."""
    for name, measure in policy.document.units.items():
        for side, units in measure.sides:
            if units:
                yield _rates(name, measure, side, units)


def _rates(name: str, measure: Measure, side: str, units: Mapping[str, Decimal]) -> Sentence:
    where = f"/units/{name}/{side}"
    if measure.per == 1:
        return say(f"prices.each_{side}", where, rates=rates_listing(units))
    return say(
        f"prices.rates_{side}",
        where,
        per=number(measure.per),
        measure=Term("measure", name),
        rates=rates_listing(units),
    )


def rates_listing(units: Mapping[str, Decimal]) -> Listing:
    """List units with their rates."""
    return listed(
        (
            say("prices.rate", unit=Term("unit", unit), rate=number(rate))
            for unit, rate in units.items()
        ),
        "list",
    )


def is_free(table: PriceTable) -> bool:
    """Tell whether a price is 0 whatever is counted."""
    return (
        table.formula is None
        and not table.constant
        and not any(each.weight for each in table.units.values())
    )


def unit_cost(table: PriceTable, unit: str, per: int) -> Fraction | None:
    """Give the credits for so many of a unit; None where the formula has no price for it alone."""
    if table.formula is not None:
        return None
    return Fraction(table.units[unit].weight * per, table.denominator * MICRO_PER_CREDIT)


def model_sentences(policy: Policy) -> Iterator[Sentence]:
    """Say what each model costs."""
    for model in policy.models.values():
        yield from one_model(policy, model)


def one_model(policy: Policy, model: ModelPrices) -> Iterator[Sentence]:
    """Say what a model costs, its tiers and exceptions included."""
    name = model_name(policy, model.name)
    where = f"/models/{pointer_part(model.name)}"
    factor = number(model.price.multiplier)
    if is_free(model.price) and not model.varies:
        yield say("prices.model_free", f"{where}/multiplier", model=name, factor=factor)
    else:
        yield say("prices.model", f"{where}/multiplier", model=name, factor=factor)
    rates = policy.document.models[model.name].rates
    if rates:
        yield say("prices.model_rates", f"{where}/rates", model=name, rates=rates_listing(rates))
    yield from _exceptions(policy, model)


def exception_sentences(policy: Policy) -> Iterator[Sentence]:
    """Say the tiers of models, and who pays otherwise."""
    for model in policy.models.values():
        yield from _exceptions(policy, model)


def _exceptions(policy: Policy, model: ModelPrices) -> Iterator[Sentence]:
    name = model_name(policy, model.name)
    where = f"/models/{pointer_part(model.name)}"
    for index, tier in enumerate(policy.document.models[model.name].tiers):
        yield _tier(policy, model, tier, f"{where}/tiers/{index}")
    for plan, prices in model.on_plan.items():
        yield say(
            "prices.on_plan",
            f"{where}/multiplier_on_plan/{plan}",
            model=name,
            plan=plan_name(policy, plan),
            factor=number(prices.price.multiplier),
        )
    for cohort, prices in model.for_cohort.items():
        yield say(
            "prices.for_cohort",
            f"{where}/multiplier_for_cohort/{cohort}",
            model=name,
            cohort=Term("word", cohort),
            factor=number(prices.price.multiplier),
        )


def _tier(policy: Policy, model: ModelPrices, tier: Tier, where: str) -> Sentence:
    parts: dict[str, Value] = {
        "model": model_name(policy, model.name),
        "condition": condition_phrase(policy.document, tier.when),
    }
    key = f"prices.tier_{'whole' if tier.applies_to == 'whole_request' else 'part'}"
    if tier.rates:
        key += "_rates"
        parts["rates"] = rates_listing(tier.rates)
    if tier.multiplier is not None:
        key += "_factor"
        parts["factor"] = number(tier.multiplier)
    return Sentence(key, where, parts)


def other_model_sentences(policy: Policy) -> Iterator[Sentence]:
    """Say what a request for a model that is not listed costs."""
    if policy.unknown_as is None:
        yield say("prices.unknown_refused", "/charge/unknown_model")
    else:
        yield say(
            "prices.unknown_as", "/charge/priced_as", model=model_name(policy, policy.unknown_as)
        )


def modifier_sentences(policy: Policy) -> Iterator[Sentence]:
    """Say each modifier, in the order of application."""
    for rule in policy.modifiers.values():
        yield _modifier(policy, rule)
    if len(policy.modifiers) > 1:
        yield say("prices.modifier_order", "/modifiers")


def _modifier(policy: Policy, rule: ModifierRule) -> Sentence:
    part = policy.document.modifiers[rule.name]
    where = f"/modifiers/{rule.name}"
    parts: list[Value] = []
    if part.measures:
        parts.append(say("modifier.measures", measures=terms("measure", part.measures)))
    if rule.models:
        parts.append(say("modifier.models", models=model_names(policy, rule.models)))
    if rule.plans:
        parts.append(say("modifier.plans", plans=plan_names(policy, rule.plans)))
    if rule.not_with:
        parts.append(say("modifier.not_with", others=terms("word", rule.not_with, "or")))
    key = "prices.modifier"
    values: dict[str, Value] = {
        "modifier": Term("word", rule.name),
        "factor": number(Fraction(rule.factor)),
    }
    if rule.hours:
        key += "_hours"
        values["hours"] = listed((hours_phrase(each) for each in rule.hours), "or")
        values["zone"] = Verbatim(policy.zone)
    if parts:
        key += "_with"
        values["scope"] = listed(parts, "list")
    return Sentence(key, where, values)


def hours_phrase(window: DailyHours) -> Sentence:
    """Say from when until when, and on which days."""
    start = Verbatim(time_of_day_text(window.starts))
    end = Verbatim(time_of_day_text(window.ends))
    is_one_day = window.starts < window.ends
    hours = say(f"hours.{'same' if is_one_day else 'next'}_day", start=start, end=end)
    if not window.days:
        return hours
    return say("hours.on", hours=hours, days=terms("word", window.days, "or"))


def cohort_sentences(policy: Policy) -> Iterator[Sentence]:
    """Say which cohorts there are."""
    if policy.cohorts:
        yield say("prices.cohorts", "/cohorts", cohorts=terms("word", policy.cohorts))


def price_sentences(policy: Policy) -> Iterator[Sentence]:
    """Say what a request costs."""
    yield from formula_sentences(policy)
    yield from rate_sentences(policy)
    yield from model_sentences(policy)
    yield from other_model_sentences(policy)
    yield from cohort_sentences(policy)
    yield from modifier_sentences(policy)


def rounding_sentences(policy: Policy) -> Iterator[Sentence]:
    """Say how prices are rounded and what the least is."""
    credits_ = policy.document.credits
    yield say(
        f"rounding.{policy.round_at}",
        "/credits/smallest",
        how=say(f"rounding.how.{policy.rounding}"),
        step=number(credits_.smallest),
    )
    if policy.minimum_micro:
        yield say(
            "rounding.minimum", "/charge/minimum", least=number(policy.document.charge.minimum)
        )
    else:
        yield say("rounding.no_minimum", "/charge/minimum")
    for name, model in policy.document.models.items():
        where = f"/models/{pointer_part(name)}"
        title: Verbatim = model_name(policy, name)
        if model.round is not None:
            yield say(
                "rounding.of_model",
                f"{where}/round",
                model=title,
                how=say(f"rounding.how.{model.round.round}"),
                step=number(model.round.smallest),
            )
        if model.minimum is not None:
            yield say(
                "rounding.minimum_of_model",
                f"{where}/minimum",
                model=title,
                least=number(model.minimum),
            )
