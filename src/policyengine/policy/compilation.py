"""From a checked document to a compiled policy: texts to values, formulas to whole numbers."""

from collections.abc import Mapping
from fractions import Fraction
from math import lcm
from types import MappingProxyType
from typing import Final, Literal

from policyengine.policy.document.policy import PolicyDocument
from policyengine.policy.expressions import Expression, ExpressionFault, linear_form
from policyengine.policy.expressions import parse_expression as parse
from policyengine.policy.folding import Rounding, folded
from policyengine.policy.plan_rules import expiry_of, plans_of
from policyengine.policy.policy import (
    AbnormalRule,
    AlertRule,
    DebtRule,
    Formula,
    HoldRule,
    KeepRule,
    ModelPrices,
    PackRule,
    Policy,
    PriceTable,
    ReplacesRule,
    TierTable,
    UnitPrice,
)
from policyengine.policy.source import Source
from policyengine.policy.vocabulary import (
    ABNORMAL_NAMES,
    MULTIPLIER,
    Vocabulary,
    pointer_part,
    rate_pointers,
    rates_of,
    vocabulary_of,
)
from policyengine.values.amounts import MICRO_PER_CREDIT, micro_of
from policyengine.values.calendar import parse_instant, parse_span

PERCENT: Final = 100


def compile_policy(document: PolicyDocument, source: Source, sha256: str) -> Policy:
    """Compile a document that has passed every check.

    Raises: ValueError for a document that has not: a bug of the caller.
    """
    vocabulary = vocabulary_of(document)
    return Policy(
        name=document.policy,
        version=document.version,
        effective_at=parse_instant(document.effective),
        sha256=sha256,
        file=source.name,
        source=source.text,
        lines=MappingProxyType({pointer: source.line(pointer) for pointer in source.places}),
        document=document,
        zone=document.time.zone,
        quantum_micro=micro_of(document.credits.smallest),
        rounding=document.credits.round,
        round_at=document.credits.round_at,
        units=MappingProxyType(_sides(document)),
        models=_models(document, vocabulary),
        minimum_micro=micro_of(document.charge.minimum),
        failed=document.charge.failed_request,
        cancelled=document.charge.cancelled_request,
        late_usage=parse_span(document.charge.late_usage),
        plans=plans_of(document),
        packs=_packs(document),
        burn_order=tuple(document.burn_order),
        changes=document.changes,
        holds=HoldRule(
            parse_span(document.estimate.hold), parse_span(document.estimate.longest_hold)
        ),
        shortfall_after=document.shortfall.after_request,
        debt=_debt(document),
        refunds=document.refunds,
        refund_life=(
            parse_span(document.refunds.new_lot_expires)
            if document.refunds.expired_lot == "new_lot" and document.refunds.new_lot_expires
            else None
        ),
        alerts=_alerts(document),
        abnormal=_abnormal(document),
        replaces=_replaces(document),
    )


def _sides(document: PolicyDocument) -> dict[str, Literal["input", "output"]]:
    sides: dict[str, Literal["input", "output"]] = {}
    for measure in document.units.values():
        sides.update(dict.fromkeys(measure.input, "input"))
        sides.update(dict.fromkeys(measure.output, "output"))
    return sides


def _expression(text: str, names: Mapping[str, str], wants: str) -> Expression:
    parsed = parse(text, names, wants)
    if isinstance(parsed, ExpressionFault):
        raise ValueError(f"`{text}` was not checked: {parsed.message}")  # noqa: TRY004
    return parsed


def _models(document: PolicyDocument, vocabulary: Vocabulary) -> Mapping[str, ModelPrices]:
    formula = _expression(document.charge.formula, vocabulary.of_formulas, "credits")
    return MappingProxyType(
        {name: _model(document, vocabulary, formula, name) for name in document.models}
    )


def _model(
    document: PolicyDocument, vocabulary: Vocabulary, formula: Expression, name: str
) -> ModelPrices:
    model = document.models[name]
    rates = rates_of(document, name)
    places = rate_pointers(document, name)
    pointer = f"/models/{pointer_part(name)}"
    tiers = []
    for index, tier in enumerate(model.tiers):
        place = f"{pointer}/tiers/{index}"
        when = _expression(tier.when, vocabulary.of_conditions, "yes_no")
        sums = tuple(vocabulary.counts[used] for used in when.names_used)
        price = _table(
            document, vocabulary, formula, rates, places, Fraction(tier.multiplier), place
        )
        tiers.append(TierTable(sums, when.compiled, tier.when, price, place))
    return ModelPrices(
        name,
        model.title or name,
        _table(document, vocabulary, formula, rates, places, Fraction(model.multiplier), pointer),
        tuple(tiers),
        model.counted_as,
        pointer,
    )


def _table(
    document: PolicyDocument,
    vocabulary: Vocabulary,
    formula: Expression,
    rates: Mapping[str, Fraction],
    places: Mapping[str, str],
    multiplier: Fraction,
    pointer: str,
) -> PriceTable:
    place = f"{pointer}/multiplier"
    sums = _sums(document, vocabulary, rates)
    linear = linear_form(formula, {MULTIPLIER: multiplier})
    exact = dict.fromkeys(rates, Fraction(0))
    constant = Fraction(0)
    if linear is None:
        exact = {unit: rate * multiplier for unit, rate in rates.items()}
    else:
        constant = linear.constant
        for name, coefficient in linear.coefficients.items():
            for unit, factor in sums[name]:
                exact[unit] += coefficient * factor
    micro = {unit: value * MICRO_PER_CREDIT for unit, value in exact.items()}
    constant *= MICRO_PER_CREDIT
    denominator = lcm(constant.denominator, *(value.denominator for value in micro.values()))
    weights = {unit: int(value * denominator) for unit, value in micro.items()}
    return PriceTable(
        multiplier,
        MappingProxyType(
            {
                unit: UnitPrice(
                    unit, rates[unit] * per, per, multiplier, weights[unit], places[unit]
                )
                for unit, per in vocabulary.per.items()
            }
        ),
        int(constant * denominator),
        denominator,
        place,
        folded(weights, int(constant * denominator), denominator, _rounding(document)),
        None if linear is not None else Formula(formula.names_used, formula.compiled, sums),
    )


def _rounding(document: PolicyDocument) -> Rounding:
    return Rounding(
        micro_of(document.credits.smallest),
        document.credits.round,
        document.credits.round_at == "each_line",
        micro_of(document.charge.minimum),
    )


def _sums(
    document: PolicyDocument, vocabulary: Vocabulary, rates: Mapping[str, Fraction]
) -> Mapping[str, tuple[tuple[str, Fraction], ...]]:
    one = Fraction(1)
    sums = {name: tuple((unit, one) for unit in units) for name, units in vocabulary.counts.items()}
    for name, measure in vocabulary.priced.items():
        part = document.units[measure]
        sums[name] = tuple((unit, rates[unit]) for unit in (*part.input, *part.output))
    return MappingProxyType(sums)


def _packs(document: PolicyDocument) -> Mapping[str, PackRule]:
    return MappingProxyType(
        {
            name: PackRule(
                name,
                pack.title or name,
                micro_of(pack.credits),
                expiry_of(pack.expires),
                tuple(pack.sold_to),
                f"/packs/{name}",
            )
            for name, pack in document.packs.items()
        }
    )


def _debt(document: PolicyDocument) -> DebtRule | None:
    debt = document.shortfall.debt
    return None if debt is None else DebtRule(micro_of(debt.limit), debt.at_renewal)


def _alerts(document: PolicyDocument) -> tuple[AlertRule, ...]:
    return tuple(
        AlertRule(
            Fraction(alert.balance_below.rstrip("%")) / PERCENT if alert.balance_below else None,
            parse_span(alert.expiring_within) if alert.expiring_within else None,
            f"/alerts/{index}",
        )
        for index, alert in enumerate(document.alerts)
    )


def _abnormal(document: PolicyDocument) -> tuple[AbnormalRule, ...]:
    rules = []
    for index, part in enumerate(document.abnormal):
        when = _expression(part.when, ABNORMAL_NAMES, "yes_no")
        rules.append(AbnormalRule(part.when, when.names_used, when.compiled, f"/abnormal/{index}"))
    return tuple(rules)


def _replaces(document: PolicyDocument) -> ReplacesRule | None:
    part = document.replaces
    if part is None:
        return None
    keep = tuple(
        KeepRule(each.plan, parse_instant(each.joined_before), parse_instant(each.until))
        for each in part.keep
    )
    return ReplacesRule(part.version, part.plans, keep, MappingProxyType(dict(part.removed_plans)))
