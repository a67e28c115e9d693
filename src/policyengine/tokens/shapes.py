"""Reading a request in the shape of a provider's API into a flat sequence of countable parts.

Four shapes are told apart by their top-level key: OpenAI chat completions and Anthropic messages
(`messages`), OpenAI responses (`input`), Gemini (`contents`). What carries content is either
counted or refused; nothing of it is passed over. Settings (`temperature`, a response format) are
not content.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeAlias

from policyengine.tokens.gemini import gemini_parts
from policyengine.tokens.parts import (
    Frame,
    ImagePart,
    JsonPart,
    Part,
    RequestUncountableError,
    TextPart,
    call_at,
    list_at,
    mapping_at,
    text_at,
    unknown_part,
)

_Reader: TypeAlias = Callable[[str, Mapping[str, object]], Iterator[Part]]

_SHAPES: Final = ("messages", "input", "contents")
_ELSEWHERE: Final = (
    "previous_response_id",
    "conversation",
    "prompt",
    "cachedContent",
    "cached_content",
)
_MESSAGE_SETTINGS: Final = ("role", "id", "type", "status", "tool_call_id", "annotations", "phase")
_MESSAGE_TEXTS: Final = ("name", "refusal", "reasoning_content")


def read_parts(request: Mapping[str, object]) -> Iterator[Part]:
    """Read a request into its parts, in the order of the request.

    Raises: RequestUncountableError, at the first part that cannot be counted.
    """
    shapes = [key for key in _SHAPES if key in request]
    if len(shapes) != 1:
        raise RequestUncountableError(
            "unknown_shape", "", "give one of `messages`, `input` or `contents`"
        )
    for key in _ELSEWHERE:
        if request.get(key) is not None:
            raise RequestUncountableError(
                "content_elsewhere",
                f"/{key}",
                f"`{key}` names content that the provider holds; send the content itself",
            )
    for key in ("system", "instructions"):
        yield from _content(f"/{key}", request.get(key))
    if shapes == ["messages"]:
        yield from _each("/messages", request["messages"], _message)
    elif shapes == ["input"]:
        yield from _input(request["input"])
    else:
        yield from gemini_parts(request)
    for key in ("tools", "functions"):
        if request.get(key) is not None:
            for index, value in enumerate(list_at(f"/{key}", request[key])):
                yield JsonPart(f"/{key}/{index}", value)


def _input(value: object) -> Iterator[Part]:
    if isinstance(value, str):
        yield Frame("/input", named=False)
        yield TextPart("/input", value)
        return
    yield from _each("/input", value, _item)


def _item(pointer: str, item: Mapping[str, object]) -> Iterator[Part]:
    kind = item.get("type", "message")
    if kind == "message":
        yield from _message(pointer, item)
    elif kind in ("function_call", "custom_tool_call"):
        yield call_at(pointer, item)
    elif kind in ("function_call_output", "custom_tool_call_output"):
        yield from _content(f"{pointer}/output", item.get("output"))
    elif kind == "reasoning":
        yield from _reasoning(pointer, item)
    else:
        raise unknown_part(pointer, kind)


def _reasoning(pointer: str, item: Mapping[str, object]) -> Iterator[Part]:
    if item.get("encrypted_content") is not None:
        raise RequestUncountableError(
            "content_elsewhere",
            f"{pointer}/encrypted_content",
            "encrypted reasoning cannot be counted; leave it out",
        )
    for key in ("summary", "content"):
        yield from _content(f"{pointer}/{key}", item.get(key))


def _message(pointer: str, message: Mapping[str, object]) -> Iterator[Part]:
    text_at(f"{pointer}/role", message.get("role"))
    yield Frame(pointer, named=message.get("name") is not None)
    for key, value in message.items():
        where = f"{pointer}/{key}"
        if key in _MESSAGE_SETTINGS or value is None:
            continue
        if key == "content":
            yield from _content(where, value)
        elif key in _MESSAGE_TEXTS:
            yield TextPart(where, text_at(where, value))
        elif key == "function_call":
            yield call_at(where, mapping_at(where, value))
        elif key == "tool_calls":
            for index, call in enumerate(list_at(where, value)):
                yield call_at(f"{where}/{index}", mapping_at(f"{where}/{index}", call))
        else:
            raise RequestUncountableError(
                "unknown_part", where, f"unknown key `{key}` in a message; leave it out"
            )


def _content(pointer: str, value: object) -> Iterator[Part]:
    """Read what a message says: a text, a list of parts, or nothing."""
    if value is None:
        return
    if isinstance(value, str):
        yield TextPart(pointer, value)
        return
    yield from _each(pointer, value, _part)


def _part(pointer: str, part: Mapping[str, object]) -> Iterator[Part]:
    kind = part.get("type")
    if not isinstance(kind, str) or kind not in _READERS:
        raise unknown_part(pointer, kind)
    yield from _READERS[kind](pointer, part)


def _text_under(key: str) -> _Reader:
    def read(pointer: str, part: Mapping[str, object]) -> Iterator[Part]:
        yield TextPart(pointer, text_at(f"{pointer}/{key}", part.get(key)))

    return read


def _chat_image(pointer: str, part: Mapping[str, object]) -> Iterator[Part]:
    where, source = f"{pointer}/image_url", part.get("image_url")
    if isinstance(source, str):
        yield _by_url(pointer, where, source, "auto")
        return
    image = mapping_at(where, source)
    url = text_at(f"{where}/url", image.get("url"))
    yield _by_url(pointer, f"{where}/url", url, _detail(where, image))


def _input_image(pointer: str, part: Mapping[str, object]) -> Iterator[Part]:
    detail = _detail(pointer, part)
    if part.get("image_url") is None:
        file_id = text_at(f"{pointer}/file_id", part.get("file_id"))
        yield ImagePart(pointer, detail, None, file_id)
        return
    where = f"{pointer}/image_url"
    yield _by_url(pointer, where, text_at(where, part["image_url"]), detail)


def _claude_image(pointer: str, part: Mapping[str, object]) -> Iterator[Part]:
    where = f"{pointer}/source"
    source = mapping_at(where, part.get("source"))
    kind = source.get("type")
    if kind == "base64":
        yield ImagePart(pointer, "auto", text_at(f"{where}/data", source.get("data")), None)
    elif kind == "url":
        url = text_at(f"{where}/url", source.get("url"))
        yield _by_url(pointer, f"{where}/url", url, "auto")
    elif kind == "file":
        file_id = text_at(f"{where}/file_id", source.get("file_id"))
        yield ImagePart(pointer, "auto", None, file_id)
    else:
        raise unknown_part(where, kind)


def _tool_result(pointer: str, part: Mapping[str, object]) -> Iterator[Part]:
    where, content = f"{pointer}/content", part.get("content")
    if isinstance(content, list | tuple):
        # A result holds texts and images and no further result, so that reading ends.
        for index, each in enumerate(content):
            inner = mapping_at(f"{where}/{index}", each)
            if inner.get("type") not in ("text", "image"):
                raise unknown_part(f"{where}/{index}", inner.get("type"))
    yield from _content(where, content)


_READERS: Final[Mapping[str, _Reader]] = {
    "text": _text_under("text"),
    "input_text": _text_under("text"),
    "output_text": _text_under("text"),
    "summary_text": _text_under("text"),
    "reasoning_text": _text_under("text"),
    "refusal": _text_under("refusal"),
    "thinking": _text_under("thinking"),
    "image_url": _chat_image,
    "input_image": _input_image,
    "image": _claude_image,
    "tool_use": lambda pointer, part: iter([call_at(pointer, part)]),
    "tool_result": _tool_result,
}


def _by_url(pointer: str, where: str, url: str, detail: str) -> ImagePart:
    if url[:5].lower() != "data:":
        return ImagePart(pointer, detail, None, url)
    head, comma, data = url.partition(",")
    if not comma or not head.lower().endswith(";base64"):
        raise RequestUncountableError(
            "bad_image", where, "a data URL of an image is `data:image/...;base64,` and its bytes"
        )
    return ImagePart(pointer, detail, data, None)


def _detail(pointer: str, part: Mapping[str, object]) -> str:
    detail = part.get("detail")
    return "auto" if detail is None else text_at(f"{pointer}/detail", detail)


def _each(pointer: str, value: object, read: _Reader) -> Iterator[Part]:
    for index, each in enumerate(list_at(pointer, value)):
        yield from read(f"{pointer}/{index}", mapping_at(f"{pointer}/{index}", each))
