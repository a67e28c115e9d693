"""Values written as YAML in house style: sections of a policy that a program makes."""

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

WIDTH: Final = 100
"""The longest line, where no single name is longer."""

_PLAIN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_./+@-]*( [A-Za-z0-9_.<>=*]+)*")
_NOT_TEXT: Final = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def section(key: str, value: Any, note: str = "") -> str:
    """Write one key of a policy with its value, and a note behind the key."""
    return "\n".join(_lines(key, value, 0, note)) + "\n"


def scalar(value: Any) -> str:
    """Write a text or a number; a text is quoted where YAML could read it as something else."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    text = str(value)
    if _PLAIN.fullmatch(text) and text.lower() not in _NOT_TEXT:
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def flow(value: Any) -> str:
    """Write a value on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(key)}: {flow(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(flow, value)) + "]"
    return scalar(value)


def _lines(key: str, value: Any, depth: int, note: str = "") -> Iterator[str]:
    """Write a key: on one line if it fits, and is no section; else its parts below each other."""
    margin = "  " * depth
    name = f"{margin}{scalar(key)}:"
    line = f"{name} {flow(value)}"
    if (depth or not value or not isinstance(value, Mapping)) and len(line) <= WIDTH:
        yield line
    elif isinstance(value, Mapping) and (not depth or any(map(_is_nested, value.values()))):
        yield f"{name} # {note}" if note else name
        for part, each in value.items():
            yield from _lines(part, each, depth + 1)
    elif isinstance(value, list | tuple) and any(map(_is_nested, value)):
        yield name
        for item in value:
            yield from _item(item, depth + 1)
    else:
        yield name
        yield from _wrapped(value, "  " * (depth + 1))


def _is_nested(value: Any) -> bool:
    return isinstance(value, Mapping | list | tuple)


def _item(item: Any, depth: int) -> Iterator[str]:
    """Write an item of a list: on one line if it fits."""
    margin = "  " * depth
    line = f"{margin}- {flow(item)}"
    if len(line) <= WIDTH or not isinstance(item, Mapping):
        yield line
        return
    dash = f"{margin}- "
    for part, each in item.items():
        for below in _lines(part, each, depth + 1):
            yield dash + below.removeprefix(" " * len(dash)) if dash.strip() else below
            dash = " " * len(dash)


def _wrapped(value: Any, margin: str) -> Iterator[str]:
    """Write a mapping or list of scalars in brackets, over as many lines as it takes."""
    is_mapping = isinstance(value, Mapping)
    words: Iterable[str] = (
        (f"{scalar(key)}: {scalar(each)}" for key, each in value.items())
        if is_mapping
        else map(scalar, value)
    )
    opening, closing = "{}" if is_mapping else "[]"
    line = margin + opening
    is_first = True
    for word in words:
        glue = "" if is_first else ", "
        if not is_first and len(line) + len(glue) + len(word) + 1 > WIDTH:
            yield f"{line},"
            line = f"{margin} {word}"
        else:
            line += glue + word
        is_first = False
    yield line + closing
