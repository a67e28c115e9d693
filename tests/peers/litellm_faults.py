"""How LiteLLM computes where it computes otherwise: each way is a rule with its exact amount.

What LiteLLM answers must be our price plus the amounts of the rules that apply to a request; an
answer that is anything else is not explained.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from peers.cases import Case, Counts
from policyengine.app.importing.records import MEASURES, UNITS, Dollars, Prices, own_price

THRESHOLDS: Final = frozenset({128_000, 200_000, 272_000})
TIERS: Final = frozenset({"flex", "priority"})
TIERLESS: Final = frozenset({"azure", "vertex_ai"})
FLAT: Final = frozenset({"databricks", "fireworks_ai", "perplexity"})
_PROVIDERS: Final = {"bedrock_converse": "bedrock"}


@dataclass(frozen=True, slots=True)
class Rule:
    """A way in which LiteLLM computes otherwise, and why that is not the price."""

    name: str
    sentence: str


RULES: Final = {
    each.name: each
    for each in (
        Rule(
            "other entry",
            "asked for a model with its provider, LiteLLM takes the entry `provider/model` before "
            "the entry that is called `model`",
        ),
        Rule(
            "ranges ignored",
            "an entry with `tiered_pricing` alone costs nothing, unless its provider is DashScope",
        ),
        Rule(
            "ranges by part",
            "DashScope's ranges are applied to the parts of each count; Model Studio prices the "
            "whole request by its input tokens",
        ),
        Rule(
            "router twice",
            "the fee of Azure's model router is its input price, and is added to it once more",
        ),
        Rule(
            "one input price",
            "the calculators of Databricks, Fireworks and Perplexity know one price for all input, "
            "whatever the entry says of cached tokens",
        ),
        Rule(
            "reasoning on top",
            "Perplexity's reasoning tokens are charged as reasoning and once more as output",
        ),
        Rule(
            "cached free",
            "cached tokens without a price of their own cost nothing; providers without one charge "
            "them as input",
        ),
        Rule(
            "cached sound as text",
            "cached sound costs what cached text does, though the entry has a price for it",
        ),
        Rule(
            "written free",
            "tokens written to a cache without a price of their own cost nothing; they are input",
        ),
        Rule(
            "hour free",
            "tokens written for an hour cost nothing where the entry prices the usual write only",
        ),
        Rule(
            "hour as in short requests",
            "the price of tokens written for an hour in long requests is not read: they cost what "
            "they do in short ones",
        ),
        Rule(
            "sound free",
            "sound without a price of its own costs nothing; it is input",
        ),
        Rule(
            "old name ignored",
            "`input_cost_per_token_cache_hit`, the older name of the price of cached tokens, is "
            "not read: they cost nothing",
        ),
        Rule(
            "threshold unknown",
            "of all thresholds those of 128,000, 200,000 and 272,000 tokens are read only: longer "
            "requests cost what short ones do",
        ),
        Rule(
            "batch input as one price",
            "in a batch, cached tokens cost what other input does",
        ),
        Rule(
            "service tier ignored",
            "the calculators of Azure and of Vertex AI's newer models do not ask for the service "
            "tier: `priority` costs what usual requests do, though the entry has prices for it",
        ),
    )
}

Amounts = Iterator[tuple[str, Fraction]]


def provider_of(listed: str) -> str:
    """Give the provider that LiteLLM is asked for: what its calls name, not what its list does."""
    return "vertex_ai" if listed.startswith("vertex_ai") else _PROVIDERS.get(listed, listed)


@dataclass(frozen=True, slots=True)
class Entries:
    """What the price file says of its entries, by their names.

    `prices` are those that were imported, `ways` those of batches and service tiers; `by_ranges`
    are priced by `tiered_pricing`, `by_old_name` have the older name of the cached price only.
    """

    prices: Mapping[str, Prices]
    ways: Mapping[tuple[str, str], Prices]
    names: frozenset[str]
    by_ranges: frozenset[str]
    by_old_name: frozenset[str]


def explained(
    case: Case, listed: str, entries: Entries, ours: Fraction
) -> tuple[Fraction, frozenset[str]]:
    """Say what LiteLLM will answer, and by which rules; none where it agrees."""
    theirs, names = _explained(case, listed, entries, ours)
    return theirs, frozenset(names) if theirs != ours else frozenset()


def _explained(
    case: Case, listed: str, entries: Entries, ours: Fraction
) -> tuple[Fraction, set[str]]:
    provider = provider_of(listed)
    prices, names = entries.prices[case.model], set()
    if f"{provider}/{case.model}" in entries.names:
        prices = entries.prices.get(f"{provider}/{case.model}", Prices({}))
        ours, names = _by_entry(case.counts, prices), {"other entry"}
    if case.model in entries.by_ranges:
        if provider != "dashscope":
            return Fraction(0), {"ranges ignored"}
        return _by_parts(case.counts, prices), {"ranges by part"}
    if case.way in TIERS and provider in TIERLESS:
        ours, names = _by_entry(case.counts, prices), {"service tier ignored"}
    elif case.way == "batch":
        return _by_batch(case.counts, entries.ways[case.model, case.way])
    elif case.way:
        prices = entries.ways[case.model, case.way]
    known = tuple(each for each in prices.tiers if each.above in THRESHOLDS)
    if known != prices.tiers:
        prices = Prices(prices.dollars, known)
        ours, names = _by_entry(case.counts, prices), {*names, "threshold unknown"}
    for name, amount in _amounts(case, provider, prices, entries):
        if amount:
            ours += amount
            names.add(name)
    return ours, names


def _by_batch(counts: Counts, prices: Prices) -> tuple[Fraction, set[str]]:
    """Add up a batch: all input at one price, all output at another."""
    total = Fraction(0)
    for unit, count in counts.items():
        side = "text_input" if UNITS[unit] == ("tokens", "input") else "text_output"
        total += count * cost(prices.dollars, side)
    return total, {"batch input as one price"}


def reached(counts: Counts, prices: Prices) -> Dollars:
    """Give the prices of a request, by how much it sends."""
    sent = sum(each for unit, each in counts.items() if UNITS[unit] == ("tokens", "input"))
    above = [tier.dollars for tier in prices.tiers if sent > tier.above]
    return above[-1] if above else prices.dollars


def cost(dollars: Dollars, unit: str) -> Fraction:
    """Give what one of a unit costs."""
    return own_price(dollars, unit) / MEASURES[UNITS[unit][0]]


def _by_entry(counts: Counts, prices: Prices) -> Fraction:
    dollars = reached(counts, prices)
    return sum((n * cost(dollars, unit) for unit, n in counts.items()), start=Fraction(0))


def _by_parts(counts: Counts, prices: Prices) -> Fraction:
    sums = {"text_input": 0, "text_cached": 0, "text_output": 0, "reasoning_output": 0}
    for unit, count in counts.items():
        sums[unit if unit in sums else "text_input"] += count
    steps = [(0, prices.dollars), *((each.above, each.dollars) for each in prices.tiers)]
    ends = [above for above, _ in steps[1:]]
    total = Fraction(0)
    for unit, count in sums.items():
        for (above, dollars), end in zip(steps, [*ends, max(count, *ends)], strict=True):
            total += max(0, min(count, end) - above) * cost(dollars, unit)
    return total


def _amounts(case: Case, provider: str, prices: Prices, entries: Entries) -> Amounts:
    counts = case.counts
    dollars = reached(counts, prices)
    text = cost(dollars, "text_input")
    if case.model == "azure_ai/model_router":
        sent = sum(n for unit, n in counts.items() if UNITS[unit] == ("tokens", "input"))
        yield "router twice", sent * text
    if provider in FLAT:
        yield from _flat_amounts(counts, provider, dollars)
    elif provider != "dashscope":
        yield from _free_amounts(counts, dollars, prices)
        if case.model in entries.by_old_name:
            cached = counts.get("text_cached", 0)
            yield "old name ignored", -cached * cost(dollars, "text_cached")


def _flat_amounts(counts: Counts, provider: str, dollars: Dollars) -> Amounts:
    for unit, count in counts.items():
        side = UNITS[unit]
        if side == ("tokens", "input"):
            change = cost(dollars, "text_input") - cost(dollars, unit)
            yield "one input price", count * change
        elif provider == "perplexity" and unit == "reasoning_output" and unit in dollars:
            yield "reasoning on top", count * cost(dollars, "text_output")


def _free_amounts(counts: Counts, dollars: Dollars, prices: Prices) -> Amounts:
    for unit, name in (
        ("text_cached", "cached free"),
        ("cache_write", "written free"),
        ("audio_input", "sound free"),
    ):
        if unit not in dollars:
            yield name, -counts.get(unit, 0) * cost(dollars, unit)
    hour = counts.get("cache_write_1h", 0)
    if "cache_write_1h" not in dollars:
        name = "hour free" if "cache_write" in dollars else "written free"
        yield name, -hour * cost(dollars, "cache_write_1h")
    elif "cache_write_1h" in prices.dollars:
        change = cost(prices.dollars, "cache_write_1h") - cost(dollars, "cache_write_1h")
        yield "hour as in short requests", hour * change
    if "audio_cached" in counts:
        theirs = cost(dollars, "text_cached") if "text_cached" in dollars else Fraction(0)
        yield (
            "cached sound as text",
            counts["audio_cached"] * (theirs - cost(dollars, "audio_cached")),
        )
