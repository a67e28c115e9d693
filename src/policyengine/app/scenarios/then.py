"""What a scenario expects after a step; each key that is given must be met exactly."""

from typing import Annotated, Literal

from pydantic import Field

from policyengine.app.scenarios.words import At, AtOrNever, Credits, Exact, SignedCredits, Version
from policyengine.ledger.lots import LotSource
from policyengine.policy.document.words import Count, ModelName, Name, Part

Words = Annotated[str, Field(min_length=1, max_length=300)]


class LotSeen(Part):
    """A lot: what one grant or purchase left in the wallet."""

    source: LotSource = Field(
        default="plan", description="Where its credits come from.", examples=["plan"]
    )
    rule: Words = Field(
        default="",
        description="The version and rule that gave it.",
        examples=["v1.plans.pro.grants.monthly"],
    )
    granted: Credits = Field(default=0, description="What it began with.", examples=[2000])
    left: Credits = Field(default=0, description="What can be spent.", examples=[1900])
    held: Credits = Field(default=0, description="What holds set aside.", examples=[75])
    spent: Credits = Field(default=0, description="What was spent of it.", examples=[25])
    expires: AtOrNever = Field(
        default=0, description="When it expires, or `never`.", examples=["2026-03-01T00:00:00Z"]
    )
    priority: Count = Field(default=0, description="Its priority.", examples=[50])


class LineSeen(Part):
    """A line of a price: credits = count x rate x multiplier, not rounded."""

    unit: Name = Field(default="", description="What was counted.", examples=["text_input"])
    count: Count = Field(default=0, description="How many.", examples=[1000])
    rate: Exact = Field(
        default=Exact.__origin__(0),
        description="Credits for as many as the policy's `per` says.",
        examples=[100],
    )
    multiplier: Exact = Field(
        default=Exact.__origin__(0), description="The model's factor.", examples=[6]
    )
    credits: Exact = Field(
        default=Exact.__origin__(0), description="The exact share of the price.", examples=[0.6]
    )
