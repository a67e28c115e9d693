"""Changes of a fact that scenarios should notice: one step up or down, or another choice."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final

from policyengine.policy.document.policy import PolicyDocument
from policyengine.policy.expressions.faults import ExpressionFault
from policyengine.policy.expressions.lexer import pieces_of
from policyengine.policy.facts import Fact
from policyengine.tokens.presets import formula_of
from policyengine.values.calendar import SECOND, instant_text, parse_instant
from policyengine.values.hours import END_OF_DAY, parse_time_of_day, time_of_day_text

NAMES_TRIED_MAX: Final = 3
"""Other names that are tried in the place of one."""
PERCENT: Final = 100

_OPERATORS: Final[Mapping[str, tuple[str, ...]]] = {
    "<": ("<=", ">"),
    "<=": ("<", ">"),
    ">": (">=", "<"),
    ">=": (">", "<"),
    "==": ("!=",),
    "!=": ("==",),
    "+": ("-",),
    "-": ("+",),
    "*": ("+",),
    "/": ("*",),
    "and": ("or",),
    "or": ("and",),
    "min": ("max",),
    "max": ("min",),
    "ceil": ("floor",),
    "floor": ("ceil",),
}
_SHORTER: Final[Mapping[str, str]] = {
    "year": "11 months",
    "month": "4 weeks",
    "week": "6 days",
    "day": "23 hours",
    "hour": "59 minutes",
    "minute": "59 seconds",
}
"""What is a little shorter than one of a unit."""
_ZONES: Final = ("UTC", "Pacific/Auckland")


def changes_of(fact: Fact, document: PolicyDocument) -> tuple[str, ...]:
    """Give other values that may stand in the place of a fact, as texts.

    Not all of them need be valid: a number has bounds, and a choice may ask for other keys.
    """
    match fact.kind:
        case "number":
            found = list(_numbers(fact.text))
        case "percentage":
            found = [f"{each}%" for each in _numbers(fact.text.removesuffix("%"))]
        case "choice":
            found = _choices(fact)
        case "span":
            found = [*fact.choices, *_spans(fact.text)]
        case "instant":
            at = parse_instant(fact.text)
            found = [instant_text(at + SECOND), instant_text(at - SECOND)]
        case "time":
            found = list(_times(fact.text))
        case "expression":
            found = list(_expressions(fact.text))
        case "name":
            found = list(_names(fact, document))
        case "text":
            found = []
    return tuple(dict.fromkeys(each for each in found if each != fact.text))


def _choices(fact: Fact) -> list[str]:
    """Give the other words of a closed list; for a formula, those that mean another one."""
    if fact.steps[-2:] != ("image", "formula"):
        return list(fact.choices)
    own = formula_of(fact.text)
    return [each for each in fact.choices if formula_of(each) != own]


def _numbers(text: str) -> Iterator[str]:
    """Give a number one percent up and down, at least by one in the last place written."""
    number = Decimal(text)
    place = Decimal(1).scaleb(-len(text.partition(".")[2]))
    step = max(number / PERCENT // place * place, place)
    yield format(number + step, "f")
    if number >= step:
        yield format(number - step, "f")


def _spans(text: str) -> Iterator[str]:
    count, _, unit = text.partition(" ")
    if not count.isdecimal():
        yield "1 month"
        return
    unit = unit.removesuffix("s")
    yield _span(int(count) + 1, unit)
    if int(count) > 1:
        yield _span(int(count) - 1, unit)
    elif unit in _SHORTER:
        yield _SHORTER[unit]


def _span(count: int, unit: str) -> str:
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def _times(text: str) -> Iterator[str]:
    """Give a time of day a minute earlier and later, within its day."""
    minute = parse_time_of_day(text)
    if minute:
        yield time_of_day_text(minute - 1)
    if minute < END_OF_DAY - 1:
        yield time_of_day_text(minute + 1)


def _expressions(text: str) -> Iterator[str]:
    """Give an expression with one number one step up or down, or one sign another one."""
    pieces = pieces_of(text)
    if isinstance(pieces, ExpressionFault):
        return
    for piece in pieces:
        others = _OPERATORS.get(piece.text, ())
        if piece.kind == "number":
            place = Decimal(1).scaleb(-len(piece.text.partition(".")[2]))
            number = Decimal(piece.text)
            others = tuple(format(each, "f") for each in (number + place, number - place))
        for other in others:
            yield text[: piece.start] + other + text[piece.end :]


def _names(fact: Fact, document: PolicyDocument) -> list[str]:
    """Give other names of the same kind, the first few that the file has."""
    if fact.path == "time.zone":
        return list(_ZONES)
    if fact.steps[-1] == "currency":
        return ["EUR", "USD"]
    units = [unit for measure in document.units.values() for unit in measure.rates]
    lists = (
        ({"models", "model", "priced_as"}, list(document.models)),
        ({"counted_as"}, list(document.counting)),
        ({"pack"}, list(document.packs)),
        ({"measures"}, list(document.units)),
        ({"units"}, units),
        ({"not_with"}, list(document.modifiers)),
        ({"plan", "plans", "to", "from", "sold_to", "removed_plans"}, list(document.plans)),
    )
    keys = {step for step in fact.steps[-2:] if isinstance(step, str)}
    for names, listed in lists:
        if keys & names and fact.text in listed:
            return [each for each in listed if each != fact.text][:NAMES_TRIED_MAX]
    return []
