"""The parts of a policy file about plans, packs and what changing them does."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from policyengine.policy.document.limits import Bonus
from policyengine.policy.document.words import (
    ExpiryText,
    Name,
    PackExpiryText,
    Part,
    PositiveNumber,
    Prose,
    SpanText,
)


class Grant(Part):
    """Credits that a plan gives."""

    credits: PositiveNumber = Field(description="How many credits.", examples=[2000])
    given: Literal["once", "each_cycle"] = Field(
        description="Once in a wallet's life, or at the start of every cycle.",
        examples=["each_cycle"],
    )
    expires: ExpiryText = Field(
        description="How long the credits last: a span, `end_of_cycle` or `never`.",
        examples=["end_of_cycle"],
    )
    carry_over: Literal["none", "all"] | None = Field(
        default=None,
        description="What a renewal keeps of the unused credits; required for `each_cycle`.",
        examples=["none"],
    )
    for_each: Literal["seat"] | None = Field(
        default=None,
        description="`credits` are for each seat of the wallet. Absent: for all together.",
        examples=["seat"],
    )


class Plan(Part):
    """A plan that wallets subscribe to."""

    title: Prose | None = Field(
        default=None, description="The name that people read.", examples=["Pro"]
    )
    cycle: SpanText | None = Field(
        default=None,
        description="The length of a cycle, counted from the day of joining; absent: no cycles.",
        examples=["1 month"],
    )
    grants: dict[Name, Grant] = Field(
        description="The credits that the plan gives.",
        examples=[
            {
                "monthly": {
                    "credits": 2000,
                    "given": "each_cycle",
                    "expires": "end_of_cycle",
                    "carry_over": "none",
                }
            }
        ],
    )


class Pack(Part):
    """Credits that are bought on top of a plan."""

    title: Prose | None = Field(
        default=None, description="The name that people read.", examples=["500 credits"]
    )
    credits: PositiveNumber = Field(description="How many credits.", examples=[500])
    expires: PackExpiryText = Field(
        description="How long the credits last: a span or `never`.", examples=["12 months"]
    )
    sold_to: list[Name] = Field(
        min_length=1, description="The plans that may buy it.", examples=[["pro", "pro_plus"]]
    )
    bonus: Bonus | None = Field(
        default=None,
        description="Credits given on top, with a life of their own.",
        examples=[{"credits": 50, "expires": "1 month"}],
    )
    at_most_held: Annotated[int, Field(ge=1, le=1000)] | None = Field(
        default=None,
        description="How many of it a wallet may have that are not used up or expired.",
        examples=[3],
    )


BurnKey: TypeAlias = Literal[
    "restricted_first",
    "general_first",
    "priority",
    "soonest_expiry",
    "plan_before_pack",
    "pack_before_plan",
    "free_before_bought",
    "oldest",
    "newest",
]


class Upgrade(Part):
    """What moving up the list of plans does."""

    when: Literal["now", "end_of_cycle"] = Field(
        description="When the new plan starts.", examples=["now"]
    )
    new_cycle: Literal["starts_now", "keeps_date"] = Field(
        description="Whether the cycle starts anew or keeps its boundary.", examples=["starts_now"]
    )
    unused: Literal["carry_over", "lost", "kept"] = Field(
        description="Unused cycle credits: carried into the new cycle, lost, or left as they are.",
        examples=["carry_over"],
    )
    carried_expires: Literal["end_of_new_cycle", "as_before"] = Field(
        description="When carried credits expire.", examples=["end_of_new_cycle"]
    )


class Downgrade(Part):
    """What moving down the list of plans does."""

    when: Literal["now", "end_of_cycle"] = Field(
        description="When the lower plan starts.", examples=["end_of_cycle"]
    )
    unused: Literal["lost", "kept"] = Field(
        description="Unused cycle credits of the old plan: lost, or left until they expire.",
        examples=["lost"],
    )


class Cancel(Part):
    """What cancelling a plan does."""

    when: Literal["now", "end_of_cycle"] = Field(
        description="When the plan ends.", examples=["end_of_cycle"]
    )
    to: Name = Field(description="The plan that the wallet falls back to.", examples=["free"])
    unused: Literal["lost", "kept"] = Field(
        description="Unused cycle credits of the old plan: lost, or left until they expire.",
        examples=["lost"],
    )


class Changes(Part):
    """What happens when a wallet changes its plan; packs and one-time grants are never touched."""

    upgrade: Upgrade = Field(
        description="Moving up the list of plans.",
        examples=[
            {
                "when": "now",
                "new_cycle": "starts_now",
                "unused": "carry_over",
                "carried_expires": "end_of_new_cycle",
            }
        ],
    )
    downgrade: Downgrade = Field(
        description="Moving down the list of plans.",
        examples=[{"when": "end_of_cycle", "unused": "lost"}],
    )
    cancel: Cancel = Field(
        description="Leaving a plan.",
        examples=[{"when": "end_of_cycle", "to": "free", "unused": "lost"}],
    )
