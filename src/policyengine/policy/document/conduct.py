"""The parts of a policy file about estimates, shortfalls, refunds, alerts and versions."""

from typing import Annotated, Literal

from pydantic import Field

from policyengine.policy.document.limits import Fallback, Overage
from policyengine.policy.document.words import (
    Count,
    Expression,
    InstantText,
    Name,
    Part,
    PercentText,
    PositiveNumber,
    SpanText,
)


class OutputTokens(Part):
    """How long answers usually are, where a wallet and model have no history yet."""

    low: Count = Field(description="A short answer, in tokens.", examples=[200])
    expected: Count = Field(description="A usual answer, in tokens.", examples=[1000])
    high: Count = Field(description="A long answer, in tokens.", examples=[4000])


class Estimate(Part):
    """What is assumed before a request has run."""

    output_tokens: OutputTokens = Field(
        description="The length of answers assumed without history.",
        examples=[{"low": 200, "expected": 1000, "high": 4000}],
    )
    hold: SpanText = Field(
        description="How long credits are set aside for a request unless the caller says.",
        examples=["15 minutes"],
    )
    longest_hold: SpanText = Field(
        description="The longest time a hold may last, extensions included.", examples=["24 hours"]
    )
    grace: SpanText | None = Field(
        default=None,
        description="How long after its end a hold can still be captured and released, before it "
        "gives its credits back; absent: not at all.",
        examples=["5 seconds"],
    )
    capture_above_hold: Literal["charge", "refuse"] | None = Field(
        default=None,
        description="A capture for which what is held does not suffice: charge the rest as well, "
        "or refuse it and leave the hold open; absent: `charge`.",
        examples=["refuse"],
    )


class Debt(Part):
    """How far below zero a wallet may go."""

    limit: PositiveNumber = Field(
        description="The most a wallet may owe, in credits.", examples=[50]
    )
    at_renewal: Literal["kept", "forgiven", "invoiced"] = Field(
        description="What a renewal does with debt: pay it from new credits, forgive or bill it.",
        examples=["kept"],
    )
    repaid_by: Literal["all_credits", "adjustments"] | None = Field(
        default=None,
        description="Which credits that come in pay debt first: all that pay for everything, or "
        "adjustments only; absent: `all_credits`.",
        examples=["adjustments"],
    )


class Shortfall(Part):
    """What happens when the credits do not suffice."""

    before_request: Literal["refuse", "overage", "fallback"] = Field(
        description="A request that has not run yet: refuse it, lend at a price, or take another "
        "model.",
        examples=["refuse"],
    )
    after_request: Literal["take_what_is_left", "go_into_debt"] = Field(
        description="A request that has already run.", examples=["take_what_is_left"]
    )
    debt: Debt | None = Field(
        default=None,
        description="The limit of debt; required by `go_into_debt`.",
        examples=[{"limit": 50, "at_renewal": "kept"}],
    )
    in_debt: Literal["refuse_all", "free_models_only", "as_usual"] | None = Field(
        default=None,
        description="New requests of a wallet that owes credits. Absent: `as_usual`.",
        examples=["refuse_all"],
    )
    overage: Overage | None = Field(
        default=None,
        description="The terms of overage; required by `overage`.",
        examples=[{"price": 0.04, "currency": "USD", "opt_in": "required", "limit": 500}],
    )
    fallback: Fallback | None = Field(
        default=None,
        description="The model that takes over; required by `fallback`. Beside `overage`: for what "
        "overage cannot pay.",
        examples=[{"model": "lite"}],
    )


class Refunds(Part):
    """Where refunded credits go; they return to the lots that paid, latest draw first."""

    expired_lot: Literal["stay_expired", "new_lot"] = Field(
        description="Credits of a lot that has expired meanwhile: lost, or given anew.",
        examples=["new_lot"],
    )
    new_lot_expires: SpanText | None = Field(
        default=None,
        description="How long credits given anew last; required by `new_lot`.",
        examples=["7 days"],
    )


class Alert(Part):
    """When a wallet's balance asks for attention."""

    balance_below: PercentText | None = Field(
        default=None,
        description="Less than this share of the credits granted in the open lots is available.",
        examples=["20%"],
    )
    expiring_within: SpanText | None = Field(
        default=None,
        description="Available credits expire within this span.",
        examples=["3 days"],
    )


class Abnormal(Part):
    """Which charges are marked as abnormal consumption."""

    when: Expression = Field(
        description="The condition, over `charge` and the wallet's `usual_charge`: yes or no.",
        examples=["charge > 10 * usual_charge"],
    )
    then: Literal["flag"] = Field(
        description="What happens: the charge is marked in the history.", examples=["flag"]
    )


class Keep(Part):
    """Subscribers who keep the replaced version's plan for a while."""

    plan: Name = Field(description="The plan they are on.", examples=["pro"])
    joined_before: InstantText = Field(
        description="They joined the plan before this instant.", examples=["2026-09-15T00:00:00Z"]
    )
    until: InstantText = Field(
        description="They keep its terms at renewals before this instant.",
        examples=["2027-01-01T00:00:00Z"],
    )


class Replaces(Part):
    """What this version means for those who are already there."""

    version: Annotated[int, Field(ge=1, le=10**6)] = Field(
        description="The version that this one replaces.", examples=[1]
    )
    rates_and_models: Literal["from_effective"] = Field(
        description="When requests are priced by this version: those that start from `effective`.",
        examples=["from_effective"],
    )
    plans: Literal["at_next_cycle", "at_once", "new_subscribers_only"] = Field(
        description="When existing subscribers get this version's plans: at their next renewal, "
        "from `effective` in the running cycle, or never.",
        examples=["at_next_cycle"],
    )
    packs: Literal["new_purchases"] = Field(
        description="Who gets this version's packs; bought credits never change.",
        examples=["new_purchases"],
    )
    keep: list[Keep] = Field(
        default_factory=list,
        max_length=50,
        description="Subscribers who keep the old terms, each with an end.",
        examples=[
            [
                {
                    "plan": "pro",
                    "joined_before": "2026-09-15T00:00:00Z",
                    "until": "2027-01-01T00:00:00Z",
                }
            ]
        ],
    )
    removed_plans: dict[Name, Name] = Field(
        default_factory=dict,
        description="Plans that this version no longer has, each with the plan that takes over.",
        examples=[{"starter": "pro"}],
    )
