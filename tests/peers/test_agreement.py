"""Imported prices are what the packages compute; a rule explains each difference exactly."""

from collections.abc import Collection, Sequence
from pathlib import Path
from random import Random
from typing import Final

import pytest

from peers.cases import Case, cases_of, random_cases
from peers.lists import Imported, imported
from peers.litellm_faults import RULES
from peers.sweep import (
    GENAI_UNITS,
    LITELLM_UNITS,
    Compared,
    compare_genai,
    compare_litellm,
)
from peers.table import BEGIN, END, page

PAGE: Final = Path(__file__).resolve().parents[2] / "docs/agreement.md"
SEED: Final = 20261123
LITELLM_WAYS: Final = frozenset({"", "batch", "flex", "priority"})


def edges(listed: Imported, units: Collection[str]) -> list[Case]:
    """Give every model's requests at the edges."""
    return [each for name in listed.terms for each in cases_of(name, listed.terms[name], units)]


def unexplained(every: Sequence[Compared]) -> list[Compared]:
    """Give the first few prices that differ and should not."""
    return [each for each in every if not each.is_explained][:10]


def swept() -> dict[str, list[Compared]]:
    """Compare all prices at the edges with both packages."""
    ours = imported("genai-prices")
    with_genai = list(compare_genai(ours, edges(ours, GENAI_UNITS)))
    ours = imported("litellm")
    cases = [each for each in edges(ours, LITELLM_UNITS) if each.way in LITELLM_WAYS]
    return {"genai-prices": with_genai, "litellm": list(compare_litellm(ours, cases))}


def versions() -> dict[str, str]:
    """Give the versions of the packages."""
    return {
        "genai-prices": imported("genai-prices").version,
        "litellm": imported("litellm").version,
    }


def test_every_difference_is_explained_and_the_page_lists_them() -> None:
    found = swept()
    for name, every in found.items():
        assert unexplained(every) == []
        assert len(every) > 15_000, name
    assert all(not each.rules for each in found["genai-prices"])
    applied = {rule for each in found["litellm"] for rule in each.rules}
    assert sorted(applied) == sorted(RULES), "an explanation explains nothing any more"
    text = PAGE.read_text("utf-8")
    shown = text[text.index(BEGIN) : text.index(END) + len(END)]
    assert shown == page(versions(), found), "run `python -m tools.agreement`"


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(SEED, SEED + 4))
def test_requests_of_any_size_are_explained_as_well(seed: int) -> None:
    chance = Random(seed)
    for name, compare, units in (
        ("genai-prices", compare_genai, GENAI_UNITS),
        ("litellm", compare_litellm, LITELLM_UNITS),
    ):
        listed = imported(name)
        cases = [
            each
            for model, terms in listed.terms.items()
            for each in random_cases(model, terms, units, chance)
        ]
        assert unexplained(list(compare(listed, cases))) == []
