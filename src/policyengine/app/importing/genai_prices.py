"""The data of genai-prices as price records; pure, by the names of the package's own types."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final

from policyengine.app.importing.records import (
    Dollars,
    LeftOut,
    Offer,
    Prices,
    Terms,
    Tier,
    Way,
    is_priced,
)

UNIT_OF: Final[Mapping[str, str]] = MappingProxyType(
    {
        "input_mtok": "text_input",
        "output_mtok": "text_output",
        "cache_read_mtok": "text_cached",
        "cache_write_mtok": "cache_write",
        "cache_write_5m_mtok": "cache_write_5m",
        "cache_write_1h_mtok": "cache_write_1h",
        "input_image_mtok": "image_input",
        "input_audio_mtok": "audio_input",
        "input_video_mtok": "video_input",
        "cache_image_read_mtok": "image_cached",
        "cache_audio_read_mtok": "audio_cached",
        "cache_video_read_mtok": "video_cached",
        "output_image_mtok": "image_output",
        "output_audio_mtok": "audio_output",
        "output_video_mtok": "video_output",
        "output_reasoning_mtok": "reasoning_output",
        "output_citation_mtok": "citation_output",
        "web_searches_kcount": "web_search",
        "storage_searches_kcount": "storage_search",
        "social_searches_kcount": "social_search",
        "rerank_searches_kcount": "rerank_search",
        "code_executions_kcount": "code_execution",
        "requests_kcount": "request",
        "audio_hours": "audio_second",
        "input_audio_hours": "audio_second_input",
        "output_audio_hours": "audio_second_output",
        "input_mchars": "character_input",
        "input_document_kpages": "document_page",
        "input_annotated_document_kpages": "annotated_page",
        "input_gpixels": "pixel_input",
        "input_text_messages_kcount": "message_input",
    }
)
"""The unit of each price; the package counts in the same numbers as `records.MEASURES`."""

PLAIN_WAYS: Final = frozenset({"processing", "service_tier"})
"""Keys of a variant whose value says enough: `batch`, and not `processing_batch`."""


def offers_of(providers: Iterable[Any]) -> Iterator[Offer | LeftOut]:
    """Read every model of every provider.

    Takes: `genai_prices.data.providers`.
    """
    for provider in providers:
        for model in provider.models:
            yield _offer(provider.id, model)


def _offer(provider: str, model: Any) -> Offer | LeftOut:
    conditions = _conditions(model.prices)
    variants = tuple(model.price_variants or ())
    if any(_is_timed(each) for each in (*(cond for cond, _ in conditions), *_limits(variants))):
        return LeftOut(provider, model.id, "its price depends on the time of day", is_priced=True)
    days = {_start(cond) for cond, _ in conditions} | {_start(each) for each in _limits(variants)}
    if all(_start(cond) is not None for cond, _ in conditions):
        days.discard(None)
    terms: list[Terms] = []
    for day in sorted(days, key=lambda each: each or date.min):
        priced = _terms(day, conditions, variants)
        if priced is not None and (not terms or not _same(terms[-1], priced)):
            terms.append(priced)
    if not any(is_priced(each.prices) for each in terms):
        return LeftOut(provider, model.id, "the list has no price above 0 for it", is_priced=False)
    unsaid = {key for _, prices in conditions for key in _kept(prices) if key not in UNIT_OF}
    return Offer(provider, model.id, tuple(terms), tuple(sorted(unsaid)))


def _conditions(prices: Any) -> list[tuple[Any, Any]]:
    if isinstance(prices, list):
        return [(each.constraint, each.prices) for each in prices]
    return [(None, prices)]


def _limits(variants: Iterable[Any]) -> Iterator[Any]:
    return (each.constraint for each in variants)


def _is_timed(constraint: Any) -> bool:
    return constraint is not None and not hasattr(constraint, "start_date")


def _start(constraint: Any) -> date | None:
    return None if constraint is None else constraint.start_date


def _holds(constraint: Any, day: date | None) -> bool:
    start = _start(constraint)
    return start is None or (day is not None and start <= day)


def _same(before: Terms, after: Terms) -> bool:
    return (before.prices, before.ways) == (after.prices, after.ways)


def _terms(
    day: date | None, conditions: list[tuple[Any, Any]], variants: tuple[Any, ...]
) -> Terms | None:
    """Give what holds on a day: the last condition that does, and the first of equal variants."""
    standing = [prices for constraint, prices in conditions if _holds(constraint, day)]
    if not standing:
        return None
    kept = _kept(standing[-1])
    changes: dict[str, dict[str, Any]] = {}
    for each in variants:
        if _holds(each.constraint, day):
            way = way_name(each.when)
            changes[way] = {**_kept(each.prices), **changes.get(way, {})}
    ways = tuple(Way(name, _prices({**kept, **changed})) for name, changed in changes.items())
    return Terms(day, _prices(kept), ways)


def way_name(when: Mapping[str, str]) -> str:
    """Name a variant by what it asks for: `batch`, `route_mistral_eu`."""
    words = [
        value if key in PLAIN_WAYS else f"{key}_{value}" for key, value in sorted(when.items())
    ]
    return "".join(sign if sign.isalnum() else "_" for sign in "_".join(words)).lower()


def _kept(prices: Any) -> dict[str, Any]:
    return {key: price for key, price in vars(prices).items() if price is not None}


def _prices(kept: Mapping[str, Any]) -> Prices:
    known = {UNIT_OF[key]: price for key, price in kept.items() if key in UNIT_OF}
    starts = sorted({tier.start for price in known.values() for tier in _tiers(price)})
    tiers = tuple(
        Tier(start, {unit: _price_above(price, start) for unit, price in known.items()})
        for start in starts
    )
    base: Dollars = {
        unit: Fraction(price.base if hasattr(price, "base") else price)
        for unit, price in known.items()
    }
    return Prices(base, tiers)


def _tiers(price: Any) -> Iterable[Any]:
    return getattr(price, "tiers", ())


def _price_above(price: Any, start: int) -> Fraction:
    """Give a price in a request that sends more than `start`, and not more than the next tier."""
    reached = [tier.price for tier in _tiers(price) if tier.start <= start]
    return Fraction(reached[-1] if reached else getattr(price, "base", price))
