"""YAML that programs write: read back it is the same, and no line is too long."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyengine.app.importing.writing import WIDTH, scalar, section
from policyengine.policy.source import load_source

TEXTS = st.text(st.sampled_from("abcxyz019 ._:/@+-#{}[],&*!|>'\"%~?"), max_size=12)
NUMBERS = st.decimals(0, 10**6, places=4) | st.integers(0, 10**9)
VALUES = st.recursive(
    NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=9) | st.dictionaries(TEXTS, inner, max_size=9),
    max_leaves=25,
)


@given(VALUES)
def test_what_is_written_is_what_is_read(value: Any) -> None:
    source, findings = load_source(section("key", value), "p")
    assert [each for each in findings if each.severity == "error"] == []
    assert source.plain == {"key": value}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("claude-3", "claude-3"),
        ("all_input > 200", "all_input > 200"),
        ("off", '"off"'),
        ("4o", '"4o"'),
        ("llama:7b", '"llama:7b"'),
        (Decimal("1E-9"), "0.000000001"),
        (Decimal("12.500"), "12.5"),
        (Decimal("1E+3"), "1000"),
    ],
)
def test_scalars(value: str | Decimal, text: str) -> None:
    assert scalar(value) == text


def test_lines_are_wrapped() -> None:
    rates = {f"unit_{number}": Decimal(number) for number in range(40)}
    text = section("models", {"m": {"rates": rates, "names": [*rates]}})
    assert max(map(len, text.splitlines())) <= WIDTH
    assert load_source(text, "p")[0].plain == {"models": {"m": {"rates": rates, "names": [*rates]}}}
