"""Mistakes that people make, put into good policies by rule, one at a time.

Each rule reads the good file by PyYAML alone and notes where it puts its mistake and what was there
before; so the oracle shares no code with the reader whose findings it judges.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final, TypeAlias

import yaml

ROOT: Final = Path(__file__).resolve().parents[2]
EACH_MAX: Final = 3
"""How many mistakes a rule makes in one file."""

_WORDS: Final = {
    "status",
    "round",
    "round_at",
    "given",
    "carry_over",
    "unused",
    "new_cycle",
    "carried_expires",
    "failed_request",
    "cancelled_request",
    "unknown_model",
    "before_request",
    "after_request",
    "expired_lot",
    "applies_to",
    "when",
    "scope",
}
_PLAN_PLACES: Final = {"to", "sold_to", "plan", "from", "plans", "multiplier_on_plan"}
_MODEL_PLACES: Final = {"model", "models", "priced_as"}
_NAMED: Final = {"plans", "models", "packs", "grants", "counting", "modifiers", "conversions"}
_SPAN: Final = re.compile(r"(\d+) (second|minute|hour|day|week|month|year)(s?)")
_NUMBER: Final = re.compile(r"[1-9]\d*|\d+\.\d+")


@dataclass(frozen=True, slots=True)
class Mistake:
    """A file with one mistake in it, the line where it stands, and what stood there before.

    `meant` is empty where no name or value is the nearest: a tab, a key that stands twice.
    """

    rule: str
    file: str
    text: str
    line: int
    meant: str

    @property
    def title(self) -> str:
        """Name the mistake: its rule, file and line."""
        return f"{self.rule} in {self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Spot:
    """A key or a single value of the good file: its place, its text, and the keys above it."""

    start: int
    end: int
    text: str
    line: int
    path: tuple[str, ...]
    is_key: bool
    is_plain: bool


@dataclass(frozen=True, slots=True)
class Good:
    """A good policy and its spots, in their order."""

    name: str
    text: str
    spots: tuple[Spot, ...]
    lines: tuple[str, ...]

    def with_text(self, start: int, end: int, new: str) -> str:
        """Give the text with one stretch replaced."""
        return self.text[:start] + new + self.text[end:]

    def with_line(self, line: int, *new: str) -> str:
        """Give the text with one line, counted from 1, replaced."""
        return "\n".join((*self.lines[: line - 1], *new, *self.lines[line:]))

    def names(self, key: str) -> set[str]:
        """Give the names that the author made below a key at the top."""
        return {spot.text for spot in self.spots if spot.is_key and spot.path == (key,)}


Change: TypeAlias = tuple[str, int, str]
"""The text with the mistake in it, its line, and what was meant."""
Rule: TypeAlias = Callable[[Good], Iterator[Change]]


def good_policies() -> Iterator[Good]:
    """Give the policies of the gallery and of the templates."""
    folders = (ROOT / "policies", ROOT / "src/policyengine/app/templates")
    for path in sorted(each for folder in folders for each in folder.rglob("v[0-9]*.yaml")):
        text = path.read_text()
        spots = tuple(_spots(yaml.compose(text, yaml.SafeLoader), ()))
        name = path.relative_to(ROOT).as_posix()
        yield Good(name, text, spots, tuple(text.split("\n")))


def _spots(
    node: yaml.Node | None, path: tuple[str, ...], *, is_key: bool = False
) -> Iterator[Spot]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _spots(key, path, is_key=True)
            yield from _spots(value, (*path, key.value))
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _spots(item, path)
    elif isinstance(node, yaml.ScalarNode):
        start, end = node.start_mark, node.end_mark
        is_plain = node.style is None and start.line == end.line
        yield Spot(start.index, end.index, node.value, start.line + 1, path, is_key, is_plain)


def mistakes() -> Iterator[Mistake]:
    """Make the corpus: always the same, in the same order."""
    for good in good_policies():
        for name, rule in RULES.items():
            for text, line, meant in _spread(rule(good)):
                yield Mistake(name, good.name, text, line, meant)


def _spread(changes: Iterator[Change]) -> Iterator[Change]:
    """Choose a few that are spread over the file."""
    every = list(changes)
    step = max(1, len(every) // EACH_MAX)
    return islice(every[step // 2 :: step], EACH_MAX)


def slipped(word: str) -> str:
    """Misspell a word as fingers do: a letter lost, two swapped, one struck twice."""
    at = len(word) // 2
    kind = sum(map(ord, word)) % 3
    if kind == 0 and len(word) > len("pro"):
        return word[:at] + word[at + 1 :]
    if kind == 1 and word[at - 1] != word[at] and "_" not in word[at - 1 : at + 1]:
        return word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :]
    return word[:at] + word[at] + word[at:]


def _slips(good: Good, wanted: Callable[[Spot], bool]) -> Iterator[Change]:
    for spot in good.spots:
        if spot.is_plain and spot.text.isascii() and len(spot.text) > 1 and wanted(spot):
            yield good.with_text(spot.start, spot.end, slipped(spot.text)), spot.line, spot.text


def _is_of_the_language(spot: Spot) -> bool:
    """Tell a key of the language from a name that the author made."""
    above = spot.path[-1:]
    named = {*_NAMED, "units", "rates", "input", "output", "other", "constants", "removed_plans"}
    return not (
        above and above[0] in named and spot.path[0] != "caps"
    ) and "multiplier_" not in str(above)


def _keys(good: Good) -> Iterator[Change]:
    return _slips(good, lambda spot: spot.is_key and _is_of_the_language(spot))


def _words(good: Good) -> Iterator[Change]:
    return _slips(
        good,
        lambda spot: (
            not spot.is_key
            and bool(spot.path)
            and (spot.path[-1] in _WORDS or spot.path[0] == "burn_order")
            and spot.text.replace("_", "").isalpha()
        ),
    )


def _plans(good: Good) -> Iterator[Change]:
    plans = good.names("plans")
    return _slips(
        good,
        lambda spot: (
            spot.text in plans
            and bool(spot.path)
            and spot.path[-1] in _PLAN_PLACES
            and spot.path != ("plans",)
        ),
    )


def _models(good: Good) -> Iterator[Change]:
    models = good.names("models")
    return _slips(
        good,
        lambda spot: not spot.is_key and spot.text in models and spot.path[-1] in _MODEL_PLACES,
    )


def _units(good: Good) -> Iterator[Change]:
    return _slips(
        good, lambda spot: spot.is_key and len(spot.path) > 1 and spot.path[-1] == "rates"
    )


def _names_in_formulas(good: Good) -> Iterator[Change]:
    for spot in good.spots:
        if not spot.is_key and spot.path[-1:] in {("formula",), ("when",)} and " " in spot.text:
            for word in re.findall(r"[a-z]\w{4,}", spot.text):
                at = good.text.index(word, spot.start)
                yield good.with_text(at, at + len(word), slipped(word)), spot.line, word


def _spans(good: Good) -> Iterator[tuple[Spot, re.Match[str]]]:
    for spot in good.spots:
        match = _SPAN.fullmatch(spot.text)
        if match and not spot.is_key and spot.is_plain:
            yield spot, match


def _wrong_units(good: Good) -> Iterator[Change]:
    for number, (spot, match) in enumerate(_spans(good)):
        count, unit, plural = match.groups()
        wrong = (
            f"{count} {slipped(unit)}{plural}",
            f"{count}{unit}{plural}",
            f"{count} {unit.capitalize()}{plural}",
        )[number % 3]
        yield good.with_text(spot.start, spot.end, wrong), spot.line, spot.text


def _bare_months(good: Good) -> Iterator[Change]:
    for spot, match in _spans(good):
        yield good.with_text(spot.start, spot.end, match[1]), spot.line, spot.text


def _factors(good: Good) -> Iterator[Change]:
    for number, spot in enumerate(good.spots):
        if not spot.is_key and spot.path[-1:] in {("multiplier",), ("factor",)}:
            wrong = f"x{spot.text}" if number % 2 else f"{spot.text}x"
            yield good.with_text(spot.start, spot.end, wrong), spot.line, spot.text


def _numbers(good: Good) -> Iterator[Spot]:
    for spot in good.spots:
        if not spot.is_key and spot.is_plain and _NUMBER.fullmatch(spot.text):
            yield spot


def _full_width_digits(good: Good) -> Iterator[Change]:
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    for spot in _numbers(good):
        wrong = spot.text.translate(wide)
        yield good.with_text(spot.start, spot.end, wrong), spot.line, spot.text


def _commas(good: Good) -> Iterator[Change]:
    for spot in _numbers(good):
        if "." in spot.text:
            wrong = spot.text.replace(".", ",")
            yield good.with_text(spot.start, spot.end, wrong), spot.line, spot.text


def _full_width_colons(good: Good) -> Iterator[Change]:
    for spot in good.spots:
        if spot.is_key and good.text[spot.end : spot.end + 2] == ": ":
            yield good.with_text(spot.end, spot.end + 2, "："), spot.line, ":"


def _block_lines(good: Good) -> Iterator[tuple[int, str]]:
    """Give the lines that begin with a key, and are indented, with their numbers."""
    inside = {
        line
        for spot in good.spots
        if not spot.is_plain
        for line in range(
            spot.line + 1, spot.line + 1 + good.text[spot.start : spot.end].count("\n")
        )
    }
    for number, line in enumerate(good.lines, start=1):
        if re.match(r" +[a-z_0-9-]+: ?", line) and number not in inside:
            yield number, line


def _tabs(good: Good) -> Iterator[Change]:
    for number, line in _block_lines(good):
        indent = len(line) - len(line.lstrip())
        yield good.with_line(number, "\t" * (indent // 2) + line.lstrip()), number, ""


def _has_sibling(good: Good, number: int) -> bool:
    """Tell a line that others line up with: alone in its block, any indentation would do."""
    before, after = good.lines[: number - 1], good.lines[number:]
    own = _indent(good.lines[number - 1])
    for lines in (reversed(before), iter(after)):
        beside = (_indent(each) for each in lines if each.strip() and each.strip()[0] != "#")
        if next((each for each in beside if each <= own), -1) == own:
            return True
    return False


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _wrong_indents(good: Good) -> Iterator[Change]:
    blocks = ((number, line) for number, line in _block_lines(good) if _has_sibling(good, number))
    for count, (number, line) in enumerate(blocks):
        wrong = f" {line}" if count % 2 else line[1:]
        yield good.with_line(number, wrong), number, ""


def _twice(good: Good) -> Iterator[Change]:
    """Write a line a second time, where it is whole: a key and a single value."""
    for number, line in _block_lines(good):
        if re.fullmatch(r" +[a-z_]+: [^{\[#|>&]+", line):
            yield good.with_line(number, line, line), number + 1, ""


RULES: Final[dict[str, Rule]] = {
    "a key misspelt": _keys,
    "a word misspelt": _words,
    "a plan misspelt": _plans,
    "a model misspelt": _models,
    "a unit misspelt": _units,
    "a name in a formula misspelt": _names_in_formulas,
    "a wrong unit of time": _wrong_units,
    "a month as a number": _bare_months,
    "a multiplier with x": _factors,
    "full-width digits": _full_width_digits,
    "a full-width colon": _full_width_colons,
    "a comma for a point": _commas,
    "a tab": _tabs,
    "a wrong indent": _wrong_indents,
    "a key twice": _twice,
}
"""How each kind of mistake is made."""
