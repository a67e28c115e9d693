"""A policy file as a whole."""

from typing import Annotated, Literal

from pydantic import Field

from policyengine.policy.document.conduct import (
    Abnormal,
    Alert,
    Estimate,
    Refunds,
    Replaces,
    Shortfall,
)
from policyengine.policy.document.plans import BurnKey, Changes, Pack, Plan
from policyengine.policy.document.pricing import (
    Charge,
    Counting,
    Credits,
    Measure,
    Model,
    Modifier,
    Source,
    Time,
)
from policyengine.policy.document.words import InstantText, ModelName, Name, Part, Prose


class PolicyDocument(Part):
    """A policy file: one complete version of the credit rules."""

    format: Literal[1] = Field(description="The version of this language.", examples=[1])
    policy: Name = Field(description="The policy's name.", examples=["codeflicker"])
    version: Annotated[int, Field(ge=1, le=10**6)] = Field(
        description="The version's number: 1, 2, 3 and so on.", examples=[1]
    )
    effective: InstantText = Field(
        description="In force from this instant until the next version's.",
        examples=["2026-01-28T00:00:00Z"],
    )
    status: Literal["draft", "published"] = Field(
        description="Published versions never change again.", examples=["published"]
    )
    why: Prose = Field(
        description="Why this version exists, for the changelog.", examples=["First credit rules."]
    )
    source: Source | None = Field(
        default=None,
        description="Where the rules were published.",
        examples=[{"page": "example.com/pricing", "read": "2026-01-28"}],
    )
    time: Time = Field(
        description="How days and months are counted.",
        examples=[{"zone": "Asia/Shanghai", "month": "same_day_or_last"}],
    )
    credits: Credits = Field(
        description="The smallest amount, and rounding.",
        examples=[{"smallest": 0.01, "round": "up", "round_at": "each_request"}],
    )
    units: dict[Name, Measure] = Field(
        min_length=1,
        description="What is counted, by measure (`tokens`), with rates in credits.",
        examples=[{"tokens": {"per": 1000000, "input": {"text_input": 100}}}],
    )
    models: dict[ModelName, Model] = Field(
        min_length=1,
        description="The models that can be used, with their multipliers.",
        examples=[{"standard": {"multiplier": 1}}],
    )
    counting: dict[Name, Counting] = Field(
        default_factory=dict,
        description="How tokens are counted before a request, by name.",
        examples=[{"openai": {"text": "o200k_base", "image": {"formula": "gpt-4o"}}}],
    )
    charge: Charge = Field(
        description="What a request costs.",
        examples=[
            {
                "formula": "tokens_at_rate * multiplier",
                "minimum": 0.01,
                "unknown_model": "refuse",
                "failed_request": "free",
                "cancelled_request": "full",
                "late_usage": "7 days",
            }
        ],
    )
    modifiers: dict[Name, Modifier] = Field(
        default_factory=dict,
        description="Factors on the price of requests that name them, applied in this order.",
        examples=[{"batch": {"factor": 0.5}}],
    )
    cohorts: list[Name] = Field(
        default_factory=list,
        max_length=50,
        description="Groups of wallets that some models have another multiplier for.",
        examples=[["annual"]],
    )
    plans: dict[Name, Plan] = Field(
        min_length=1,
        description="The plans, lowest first: moving down this list is an upgrade.",
        examples=[{"free": {"grants": {}}}],
    )
    packs: dict[Name, Pack] = Field(
        default_factory=dict,
        description="Credits that are bought on top.",
        examples=[{"pack_500": {"credits": 500, "expires": "12 months", "sold_to": ["pro"]}}],
    )
    burn_order: list[BurnKey] = Field(
        min_length=1,
        max_length=9,
        description="Which credits are spent first; the last key is `oldest` or `newest`.",
        examples=[["priority", "soonest_expiry", "plan_before_pack", "oldest"]],
    )
    changes: Changes = Field(
        description="What plan changes do.",
        examples=[
            {
                "upgrade": {
                    "when": "now",
                    "new_cycle": "starts_now",
                    "unused": "carry_over",
                    "carried_expires": "end_of_new_cycle",
                },
                "downgrade": {"when": "end_of_cycle", "unused": "lost"},
                "cancel": {"when": "end_of_cycle", "to": "free", "unused": "lost"},
            }
        ],
    )
    estimate: Estimate = Field(
        description="What is assumed before a request.",
        examples=[
            {
                "output_tokens": {"low": 200, "expected": 1000, "high": 4000},
                "hold": "15 minutes",
                "longest_hold": "24 hours",
            }
        ],
    )
    shortfall: Shortfall = Field(
        description="What happens when credits run out.",
        examples=[{"before_request": "refuse", "after_request": "take_what_is_left"}],
    )
    refunds: Refunds = Field(
        description="Where refunded credits go.",
        examples=[{"expired_lot": "new_lot", "new_lot_expires": "7 days"}],
    )
    alerts: list[Alert] = Field(
        default_factory=list,
        max_length=20,
        description="When a balance asks for attention.",
        examples=[[{"balance_below": "20%"}, {"expiring_within": "3 days"}]],
    )
    abnormal: list[Abnormal] = Field(
        default_factory=list,
        max_length=20,
        description="Which charges are marked as abnormal.",
        examples=[[{"when": "charge > 10 * usual_charge", "then": "flag"}]],
    )
    replaces: Replaces | None = Field(
        default=None,
        description="What existing subscribers get; required from version 2 on.",
        examples=[
            {
                "version": 1,
                "rates_and_models": "from_effective",
                "plans": "at_next_cycle",
                "packs": "new_purchases",
            }
        ],
    )
