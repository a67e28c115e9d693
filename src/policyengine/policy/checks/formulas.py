"""The charge formula: no negative price, and counts, rates and multipliers that matter."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from policyengine.policy.checks.expressions import reader_of_formulas
from policyengine.policy.checks.findings import found, plain, pointer_to, see_value
from policyengine.policy.checks.units import names_are_clear
from policyengine.policy.document import PolicyDocument
from policyengine.policy.expressions import Expression, LinearForm, linear_form
from policyengine.policy.source import Source
from policyengine.policy.vocabulary import MULTIPLIER, Vocabulary, rates_of, vocabulary_of
from policyengine.values.diagnostics import Diagnostic

_FORMULA: Final = "/charge/formula"
_COUNTS_TRIED: Final = (1, 1_000, 1_000_000, 1_000_000_000)


def _formula(document: PolicyDocument, source: Source) -> Expression | None:
    """Read the formula; None where another check has reported it."""
    if not names_are_clear(document, source):
        return None
    parsed = reader_of_formulas(document).read(document.charge.formula)
    return parsed if isinstance(parsed, Expression) else None
