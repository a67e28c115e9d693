"""Counting a whole request as a provider's API takes it, part by part; the parts add up.

How exact it is, by kind of part:

- `text` is exact for OpenAI's models of that encoding, and an estimate for other families, whose
  tokenizers are their own. Tool definitions and calls are counted as compact JSON, which is an
  estimate everywhere: providers rewrite them before the model reads them.
- `image` follows the published formula of the family; see `image.py` and docs/counting.md.
- `overhead`, the tokens that wrap messages, is an estimate: OpenAI publishes 3 for a message, its
  role, 1 for a name and 3 for the answer's beginning; the other providers publish nothing.

What was billed is the provider's own count, which comes back with the answer.
"""

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final, Literal, TypeAlias, assert_never

from policyengine.tokens.formula import DETAILS, ImageFormula
from policyengine.tokens.image import DetailUnsupportedError, ImageTooLargeError, count_image
from policyengine.tokens.parts import (
    Frame,
    ImagePart,
    JsonPart,
    Part,
    RequestUncountableError,
    TextPart,
)
from policyengine.tokens.shapes import read_parts
from policyengine.tokens.size import IMAGE_BYTES_MAX, Size, size_of
from policyengine.tokens.text import TEXT_CHARS_MAX, check_encoding, count_text

PARTS_MAX: Final = 20_000
"""The most parts of a request: texts, images, calls and messages together."""

IMAGES_MAX: Final = 3_000
"""The most images of a request; no provider takes more."""

DEPTH_MAX: Final = 64
"""How deep a tool's definition or a call may nest."""

VALUES_MAX: Final = 100_000
"""How many values one level of it may hold."""

Kind: TypeAlias = Literal["text", "image", "overhead"]


@dataclass(frozen=True, slots=True)
class Counting:
    """How a model's requests are counted: what the policy chooses.

    `text` is the name of an encoding. The tokens around a message include its role, which is one
    token in both encodings.
    """

    text: str
    image: ImageFormula
    per_message: int = 4
    per_name: int = 1
    per_request: int = 3

    def __post_init__(self) -> None:
        check_encoding(self.text)
        if min(self.per_message, self.per_name, self.per_request) < 0:
            raise ValueError("the tokens around messages cannot be fewer than 0")


@dataclass(frozen=True, slots=True)
class PartCount:
    """The tokens of one part; `pointer` is a JSON pointer into the request."""

    pointer: str
    kind: Kind
    tokens: int


@dataclass(frozen=True, slots=True)
class RequestCount:
    """A request's tokens, part by part, in the order of the request."""

    parts: tuple[PartCount, ...]

    @property
    def text_tokens(self) -> int:
        """Sum what is text."""
        return self._sum("text")

    @property
    def image_tokens(self) -> int:
        """Sum what is images."""
        return self._sum("image")

    @property
    def overhead_tokens(self) -> int:
        """Sum what wraps the messages."""
        return self._sum("overhead")

    @property
    def total(self) -> int:
        """Sum every part."""
        return sum(part.tokens for part in self.parts)

    def _sum(self, kind: Kind) -> int:
        return sum(part.tokens for part in self.parts if part.kind == kind)


def count_request(
    request: Mapping[str, object],
    counting: Counting,
    sizes: Mapping[str, tuple[int, int]] | None = None,
) -> RequestCount:
    """Count the tokens that a request puts into the model.

    Takes: a request as decoded from JSON: OpenAI chat completions or responses, Anthropic
        messages, or Gemini contents; for images that are elsewhere `sizes`, width and height in
        pixels by the part's pointer, its URL or its file id.
    Gives: one count for each text, image, call and message, and one for the request.
    Raises: RequestUncountableError; and what `count_text` raises of its rank files.
    """
    reader = _Counter(counting, sizes or {})
    counted = tuple(reader.counted(part) for part in _bounded(read_parts(request)))
    return RequestCount((*counted, PartCount("", "overhead", counting.per_request)))


def _bounded(parts: Iterator[Part]) -> Iterator[Part]:
    """Pass parts on while they are within the bounds of one request."""
    images = chars = 0
    for number, part in enumerate(parts, start=1):
        if isinstance(part, ImagePart):
            images += 1
        elif isinstance(part, TextPart):
            chars += len(part.text)
        for amount, most, what in (
            (number, PARTS_MAX, "parts"),
            (images, IMAGES_MAX, "images"),
            (chars, TEXT_CHARS_MAX, "characters of text"),
        ):
            if amount > most:
                raise RequestUncountableError(
                    "too_large", part.pointer, f"more than {most} {what}; send fewer"
                )
        yield part


@dataclass(frozen=True, slots=True)
class _Counter:
    counting: Counting
    sizes: Mapping[str, tuple[int, int]]

    def counted(self, part: Part) -> PartCount:
        """Count one part of any kind."""
        match part:
            case TextPart(pointer, text):
                return PartCount(pointer, "text", count_text(text, self.counting.text))
            case JsonPart(pointer, value):
                text = _json_text(pointer, value)
                return PartCount(pointer, "text", count_text(text, self.counting.text))
            case ImagePart(pointer):
                return PartCount(pointer, "image", self._image_tokens(part))
            case Frame(pointer, named):
                tokens = self.counting.per_message + (self.counting.per_name if named else 0)
                return PartCount(pointer, "overhead", tokens)
            case _:  # pragma: no cover  # the union is closed
                assert_never(part)

    def _image_tokens(self, part: ImagePart) -> int:
        detail = next((each for each in DETAILS if each == part.detail), None)
        if detail is None:
            raise RequestUncountableError(
                "bad_detail",
                part.pointer,
                f"unknown detail `{part.detail[:80]}`; use one of {', '.join(DETAILS)}",
            )
        size = self._size(part)
        try:
            return count_image(size, detail, self.counting.image)
        except DetailUnsupportedError as fault:
            raise RequestUncountableError("bad_detail", part.pointer, str(fault)) from fault
        except ImageTooLargeError as fault:
            raise RequestUncountableError("bad_image", part.pointer, str(fault)) from fault

    def _size(self, part: ImagePart) -> Size:
        given = self.sizes.get(part.pointer) or self.sizes.get(part.reference or "")
        if given is None and part.base64 is None:
            raise RequestUncountableError(
                "image_size_needed",
                part.pointer,
                f"`{(part.reference or '')[:200]}` is not in the request; "
                "give its width and height, or send the image as base64",
            )
        data = b"" if given is not None else _image_bytes(part.pointer, part.base64 or "")
        try:
            return size_of(data) if given is None else Size(*given)
        except ValueError as fault:
            raise RequestUncountableError("bad_image", part.pointer, str(fault)) from fault


def _image_bytes(pointer: str, encoded: str) -> bytes:
    if len(encoded) > IMAGE_BYTES_MAX // 3 * 4:
        raise RequestUncountableError(
            "too_large", pointer, f"the image has more than {IMAGE_BYTES_MAX} bytes"
        )
    try:
        return base64.b64decode(encoded, validate=True)
    except ValueError as fault:
        raise RequestUncountableError(
            "bad_image", pointer, "the image's bytes are not base64"
        ) from fault


def _json_text(pointer: str, value: object) -> str:
    _check_depth(pointer, value)
    try:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError) as fault:
        raise RequestUncountableError(
            "bad_part", pointer, f"the value cannot be written as JSON: {fault}"
        ) from fault
    if len(text) > TEXT_CHARS_MAX:
        raise RequestUncountableError(
            "too_large", pointer, f"more than {TEXT_CHARS_MAX} characters as JSON; send fewer"
        )
    return text


def _check_depth(pointer: str, value: object) -> None:
    """Refuse a value that nests too deep or too wide: writing it would overflow the stack."""
    level: list[object] = [value]
    for _ in range(DEPTH_MAX):
        level = list(islice(_inner(level), VALUES_MAX + 1))
        if not level:
            return
        if len(level) > VALUES_MAX:
            break
    raise RequestUncountableError(
        "too_large",
        pointer,
        f"the value nests deeper than {DEPTH_MAX} levels, or holds more than {VALUES_MAX} values",
    )


def _inner(level: list[object]) -> Iterator[object]:
    for each in level:
        if isinstance(each, Mapping):
            yield from each.values()
        elif isinstance(each, list | tuple):
            yield from each
