"""The words that policy files are written in: names, numbers, spans, and the strict model base."""

from decimal import Decimal
from typing import Annotated, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

NAME_PATTERN = r"^[a-z][a-z0-9_]{0,63}$"
MODEL_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,127}$"
_DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?"
INSTANT_PATTERN = rf"^{_DATE}T{_TIME}(Z|[+-][0-9]{{2}}:[0-9]{{2}})$"
_SPAN = r"[1-9][0-9]{0,5} (second|minute|hour|day|week|month|year)s?"
SPAN_PATTERN = rf"^{_SPAN}$"
PACK_EXPIRY_PATTERN = rf"^(never|{_SPAN})$"
EXPIRY_PATTERN = rf"^(never|end_of_cycle|end_of_period|{_SPAN})$"
PERIOD_PATTERN = rf"^(cycle|{_SPAN})$"
_CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9]"
TIME_OF_DAY_PATTERN = f"^{_CLOCK}$"
END_OF_DAY_PATTERN = f"^({_CLOCK}|24:00)$"
PERCENT_PATTERN = r"^[0-9]{1,3}(\.[0-9]{1,4})?%$"
NUMBER_MAX = 10**12
EXPRESSION_LENGTH_MAX = 200
PROSE_LENGTH_MAX = 500


def _decimal(value: object) -> object:
    """Let whole numbers stand where decimals may; a bool is an int only to Python."""
    return Decimal(value) if type(value) is int else value


Number: TypeAlias = Annotated[
    Decimal,
    BeforeValidator(_decimal),
    Field(ge=0, le=NUMBER_MAX, allow_inf_nan=False),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": NUMBER_MAX}),
]
PositiveNumber: TypeAlias = Annotated[
    Decimal,
    BeforeValidator(_decimal),
    Field(gt=0, le=NUMBER_MAX, allow_inf_nan=False),
    WithJsonSchema({"type": "number", "exclusiveMinimum": 0, "maximum": NUMBER_MAX}),
]
Currency: TypeAlias = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Count: TypeAlias = Annotated[int, Field(ge=0, le=NUMBER_MAX)]
Name: TypeAlias = Annotated[str, Field(pattern=NAME_PATTERN)]
ModelName: TypeAlias = Annotated[str, Field(pattern=MODEL_PATTERN)]
InstantText: TypeAlias = Annotated[str, Field(pattern=INSTANT_PATTERN)]
SpanText: TypeAlias = Annotated[str, Field(pattern=SPAN_PATTERN)]
PackExpiryText: TypeAlias = Annotated[str, Field(pattern=PACK_EXPIRY_PATTERN)]
ExpiryText: TypeAlias = Annotated[str, Field(pattern=EXPIRY_PATTERN)]
PeriodText: TypeAlias = Annotated[str, Field(pattern=PERIOD_PATTERN)]
TimeOfDayText: TypeAlias = Annotated[str, Field(pattern=TIME_OF_DAY_PATTERN)]
EndOfDayText: TypeAlias = Annotated[str, Field(pattern=END_OF_DAY_PATTERN)]
PercentText: TypeAlias = Annotated[str, Field(pattern=PERCENT_PATTERN)]
Expression: TypeAlias = Annotated[str, Field(min_length=1, max_length=EXPRESSION_LENGTH_MAX)]
Prose: TypeAlias = Annotated[str, Field(min_length=1, max_length=PROSE_LENGTH_MAX)]


class Part(BaseModel):
    """A part of a policy file: unknown keys are errors, values are never coerced."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
