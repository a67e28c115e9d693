"""LiteLLM's usage, which translates every provider's: the prompt contains what was cached.

The same figure may stand under the names of several providers; they must agree. Media are stated
without their cached part, or with it, depending on the provider behind; the text tells which.
"""

from collections.abc import Mapping
from typing import Final

from policyengine.adapters.anthropic import TOKENS, check_own
from policyengine.adapters.counts import Counts, Quantity
from policyengine.adapters.reading import Figures, Kind, Rows, Shape, UsageForm, read
from policyengine.adapters.splitting import (
    Medium,
    Prompt,
    check_text,
    check_total,
    split_answer,
    split_prompt,
    written_by_time,
)

_MEDIA: Final[Mapping[str, Kind | Shape | Rows]] = {
    "text_tokens": "count",
    "image_tokens": "count",
    "audio_tokens": "count",
    "video_tokens": "count",
}
_BY_TIME: Final = Shape(
    {"ephemeral_5m_input_tokens": "count", "ephemeral_1h_input_tokens": "count"}
)

FORM: Final = UsageForm(
    "litellm",
    Shape(
        {
            "prompt_tokens": "required",
            "completion_tokens": "required",
            "total_tokens": "required",
            "cache_read_input_tokens": "count",
            "cache_creation_input_tokens": "count",
            "prompt_cache_hit_tokens": "count",
            "prompt_cache_miss_tokens": "count",
            "prompt_tokens_details": Shape(
                {
                    **_MEDIA,
                    "cached_tokens": "count",
                    "cached_tokens_details": Shape(_MEDIA),
                    "cache_write_tokens": "count",
                    "cache_creation_tokens": "count",
                    "cache_creation_input_tokens": "count",
                    "cache_creation_token_details": _BY_TIME,
                    "cache_creation": _BY_TIME,
                    "tool_use_tokens": "count",
                    "web_search_requests": "count",
                    "google_maps_grounding_requests": "count",
                }
            ),
            "completion_tokens_details": Shape(
                {
                    **_MEDIA,
                    "reasoning_tokens": "count",
                    "accepted_prediction_tokens": "count",
                    "rejected_prediction_tokens": "count",
                }
            ),
            "server_tool_use": Shape(
                {"web_search_requests": "count", "tool_search_requests": "count"}
            ),
            # Already added up; read for whose they are.
            "iterations": Rows(Shape(TOKENS)),
            "cost": "ignored",
        }
    ),
    "in a stream, the last chunk has it when the request asks for "
    "`stream_options: {include_usage: true}`",
)

_ASKED: Final = "prompt_tokens_details"
_ANSWERED: Final = "completion_tokens_details"


def litellm(usage: object) -> Counts:
    """Count the usage of a completion.

    Takes: `usage` of a ModelResponse. That of `litellm.responses` is counted by `openai_responses`.
    Raises: UsageError; also for Claude's usage that sums up several models' iterations.
    Source: litellm.types.utils.Usage, and the translations of litellm.llms.
    """
    figures = read(FORM, usage)
    for row in figures.rows["iterations"]:
        check_own(row)
    completion, tool = (
        figures.count("completion_tokens"),
        figures.count(f"{_ASKED}.tool_use_tokens"),
    )
    prompt = _prompt_without_tools(figures, tool)
    check_total(
        figures, "total_tokens", prompt + tool + completion, "prompt and completion together"
    )
    image, audio, video = (
        figures.count(f"{_ASKED}.{medium}_tokens") for medium in ("image", "audio", "video")
    )
    cached = _cached(figures, prompt + tool)
    sent = split_prompt(
        figures,
        Prompt(
            total=prompt,
            fields=("prompt_tokens", f"{_ASKED}.cached_tokens"),
            media={"image": image, "audio": audio, "video": video},
            cached=cached,
            cached_by=_cached_by(figures),
            written=_written(figures),
        ),
    )
    text = prompt - image - audio - video
    check_text(figures, f"{_ASKED}.text_tokens", (text, sent.quantities["text_input"]))
    made = _answer(figures, completion)
    return Counts.of(
        FORM.provider,
        {**sent.quantities, **made, "tool_input": tool, **_calls(figures)},
        sent.assumed,
    )


def _prompt_without_tools(figures: Figures, tool: int) -> int:
    """Give the prompt without what the provider's tools put in, where it contains that.

    Only the total tells: it has them beside the prompt where the provider does not bill them.
    """
    prompt, completion = figures.count("prompt_tokens"), figures.count("completion_tokens")
    if tool and figures.count("total_tokens") == prompt + tool + completion:
        return prompt
    if tool > prompt:
        raise figures.fault(
            f"{_ASKED}.tool_use_tokens", f"{tool} are more than the {prompt} of the prompt"
        )
    return prompt - tool


def _cached(figures: Figures, prompt: int) -> int:
    cached = figures.agreed(
        f"{_ASKED}.cached_tokens", "cache_read_input_tokens", "prompt_cache_hit_tokens"
    )
    check_total(
        figures,
        "prompt_cache_miss_tokens",
        prompt - (cached or 0),
        "the prompt without its cache hits",
    )
    return cached or 0


def _cached_by(figures: Figures) -> dict[Medium, int]:
    media: tuple[Medium, ...] = ("text", "image", "audio", "video")
    return {
        medium: figures.count(f"{_ASKED}.cached_tokens_details.{medium}_tokens") for medium in media
    }


def _written(figures: Figures) -> dict[Quantity, int]:
    def of(name: str) -> int | None:
        return figures.agreed(
            f"{_ASKED}.cache_creation_token_details.{name}", f"{_ASKED}.cache_creation.{name}"
        )

    return written_by_time(
        figures,
        f"{_ASKED}.cache_write_tokens",
        figures.agreed(
            f"{_ASKED}.cache_write_tokens",
            f"{_ASKED}.cache_creation_tokens",
            f"{_ASKED}.cache_creation_input_tokens",
            "cache_creation_input_tokens",
        ),
        {
            "cache_write_5m": of("ephemeral_5m_input_tokens"),
            "cache_write_1h": of("ephemeral_1h_input_tokens"),
        },
    )


def _answer(figures: Figures, completion: int) -> Mapping[Quantity, int]:
    reasoning = figures.count(f"{_ANSWERED}.reasoning_tokens")
    image, audio, video = (
        figures.count(f"{_ANSWERED}.{medium}_tokens") for medium in ("image", "audio", "video")
    )
    media: dict[Medium, int] = {"image": image, "audio": audio, "video": video}
    made = split_answer(figures, "completion_tokens", completion, reasoning, media)
    text = completion - image - audio - video
    check_text(figures, f"{_ANSWERED}.text_tokens", (text, text - reasoning))
    return made.quantities


def _calls(figures: Figures) -> dict[Quantity, int]:
    searches = figures.agreed(
        "server_tool_use.web_search_requests", f"{_ASKED}.web_search_requests"
    )
    return {
        "web_search": searches or 0,
        "tool_search": figures.count("server_tool_use.tool_search_requests"),
        "map_search": figures.count(f"{_ASKED}.google_maps_grounding_requests"),
    }
