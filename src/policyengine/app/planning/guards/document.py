"""A guards file as document models: bounds for changes of policies, and what requests cost."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from policyengine.policy.document.words import (
    Count,
    Currency,
    ModelName,
    Name,
    Number,
    Part,
    PercentText,
    PositiveNumber,
    Prose,
)

GUARDS_MAX = 100
NAMES_MAX = 100

Measure: TypeAlias = Literal[
    "price_rise",
    "margin",
    "scenario_rise",
    "wallet_rise",
    "worse_off",
    "runs_out",
    "runs_out_newly",
    "change",
    "past",
]
Consequence: TypeAlias = Literal["warn", "block"]


class CostsPart(Part):
    """What providers ask for requests, and what a credit is sold for; for margins."""

    currency: Currency = Field(
        description="The currency of all amounts here, by its ISO 4217 code.", examples=["USD"]
    )
    credit: PositiveNumber = Field(
        description="What a credit is sold for, at its cheapest.", examples=[0.01]
    )
    per: Annotated[int, Field(ge=1, le=1_000_000_000)] = Field(
        description="How many counts the costs below are for.", examples=[1000000]
    )
    models: dict[ModelName, dict[Name, Number]] = Field(
        min_length=1,
        description="What a model costs, for each of its units; 0 where one costs nothing.",
        examples=[{"frontier": {"text_input": 3, "text_output": 15}}],
    )


class Guard(Part):
    """One bound: what is measured, how far it may go, and what happens otherwise."""

    measure: Measure = Field(
        description="What is measured: prices, margins, scenarios, wallets, or what differs.",
        examples=["price_rise"],
    )
    at_most: PercentText | None = Field(
        default=None,
        description="The most: of a rise, or of the share of wallets.",
        examples=["25%"],
    )
    at_least: PercentText | None = Field(
        default=None, description="The least: of a margin.", examples=["30%"]
    )
    no_graver_than: Literal["text", "additive", "dearer"] | None = Field(
        default=None,
        description="The gravest class of differences, for `measure: change`.",
        examples=["additive"],
    )
    otherwise: Consequence = Field(
        description="What happens where the bound is not kept: a warning, or the change is "
        "blocked.",
        examples=["block"],
    )
    models: list[ModelName] = Field(
        default_factory=list,
        max_length=NAMES_MAX,
        description="The models that it is about. Absent: all.",
        examples=[["frontier"]],
    )
    plans: list[Name] = Field(
        default_factory=list,
        max_length=NAMES_MAX,
        description="The plans that it is about. Absent: all.",
        examples=[["pro"]],
    )
    wallets: PercentText | None = Field(
        default=None,
        description="How many of the wallets must keep it, for `measure: wallet_rise`. Absent: "
        "all.",
        examples=["99%"],
    )
    request: dict[Name, Count] = Field(
        default_factory=dict,
        description="The request whose margin is meant, by unit. Absent: any request.",
        examples=[{"text_input": 3000, "text_output": 800}],
    )
    why: Prose | None = Field(
        default=None,
        description="Why it is there, for whoever meets it.",
        examples=["Agreed with finance in March."],
    )


class GuardsDocument(Part):
    """A guards file: bounds for changes of policies."""

    format: Literal[1] = Field(description="The version of this language.", examples=[1])
    about: Prose = Field(
        description="Whose bounds these are, in a sentence.",
        examples=["What finance allows a change of prices to do."],
    )
    costs: CostsPart | None = Field(
        default=None,
        description="What requests cost the operator; needed by `measure: margin`.",
        examples=[
            {
                "currency": "USD",
                "credit": 0.01,
                "per": 1000000,
                "models": {"frontier": {"text_input": 3, "text_output": 15}},
            }
        ],
    )
    guards: dict[Name, Guard] = Field(
        min_length=1,
        max_length=GUARDS_MAX,
        description="The bounds, each under a name of its own.",
        examples=[
            {"dearer_models": {"measure": "price_rise", "at_most": "25%", "otherwise": "block"}}
        ],
    )
