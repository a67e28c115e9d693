"""The charge formula: no negative price, and counts, rates and multipliers that matter."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from typing import Final, TypeAlias

from policyengine.policy.checks.expressions import reader_of_formulas
from policyengine.policy.checks.findings import found, plain, pointer_to, see_key, see_value
from policyengine.policy.checks.units import names_are_clear
from policyengine.policy.document import PolicyDocument
from policyengine.policy.expressions import Expression, LinearForm, linear_form
from policyengine.policy.source import Source
from policyengine.policy.variants import Variant, all_variants
from policyengine.policy.vocabulary import MULTIPLIER, Vocabulary, vocabulary_of
from policyengine.values.diagnostics import Diagnostic

REQUESTS_TRIED_MAX: Final = 20_000
"""Requests that are priced in search of a negative price, where the formula does not tell."""

_Shares: TypeAlias = Mapping[str, Mapping[str, Fraction]]
"""For each name of the formula, what one count of each unit adds to it."""

_FORMULA: Final = "/charge/formula"
_COUNTS_TRIED: Final = (1, 1_000, 1_000_000, 1_000_000_000, 1_000_000_000_000)


def check_no_price_is_negative(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """No request earns credits."""
    formula = _formula(document, source)
    if formula is None:
        return
    for rated, request, price in islice(_priced(document, formula), REQUESTS_TRIED_MAX):
        if price < 0:
            counts = " and ".join(f"{count} `{unit}`" for unit, count in request.items())
            what = f"a request of {counts}" if counts else "an empty request"
            yield found(
                source,
                "PE260",
                _FORMULA,
                f"{what} to `{rated.model}` would cost {plain(price)} credits",
                "write `max(0, …)` around what may become negative",
                see_value(source, rated.pointer, "with this multiplier"),
            )
            return


def check_formula_uses_rates(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """What has a rate is charged for."""
    formula = _formula(document, source)
    if formula is None:
        return
    if set(formula.names_used) <= {MULTIPLIER}:
        yield found(
            source,
            "PE261",
            _FORMULA,
            "the formula looks at no counts, so that every request costs the same",
            "use a name such as `tokens_at_rate`; for a price per request, count requests as units",
            severity="warning",
        )
        return
    for name, measure in vocabulary_of(document).priced.items():
        part = document.units[measure]
        if name not in formula.names_used and any(part.rates.values()):
            yield found(
                source,
                "PE261",
                _FORMULA,
                f"the rates of `{measure}` are charged to nobody: the formula lacks `{name}`",
                f"add `{name}` to the formula, or write the rates as 0",
                see_key(source, pointer_to("units", measure), "its rates are here"),
                severity="warning",
            )


def check_formula_uses_multiplier(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """Multipliers that differ make prices that differ."""
    formula = _formula(document, source)
    if formula is None or MULTIPLIER in formula.names_used:
        return
    other = next((each for each in all_variants(document) if each.multiplier != 1), None)
    if other is not None:
        yield found(
            source,
            "PE262",
            _FORMULA,
            "the formula lacks `multiplier`, so that all models cost the same",
            "multiply by `multiplier`",
            see_value(source, other.pointer, "this multiplier has no effect"),
            severity="warning",
        )


def check_lines_can_be_rounded(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """Where each price line is rounded, the price is a sum of lines."""
    formula = _formula(document, source)
    if formula is None or document.credits.round_at != "each_line":
        return
    if any(linear_form(formula, {MULTIPLIER: each}) is None for each in _multipliers(document)):
        yield found(
            source,
            "PE263",
            _FORMULA,
            "the price is no sum with a line for each unit, and each line is to be rounded",
            "write `round_at: each_request`, or a formula that only adds and multiplies",
            see_value(source, "/credits/round_at", "each line is rounded on its own"),
        )


def _formula(document: PolicyDocument, source: Source) -> Expression | None:
    """Read the formula; None where another check reports it."""
    if not names_are_clear(document, source):
        return None
    parsed = reader_of_formulas(document).read(document.charge.formula)
    return parsed if isinstance(parsed, Expression) else None


def _multipliers(document: PolicyDocument) -> list[Fraction]:
    return list(dict.fromkeys(each.multiplier for each in all_variants(document)))


def _priced(
    document: PolicyDocument, formula: Expression
) -> Iterator[tuple[Variant, Mapping[str, int], Fraction]]:
    """Price requests of every kind under each multiplier that may lead below zero."""
    vocabulary = vocabulary_of(document)
    safe = {
        each: _only_adds(linear_form(formula, {MULTIPLIER: each}))
        for each in _multipliers(document)
    }
    for rated in all_variants(document):
        if not safe[rated.multiplier]:
            pricing = _Pricing(formula, rated.multiplier, _shares(vocabulary, rated.rates))
            for request, price in pricing.requests(tuple(vocabulary.measures)):
                yield rated, request, price


def _only_adds(form: LinearForm | None) -> bool:
    return form is not None and form.constant >= 0 and all(each >= 0 for _, each in form.terms)


def _shares(vocabulary: Vocabulary, rates: Mapping[str, Fraction]) -> _Shares:
    shares: dict[str, dict[str, Fraction]] = {
        name: dict.fromkeys(units, Fraction(1)) for name, units in vocabulary.counts.items()
    }
    for name, measure in vocabulary.priced.items():
        units = [unit for unit, its in vocabulary.measures.items() if its == measure]
        shares[name] = {unit: rates[unit] for unit in units}
    return shares


@dataclass(frozen=True, slots=True)
class _Pricing:
    """The formula under one multiplier and one model's rates."""

    formula: Expression
    multiplier: Fraction
    shares: _Shares

    def price(self, request: Mapping[str, int]) -> Fraction:
        """Price a request."""
        values = [
            self.multiplier
            if name == MULTIPLIER
            else sum(self.shares[name].get(unit, 0) * count for unit, count in request.items())
            for name in self.formula.names_used
        ]
        return Fraction(self.formula.compiled(*values))

    def requests(self, units: Sequence[str]) -> Iterator[tuple[Mapping[str, int], Fraction]]:
        """Price an empty request, one of each unit alone, all that lower the price, and all."""
        nothing = self.price({})
        yield {}, nothing
        lowering = []
        for unit in units:
            price = nothing
            for count in _COUNTS_TRIED:
                price = self.price({unit: count})
                yield {unit: count}, price
            if price < nothing:
                lowering.append(unit)
        for group in (lowering, units):
            for count in _COUNTS_TRIED:
                request = dict.fromkeys(group, count)
                yield request, self.price(request)
