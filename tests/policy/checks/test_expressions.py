"""A misspelt name in an expression carries its edit, where its place can be told."""

import pytest

from app.shops import policy_text
from policyengine.policy.load import load_policy

FORMULA = "tokens_at_rate * multiplier"


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("tokens_at_rate * multiplir", "multiplier"),
        ('"tokens_at_rat * multiplier"', "tokens_at_rate"),
        ('"tokens_at_rat\\u0065s * multiplir"', None),  # an escape: the place is the whole text
        ("tokens_at_rate * factor", None),
        ("tokens_at_rate *", None),
    ],
)
def test_only_a_slip_in_a_name_has_an_edit(formula: str, expected: str | None) -> None:
    text = policy_text().replace(FORMULA, formula)
    (finding, *_) = load_policy(text, "p.yaml").diagnostics
    assert finding.code.startswith("PE3")
    assert (finding.edit and finding.edit.replacement) == expected
