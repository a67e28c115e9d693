"""What genai-prices itself computes for a request."""

from fractions import Fraction
from functools import cache
from typing import Any, Final

from genai_prices.data import providers
from genai_prices.types import Usage

from peers.cases import Case, Counts
from peers.lists import AT
from policyengine.app.importing.genai_prices import way_name
from policyengine.app.importing.records import Offer

REPORTED: Final = {
    "input_tokens": "text_input image_input audio_input video_input text_cached image_cached "
    "audio_cached cache_write cache_write_1h",
    "cache_read_tokens": "text_cached image_cached audio_cached",
    "cache_write_tokens": "cache_write cache_write_1h",
    "cache_write_1h_tokens": "cache_write_1h",
    "input_image_tokens": "image_input image_cached",
    "input_audio_tokens": "audio_input audio_cached",
    "input_video_tokens": "video_input",
    "cache_image_read_tokens": "image_cached",
    "cache_audio_read_tokens": "audio_cached",
    "output_tokens": "text_output reasoning_output citation_output image_output audio_output "
    "video_output",
    "output_reasoning_tokens": "reasoning_output",
    "output_citation_tokens": "citation_output",
    "output_image_tokens": "image_output",
    "output_audio_tokens": "audio_output",
    "output_video_tokens": "video_output",
    "web_searches": "web_search",
    "storage_searches": "storage_search",
    "audio_seconds": "audio_second audio_second_input",
    "input_audio_seconds": "audio_second_input",
    "input_characters": "character_input",
    "input_document_pages": "document_page annotated_page",
    "input_annotated_document_pages": "annotated_page",
    "input_text_messages": "message_input",
}
"""The package's counts, each the sum of disjoint units: it reports parts inside their whole."""


def usage_of(counts: Counts) -> Usage:
    """Report disjoint counts as the package wants them."""
    return Usage(
        **{
            key: sum(counts.get(unit, 0) for unit in units.split())
            for key, units in REPORTED.items()
        }
    )


def price(offer: Offer, case: Case) -> Fraction | str:
    """Ask the package; gives dollars, or what it refuses with."""
    provider, model = _models()[offer.provider, offer.model]
    context = None
    if case.way:
        when = (each.when for each in model.price_variants)
        context = next(each for each in when if way_name(each) == case.way)
    try:
        found = model.calc_price(
            usage_of(case.counts), provider, genai_request_timestamp=AT, price_context=context
        )
    except ValueError as error:
        return str(error)
    return Fraction(found.total_price)


@cache
def _models() -> dict[tuple[str, str], tuple[Any, Any]]:
    return {
        (provider.id, model.id): (provider, model)
        for provider in providers
        for model in provider.models
    }
