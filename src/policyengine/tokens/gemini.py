"""Reading a Gemini request (`contents` of `parts`) into countable parts."""

from collections.abc import Iterator, Mapping
from typing import Final

from policyengine.tokens.parts import (
    Frame,
    ImagePart,
    Part,
    TextPart,
    call_at,
    list_at,
    mapping_at,
    text_at,
    unknown_part,
)

_SETTINGS: Final = ("thought", "thoughtSignature", "mediaResolution", "partMetadata")
_CALLS: Final = (
    "functionCall",
    "functionResponse",
    "executableCode",
    "codeExecutionResult",
)


def gemini_parts(request: Mapping[str, object]) -> Iterator[Part]:
    """Read the system instruction and the contents of a Gemini request, in that order."""
    config = request.get("generationConfig", request.get("generation_config"))
    detail = "auto" if config is None else _resolution(mapping_at("/generationConfig", config))
    for key in ("systemInstruction", "system_instruction"):
        if isinstance(system := request.get(key), str):
            yield TextPart(f"/{key}", system)
        elif system is not None:
            yield from _content(f"/{key}", mapping_at(f"/{key}", system), detail)
    contents = request["contents"]
    if isinstance(contents, str):
        yield Frame("/contents", named=False)
        yield TextPart("/contents", contents)
        return
    if isinstance(contents, Mapping):
        yield from _turn("/contents", contents, detail)
        return
    for index, content in enumerate(list_at("/contents", contents)):
        where = f"/contents/{index}"
        yield from _turn(where, mapping_at(where, content), detail)


def _turn(pointer: str, content: Mapping[str, object], detail: str) -> Iterator[Part]:
    yield Frame(pointer, named=False)
    yield from _content(pointer, content, detail)


def _content(pointer: str, content: Mapping[str, object], detail: str) -> Iterator[Part]:
    where = f"{pointer}/parts"
    parts = content.get("parts")
    for index, part in enumerate(list_at(where, [parts] if isinstance(parts, Mapping) else parts)):
        yield _part(f"{where}/{index}", mapping_at(f"{where}/{index}", part), detail)


def _part(pointer: str, part: Mapping[str, object], default: str) -> Part:
    kinds = [key for key in part if _camel(key) not in _SETTINGS]
    if len(kinds) != 1:
        raise unknown_part(pointer, ", ".join(kinds) or None)
    key = kinds[0]
    where, value, kind = f"{pointer}/{key}", part[key], _camel(key)
    if kind == "text":
        return TextPart(pointer, text_at(where, value))
    if kind in _CALLS:
        return call_at(pointer, mapping_at(where, value))
    if kind not in ("inlineData", "fileData"):
        raise unknown_part(pointer, key)
    data = {_camel(name): each for name, each in mapping_at(where, value).items()}
    if not text_at(f"{where}/mimeType", data.get("mimeType")).startswith("image/"):
        raise unknown_part(pointer, data["mimeType"])
    detail = default if (own := _resolution(part)) == "auto" else own
    if kind == "fileData":
        uri = text_at(f"{where}/fileUri", data.get("fileUri"))
        return ImagePart(pointer, detail, None, uri)
    return ImagePart(pointer, detail, text_at(f"{where}/data", data.get("data")), None)


def _camel(key: str) -> str:
    first, *rest = key.split("_")
    return first + "".join(word.title() for word in rest)


def _resolution(settings: Mapping[str, object]) -> str:
    """Give Gemini's media resolution as a detail; unspecified is `auto`."""
    value = settings.get("mediaResolution", settings.get("media_resolution"))
    if isinstance(value, Mapping):
        value = value.get("level")
    level = value if isinstance(value, str) else "unspecified"
    name = level.lower().removeprefix("media_resolution_")
    return "auto" if name == "unspecified" else name
