"""The parts of a grant that few plans need: who may use it, its own clock, what is kept of it."""

from typing import Annotated, Literal

from pydantic import Field

from policyengine.policy.document.words import (
    InstantText,
    ModelName,
    Name,
    Part,
    PercentText,
    PeriodText,
    PositiveNumber,
)

GRANT_PRIORITY_MAX = 1000
CYCLES_MAX = 1200
RESTRICTED_TO_MAX = 50


class OnlyFor(Part):
    """What restricted credits may pay for; they are spent before credits that pay for all."""

    models: list[ModelName] = Field(
        default_factory=list,
        max_length=RESTRICTED_TO_MAX,
        description="Requests of these models only; absent: of all models.",
        examples=[["lite", "standard"]],
    )
    units: list[Name] = Field(
        default_factory=list,
        max_length=RESTRICTED_TO_MAX,
        description="The share of these units of a request only; absent: of all units.",
        examples=[["image_input", "image_output"]],
    )


class Between(Part):
    """A promotional period: from its start up to, not including, its end."""

    from_: InstantText = Field(
        alias="from",
        description="The first instant at which the grant is given.",
        examples=["2026-06-01T00:00:00Z"],
    )
    until: InstantText = Field(
        description="The instant from which it is given no more.",
        examples=["2026-09-01T00:00:00Z"],
    )


class GrantCap(Part):
    """The most that a recurring grant gives in a longer period."""

    credits: PositiveNumber = Field(
        description="The most credits; the grant that would exceed them is cut to fit.",
        examples=[300],
    )
    per: PeriodText = Field(
        description="In which period: `cycle`, or a span counted from the start of the cycle.",
        examples=["1 month"],
    )


class KeptCredits(Part):
    """What is kept of unused credits when their grant comes again; all of it if nothing limits."""

    share: PercentText | None = Field(
        default=None,
        description="The share that is kept, rounded down; absent: all that is left.",
        examples=["50%"],
    )
    of: Literal["remaining", "granted"] | None = Field(
        default=None,
        description="The share is one of what is left, or of what the grant gives at a time.",
        examples=["remaining"],
    )
    at_least: PositiveNumber | None = Field(
        default=None,
        description="If less is kept, credits are added up to so many; absent: none are.",
        examples=[100],
    )
    at_most: PositiveNumber | None = Field(
        default=None,
        description="No more than so many are kept; absent: no limit.",
        examples=[1000],
    )
    at_most_times: PositiveNumber | None = Field(
        default=None,
        description="No more than so many times the grant is kept; absent: no limit.",
        examples=[2],
    )
    cycles: Annotated[int, Field(ge=1, le=CYCLES_MAX)] | None = Field(
        default=None,
        description="How often a credit may be kept; absent: any number of times.",
        examples=[2],
    )
    expires: Literal["renewed", "as_before"] | None = Field(
        default=None,
        description="Kept credits last until the grant comes once more, or as long as before; "
        "absent: `renewed`.",
        examples=["renewed"],
    )
    priority: Annotated[int, Field(ge=0, le=GRANT_PRIORITY_MAX)] | None = Field(
        default=None,
        description="The priority of kept credits; absent: that of the grant.",
        examples=[5],
    )
