"""Gemini's usage: cached tokens are inside the prompt; tools and, as a rule, thoughts are apart."""

import re
from typing import Final

from policyengine.adapters.counts import Counts
from policyengine.adapters.reading import Figures, Rows, Shape, UsageForm, read
from policyengine.adapters.splitting import (
    MEDIA,
    Medium,
    Prompt,
    check_total,
    split_answer,
    split_prompt,
)

_BY_MODALITY: Final = Rows(Shape({"modality": "word", "token_count": "count"}))
_MEDIA: Final[dict[str, Medium]] = {
    **{medium.upper(): medium for medium in MEDIA},
    "MODALITY_UNSPECIFIED": "text",
}


def _snake(key: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", key).lower()


FORM: Final = UsageForm(
    "gemini",
    Shape(
        {
            "prompt_token_count": "required",
            "total_token_count": "required",
            "cached_content_token_count": "count",
            "candidates_token_count": "count",
            "response_token_count": "count",  # what the Live API calls the candidates
            "thoughts_token_count": "count",
            "tool_use_prompt_token_count": "count",
            "prompt_tokens_details": _BY_MODALITY,
            "cache_tokens_details": _BY_MODALITY,
            "candidates_tokens_details": _BY_MODALITY,
            "response_tokens_details": _BY_MODALITY,
            "tool_use_prompt_tokens_details": _BY_MODALITY,
        }
    ),
    "in a stream, each chunk has its usage so far: take the last chunk's",
    _snake,
)


def gemini(usage: object) -> Counts:
    """Count the usage of generated content.

    Takes: `usage_metadata` of the SDK, or `usageMetadata` of the JSON.
    Raises: UsageError.
    Source: google.genai.types.GenerateContentResponseUsageMetadata and UsageMetadata.
    """
    figures = read(FORM, usage)
    prompt = figures.count("prompt_token_count")
    tool = figures.count("tool_use_prompt_token_count")
    media = _by_medium(figures, "prompt_tokens_details")
    cached_by = _by_medium(figures, "cache_tokens_details")
    sent = split_prompt(
        figures,
        Prompt(
            total=prompt,
            fields=("prompt_token_count", "cached_content_token_count"),
            media={medium: count for medium, count in media.items() if medium != "text"},
            cached=figures.count("cached_content_token_count"),
            cached_by=cached_by,
        ),
    )
    assumed = [*sent.assumed, *_unstated(figures, "prompt_tokens_details", media, prompt)]
    tools = _by_medium(figures, "tool_use_prompt_tokens_details")
    _unstated(figures, "tool_use_prompt_tokens_details", tools, tool)
    answered = _answered(figures)
    thoughts = figures.count("thoughts_token_count")
    output = answered + (0 if _thoughts_are_inside(figures) else thoughts)
    check_total(
        figures, "total_token_count", prompt + tool + output, "prompt, tools, answer and thoughts"
    )
    made_of = _by_medium(figures, "candidates_tokens_details") or _by_medium(
        figures, "response_tokens_details"
    )
    assumed += _unstated(figures, "candidates_tokens_details", made_of, answered)
    # A model answers with no documents; what is not one of these is text.
    made_media: dict[Medium, int] = {
        medium: made_of.get(medium, 0) for medium in ("image", "audio", "video")
    }
    made = split_answer(figures, "candidates_token_count", output, thoughts, made_media)
    return Counts.of(
        FORM.provider,
        {**sent.quantities, **made.quantities, "tool_input": tool},
        tuple(assumed),
    )


def _by_medium(figures: Figures, path: str) -> dict[Medium, int]:
    """Sum a breakdown by modality; an unknown modality is refused."""
    counts: dict[Medium, int] = {}
    for row in figures.rows[path]:
        medium = _MEDIA.get((row.words["modality"] or "MODALITY_UNSPECIFIED").upper())
        if medium is None:
            raise row.fault(
                "modality",
                f"unknown modality `{row.words['modality']}`; known are {', '.join(_MEDIA)}",
            )
        counts[medium] = counts.get(medium, 0) + row.count("token_count")
    return counts


def _answered(figures: Figures) -> int:
    return figures.agreed("candidates_token_count", "response_token_count") or 0


def _thoughts_are_inside(figures: Figures) -> bool:
    """Tell whether the answer contains the thoughts, which some models report so.

    Only the total tells: it counts thoughts apart, or does not.
    """
    return figures.count("total_token_count") == figures.sum_of(
        "prompt_token_count", "tool_use_prompt_token_count"
    ) + _answered(figures)


def _unstated(figures: Figures, path: str, media: dict[Medium, int], total: int) -> tuple[str, ...]:
    """Say how much of a whole its breakdown leaves out, which is then text.

    Raises: UsageError for a breakdown that is more than the whole.
    """
    stated = sum(media.values())
    if stated > total:
        raise figures.fault(path, f"{stated} are more than the {total} that they are part of")
    if not media or stated == total:
        return ()
    return (f"`{path}` leaves out {total - stated} of {total} tokens; they were taken for text",)
