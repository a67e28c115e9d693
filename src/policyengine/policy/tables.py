"""Prices, compiled: rates, multipliers and tiers become tables of whole numbers."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from math import ceil, floor, lcm
from types import MappingProxyType

from policyengine.policy.document.policy import PolicyDocument
from policyengine.policy.document.pricing import Modifier, Side
from policyengine.policy.expressions import (
    Expression,
    ExpressionFault,
    LinearForm,
    Threshold,
    linear_form,
    lower_bound,
)
from policyengine.policy.expressions import parse_expression as parse
from policyengine.policy.folding import Rounding, folded, graduated
from policyengine.policy.policy import (
    Formula,
    ModelPrices,
    ModifierRule,
    PriceTable,
    TierTable,
    UnitPrice,
)
from policyengine.policy.variants import (
    Variant,
    cohort_variants,
    own_variant,
    plan_variants,
    tier_variant,
)
from policyengine.policy.vocabulary import MULTIPLIER, Vocabulary, pointer_part, vocabulary_of
from policyengine.values.amounts import MICRO_PER_CREDIT, micro_of
from policyengine.values.hours import DailyHours, parse_time_of_day


def expression_of(text: str, names: Mapping[str, str], wants: str) -> Expression:
    """Read an expression that has been checked.

    Raises: ValueError for one that has not.
    """
    parsed = parse(text, names, wants)
    if isinstance(parsed, ExpressionFault):
        raise ValueError(f"`{text}` was not checked: {parsed.message}")  # noqa: TRY004
    return parsed


def sides_of(document: PolicyDocument) -> dict[str, Side]:
    """Tell of each unit whether it is sent, answered or neither."""
    return {
        unit: side
        for measure in document.units.values()
        for side, units in measure.sides
        for unit in units
    }


def modifiers_of(document: PolicyDocument) -> Mapping[str, ModifierRule]:
    """Compile the modifiers, in the order of the file, which is that of their application."""
    rules = {}
    for name, part in document.modifiers.items():
        units = None
        if part.measures is not None:
            units = tuple(unit for each in part.measures for unit in document.units[each].rates)
        rules[name] = ModifierRule(
            name,
            Fraction(part.factor),
            None if part.models is None else tuple(part.models),
            None if part.plans is None else tuple(part.plans),
            units,
            tuple(part.not_with or ()),
            f"/modifiers/{name}",
            tuple(hours_of(part)),
        )
    return MappingProxyType(rules)


def hours_of(part: Modifier) -> Iterator[DailyHours]:
    """Read the hours in which a modifier holds by itself; none for one that requests name."""
    for each in part.hours or ():
        starts, ends = parse_time_of_day(each.from_), parse_time_of_day(each.until)
        yield DailyHours(starts, ends, tuple(each.days or ()))


def models_of(document: PolicyDocument) -> Mapping[str, ModelPrices]:
    """Compile every model's prices."""
    compiler = _Compiler(document)
    return MappingProxyType({name: compiler.model(name) for name in document.models})


def first_above(threshold: Threshold) -> int:
    """Give the last count that a lower bound leaves out: what is beyond it meets the bound."""
    above = ceil(threshold.value) - 1 if threshold.inclusive else floor(threshold.value)
    return max(above, 0)


class _Compiler:
    """What compiling a model's prices takes from the rest of the document."""

    def __init__(self, document: PolicyDocument) -> None:
        self.document = document
        self.vocabulary: Vocabulary = vocabulary_of(document)
        self.formula = expression_of(
            document.charge.formula, self.vocabulary.of_formulas, "credits"
        )

    def model(self, name: str) -> ModelPrices:
        document = self.document
        own = self._prices(own_variant(document, name))
        on_plan = {
            plan: self._prices(variant) for plan, variant in plan_variants(document, name).items()
        }
        for_cohort = {
            cohort: self._prices(variant)
            for cohort, variant in cohort_variants(document, name).items()
        }
        is_plain = not (own.tiers or on_plan or for_cohort or own.price.formula)
        return replace(
            own,
            is_plain=is_plain,
            on_plan=MappingProxyType(on_plan),
            for_cohort=MappingProxyType(for_cohort),
        )

    def _prices(self, base: Variant) -> ModelPrices:
        """Compile a model's prices for those who have one of its multipliers."""
        name = base.model
        model = self.document.models[name]
        pointer = f"/models/{pointer_part(name)}"
        tiers = []
        parts: dict[str, list[tuple[int, Variant]]] = {}
        for index, tier in enumerate(model.tiers):
            variant = tier_variant(self.document, base, index)
            when = expression_of(tier.when, self.vocabulary.of_conditions, "yes_no")
            if tier.applies_to == "part_above":
                bound = lower_bound(when)
                if bound is None:
                    raise ValueError(f"`{tier.when}` was not checked: it is no lower bound")
                parts.setdefault(bound.name, []).append((first_above(bound), variant))
            else:
                sums = tuple(self.vocabulary.counts[used] for used in when.names_used)
                table = self._table(variant)
                tiers.append(
                    TierTable(sums, when.compiled, tier.when, table, f"{pointer}/tiers/{index}")
                )
        table = self._table(base)
        if parts:
            table = self._graduated(table, parts)
        title = model.title or name
        return ModelPrices(name, title, table, tuple(tiers), model.counted_as, pointer)

    def _table(self, variant: Variant) -> PriceTable:
        vocabulary = self.vocabulary
        sums = self._sums(variant.rates)
        linear = linear_form(self.formula, {MULTIPLIER: variant.multiplier})
        micro, constant = _exact(variant, sums, linear)
        denominator = lcm(constant.denominator, *(value.denominator for value in micro.values()))
        weights = {unit: int(value * denominator) for unit, value in micro.items()}
        rounding = self._rounding(variant.model)
        units = {
            unit: UnitPrice(
                unit,
                variant.rates[unit] * per,
                per,
                variant.multiplier,
                weights[unit],
                variant.places[unit],
            )
            for unit, per in vocabulary.per.items()
        }
        return PriceTable(
            variant.multiplier,
            MappingProxyType(units),
            int(constant * denominator),
            denominator,
            variant.pointer,
            folded(weights, int(constant * denominator), denominator, rounding),
            rounding,
            None
            if linear is not None
            else Formula(self.formula.names_used, self.formula.compiled, sums),
        )

    def _graduated(
        self, table: PriceTable, parts: Mapping[str, list[tuple[int, Variant]]]
    ) -> PriceTable:
        """Add to a table what the counts of some units cost above bounds."""
        tables = {
            unit: [(above, self._table(variant)) for above, variant in ascending]
            for unit, ascending in parts.items()
        }
        others = [each.denominator for some in tables.values() for _, each in some]
        whole = lcm(table.denominator, *others)
        units = {
            unit: _scaled(price, whole // table.denominator) for unit, price in table.units.items()
        }
        priced = {
            unit: tuple(
                _scaled(part.units[unit], whole // part.denominator, above) for above, part in some
            )
            for unit, some in tables.items()
        }
        constant = table.constant * (whole // table.denominator)
        total = graduated(
            {unit: price.weight for unit, price in units.items()},
            {
                unit: tuple((each.above, each.weight) for each in some)
                for unit, some in priced.items()
            },
            constant,
            whole,
            table.rounding,
        )
        return replace(
            table,
            units=MappingProxyType(units),
            constant=constant,
            denominator=whole,
            total=total,
            parts=MappingProxyType(priced),
        )

    def _rounding(self, name: str) -> Rounding:
        document = self.document
        model = document.models[name]
        of_credits = document.credits
        rounding = of_credits if model.round is None else model.round
        minimum = document.charge.minimum if model.minimum is None else model.minimum
        return Rounding(
            micro_of(rounding.smallest),
            rounding.round,
            of_credits.round_at == "each_line",
            micro_of(minimum),
        )

    def _sums(
        self, rates: Mapping[str, Fraction]
    ) -> Mapping[str, tuple[tuple[str, Fraction], ...]]:
        one = Fraction(1)
        sums = {
            name: tuple((unit, one) for unit in units)
            for name, units in self.vocabulary.counts.items()
        }
        for name, measure in self.vocabulary.priced.items():
            part = self.document.units[measure]
            sums[name] = tuple((unit, rates[unit]) for unit in part.rates)
        return MappingProxyType(sums)


def _exact(
    variant: Variant,
    sums: Mapping[str, tuple[tuple[str, Fraction], ...]],
    linear: LinearForm | None,
) -> tuple[dict[str, Fraction], Fraction]:
    """Give what one count of each unit costs in micro-credits, and what every request does."""
    exact = dict.fromkeys(variant.rates, Fraction(0))
    constant = Fraction(0)
    if linear is None:
        exact = {unit: rate * variant.multiplier for unit, rate in variant.rates.items()}
    else:
        constant = linear.constant
        for name, coefficient in linear.coefficients.items():
            for unit, factor in sums[name]:
                exact[unit] += coefficient * factor
    micro = {unit: value * MICRO_PER_CREDIT for unit, value in exact.items()}
    return micro, constant * MICRO_PER_CREDIT


def _scaled(price: UnitPrice, factor: int, above: int = 0) -> UnitPrice:
    """Give a unit's price for a table whose denominator is larger by a factor."""
    return replace(price, weight=price.weight * factor, above=above)
