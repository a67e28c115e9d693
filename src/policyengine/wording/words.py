"""Sentences as data: a key of the catalogue, values for its gaps, and the place it rests on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final, Literal, TypeAlias

from policyengine.values.amounts import Micro
from policyengine.values.calendar import CalendarSpan, Instant

_NONE: Final[Mapping[str, Any]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Amount:
    """Credits, with their unit: `2,000 credits`."""

    micro: Micro


@dataclass(frozen=True, slots=True)
class Figure:
    """Credits as a bare figure with two decimals, as refusals write them: `4.50`."""

    micro: Micro


@dataclass(frozen=True, slots=True)
class Number:
    """An exact number: a rate, a multiplier, a priority."""

    value: Fraction


@dataclass(frozen=True, slots=True)
class Share:
    """A share of a whole: `20%`."""

    value: Fraction


@dataclass(frozen=True, slots=True)
class Count:
    """So many of something: `3 packs`; the noun is a key of the catalogue below `noun.`."""

    number: int
    noun: str


@dataclass(frozen=True, slots=True)
class Measured:
    """So much of a measure of the policy: `1 image`, `200,000 tokens`."""

    number: Fraction
    measure: str


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time: `12 months`; with `each`, how often: `every month`."""

    span: CalendarSpan
    each: bool = False


@dataclass(frozen=True, slots=True)
class When:
    """An instant."""

    instant: Instant


@dataclass(frozen=True, slots=True)
class Term:
    """A name that a policy gives, in words where the catalogue has some for that kind and name."""

    kind: Literal["unit", "measure", "grant", "word"]
    name: str


@dataclass(frozen=True, slots=True)
class Verbatim:
    """Text that stands as it is: a title, a reason, a currency."""

    text: str


@dataclass(frozen=True, slots=True)
class Listing:
    """Several values in one gap, joined by `and`, by `or`, or as a plain list."""

    items: tuple["Value", ...]
    joined: Literal["and", "or", "list"] = "and"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text of the catalogue with its values; `pointer` is the place in the policy, or empty."""

    key: str
    pointer: str = ""
    values: Mapping[str, "Value"] = field(default_factory=lambda: _NONE)


Value: TypeAlias = (
    Amount
    | Figure
    | Number
    | Share
    | Count
    | Measured
    | Span
    | When
    | Term
    | Verbatim
    | Listing
    | Sentence
)


def say(key: str, pointer: str = "", /, **values: Value) -> Sentence:
    """Make a sentence."""
    return Sentence(key, pointer, values)


def number(value: Fraction | Decimal | int) -> Number:
    """Take an exact number."""
    return Number(Fraction(value))


def listed(items: Iterable[Value], joined: Literal["and", "or", "list"] = "and") -> Listing:
    """Join values."""
    return Listing(tuple(items), joined)


def verbatim(texts: Iterable[str], joined: Literal["and", "or", "list"] = "and") -> Listing:
    """Join texts that stand as they are."""
    return listed((Verbatim(each) for each in texts), joined)
