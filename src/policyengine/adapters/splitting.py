"""Overlapping figures, taken apart: what is inside what becomes quantities that never overlap."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from policyengine.adapters.counts import Quantity
from policyengine.adapters.reading import Figures

Medium: TypeAlias = Literal["text", "image", "audio", "video", "document"]

# INVARIANT: also the order in which cached tokens are taken where no provider says of what.
_ANEW: Final[Mapping[Medium, Quantity]] = {
    "text": "text_input",
    "image": "image_input",
    "audio": "audio_input",
    "video": "video_input",
    "document": "document_input",
}
_CACHED: Final[Mapping[Medium, Quantity]] = {
    "text": "text_cached",
    "image": "image_cached",
    "audio": "audio_cached",
    "video": "video_cached",
    "document": "document_cached",
}
_ANSWERED: Final[Mapping[Medium, Quantity]] = {
    "image": "image_output",
    "audio": "audio_output",
    "video": "video_output",
}

MEDIA: Final[tuple[Medium, ...]] = tuple(_ANEW)

TEXT_FIRST: Final = (
    "the provider does not say which cached or written tokens are text; "
    "they were taken from the text first, then from images, audio, video and documents"
)


@dataclass(frozen=True, slots=True)
class Prompt:
    """The input side as a provider reports it: everything is part of `total`.

    `media` are parts by kind; the rest is text. `cached` and `written` are other parts, across the
    kinds; `cached_by` says of which kind cached tokens are, where the provider does. `fields` names
    the provider's fields, for messages.
    """

    total: int
    fields: tuple[str, str]
    media: Mapping[Medium, int] = field(default_factory=dict)
    cached: int = 0
    cached_by: Mapping[Medium, int] = field(default_factory=dict)
    written: Mapping[Quantity, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Parts:
    """Disjoint quantities of one side, and what had to be assumed."""

    quantities: Mapping[Quantity, int]
    assumed: tuple[str, ...] = ()


def split_prompt(figures: Figures, prompt: Prompt) -> Parts:
    """Take the input side apart: cached and written tokens leave the kind that they are of.

    Raises: UsageError when the parts are more than the whole.
    """
    total_field, cached_field = prompt.fields
    media = sum(prompt.media.values())
    if media > prompt.total:
        raise figures.fault(
            total_field, f"{prompt.total} in all are fewer than the {media} of its media"
        )
    again = prompt.cached + sum(prompt.written.values())
    if again > prompt.total:
        raise figures.fault(
            cached_field,
            f"{again} cached and written are more than the {prompt.total} of `{total_field}`, "
            "which contains them",
        )
    left: dict[Medium, int] = {
        medium: prompt.media.get(medium, 0) if medium != "text" else prompt.total - media
        for medium in MEDIA
    }
    cached = _cached(figures, prompt, left)
    unplaced = prompt.cached - sum(cached.values())
    for medium, count in _take(left, unplaced).items():
        cached[medium] = cached.get(medium, 0) + count
    written = sum(prompt.written.values())
    _take(left, written)
    return Parts(
        {
            **{_ANEW[medium]: count for medium, count in left.items()},
            **{_CACHED[medium]: count for medium, count in cached.items()},
            **prompt.written,
        },
        (TEXT_FIRST,) if media and (unplaced or written) else (),
    )


def _cached(figures: Figures, prompt: Prompt, left: dict[Medium, int]) -> dict[Medium, int]:
    """Take out the cached tokens whose kind is known."""
    cached_field = prompt.fields[1]
    known = sum(prompt.cached_by.values())
    if known > prompt.cached:
        raise figures.fault(
            cached_field, f"{prompt.cached} cached are fewer than the {known} of its details"
        )
    for medium, count in prompt.cached_by.items():
        if count > left[medium]:
            raise figures.fault(
                cached_field,
                f"{count} cached of {medium} are more than the {left[medium]} of {medium} in all",
            )
        left[medium] -= count
    return dict(prompt.cached_by)


def _take(left: dict[Medium, int], count: int) -> dict[Medium, int]:
    """Take tokens of unknown kind out of what is left, text first."""
    taken: dict[Medium, int] = {}
    for medium in MEDIA:
        taken[medium] = min(count, left[medium])
        left[medium] -= taken[medium]
        count -= taken[medium]
    return taken


def split_answer(
    figures: Figures,
    total_field: str,
    total: int,
    reasoning: int,
    media: Mapping[Medium, int] | None = None,
) -> Parts:
    """Take the output side apart, where everything is part of the total; the rest is text.

    Raises: UsageError when the parts are more than the whole.
    """
    parts = reasoning + sum((media or {}).values())
    if parts > total:
        raise figures.fault(
            total_field,
            f"{total} in all are fewer than the {parts} of its reasoning and media",
        )
    quantities: dict[Quantity, int] = {"text_output": total - parts, "reasoning_output": reasoning}
    for medium, count in (media or {}).items():
        quantities[_ANSWERED[medium]] = count
    return Parts(quantities)


def written_by_time(
    figures: Figures,
    path: str,
    total: int | None,
    times: Mapping[Quantity, int | None],
) -> dict[Quantity, int]:
    """Give the tokens written to a cache by how long it keeps them.

    Takes: the provider's total of them and the field of it, and its split, None where not stated.
    Gives: the split; `cache_write` where the provider states none.
    Raises: UsageError when the split does not add up to the total.
    """
    if all(count is None for count in times.values()):
        return {"cache_write": total or 0}
    split = {quantity: count or 0 for quantity, count in times.items()}
    summed = sum(split.values())
    if total is not None and total != summed:
        raise figures.fault(path, f"{total} written are not the {summed} that its times add up to")
    return split


def check_total(figures: Figures, path: str, parts: int, of: str) -> None:
    """Check that a total, where given, is what its parts add up to.

    Raises: UsageError when it is not.
    """
    if (total := figures.counts[path]) is not None and total != parts:
        raise figures.fault(path, f"{total} is not {of}, which is {parts}")


def check_text(figures: Figures, path: str, readings: tuple[int, ...]) -> None:
    """Check a provider's own figure for text against the readings of it that are consistent.

    Providers fill it with 0 where they do not know it; a 0 says nothing.
    Raises: UsageError when no reading fits.
    """
    text = figures.count(path)
    if text and text not in readings:
        wanted = " or ".join(str(each) for each in sorted(set(readings)))
        raise figures.fault(path, f"{text} contradicts the other figures, which leave {wanted}")
