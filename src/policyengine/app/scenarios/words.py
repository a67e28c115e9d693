"""The words that scenarios are written in: amounts, instants and spans, read into exact values."""

from decimal import Decimal
from typing import Annotated, Final, TypeAlias

from pydantic import BeforeValidator, Field, WithJsonSchema

from policyengine.policy.document.words import INSTANT_PATTERN, SPAN_PATTERN
from policyengine.values.amounts import Micro, micro_of
from policyengine.values.calendar import (
    NEVER,
    CalendarSpan,
    Instant,
    parse_instant,
    parse_span,
)

TITLE_LENGTH_MAX: Final = 100
TITLE_PATTERN: Final = r"^\w+([ ,;'%+=()&-][\w ,.;'%+=()&-]*)?$"
NUMBER_MAX: Final = 10**12


def _micro(value: object) -> Micro:
    if type(value) is not int and not isinstance(value, Decimal):
        raise ValueError("is not a number of credits")
    return micro_of(value)


def _no_less_than_nothing(value: object) -> Micro:
    amount = _micro(value)
    if amount < 0:
        raise ValueError("is below 0")
    return amount


def _exact(value: object) -> object:
    return Decimal(value) if type(value) is int else value


def _instant(value: object) -> Instant:
    if not isinstance(value, str):
        raise ValueError("is not an instant")  # noqa: TRY004  # what pydantic collects
    return parse_instant(value)


def _instant_or_never(value: object) -> Instant:
    return NEVER if value == "never" else _instant(value)


def _span(value: object) -> CalendarSpan:
    if not isinstance(value, str):
        raise ValueError("is not a span")  # noqa: TRY004  # what pydantic collects
    return parse_span(value)


Credits: TypeAlias = Annotated[
    int,
    BeforeValidator(_no_less_than_nothing),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": NUMBER_MAX}),
]
"""An amount of credits in the file, micro-credits in the model."""

SignedCredits: TypeAlias = Annotated[
    int,
    BeforeValidator(_micro),
    WithJsonSchema({"type": "number", "minimum": -NUMBER_MAX, "maximum": NUMBER_MAX}),
]

Exact: TypeAlias = Annotated[
    Decimal,
    BeforeValidator(_exact),
    Field(ge=0, allow_inf_nan=False),
    WithJsonSchema({"type": "number", "minimum": 0}),
]
"""A number that is not an amount of the ledger: a rate, a multiplier, an unrounded price."""

At: TypeAlias = Annotated[
    int, BeforeValidator(_instant), WithJsonSchema({"type": "string", "pattern": INSTANT_PATTERN})
]
AtOrNever: TypeAlias = Annotated[
    int,
    BeforeValidator(_instant_or_never),
    WithJsonSchema({"type": "string", "pattern": f"^never$|{INSTANT_PATTERN}"}),
]
Span: TypeAlias = Annotated[
    CalendarSpan,
    BeforeValidator(_span),
    WithJsonSchema({"type": "string", "pattern": SPAN_PATTERN}),
]
Title: TypeAlias = Annotated[
    str, Field(min_length=1, max_length=TITLE_LENGTH_MAX, pattern=TITLE_PATTERN)
]
CallerText: TypeAlias = Annotated[str, Field(pattern=r"^\S(.{0,198}\S)?$")]
WalletId: TypeAlias = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._@+-]{0,127}$")]
Version: TypeAlias = Annotated[int, Field(ge=1, le=10**6)]
