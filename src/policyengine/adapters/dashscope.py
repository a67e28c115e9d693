"""DashScope's usage (Qwen) in its three spellings: its own, OpenAI's chat, OpenAI's responses.

Cached and written tokens and media are inside the input, reasoning is inside the output. Embeddings
of some models report images beside the input; there only the total tells.
"""

from collections.abc import Mapping
from typing import Final

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
    "image_tokens": "count",
    "audio_tokens": "count",
    "video_tokens": "count",
}
_ASKED: Final = Shape(
    {
        **_MEDIA,
        "text_tokens": "count",
        "cached_tokens": "count",
        "cache_creation_input_tokens": "count",
        "cache_creation": Shape({"ephemeral_5m_input_tokens": "count"}),
    }
)
_ANSWERED: Final = Shape({**_MEDIA, "text_tokens": "count", "reasoning_tokens": "count"})
_SIDES: Final[Mapping[str, Kind | Shape | Rows]] = {
    **_MEDIA,
    "input_tokens_details": _ASKED,
    "prompt_tokens_details": _ASKED,
    "output_tokens_details": _ANSWERED,
    "completion_tokens_details": _ANSWERED,
    "total_tokens": "count",
}
_CALLS: Final = Shape({"count": "count"})

FORM: Final = UsageForm(
    "dashscope",
    Shape(
        {
            **_SIDES,
            "input_tokens": "count",
            "prompt_tokens": "count",
            "output_tokens": "count",
            "completion_tokens": "count",
            # What the responses API bills; there alone it states what it wrote to the cache.
            "x_details": Rows(
                Shape({**_SIDES, "input_tokens": "required", "output_tokens": "count"})
            ),
            "x_tools": Shape({"web_search": _CALLS, "web_extractor": _CALLS}),
            "plugins": Shape({"search": _CALLS}),
        }
    ),
    "in a stream, each chunk has its usage so far: take the last chunk's; in OpenAI's spelling, "
    "the last chunk has it when the request asks for `stream_options: {include_usage: true}`",
)

_INPUTS: Final = ("input_tokens_details", "prompt_tokens_details")
_OUTPUTS: Final = ("output_tokens_details", "completion_tokens_details")
_KINDS: Final[tuple[Medium, ...]] = ("image", "audio", "video")


def dashscope(usage: object) -> Counts:
    """Count the usage of a generation, a conversation, a chat completion or a response.

    Takes: `usage` of the response.
    Raises: UsageError.
    Source: Model Studio's pages on the DashScope API, the context cache and embeddings.
    """
    figures = read(FORM, usage)
    stated = figures.agreed("input_tokens", "prompt_tokens")
    if stated is None:
        raise figures.fault("input_tokens", "missing; a whole number belongs here")
    output = figures.agreed("output_tokens", "completion_tokens") or 0
    media = {kind: _given(figures, _INPUTS, f"{kind}_tokens", whole=True) or 0 for kind in _KINDS}
    prompt = stated + (sum(media.values()) if _media_are_beside(figures, media) else 0)
    check_total(figures, "total_tokens", prompt + output, "input and output together")
    cached, written = _cache(figures, stated)
    fields = ("input_tokens", "prompt_tokens_details.cached_tokens")
    sent = split_prompt(
        figures, Prompt(total=prompt, fields=fields, media=media, cached=cached, written=written)
    )
    reasoning = _given(figures, _OUTPUTS, "reasoning_tokens") or 0
    spoken = {kind: _given(figures, _OUTPUTS, f"{kind}_tokens") or 0 for kind in _KINDS}
    made = split_answer(figures, "output_tokens", output, reasoning, spoken)
    text = output - sum(spoken.values())
    for asked, answered in zip(_INPUTS, _OUTPUTS, strict=True):
        check_text(figures, f"{asked}.text_tokens", (prompt - sum(media.values()),))
        check_text(figures, f"{answered}.text_tokens", (text, text - reasoning))
    searches = figures.agreed("x_tools.web_search.count", "plugins.search.count")
    return Counts.of(
        FORM.provider,
        {
            **sent.quantities,
            **made.quantities,
            "web_search": searches or 0,
            "web_fetch": figures.count("x_tools.web_extractor.count"),
        },
        sent.assumed,
    )


def _given(
    figures: Figures, sides: tuple[str, ...], name: str, *, whole: bool = False
) -> int | None:
    """Give a figure of one side's details, or of the whole as well, wherever it is stated."""
    paths = [f"{side}.{name}" for side in sides]
    return figures.agreed(*([name] if whole else []), *paths)


def _media_are_beside(figures: Figures, media: Mapping[Medium, int]) -> bool:
    """Tell whether images and other media are beside the input, as in some models' embeddings."""
    stated = figures.agreed("input_tokens", "prompt_tokens") or 0
    output = figures.agreed("output_tokens", "completion_tokens") or 0
    beside = stated + output + sum(media.values())
    return any(media.values()) and figures.counts["total_tokens"] == beside


def _cache(figures: Figures, stated: int) -> tuple[int, dict[Quantity, int]]:
    """Give what was read from the cache and what was written to it."""
    rows = figures.rows["x_details"]
    cached, written = _given(figures, _INPUTS, "cached_tokens"), _written(figures)
    if not rows:
        return cached or 0, written
    if (summed := sum(row.count("input_tokens") for row in rows)) != stated:
        raise figures.fault("x_details", f"its input adds up to {summed}, not to the {stated}")
    billed = sum(_given(row, _INPUTS, "cached_tokens") or 0 for row in rows)
    if cached is not None and cached != billed:
        raise figures.fault(
            "x_details", f"its cached tokens add up to {billed}, not to the {cached}"
        )
    by_time: dict[Quantity, int] = {}
    for row in rows:
        for quantity, count in _written(row).items():
            by_time[quantity] = by_time.get(quantity, 0) + count
    if any(written.values()) and written != by_time:
        raise figures.fault("x_details", "its cache writes are not those of the whole")
    return billed, by_time


def _written(figures: Figures) -> dict[Quantity, int]:
    name = "cache_creation_input_tokens"
    return written_by_time(
        figures,
        f"prompt_tokens_details.{name}",
        _given(figures, _INPUTS, name),
        {"cache_write_5m": _given(figures, _INPUTS, "cache_creation.ephemeral_5m_input_tokens")},
    )
