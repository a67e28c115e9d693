"""Price records: what a list says a model costs, in US dollars and in the units of policies.

Units are disjoint and have the names that the adapters count by, where an adapter counts them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from policyengine.policy.document.pricing import Side

ListName: TypeAlias = Literal["genai-prices", "litellm"]
"""The distributions whose price lists can be read."""

MEASURES: Final[Mapping[str, int]] = MappingProxyType(
    {
        "tokens": 1_000_000,
        "searches": 1000,
        "requests": 1000,
        "sessions": 1,
        "seconds": 3600,
        "characters": 1_000_000,
        "images": 1,
        "pages": 1000,
        "pixels": 1_000_000_000,
        "messages": 1000,
    }
)
"""The measures of an imported policy, each with the number of counts that its rates pay for."""

_SIDES: Final[Mapping[tuple[str, Side], str]] = MappingProxyType(
    {
        ("tokens", "input"): "text_input text_cached cache_write cache_write_5m cache_write_1h "
        "image_input image_cached audio_input audio_cached video_input video_cached",
        ("tokens", "output"): "text_output reasoning_output citation_output image_output "
        "audio_output video_output",
        ("searches", "other"): "web_search web_search_low web_search_medium web_search_high "
        "storage_search social_search rerank_search code_execution",
        ("requests", "other"): "request",
        ("sessions", "other"): "code_session",
        ("seconds", "input"): "audio_second audio_second_input video_second_input",
        ("seconds", "output"): "audio_second_output",
        ("characters", "input"): "character_input",
        ("characters", "output"): "character_output",
        ("images", "input"): "whole_image_input",
        ("images", "output"): "whole_image_output",
        ("pages", "input"): "document_page annotated_page",
        ("pixels", "input"): "pixel_input",
        ("messages", "input"): "message_input",
    }
)
UNITS: Final[Mapping[str, tuple[str, Side]]] = MappingProxyType(
    {unit: place for place, units in _SIDES.items() for unit in units.split()}
)
"""Every unit that a list can price, with its measure and side, in the order of policies."""

PARENTS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "text_cached": ("text_input",),
        "cache_write": ("text_input",),
        "cache_write_5m": ("cache_write", "text_input"),
        "cache_write_1h": ("cache_write", "text_input"),
        "image_input": ("text_input",),
        "audio_input": ("text_input",),
        "video_input": ("text_input",),
        "image_cached": ("image_input", "text_cached", "text_input"),
        "audio_cached": ("audio_input", "text_cached", "text_input"),
        "video_cached": ("video_input", "text_cached", "text_input"),
        "reasoning_output": ("text_output",),
        "citation_output": ("text_output",),
        "image_output": ("text_output",),
        "audio_output": ("text_output",),
        "video_output": ("text_output",),
    }
)
"""What tokens cost that a list does not price apart: as the first of these that it prices."""

Dollars: TypeAlias = Mapping[str, Fraction]
"""US dollars by unit, for as many counts as the unit's measure says."""


@dataclass(frozen=True, slots=True)
class Tier:
    """What a whole request costs that sends more than `above` tokens; all prices, not changes."""

    above: int
    dollars: Dollars


@dataclass(frozen=True, slots=True)
class Prices:
    """What a model costs: its prices, and those of long requests, lowest threshold first."""

    dollars: Dollars
    tiers: tuple[Tier, ...] = ()


@dataclass(frozen=True, slots=True)
class Way:
    """Another way to make a request, with its prices or the factor that it has on all tokens."""

    name: str
    prices: Prices | Fraction


@dataclass(frozen=True, slots=True)
class Terms:
    """What a model costs from a day on, by UTC; `starts` is None for as long as it is listed."""

    starts: date | None
    prices: Prices
    ways: tuple[Way, ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """A model that a list prices; `terms` by their start, `unsaid` what no unit stands for."""

    provider: str
    model: str
    terms: tuple[Terms, ...]
    unsaid: tuple[str, ...] = ()

    def at(self, day: date) -> Terms | None:
        """Give what it costs on a day; None before it was listed."""
        found = [each for each in self.terms if each.starts is None or each.starts <= day]
        return found[-1] if found else None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A model that cannot be imported, and why; `is_priced` where the list has a price for it."""

    provider: str
    model: str
    reason: str
    is_priced: bool


@dataclass(frozen=True, slots=True)
class PriceList:
    """What a list says, as far as a policy can say it, and what was left out."""

    name: ListName
    version: str
    offers: tuple[Offer, ...]
    left_out: tuple[LeftOut, ...]


def own_price(dollars: Dollars, unit: str) -> Fraction:
    """Give what a unit costs: its own price, or that of the tokens it is a kind of, or nothing."""
    for each in (unit, *PARENTS.get(unit, ())):
        if each in dollars:
            return dollars[each]
    return Fraction(0)


def is_priced(prices: Prices) -> bool:
    """Tell whether anything costs more than nothing."""
    return any(any(each.values()) for each in (prices.dollars, *(t.dollars for t in prices.tiers)))
