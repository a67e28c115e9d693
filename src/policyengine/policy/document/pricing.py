"""The parts of a policy file about counting and prices."""

from decimal import Decimal
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from policyengine.policy.document.words import (
    EndOfDayText,
    Expression,
    ModelName,
    Name,
    Number,
    Part,
    PositiveNumber,
    Prose,
    SpanText,
    TimeOfDayText,
)
from policyengine.values.hours import Weekday

Side: TypeAlias = Literal["input", "output", "other"]
"""Whether a unit is sent, answered, or neither."""


class Source(Part):
    """Where the rules of this policy were published."""

    page: Prose = Field(
        description="The page or document that states the rules.", examples=["example.com/pricing"]
    )
    read: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")] = Field(
        description="The day on which the page was read.", examples=["2026-01-28"]
    )
    placeholders: Prose | None = Field(
        default=None,
        description="Which numbers are not published and were made up for this file.",
        examples=["All amounts and multipliers."],
    )


class Time(Part):
    """How days and months are counted."""

    zone: Annotated[str, Field(min_length=1, max_length=64)] = Field(
        description="The time zone of days, months and years, by its IANA name.",
        examples=["Asia/Shanghai"],
    )
    month: Literal["same_day_or_last"] = Field(
        description="A month ends on the same day, or on the month's last day if it has none.",
        examples=["same_day_or_last"],
    )


class Credits(Part):
    """The smallest amount that is charged, and how prices are rounded to it."""

    smallest: PositiveNumber = Field(
        description="Prices are whole multiples of this many credits.", examples=[0.01]
    )
    round: Literal["up", "down", "half_up", "half_even"] = Field(
        description="Which way a price between two multiples goes.", examples=["up"]
    )
    round_at: Literal["each_request", "each_line"] = Field(
        description="Round once per request, or each price line on its own.",
        examples=["each_request"],
    )


class Measure(Part):
    """Units that are counted in the same way, with what they cost."""

    per: Annotated[int, Field(ge=1, le=10**9)] = Field(
        description="How many counts one rate pays for.", examples=[1000000]
    )
    input: dict[Name, Number] = Field(
        default_factory=dict,
        description="Units sent to the model, each with its rate in credits; counts never overlap.",
        examples=[{"text_input": 100, "text_cached": 10}],
    )
    output: dict[Name, Number] = Field(
        default_factory=dict,
        description="Units that the model answers with, each with its rate in credits.",
        examples=[{"text_output": 500}],
    )
    other: dict[Name, Number] = Field(
        default_factory=dict,
        description="Units that are neither sent nor answered, each with its rate in credits.",
        examples=[{"request": 1}],
    )

    @property
    def sides(self) -> tuple[tuple[Side, dict[str, Decimal]], ...]:
        """Each side with its units and rates, in the order of the language."""
        return (("input", self.input), ("output", self.output), ("other", self.other))

    @property
    def rates(self) -> dict[str, Decimal]:
        """All units with their rates, side by side."""
        return {**self.input, **self.output, **self.other}


class Tier(Part):
    """Another price for requests, or for the part of a count, that meet a condition."""

    when: Expression = Field(
        description="The condition, over counts of the request: yes or no.",
        examples=["all_input > 200000"],
    )
    applies_to: Literal["whole_request", "part_above"] = Field(
        description="What the tier prices: the whole request, or what is above one unit's bound.",
        examples=["whole_request"],
    )
    multiplier: Number | None = Field(
        default=None,
        description="The multiplier in this tier, whoever asks. Absent: the model's own.",
        examples=[12],
    )
    rates: dict[Name, Number] | None = Field(
        default=None,
        description="Rates in this tier that replace those of the model, unit by unit.",
        examples=[{"text_input": 600, "text_output": 2250}],
    )


class ModelRounding(Part):
    """How the prices of one model are rounded."""

    smallest: PositiveNumber = Field(
        description="Its prices are whole multiples of this many credits.", examples=[1]
    )
    round: Literal["up", "down", "half_up", "half_even"] = Field(
        description="Which way a price between two multiples goes.", examples=["up"]
    )


class Model(Part):
    """What a model costs."""

    multiplier: Number = Field(
        description="The model's factor, shown in the model list; 0 makes it free.", examples=[1]
    )
    title: Prose | None = Field(
        default=None, description="The name that people read.", examples=["Frontier"]
    )
    rates: dict[Name, Number] | None = Field(
        default=None,
        description="Rates of this model that replace those of `units`, unit by unit.",
        examples=[{"text_cached": 50}],
    )
    tiers: list[Tier] = Field(
        default_factory=list,
        max_length=20,
        description="Other prices by condition, lowest threshold first.",
        examples=[
            [{"when": "all_input > 200000", "applies_to": "whole_request", "multiplier": 12}]
        ],
    )
    counted_as: Name | None = Field(
        default=None,
        description="The entry of `counting` that says how this model's tokens are counted.",
        examples=["gpt_4o"],
    )
    multiplier_on_plan: dict[Name, Number] = Field(
        default_factory=dict,
        description="The multiplier for wallets on certain plans, instead of `multiplier`.",
        examples=[{"free": 1}],
    )
    multiplier_for_cohort: dict[Name, Number] = Field(
        default_factory=dict,
        description="The multiplier for wallets of a cohort, whatever their plan.",
        examples=[{"annual": 27}],
    )
    round: ModelRounding | None = Field(
        default=None,
        description="How this model's prices are rounded, instead of as `credits` says.",
        examples=[{"smallest": 1, "round": "up"}],
    )
    minimum: Number | None = Field(
        default=None,
        description="The least that a price above 0 of this model is, not `charge.minimum`.",
        examples=[0.5],
    )


class Hours(Part):
    """A window of the day: from its start up to, not including, its end."""

    from_: TimeOfDayText = Field(
        alias="from",
        description="When it starts, on the clock of `time.zone`.",
        examples=["09:00"],
    )
    until: EndOfDayText = Field(
        description="When it ends; at or before the start: on the next day. `24:00` is midnight.",
        examples=["12:00"],
    )
    days: Annotated[list[Weekday], Field(min_length=1)] | None = Field(
        default=None,
        description="The days on which it starts. Absent: every day.",
        examples=[["saturday", "sunday"]],
    )


class Modifier(Part):
    """A factor on the price of requests that name it, or that begin at certain hours."""

    factor: Number = Field(
        description="What the price before rounding is multiplied by.", examples=[0.5]
    )
    models: Annotated[list[ModelName], Field(min_length=1)] | None = Field(
        default=None,
        description="The models whose requests may name it. Absent: all.",
        examples=[["frontier"]],
    )
    plans: Annotated[list[Name], Field(min_length=1)] | None = Field(
        default=None,
        description="The plans whose wallets may name it. Absent: all.",
        examples=[["pro", "pro_plus"]],
    )
    measures: Annotated[list[Name], Field(min_length=1)] | None = Field(
        default=None,
        description="The measures whose units it makes cheaper or dearer. Absent: the whole price.",
        examples=[["tokens"]],
    )
    not_with: Annotated[list[Name], Field(min_length=1)] | None = Field(
        default=None,
        description="Modifiers that a request cannot name together with this one.",
        examples=[["fast"]],
    )
    hours: Annotated[list[Hours], Field(min_length=1, max_length=20)] | None = Field(
        default=None,
        description="The hours in which it holds by itself, for requests that begin in one of "
        "them. Absent: for requests that name it.",
        examples=[[{"from": "00:30", "until": "08:30"}]],
    )


ImageFormulaName: TypeAlias = Literal[
    "gpt-4o",
    "gpt-4o-mini",
    "gpt-4.1",
    "gpt-5",
    "gpt-5.1",
    "o1",
    "o3",
    "gpt-4.1-mini",
    "gpt-5.2",
    "gpt-5.4",
    "gpt-5.5",
    "gpt-5.6",
    "gpt-4.1-nano",
    "gpt-5-mini",
    "gpt-5-nano",
    "o4-mini",
    "claude",
    "claude-standard",
    "claude-area",
    "gemini-2",
    "gemini-2-bounded",
    "gemini-3",
    "qwen2.5-vl",
    "qwen3-vl",
    "qwen-vl-max",
    "qwen3-vl-high-resolution",
]


class ImageCounting(Part):
    """How a model turns an image into tokens."""

    formula: ImageFormulaName = Field(
        description="The model whose published formula and constants are used.",
        examples=["gpt-4o"],
    )
    constants: dict[Name, Number] = Field(
        default_factory=dict,
        description="Constants of the formula that differ from its usual ones.",
        examples=[{"base_tokens": 85, "tile_tokens": 170}],
    )


class Counting(Part):
    """How text and images are turned into tokens before a request."""

    text: Literal["o200k_base", "cl100k_base"] = Field(
        description="The encoding that counts text.", examples=["o200k_base"]
    )
    image: ImageCounting = Field(
        description="The formula that counts images.", examples=[{"formula": "gpt-4o"}]
    )


class Charge(Part):
    """What a request costs, and which requests cost nothing."""

    formula: Expression = Field(
        description="Credits of a request, from its counts at their rates and the multiplier.",
        examples=["tokens_at_rate * multiplier"],
    )
    minimum: Number = Field(
        description="The least that a request with a price above 0 costs, in credits.",
        examples=[0.01],
    )
    unknown_model: Literal["refuse", "priced_as"] = Field(
        description="What happens to a request for a model that is not listed.",
        examples=["refuse"],
    )
    priced_as: ModelName | None = Field(
        default=None,
        description="The model whose price a request for a model that is not listed has.",
        examples=["standard"],
    )
    failed_request: Literal["free", "input_only", "full"] = Field(
        description="What a request costs that failed.", examples=["free"]
    )
    cancelled_request: Literal["free", "input_only", "full"] = Field(
        description="What a request costs whose answer was stopped by the user.", examples=["full"]
    )
    late_usage: SpanText = Field(
        description="How long after its start a request may be reported; later it is refused.",
        examples=["7 days"],
    )
