"""The neutral quantities: what one request used, each token in exactly one of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal, TypeAlias, get_args

InputQuantity: TypeAlias = Literal[
    "text_input",  # read anew, and what the provider does not tell apart from text
    "image_input",
    "audio_input",
    "video_input",
    "document_input",  # pages of a PDF, where the provider counts them apart
    "tool_input",  # results of the provider's own tools, read by the model
    "text_cached",  # read from a cache
    "image_cached",
    "audio_cached",
    "video_cached",
    "document_cached",
    "cache_write",  # read and written to a cache, for a time that the provider does not state
    "cache_write_5m",
    "cache_write_30m",
    "cache_write_1h",
    "cache_write_12h",
]
OutputQuantity: TypeAlias = Literal[
    "text_output",  # and what the provider does not tell apart from text
    "reasoning_output",
    "image_output",
    "audio_output",
    "video_output",
]
RequestQuantity: TypeAlias = Literal[
    "web_search",  # searches, not tokens; so are the others
    "web_fetch",
    "map_search",
    "tool_search",
]
Quantity: TypeAlias = InputQuantity | OutputQuantity | RequestQuantity

INPUT: Final[tuple[InputQuantity, ...]] = get_args(InputQuantity)
OUTPUT: Final[tuple[OutputQuantity, ...]] = get_args(OutputQuantity)
REQUESTS: Final[tuple[RequestQuantity, ...]] = get_args(RequestQuantity)
QUANTITIES: Final[tuple[Quantity, ...]] = (*INPUT, *OUTPUT, *REQUESTS)
CACHE_WRITES: Final[tuple[InputQuantity, ...]] = tuple(
    each for each in INPUT if each.startswith("cache_write")
)


@dataclass(frozen=True, slots=True)
class Counts:
    """What one request used, in quantities that never overlap.

    `quantities` has only what is above zero, in the order of `QUANTITIES`. `assumed` says, in
    sentences, where the provider's figures left a choice and which was taken.
    """

    provider: str
    quantities: Mapping[Quantity, int]
    assumed: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, provider: str, figures: Mapping[Quantity, int], assumed: tuple[str, ...] = ()
    ) -> "Counts":
        """Keep what is above zero, in order."""
        kept = {each: figures[each] for each in QUANTITIES if figures.get(each, 0) > 0}
        return cls(provider, MappingProxyType(kept), assumed)

    @property
    def input_tokens(self) -> int:
        """Sum the tokens that were sent to the model."""
        return sum(self.quantities.get(each, 0) for each in INPUT)

    @property
    def output_tokens(self) -> int:
        """Sum the tokens that the model answered with."""
        return sum(self.quantities.get(each, 0) for each in OUTPUT)

    @property
    def total_tokens(self) -> int:
        """Sum all tokens; searches and other requests are none."""
        return self.input_tokens + self.output_tokens
