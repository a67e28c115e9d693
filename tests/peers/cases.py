"""Requests at the edges of prices: nothing, one, thresholds, caches, each unit, very many."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from random import Random
from typing import Final, TypeAlias

from policyengine.app.importing.records import Terms

Counts: TypeAlias = dict[str, int]

USUAL: Final[Counts] = {"text_input": 1234, "text_output": 567}
LARGE: Final = 10**9
RANDOM_EACH: Final = 25


@dataclass(frozen=True, slots=True)
class Case:
    """A request: the model's name in the policy, how it is made, what it counts, and why so."""

    model: str
    way: str
    edge: str
    counts: Counts


def cases_of(name: str, terms: Terms, units: Collection[str]) -> Iterator[Case]:
    """Give the requests for a model.

    Takes: what the list says of it, and the units that the package can count.
    """
    prices = terms.prices
    yield Case(name, "", "nothing", {"text_input": 0, "text_output": 0})
    yield Case(name, "", "one token", {"text_input": 1})
    yield Case(name, "", "one token of answer", {"text_output": 1})
    yield Case(name, "", "usual", USUAL)
    yield Case(name, "", "very many", {"text_input": LARGE, "text_output": LARGE})
    yield Case(name, "", "cached", {**USUAL, "text_cached": 891})
    yield Case(name, "", "written", {**USUAL, "cache_write": 234})
    yield Case(name, "", "reasoning", {**USUAL, "reasoning_output": 345})
    yield Case(name, "", "sound", {**USUAL, "audio_input": 77})
    for unit in sorted({*units}.intersection(prices.dollars)):
        yield Case(name, "", f"unit {unit}", {**USUAL, unit: 1009})
    for tier in prices.tiers:
        for more in (-1, 0, 1):
            counts = {"text_input": tier.above + more, "text_output": 567}
            yield Case(name, "", f"threshold {more:+}", counts)
        half = tier.above // 2
        counts = {"text_input": half, "text_cached": tier.above - half + 1, "text_output": 567}
        yield Case(name, "", "threshold by cached tokens", counts)
        counts = {"text_input": tier.above, "cache_write": 7, "cache_write_1h": 3, "text_output": 5}
        yield Case(name, "", "threshold by written tokens", counts)
    for way in terms.ways:
        yield Case(name, way.name, f"as {way.name}", {**USUAL, "text_cached": 100})


def random_cases(name: str, terms: Terms, units: Collection[str], chance: Random) -> Iterator[Case]:
    """Give requests of any size for a model, of units that are priced or not."""
    common = ("text_input", "text_cached", "cache_write", "text_output", "reasoning_output")
    every = sorted({*common, *terms.prices.dollars}.intersection({*common, *units}))
    for _ in range(RANDOM_EACH):
        chosen = chance.sample(every, chance.randint(1, min(5, len(every))))
        counts = {unit: chance.randrange(10 ** chance.randint(1, 7)) for unit in chosen}
        yield Case(name, "", "random", counts)
