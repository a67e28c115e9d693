"""What a scenario expects after a step; each key that is given must be met exactly."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from policyengine.app.scenarios.words import At, AtOrNever, CallerText, Credits, Exact, Version
from policyengine.ledger.lots import LotSource
from policyengine.policy.document.words import Count, ModelName, Name, Part

Words: TypeAlias = Annotated[str, Field(min_length=1, max_length=300)]


class LotSeen(Part):
    """A lot: what one grant or purchase left in the wallet."""

    source: LotSource | None = Field(
        default=None, description="Where its credits come from.", examples=["plan"]
    )
    rule: Words | None = Field(
        default=None,
        description="The version and rule that gave it.",
        examples=["v1.plans.pro.grants.monthly"],
    )
    granted: Credits | None = Field(
        default=None, description="What it began with.", examples=[2000]
    )
    left: Credits | None = Field(default=None, description="What can be spent.", examples=[1900])
    held: Credits | None = Field(default=None, description="What holds set aside.", examples=[75])
    spent: Credits | None = Field(
        default=None, description="What was spent of it and not given back.", examples=[25]
    )
    expires: AtOrNever | None = Field(
        default=None, description="When it expires, or `never`.", examples=["2026-03-01T00:00:00Z"]
    )
    priority: Count | None = Field(default=None, description="Its priority.", examples=[50])


class LineSeen(Part):
    """A line of a price: credits = count x rate x multiplier, not rounded."""

    unit: Name | None = Field(
        default=None, description="What was counted.", examples=["text_input"]
    )
    count: Count | None = Field(default=None, description="How many.", examples=[1000])
    rate: Exact | None = Field(
        default=None,
        description="Credits for as many as the policy's `per` says.",
        examples=[100],
    )
    multiplier: Exact | None = Field(
        default=None, description="The factor of the model, or of its tier.", examples=[6]
    )
    credits: Exact | None = Field(
        default=None, description="The exact share of the price.", examples=[0.6]
    )


class WayOut(Part):
    """What a wallet without enough credits can do."""

    way: Literal["buy_pack", "upgrade", "wait", "allow_overage", "use_model"] = Field(
        description="What to do.", examples=["buy_pack"]
    )
    pack: Name | None = Field(default=None, description="The pack to buy.", examples=["pack_500"])
    plan: Name | None = Field(default=None, description="The plan to move to.", examples=["pro"])
    credits: Credits | None = Field(
        default=None, description="The credits that come of it.", examples=[500]
    )
    until: At | None = Field(
        default=None,
        description="The renewal to wait for, or the end of a cap's window.",
        examples=["2026-03-01T00:00:00Z"],
    )
    grant: Name | None = Field(
        default=None,
        description="The grant of which more may be spent then, where a cap holds it back.",
        examples=["monthly"],
    )
    model: ModelName | None = Field(
        default=None, description="The cheaper model.", examples=["lite"]
    )
    price: Words | None = Field(
        default=None, description="What one credit of overage costs.", examples=["0.04 USD"]
    )


class HoldSeen(Part):
    """An open hold."""

    hold: Name | None = Field(
        default=None, description="The step that opened it.", examples=["hold_1"]
    )
    credits: Credits | None = Field(
        default=None, description="What it still sets aside.", examples=[75]
    )
    expires: At | None = Field(
        default=None, description="When it times out.", examples=["2026-03-01T00:15:00Z"]
    )


class DrawSeen(Part):
    """What was taken of one lot."""

    source: LotSource | None = Field(
        default=None, description="Where the lot's credits come from.", examples=["pack"]
    )
    rule: Words | None = Field(
        default=None,
        description="The version and rule that gave the lot.",
        examples=["v1.packs.pack_500"],
    )
    credits: Credits | None = Field(default=None, description="How many credits.", examples=[50])


class ClockSeen(Part):
    """What time itself did to the wallet."""

    what: Literal["expire", "renew", "recur", "adopt", "time_out"] | None = Field(
        default=None, description="What happened.", examples=["renew"]
    )
    at: At | None = Field(
        default=None, description="At which instant.", examples=["2026-03-01T00:00:00Z"]
    )


class EstimateSeen(Part):
    """What an estimate says that a request will cost."""

    low: Credits | None = Field(default=None, description="With a short answer.", examples=[0.2])
    expected: Credits | None = Field(
        default=None, description="With a usual answer.", examples=[0.6]
    )
    high: Credits | None = Field(default=None, description="With a long answer.", examples=[2.1])


class CapSeen(Part):
    """A cap, for one name that has used something of it."""

    scope: Literal["member", "conversation", "model", "wallet", "grant"] | None = Field(
        default=None, description="Whose use it counts.", examples=["member"]
    )
    name: CallerText | None = Field(
        default=None, description="The member, conversation, model or grant.", examples=["mia"]
    )
    left: Credits | None = Field(default=None, description="What may still be used.", examples=[20])
    resets: AtOrNever | None = Field(
        default=None,
        description="When it begins anew, or `never`.",
        examples=["2026-03-01T00:00:00Z"],
    )


class TopUpSeen(Part):
    """A top-up that is asked for and not answered yet."""

    credits: Credits | None = Field(default=None, description="How many credits.", examples=[500])
    pack: Name | None = Field(default=None, description="By which pack.", examples=["pack_500"])


class Totals(Part):
    """All credits that the wallet ever had, by where they are now."""

    granted: Credits | None = Field(
        default=None, description="Issued to the wallet.", examples=[2300]
    )
    spent: Credits | None = Field(
        default=None, description="Spent and not given back.", examples=[400]
    )
    expired: Credits | None = Field(default=None, description="Expired unused.", examples=[200])
    withdrawn: Credits | None = Field(
        default=None,
        description="Taken out: carried into another lot, voided, corrected, paid for debt.",
        examples=[0],
    )


class Then(Part):
    """What is expected after a step; a key that is not given is not looked at."""

    refused: Name | None = Field(
        default=None,
        description="The step is refused, with this code.",
        examples=["insufficient_credits"],
    )
    message: Words | None = Field(
        default=None,
        description="The sentence of the refusal, word by word.",
        examples=["needs 100.00, 0.00 available, 100.00 short"],
    )
    needed: Credits | None = Field(
        default=None, description="What the refused request needs.", examples=[100]
    )
    available: Credits | None = Field(
        default=None, description="What the wallet has for the refused request.", examples=[40]
    )
    short: Credits | None = Field(
        default=None, description="What is missing for the request.", examples=[60]
    )
    ways_out: list[WayOut] | None = Field(
        default=None,
        description="All ways out that are offered, in their order.",
        examples=[[{"way": "buy_pack", "pack": "pack_500"}]],
    )
    accepted: Count | None = Field(
        default=None,
        description="How many attempts of a step with `times` are accepted.",
        examples=[6],
    )
    price: Credits | None = Field(
        default=None, description="What the usage costs, rounded.", examples=[0.6]
    )
    charged: Credits | None = Field(
        default=None, description="What was taken for it.", examples=[0.6]
    )
    uncollected: Credits | None = Field(
        default=None, description="What could not be taken and was let go.", examples=[0]
    )
    fell_back_from: ModelName | None = Field(
        default=None,
        description="The model that was asked for, where another one took its place.",
        examples=["frontier"],
    )
    price_lines: list[LineSeen] | None = Field(
        default=None,
        description="All lines of the price, in the order of `used`.",
        examples=[[{"unit": "text_input", "count": 1000, "credits": 0.1}]],
    )
    tier: Words | None = Field(
        default=None,
        description="The condition of the tier that priced it, or `none`.",
        examples=["all_input > 200000"],
    )
    modifiers: list[Name] | None = Field(
        default=None,
        description="All modifiers of the price, in the order of their application.",
        examples=[["batch"]],
    )
    rated_by: Version | None = Field(
        default=None, description="The policy version that priced it.", examples=[1]
    )
    flagged: bool | None = Field(
        default=None, description="Whether it is marked as abnormal.", examples=[True]
    )
    paid_by: list[DrawSeen] | None = Field(
        default=None,
        description="All lots that paid, in the order in which they were spent.",
        examples=[[{"source": "plan", "credits": 20}, {"source": "pack", "credits": 5}]],
    )
    estimated: EstimateSeen | None = Field(
        default=None,
        description="What the estimate says.",
        examples=[{"low": 0.2, "expected": 0.6, "high": 2.1}],
    )
    decided_by: Version | None = Field(
        default=None, description="The policy version that decided the step.", examples=[1]
    )
    balance: Credits | None = Field(
        default=None, description="What the wallet can spend.", examples=[200]
    )
    held: Credits | None = Field(
        default=None, description="What open holds set aside.", examples=[0]
    )
    debt: Credits | None = Field(default=None, description="What the wallet owes.", examples=[0])
    overage: Credits | None = Field(
        default=None,
        description="Overage that no invoice has yet, held ones included.",
        examples=[0],
    )
    caps: list[CapSeen] | None = Field(
        default=None,
        description="All caps with something used or held, in the order of the policy.",
        examples=[[{"scope": "member", "name": "mia", "left": 20}]],
    )
    blocked_by: CapSeen | None = Field(
        default=None,
        description="The cap that refuses the step.",
        examples=[{"scope": "member", "name": "mia", "left": 20}],
    )
    top_ups: list[TopUpSeen] | None = Field(
        default=None,
        description="All top-ups that are asked for and not answered, oldest first.",
        examples=[[{"credits": 500, "pack": "pack_500"}]],
    )
    seats: Count | None = Field(
        default=None, description="How many seats the wallet has.", examples=[5]
    )
    lots: list[LotSeen] | None = Field(
        default=None,
        description="All lots with credits left or held, in the order of spending.",
        examples=[[{"source": "plan", "left": 2000, "expires": "2026-03-01T00:00:00Z"}]],
    )
    holds: list[HoldSeen] | None = Field(
        default=None,
        description="All open holds, oldest first.",
        examples=[[{"hold": "hold_1", "credits": 75}]],
    )
    plan: Name | None = Field(default=None, description="The plan.", examples=["pro"])
    cohort: Name | None = Field(
        default=None, description="The cohort, or `none`.", examples=["annual"]
    )
    plan_version: Version | None = Field(
        default=None, description="The version whose terms of the plan apply.", examples=[1]
    )
    pending: Name | None = Field(
        default=None,
        description="The plan that waits for the end of the cycle, or `none`.",
        examples=["free"],
    )
    cycle_start: At | None = Field(
        default=None, description="When the cycle began.", examples=["2026-02-01T00:00:00Z"]
    )
    cycle_end: AtOrNever | None = Field(
        default=None,
        description="When the cycle ends, or `never`.",
        examples=["2026-03-01T00:00:00Z"],
    )
    alerts: list[Literal["balance_below", "expiring_within"]] | None = Field(
        default=None,
        description="All alerts of the policy that hold.",
        examples=[["balance_below"]],
    )
    meanwhile: list[ClockSeen] | None = Field(
        default=None,
        description="All that time did since the wallet's last step, each at its own instant.",
        examples=[[{"what": "renew", "at": "2026-03-01T00:00:00Z"}]],
    )
    totals: Totals | None = Field(
        default=None,
        description="All credits of the wallet's life.",
        examples=[{"granted": 300, "expired": 200}],
    )
    conversations: dict[CallerText, Credits] | None = Field(
        default=None,
        description="What conversations took, less refunds.",
        examples=[{"c-1": 3.85}],
    )
