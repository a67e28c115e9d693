"""What a step can do, beyond a single word: the mapping below each verb."""

from typing import Annotated, Final, Literal, TypeAlias

from pydantic import Field

from policyengine.app.scenarios.words import (
    At,
    CallerText,
    Credits,
    SignedCredits,
    Span,
)
from policyengine.engine.commands import MODIFIERS_MAX
from policyengine.ledger.changes import Outcome
from policyengine.ledger.lots import PRIORITY_DEFAULT, PRIORITY_MAX
from policyengine.policy.document.words import Count, ModelName, Name, Part

Conversation: TypeAlias = Annotated[
    CallerText | None,
    Field(description="The conversation that it belongs to.", examples=["c-1"]),
]
Operation: TypeAlias = Annotated[
    CallerText | None,
    Field(description="The operation that it belongs to.", examples=["op-1"]),
]
Modifiers: TypeAlias = Annotated[list[Name], Field(max_length=MODIFIERS_MAX)]


TEXT_LENGTH_MAX: Final = 4000
IMAGES_MAX: Final = 20
Side: TypeAlias = Annotated[int, Field(ge=1, le=65_535)]


class Uses(Part):
    """Usage of a model, at once priced by the policy."""

    model: ModelName = Field(description="The model that was used.", examples=["standard"])
    used: dict[Name, Count] = Field(
        description="What was counted, by unit of the policy; each token counted once.",
        examples=[{"text_input": 1000, "text_output": 200}],
    )
    outcome: Outcome = Field(
        default="succeeded",
        description="Whether the request succeeded, failed, or was stopped by the user.",
        examples=["failed"],
    )
    started_at: At | None = Field(
        default=None,
        description="When the request began; it chooses the version that prices it. Absent: now.",
        examples=["2026-09-30T23:50:00Z"],
    )
    modifiers: Modifiers = Field(
        default_factory=list,
        description="The modifiers of the policy that hold for it.",
        examples=[["batch"]],
    )
    conversation: Conversation = None
    operation: Operation = None
    member: CallerText | None = Field(
        default=None, description="The member of the wallet that it is for.", examples=["mia"]
    )


class ChargeVerb(Uses):
    """Pay for usage at once."""

    after_request: bool = Field(
        default=False,
        description="The request has run already: `shortfall.after_request` decides.",
        examples=[True],
    )


class HoldVerb(Part):
    """Set credits aside: an amount, or the price of expected usage."""

    credits: Credits | None = Field(
        default=None, description="How many credits; instead of `model` and `used`.", examples=[75]
    )
    model: ModelName | None = Field(
        default=None, description="The model that will be used.", examples=["standard"]
    )
    used: dict[Name, Count] | None = Field(
        default=None,
        description="What is expected to be counted, by unit of the policy.",
        examples=[{"text_input": 1000, "text_output": 200}],
    )
    modifiers: Modifiers = Field(
        default_factory=list,
        description="The modifiers of the policy that will hold for it.",
        examples=[["batch"]],
    )
    started_at: At | None = Field(
        default=None,
        description="When the request began; captures are priced by the version of that time.",
        examples=["2026-09-30T23:50:00Z"],
    )
    lasts: Span | None = Field(
        default=None,
        description="How long the hold lasts. Absent: what the policy says.",
        examples=["1 hour"],
    )
    conversation: Conversation = None
    operation: Operation = None
    member: CallerText | None = Field(
        default=None, description="The member of the wallet that it is for.", examples=["mia"]
    )


class CaptureVerb(Part):
    """Turn a hold into a charge, for usage or for an amount."""

    hold: Name = Field(description="The step that opened the hold.", examples=["hold_1"])
    credits: Credits | None = Field(
        default=None, description="How many credits; instead of `model` and `used`.", examples=[75]
    )
    model: ModelName | None = Field(
        default=None, description="The model that was used.", examples=["standard"]
    )
    used: dict[Name, Count] | None = Field(
        default=None,
        description="What was counted, by unit of the policy.",
        examples=[{"text_input": 1000, "text_output": 200}],
    )
    outcome: Outcome = Field(
        default="succeeded",
        description="Whether the request succeeded, failed, or was stopped by the user.",
        examples=["failed"],
    )
    started_at: At | None = Field(
        default=None,
        description="When the request began. Absent: when the hold says.",
        examples=["2026-09-30T23:50:00Z"],
    )
    modifiers: Modifiers = Field(
        default_factory=list,
        description="The modifiers of the policy that hold for it; those of the hold do not count.",
        examples=[["batch"]],
    )
    final: bool = Field(
        default=True,
        description="Whether this is the last capture, which releases the rest.",
        examples=[False],
    )


class ExtendVerb(Part):
    """Let a hold last longer."""

    hold: Name = Field(description="The step that opened the hold.", examples=["hold_1"])
    by: Span = Field(description="How much longer.", examples=["15 minutes"])


class RolloverVerb(Part):
    """What a recurrence keeps: after = min(maximum, max(minimum, before))."""

    minimum: Credits = Field(description="What there is at least, afterwards.", examples=[0])
    maximum: Credits = Field(description="What there is at most, afterwards.", examples=[500])


class OnlyFor(Part):
    """What credits may pay for."""

    models: Annotated[list[ModelName], Field(min_length=1)] | None = Field(
        default=None, description="These models only.", examples=[["lite"]]
    )
    units: Annotated[list[Name], Field(min_length=1)] | None = Field(
        default=None, description="These units only.", examples=[["image_input"]]
    )


class GrantVerb(Part):
    """Give credits by hand."""

    credits: Credits = Field(description="How many credits.", examples=[100])
    priority: Annotated[int, Field(ge=0, le=PRIORITY_MAX)] = Field(
        default=PRIORITY_DEFAULT,
        description="Spent before credits with a higher number.",
        examples=[10],
    )
    starts: At | None = Field(
        default=None,
        description="When the credits come. Absent: now.",
        examples=["2026-03-01T00:00:00Z"],
    )
    expires: At | None = Field(
        default=None,
        description="When they expire, and the last recurrence ends. Absent: never.",
        examples=["2026-06-01T00:00:00Z"],
    )
    every: Span | None = Field(
        default=None, description="Given again at this interval.", examples=["1 week"]
    )
    anchor: At | None = Field(
        default=None,
        description="The instant from which recurrences are counted. Absent: the start.",
        examples=["2026-02-28T00:00:00Z"],
    )
    rollover: RolloverVerb | None = Field(
        default=None,
        description="What a recurrence keeps. Absent: a refill to the amount.",
        examples=[{"minimum": 100, "maximum": 500}],
    )
    only_for: OnlyFor | None = Field(
        default=None,
        description="What the credits may pay for. Absent: anything.",
        examples=[{"models": ["lite"]}],
    )


class RefundVerb(Part):
    """Give back what a charge or capture took."""

    of: Name = Field(description="The step that charged.", examples=["charge_1"])
    credits: Credits | None = Field(
        default=None, description="How many credits. Absent: all that is left.", examples=[10]
    )
    case: Name | None = Field(
        default=None, description="The step that reported it.", examples=["case_1"]
    )


class AdjustVerb(Part):
    """Correct a balance by hand; the step's `reason` is required by the ledger."""

    credits: SignedCredits = Field(
        description="How many credits more, or less if below 0.", examples=[-5]
    )
    expires: At | None = Field(
        default=None,
        description="When added credits expire. Absent: never.",
        examples=["2026-06-01T00:00:00Z"],
    )


class ReportVerb(Part):
    """Report abnormal consumption: a charge, or a whole conversation."""

    about: Name | None = Field(
        default=None, description="The step that charged.", examples=["charge_1"]
    )
    conversation: CallerText | None = Field(
        default=None, description="The conversation.", examples=["c-1"]
    )


class ResolveVerb(Part):
    """Close a case of abnormal consumption."""

    case: Name = Field(description="The step that reported it.", examples=["case_1"])
    verdict: Literal["explained", "refunded"] = Field(
        description="What came out of it.", examples=["refunded"]
    )


class OverageVerb(Part):
    """Allow or forbid overage in the wallet."""

    allowed: bool = Field(description="Whether it is allowed.", examples=[True])
    limit: Credits | None = Field(
        default=None,
        description="The most between two invoices. Absent: what the policy says.",
        examples=[100],
    )


class TopUpVerb(Part):
    """Allow or forbid top-ups in the wallet, or answer one."""

    allowed: bool | None = Field(
        default=None, description="Whether they are allowed.", examples=[True]
    )
    paid: Name | None = Field(
        default=None, description="The step whose top-up was paid.", examples=["charge_1"]
    )
    failed: Name | None = Field(
        default=None, description="The step whose top-up was not paid.", examples=["charge_1"]
    )


class ConvertVerb(Part):
    """Turn units of an older scheme into credits."""

    unit: Name = Field(description="The old unit.", examples=["messages"])
    count: Count = Field(description="How many.", examples=[10])


class ImageSent(Part):
    """An image that will be sent, by its size."""

    width: Side = Field(description="Its width in pixels.", examples=[1024])
    height: Side = Field(description="Its height in pixels.", examples=[768])


class EstimateVerb(Part):
    """Ask what a request will cost before it runs; nothing is written."""

    model: ModelName = Field(description="The model that will be used.", examples=["standard"])
    sent: dict[Name, Count] | None = Field(
        default=None,
        description="What will be sent, by unit of the policy; instead of `text` and `images`.",
        examples=[{"text_input": 1000}],
    )
    text: Annotated[str, Field(min_length=1, max_length=TEXT_LENGTH_MAX)] | None = Field(
        default=None,
        description="The text that will be sent; it is counted as the policy says.",
        examples=["How do I sort a list in Python?"],
    )
    images: Annotated[list[ImageSent], Field(max_length=IMAGES_MAX)] = Field(
        default_factory=list,
        description="The images that will be sent; they are counted as the policy says.",
        examples=[[{"width": 1024, "height": 768}]],
    )
    modifiers: Modifiers = Field(
        default_factory=list,
        description="The modifiers of the policy that will hold for it.",
        examples=[["batch"]],
    )
    output_tokens: Count | None = Field(
        default=None,
        description="How long the answer will be. Absent: what the policy assumes.",
        examples=[500],
    )
