"""The parts of a policy file about limits: overage, fallback, caps, top-ups, old units."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from policyengine.policy.document.words import (
    Currency,
    ModelName,
    Name,
    PackExpiryText,
    Part,
    PositiveNumber,
    SpanText,
)

CAPS_MAX = 20
OPT_IN: TypeAlias = Literal["required", "not_needed"]


class Overage(Part):
    """Credits beyond the balance, at a price, for the next invoice."""

    price: PositiveNumber = Field(
        description="What one credit costs, in `currency`.", examples=[0.04]
    )
    currency: Currency = Field(
        description="The currency of the price, by its ISO 4217 code.", examples=["USD"]
    )
    opt_in: OPT_IN = Field(
        description="Whether a wallet has to allow it first; where not, it may forbid it.",
        examples=["required"],
    )
    limit: PositiveNumber = Field(
        description="The most that a wallet may have between two invoices, in credits.",
        examples=[500],
    )
    plans: list[Name] | None = Field(
        default=None,
        min_length=1,
        description="The plans that may have it. Absent: all that have cycles.",
        examples=[["pro", "pro_plus"]],
    )


class Fallback(Part):
    """Another model that takes the place of one for which the credits do not suffice."""

    model: ModelName = Field(
        description="The model that requests are priced as.", examples=["lite"]
    )
    plans: list[Name] | None = Field(
        default=None,
        min_length=1,
        description="The plans that fall back. Absent: all.",
        examples=[["pro", "pro_plus"]],
    )


class Cap(Part):
    """The most that a member, conversation, model or the whole wallet may use in a while.

    With the scope `grant`, the most that the credits of a grant pay: others pay the rest.
    """

    scope: Literal["member", "conversation", "model", "wallet", "grant"] = Field(
        description="Whose use is counted; with `grant`, what its credits pay.",
        examples=["member"],
    )
    credits: PositiveNumber = Field(description="The most, in credits.", examples=[500])
    per: Literal["cycle", "1 hour", "1 day", "1 week", "1 month"] | None = Field(
        default=None,
        description="In which time: the plan's cycle, or a calendar hour, day, week or month.",
        examples=["1 month"],
    )
    within: SpanText | None = Field(
        default=None,
        description="In which time from the first use on; instead of `per`.",
        examples=["5 hours"],
    )
    models: list[ModelName] | None = Field(
        default=None,
        min_length=1,
        description="The models whose use counts. Absent: all.",
        examples=[["frontier"]],
    )
    plans: list[Name] | None = Field(
        default=None,
        min_length=1,
        description="The plans whose wallets it holds for. Absent: all.",
        examples=[["pro"]],
    )
    grants: list[Name] | None = Field(
        default=None,
        min_length=1,
        description="The grants of plans that it holds for, each on its own; for `scope: grant`.",
        examples=[["monthly"]],
    )


class AtMost(Part):
    """How often something may happen in a while."""

    count: Annotated[int, Field(ge=1, le=50)] = Field(description="How often.", examples=[3])
    per: SpanText = Field(description="Within this span before each time.", examples=["1 month"])


class TopUp(Part):
    """When a purchase is asked for; who takes the money answers whether it was paid."""

    below: PositiveNumber = Field(
        description="Less than so many credits are there, held and pending ones included.",
        examples=[100],
    )
    pack: Name | None = Field(
        default=None, description="The pack to buy; instead of `up_to`.", examples=["pack_500"]
    )
    up_to: PositiveNumber | None = Field(
        default=None,
        description="Buy what brings the wallet to so many credits; instead of `pack`.",
        examples=[500],
    )
    expires: PackExpiryText | None = Field(
        default=None,
        description="How long the credits of `up_to` last; required by it.",
        examples=["12 months"],
    )
    cooldown: SpanText = Field(
        description="The least time between two; doubled after each failure in a row.",
        examples=["1 hour"],
    )
    at_most: AtMost = Field(
        description="How many there may be, failed ones included.",
        examples=[{"count": 3, "per": "1 month"}],
    )
    opt_in: OPT_IN = Field(
        description="Whether a wallet has to allow it first; where not, it may forbid it.",
        examples=["required"],
    )


class Conversion(Part):
    """What an old unit becomes."""

    credits: PositiveNumber = Field(description="Credits for each one.", examples=[1100])
    expires: PackExpiryText = Field(
        description="How long the credits last, from the conversion on: a span or `never`.",
        examples=["3 months"],
    )


class Bonus(Part):
    """Credits on top of a pack, with a life of their own."""

    credits: PositiveNumber = Field(description="How many credits.", examples=[50])
    expires: PackExpiryText = Field(
        description="How long they last: a span or `never`.", examples=["1 month"]
    )
