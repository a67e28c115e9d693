"""The countable parts of a request, why one cannot be counted, and reading values by pointer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Code: TypeAlias = Literal[
    "unknown_shape",  # not one of the four requests
    "unknown_part",  # content of a kind that is not counted: audio, video, documents
    "bad_part",  # a part that is not as its API describes it
    "bad_image",  # image bytes that cannot be read, or that the provider refuses
    "bad_detail",  # a detail that the model does not have
    "image_size_needed",  # an image that is elsewhere, with no size given
    "content_elsewhere",  # content that the provider holds and the request only names
    "too_large",  # more than one of the bounds
]


class RequestUncountableError(ValueError):
    """A request cannot be counted: which part, why, and what to do.

    `code` is stable; `pointer` is a JSON pointer into the request, empty for the whole of it.
    """

    def __init__(self, code: Code, pointer: str, message: str) -> None:
        super().__init__(f"{pointer or 'the request'}: {message}")
        self.code: Final = code
        self.pointer: Final = pointer
        self.message: Final = message


@dataclass(frozen=True, slots=True)
class TextPart:
    """A text, counted as it is."""

    pointer: str
    text: str


@dataclass(frozen=True, slots=True)
class JsonPart:
    """A value that reaches the model as text, such as a tool's definition or call."""

    pointer: str
    value: object


@dataclass(frozen=True, slots=True)
class ImagePart:
    """An image: base64 text, or the URL or file id of one that is elsewhere."""

    pointer: str
    detail: str
    base64: str | None
    reference: str | None


@dataclass(frozen=True, slots=True)
class Frame:
    """One message's wrapping: its role, its name if any, and the tokens around it."""

    pointer: str
    named: bool


Part: TypeAlias = TextPart | JsonPart | ImagePart | Frame

# A call's identifiers join it to its answer; the model does not read them.
_CALL_SETTINGS: Final = ("id", "type", "index", "call_id", "status", "cache_control", "caller")


def list_at(pointer: str, value: object) -> list[object] | tuple[object, ...]:
    """Take the value at a pointer for a list, or refuse it."""
    if not isinstance(value, list | tuple):
        raise _bad(pointer, "a list", value)
    return value


def mapping_at(pointer: str, value: object) -> Mapping[str, object]:
    """Take the value at a pointer for an object, or refuse it."""
    if not isinstance(value, Mapping):
        raise _bad(pointer, "an object", value)
    return value


def text_at(pointer: str, value: object) -> str:
    """Take the value at a pointer for a text, or refuse it."""
    if not isinstance(value, str):
        raise _bad(pointer, "a text", value)
    return value


def _bad(pointer: str, wanted: str, value: object) -> RequestUncountableError:
    found = "nothing" if value is None else f"`{type(value).__name__}`"
    return RequestUncountableError("bad_part", pointer, f"{wanted} belongs here, found {found}")


def unknown_part(pointer: str, kind: object) -> RequestUncountableError:
    """Say that a kind of part is not counted."""
    name = f"`{str(kind)[:80]}`" if kind is not None else "no kind of part"
    return RequestUncountableError(
        "unknown_part", pointer, f"{name} cannot be counted; only text, images and calls can"
    )


def call_at(pointer: str, call: Mapping[str, object]) -> JsonPart:
    """Take from a call, or from its answer, what the model reads."""
    return JsonPart(pointer, {key: call[key] for key in call if key not in _CALL_SETTINGS})
