"""The price file of LiteLLM as price records; pure, by the names of the file's keys."""

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final

from policyengine.app.importing.records import (
    MEASURES,
    UNITS,
    LeftOut,
    Offer,
    Prices,
    Terms,
    Tier,
    Way,
    is_priced,
)
from policyengine.policy.document.words import MODEL_PATTERN

MODES: Final = frozenset({"chat", "responses"})
"""Models that answer texts: two APIs for the same."""

UNIT_OF: Final[Mapping[str, str]] = MappingProxyType(
    {
        # DeepSeek's entries have two names for one price; the later key counts.
        "input_cost_per_token_cache_hit": "text_cached",
        "input_cost_per_token": "text_input",
        "cache_read_input_token_cost": "text_cached",
        "cache_creation_input_token_cost": "cache_write",
        "cache_creation_input_token_cost_above_1hr": "cache_write_1h",
        "input_cost_per_image_token": "image_input",
        "input_cost_per_audio_token": "audio_input",
        "cache_read_input_token_cost_per_audio_token": "audio_cached",
        "cache_read_input_audio_token_cost": "audio_cached",
        "output_cost_per_token": "text_output",
        "output_cost_per_reasoning_token": "reasoning_output",
        "citation_cost_per_token": "citation_output",
        "output_cost_per_image_token": "image_output",
        "output_cost_per_audio_token": "audio_output",
        "input_cost_per_request": "request",
        "input_cost_per_character": "character_input",
        "output_cost_per_character": "character_output",
        "input_cost_per_image": "whole_image_input",
        "output_cost_per_image": "whole_image_output",
        "input_cost_per_video_per_second": "video_second_input",
        "code_interpreter_cost_per_session": "code_session",
    }
)
"""The unit of each price; the file's prices are for one count."""

WAYS: Final[Mapping[str, str]] = MappingProxyType(
    {"batches": "batch", "priority": "priority", "flex": "flex"}
)
"""The ends of keys that price another way to make a request, and the names of these ways."""

_SAME_IN_DBU: Final = frozenset({"input_dbu_cost_per_token", "output_dbu_cost_per_token"})
_RESERVED: Final = frozenset({"input_cost_per_second", "output_cost_per_second"})
_SEARCH: Final = "search_context_cost_per_query"
_KEY: Final = re.compile(
    rf"(?P<key>.+?)(?:_above_(?P<above>[0-9]+)(?P<k>k?)_tokens)?(?:_(?P<way>{'|'.join(WAYS)}))?"
)


def offers_of(entries: Mapping[str, Mapping[str, Any]]) -> Iterator[Offer | LeftOut]:
    """Read the entries of models that answer texts.

    Takes: the price file, its fractions as decimals.
    """
    for name, entry in entries.items():
        if entry.get("mode") in MODES:
            yield _offer(name, entry)


def _offer(name: str, entry: Mapping[str, Any]) -> Offer | LeftOut:
    provider = str(entry.get("litellm_provider", ""))
    costs = {key: each for key, each in entry.items() if _is_cost(key) and _is_positive(each)}
    unsaid = tuple(sorted(key for key in costs if _place(key) is None and key not in _SAME_IN_DBU))
    prices, ways = _prices(entry)
    if costs and _RESERVED.issuperset(costs):
        reason = "it is paid by the second that it is reserved, not by the request"
        return LeftOut(provider, name, reason, is_priced=True)
    if not is_priced(prices):
        if not costs:
            reason = "the list has no price above 0 for it"
            return LeftOut(provider, name, reason, is_priced=False)
        return LeftOut(provider, name, f"no unit stands for {', '.join(unsaid)}", is_priced=True)
    if not re.fullmatch(MODEL_PATTERN, name):
        return LeftOut(provider, name, "its name is no name of a model", is_priced=True)
    return Offer(provider, name, (Terms(None, prices, ways),), unsaid)


def _is_cost(key: str) -> bool:
    return "cost" in key and key != _SEARCH


def _is_positive(value: Any) -> bool:
    return isinstance(value, int | Decimal) and value > 0


def _place(key: str) -> tuple[str, int, str] | None:
    """Read a key: its unit, the tokens above which it holds, and the way it is for."""
    found = _KEY.fullmatch(key)
    if found is None or found["key"] not in UNIT_OF:
        return None
    above = int(found["above"] or 0) * (1000 if found["k"] else 1)
    return UNIT_OF[found["key"]], above, WAYS.get(found["way"] or "", "")


def _prices(entry: Mapping[str, Any]) -> tuple[Prices, tuple[Way, ...]]:
    placed: dict[tuple[str, int], dict[str, Fraction]] = {}
    ranges = entry.get("tiered_pricing")
    for above, costs in _ranges(ranges) if ranges else ((0, entry),):
        for key in sorted(costs, key=_rank):
            place = _place(key)
            if place is not None and isinstance(costs[key], int | Decimal):
                unit, beyond, way = place
                dollars = Fraction(costs[key]) * MEASURES[UNITS[unit][0]]
                placed.setdefault((way, above or beyond), {})[unit] = dollars
    placed.setdefault(("", 0), {}).update(_searches(entry))
    ways = [way for way in WAYS.values() if any(name == way for name, _ in placed)]
    factors = entry.get("provider_specific_entry") or {}
    return _of_way(placed, ""), (
        *(Way(way, _of_way(placed, way)) for way in ways),
        *(Way(name, Fraction(factor)) for name, factor in factors.items()),
    )


def _rank(key: str) -> int:
    """Order keys so that of two names for one price the usual one comes last."""
    names: list[str] = list(UNIT_OF)
    found = _KEY.fullmatch(key)
    return names.index(found["key"]) if found is not None and found["key"] in UNIT_OF else -1


def _ranges(ranges: Iterable[Mapping[str, Any]]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for each in ranges:
        yield int(each["range"][0]), each


def _of_way(placed: Mapping[tuple[str, int], Mapping[str, Fraction]], way: str) -> Prices:
    """Put prices together: what a way or a tier does not price costs what it costs otherwise."""
    base = {**placed[("", 0)], **placed.get((way, 0), {})}
    aboves = sorted({above for name, above in placed if above and name in ("", way)})
    tiers: list[Tier] = []
    dollars = dict(base)
    for above in aboves:
        dollars = {**dollars, **placed.get(("", above), {})}
        if way:
            dollars |= {**placed.get((way, 0), {}), **placed.get((way, above), {})}
        tiers.append(Tier(above, dollars))
    return Prices(base, tuple(tiers))


def _searches(entry: Mapping[str, Any]) -> dict[str, Fraction]:
    """Read what a search costs by how much it brings in; one unit where that is all the same."""
    costs = entry.get(_SEARCH)
    if not isinstance(costs, Mapping):
        return {}
    sized = {
        size: Fraction(costs[f"search_context_size_{size}"]) * MEASURES["searches"]
        for size in ("low", "medium", "high")
        if f"search_context_size_{size}" in costs
    }
    if len(set(sized.values())) == 1:
        return {"web_search": next(iter(sized.values()))}
    return {f"web_search_{size}": each for size, each in sized.items()}
