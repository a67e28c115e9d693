"""A value that the schema refuses, in words: what is asked, what stands there, the cure."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from policyengine.policy.hints import (
    date_meant,
    factor_meant,
    instant_meant,
    name_meant,
    nearest,
    number_meant,
    percentage_meant,
    span_is_certain,
    span_meant,
    spans_meant,
    time_of_day_meant,
)
from policyengine.policy.lookalikes import in_latin, lookalike_help
from policyengine.policy.nodes import ListNode, MappingNode, Node, ScalarNode
from policyengine.policy.outline import Asked, Kind
from policyengine.policy.slips import only_slip
from policyengine.values.diagnostics import shown

_TAKES: Final[Mapping[Kind, str]] = {
    "mapping": "a mapping of keys and values",
    "list": "a list",
    "number": "a number",
    "whole number": "a whole number",
    "word": "a word",
    "text": "text",
    "name": "a name",
    "model name": "a model's name",
    "span": "a span of time",
    "instant": "an instant",
    "percentage": "a percentage",
    "time of day": "a time of day",
    "date": "a date",
}


PERCENT: Final = 100
WORDS_SHOWN_MAX: Final = 9
BEGUN_MIN: Final = 3
"""Letters of a word that tell it, if no other word begins so."""
_LENGTHS: Final = ("maxLength", "maxItems", "maxProperties")


@dataclass(frozen=True, slots=True)
class Remark:
    """What a finding says of a value; `replacement` is what a tool may write in its place."""

    code: str
    message: str
    help: str
    replacement: str | None = None


@dataclass(frozen=True, slots=True)
class Notation:
    """How texts of one kind are written."""

    code: str
    fault: str
    rule: str
    example: str
    meant: Callable[[str], str]
    is_certain: bool


_NOTATIONS: Final[Mapping[Kind, Notation]] = {
    "name": Notation(
        "PE130",
        "is not a name",
        "lower-case letters, digits and `_`, a letter first",
        "pro_plus",
        name_meant,
        is_certain=False,
    ),
    "model name": Notation(
        "PE130",
        "is not a model's name",
        "letters, digits and `. _ : / @ + -`, a letter or digit first",
        "gpt-5.2",
        lambda _: "",
        is_certain=False,
    ),
    "span": Notation(
        "PE131",
        "is not a span of time",
        "a whole number, a space and a unit",
        "1 month",
        span_meant,
        is_certain=True,
    ),
    "instant": Notation(
        "PE132",
        "is not a full instant",
        "date, `T`, time and `Z`",
        "2026-01-28T00:00:00Z",
        instant_meant,
        is_certain=False,
    ),
    "percentage": Notation(
        "PE133",
        "is not a percentage",
        "a number with `%` right behind it",
        "20%",
        percentage_meant,
        is_certain=True,
    ),
    "time of day": Notation(
        "PE135",
        "is not a time of day",
        "hours and minutes with two digits each, from `00:00` on",
        "08:30",
        time_of_day_meant,
        is_certain=False,
    ),
    "date": Notation(
        "PE134", "is not a date", "year, month and day", "2026-01-28", date_meant, is_certain=True
    ),
}


def no_value(asked: Asked, *, is_required: bool) -> Remark:
    """Remark on a key or list entry with nothing, or `null`, behind it."""
    example = _example(asked)
    such = f"write its value, such as `{example}`" if example else "write its value"
    or_not = "" if is_required else ", or delete it"
    return Remark("PE101", f"{asked.noun} has no value", such + or_not)


def wrong_kind(asked: Asked, node: Node) -> Remark:
    """Remark on a text where a number is asked, a list where a mapping is asked, and so on."""
    if asked.kind == "boolean":
        return _no_boolean(asked, node)
    message = f"{asked.noun} takes {_TAKES[asked.kind]}, not {_what(node)}"
    help_, replacement = _other_kind(asked, node)
    return Remark("PE120", message, help_, replacement)


def wrong_word(asked: Asked, node: ScalarNode) -> Remark:
    """Remark on a word that is not in the closed list."""
    near = in_latin(node.text) or nearest(node.text, asked.words) or _begun(node.text, asked.words)
    message = f"{shown(node.text)} is not one of the words for {asked.noun}"
    if len(asked.words) == 1:
        message = f"{asked.noun} takes `{asked.words[0]}`, not {shown(node.text)}"
    return Remark(
        "PE121",
        message,
        _word_help(node.text, near, asked.words),
        only_slip(node.text, asked.words) or None,
    )


def _word_help(text: str, near: str, words: Sequence[str]) -> str:
    if near in words and in_latin(text):
        return lookalike_help(text, near)
    return f"did you mean `{near}`?" if near in words else f"write {alternatives(words)}"


def _begun(text: str, words: Sequence[str]) -> str:
    """Give the one word that a text is the beginning of: `sat` of `saturday`."""
    found = [word for word in words if len(text) >= BEGUN_MIN and word.startswith(text.lower())]
    return found[0] if len(found) == 1 else ""


def wrong_form(asked: Asked, text: str) -> Remark:
    """Remark on a text that is not written as its kind asks."""
    notation = _NOTATIONS.get(asked.kind)
    if notation is None:
        help_ = f"write {asked.description or 'it in another form'}"
        return Remark("PE130", f"{shown(text)} does not suit {asked.noun}", help_)
    latin = in_latin(text) if asked.kind == "name" else ""
    meant = latin or nearest(text, asked.words) or notation.meant(text)
    if latin:
        help_ = lookalike_help(text, latin)
    elif meant:
        help_ = f"did you mean `{meant}`?"
    else:
        or_words = f", or {alternatives(asked.words)}" if asked.words else ""
        help_ = f"write {notation.rule}, such as `{notation.example}`{or_words}"
    replacement = meant if meant and _is_certain(asked, notation, text) else None
    return Remark(notation.code, f"{shown(text)} {notation.fault}", help_, replacement)


def _is_certain(asked: Asked, notation: Notation, text: str) -> bool:
    """Tell whether a text has one reading only."""
    if nearest(text, asked.words):
        return bool(only_slip(text, asked.words))
    return notation.is_certain and (asked.kind != "span" or span_is_certain(text))


def out_of_bounds(asked: Asked, node: Node) -> Remark:
    """Remark on a number that is too small or too large."""
    schema = asked.schema
    if "exclusiveMinimum" in schema:
        bounds = f"above {schema['exclusiveMinimum']:,} and up to {schema['maximum']:,}"
    elif "maximum" in schema:
        bounds = f"from {schema['minimum']:,} to {schema['maximum']:,}"
    else:
        bounds = f"from {schema['minimum']:,} up"
    written = _what(node).removeprefix("the number ")
    return Remark("PE124", f"{asked.noun} cannot be {written}", f"write a number {bounds}")


def wrong_length(asked: Asked, node: Node) -> Remark:
    """Remark on a text, list or mapping that is empty or too long."""
    if isinstance(node, ScalarNode):
        size, code, unit = len(node.text), "PE125", "characters"
    else:
        size = len(node.items) if isinstance(node, ListNode) else len(node.entries)
        code, unit = "PE126", "entries"
    if size == 0:
        help_ = "add an entry" if code == "PE126" else f"write {asked.description}"
        return Remark(code, f"{asked.noun} is empty", help_)
    (bound,) = (asked.schema[key] for key in _LENGTHS if key in asked.schema)
    return Remark(
        code,
        f"{asked.noun} has {size:,} {unit}; {bound:,} are the most",
        "shorten it" if unit == "characters" else "delete what is not needed",
    )


def line_of(asked: Asked) -> str:
    """Write a key as an author would: `expires: 1 month`, or `plans: ...` if it is longer."""
    return f"{asked.steps[-1]}: {_example(asked) or '...'}"


def alternatives(words: Sequence[str]) -> str:
    """List words as `a`, `b` or `c`."""
    *most, last = (f"`{word}`" for word in words)
    return f"{', '.join(most)} or {last}" if most else last


def alternatives_of_many(words: Sequence[str]) -> str:
    """List words as alternatives; of very many, the first ones and how many more there are."""
    if len(words) <= WORDS_SHOWN_MAX:
        return alternatives(words)
    first = ", ".join(f"`{word}`" for word in words[:WORDS_SHOWN_MAX])
    return f"{first} or one of {len(words) - WORDS_SHOWN_MAX} more"


def _no_boolean(asked: Asked, node: Node) -> Remark:
    """Remark on what is neither `true` nor `false`; these two in quotes are meant without."""
    text = node.text if isinstance(node, ScalarNode) else ""
    return Remark(
        "PE120",
        f"{asked.noun} is either `true` or `false`",
        "write one of the two, without quotes",
        text if text in {"true", "false"} else None,
    )


def _other_kind(asked: Asked, node: Node) -> tuple[str, str | None]:
    """Find the cure for a value of another kind, and what to write in its place if certain."""
    if asked.kind == "mapping":
        return _no_mapping(asked, node), None
    if asked.kind == "list":
        return _no_list(asked, node)
    if not isinstance(node, ScalarNode):
        return _no_single_value(asked, node)
    return _other_scalar(asked, node)


def _other_scalar(asked: Asked, node: ScalarNode) -> tuple[str, str | None]:
    if asked.kind in {"number", "whole number"}:
        return _no_number(asked, node)
    if asked.kind == "word":
        return f"write {alternatives(asked.words)}", None
    if asked.kind in {"text", "name", "model name"}:
        return f'put it in quotes: `"{node.text}"`', f'"{node.text}"'
    notation = _NOTATIONS[asked.kind]
    if asked.kind == "span" and isinstance(node.value, int) and node.value > 0:
        spans = spans_meant(node.value, str(asked.example))
        return f"write its unit: {alternatives(spans)}", None
    if asked.kind == "percentage" and isinstance(node.value, int | Decimal):
        meant = percentage_meant(node.value)
        # 0.2 may be 20 % or a fifth of one; 1 may be the whole.
        is_certain = isinstance(node.value, int) and node.value > 1
        return f"did you mean `{meant}`?", meant if is_certain else None
    meant = notation.meant(node.text) if asked.kind == "time of day" else ""
    return f"did you mean `{meant}`?" if meant else _such(notation), None


def _such(notation: Notation) -> str:
    return f"write {notation.rule}, such as `{notation.example}`"


def _no_mapping(asked: Asked, node: Node) -> str:
    if isinstance(node, ListNode):
        return "write each entry as `name: ...` below it, without `- `"
    keys = tuple(asked.keys) or tuple(asked.example or ())
    return f"write its keys below it, such as `{keys[0]}: ...`" if keys else "write `{}`"


def _no_list(asked: Asked, node: Node) -> tuple[str, str | None]:
    is_entry = isinstance(node, MappingNode) and asked.schema["items"]["type"] == "object"
    if is_entry and node.span.line == node.span.end_line:
        return "put it in brackets: `[{...}]`", None
    if not isinstance(node, ScalarNode):
        return "begin each entry with `- `", None
    if re.fullmatch(r"[\w.-]+", node.text):
        return f"write it as a list: `[{node.text}]`", f"[{node.text}]"
    return "write it as a list: `[a, b]`", None


def _no_single_value(asked: Asked, node: Node) -> tuple[str, str | None]:
    example = _example(asked)
    if isinstance(node, ListNode) and len(node.items) == 1:
        (only,) = node.items
        if isinstance(only, ScalarNode):
            return f"write it without the list: {shown(only.text)}", None
    return f"write one value, such as `{example}`", None


def _no_number(asked: Asked, node: ScalarNode) -> tuple[str, str | None]:
    if isinstance(node.value, Decimal):
        whole = int(node.value)
        return (f"write `{whole}`", str(whole)) if whole == node.value else (_a_number(asked), None)
    if _is_factor(asked) and (share := _share(node.text)):
        return f"write it as a factor: `{share}`", None
    number, is_all = number_meant(node.text)
    if is_all and isinstance(node.value, str):
        return f"take off the quotes: `{number}`", number
    if number:
        is_factor = number == factor_meant(node.text) and _is_factor(asked)
        return f"write the number alone: `{number}`", number if is_factor else None
    return _a_number(asked), None


def _share(text: str) -> str:
    """Give a percentage as a factor, or nothing: `0.5` for `50%`."""
    if not text.endswith("%") or not percentage_meant(text):
        return ""
    return format((Decimal(percentage_meant(text).removesuffix("%")) / PERCENT).normalize(), "f")


def _is_factor(asked: Asked) -> bool:
    """Tell where `x` can only mean that a price is multiplied."""
    return any(str(step).startswith(("multiplier", "factor")) for step in asked.steps)


def _a_number(asked: Asked) -> str:
    example = _example(asked)
    such = f", such as `{example}`" if example else ""
    return f"write {_TAKES[asked.kind]}{such}"


def _what(node: Node) -> str:
    """Say what stands there."""
    if isinstance(node, ListNode):
        return "a list"
    if not isinstance(node, ScalarNode):
        return "a mapping"
    if isinstance(node.value, bool):
        return shown(node.text)
    if isinstance(node.value, str):
        return f"the text {shown(node.text)}"
    return f"the number {shown(node.text)}"


def _example(asked: Asked) -> Any:
    """Give an example that fits in a line: a single value, or nothing."""
    example = asked.example
    return "" if isinstance(example, dict | list) or example is None else example
