"""Prices of imported models by this engine and by the packages, and what sets them apart."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from importlib.metadata import distribution
from pathlib import Path
from typing import Final

from peers import genai
from peers.cases import Case
from peers.lists import Imported
from peers.litellm_faults import Entries, explained, provider_of
from policyengine.app.importing.reading import litellm_entries

FLOAT_SLACK: Final = Fraction(16, 2**53)
"""How far LiteLLM's floats may be off, relative to the price.

A price is rounded when it is read, and once more by each product; at most eight products are added,
and the two sides of a request: no more than twelve roundings of half a unit in the last place, all
of numbers above nothing, so that no digits cancel.
"""

DECIMAL_SLACK: Final = Fraction(1, 10**26)
"""How far genai-prices' decimals may be off: it divides by 3,600 with 28 digits."""

LITELLM_UNITS: Final = (
    "text_cached",
    "cache_write",
    "cache_write_1h",
    "image_input",
    "audio_input",
    "audio_cached",
    "reasoning_output",
    "image_output",
    "audio_output",
)
GENAI_UNITS: Final = sorted({each for units in genai.REPORTED.values() for each in units.split()})


@dataclass(frozen=True, slots=True)
class Compared:
    """A request with both prices in dollars, and the rules that explain a difference.

    `is_explained` where the answer is exactly what those rules, or none, lead to.
    """

    case: Case
    ours: Fraction
    theirs: Fraction | str
    rules: frozenset[str]
    is_explained: bool


def compare_genai(listed: Imported, cases: Sequence[Case]) -> Iterator[Compared]:
    """Compare with genai-prices; there is no rule: it agrees or does not.

    The package counts one request by itself, where a model has a price for it.
    """
    for case in cases:
        terms = listed.terms[case.model]
        one = {"request": 1} if "request" in terms.prices.dollars else {}
        ours = listed.dollars(case.model, case.way, {**case.counts, **one})
        theirs = genai.price(listed.offers[case.model], case)
        agrees = isinstance(theirs, Fraction) and abs(theirs - ours) <= ours * DECIMAL_SLACK
        yield Compared(case, ours, theirs, frozenset(), agrees)


def compare_litellm(listed: Imported, cases: Sequence[Case]) -> Iterator[Compared]:
    """Compare with LiteLLM, in a process of its own."""
    entries = _entries(listed)
    for case, theirs in zip(cases, _answers(listed, cases), strict=True):
        ours = listed.dollars(case.model, case.way, case.counts)
        provider = listed.offers[case.model].provider
        expected, rules = explained(case, provider, entries, ours)
        slack = max(expected, ours) * FLOAT_SLACK
        agrees = isinstance(theirs, Fraction) and abs(theirs - expected) <= slack
        yield Compared(case, ours, theirs, rules, agrees)


def _entries(listed: Imported) -> Entries:
    raw = litellm_entries(distribution("litellm"))
    hit, usual = "input_cost_per_token_cache_hit", "cache_read_input_token_cost"
    return Entries(
        {name: terms.prices for name, terms in listed.terms.items()},
        {
            (name, way.name): way.prices
            for name, terms in listed.terms.items()
            for way in terms.ways
            if not isinstance(way.prices, Fraction)
        },
        frozenset(raw),
        frozenset(name for name, each in raw.items() if each.get("tiered_pricing")),
        frozenset(name for name, each in raw.items() if hit in each and usual not in each),
    )


def _answers(listed: Imported, cases: Sequence[Case]) -> Iterator[Fraction | str]:
    lines = [
        json.dumps(
            [case.model, provider_of(listed.offers[case.model].provider), case.way, case.counts]
        )
        for case in cases
    ]
    worker = Path(__file__).parent / "litellm_worker.py"
    done = subprocess.run(  # noqa: S603  # our own worker
        [sys.executable, "-W", "ignore", str(worker)],
        input="\n".join(lines) + "\n",
        capture_output=True,
        text=True,
        check=True,
    )
    for line in done.stdout.splitlines():
        answer: str = json.loads(line)
        try:
            yield Fraction(float(answer))
        except ValueError:
            yield answer
