"""The parts of a policy file about plans, packs and what changing them does."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from policyengine.policy.document.granting import (
    GRANT_PRIORITY_MAX,
    Between,
    GrantCap,
    KeptCredits,
    OnlyFor,
)
from policyengine.policy.document.limits import Bonus
from policyengine.policy.document.words import (
    Currency,
    ExpiryText,
    Name,
    Number,
    PackExpiryText,
    Part,
    PercentText,
    PositiveNumber,
    Prose,
    SpanText,
)

CYCLES_UNTIL_END_MAX = 1200
PAIRS_MAX = 50


class Grant(Part):
    """Credits that a plan gives."""

    credits: PositiveNumber = Field(description="How many credits.", examples=[2000])
    given: Literal["once", "each_cycle", "each_period"] = Field(
        description="Once in a wallet's life, at the start of every cycle, or on its own clock.",
        examples=["each_cycle"],
    )
    every: SpanText | None = Field(
        default=None,
        description="The period of a grant on its own clock, counted from the start of the cycle.",
        examples=["1 month"],
    )
    every_from: Literal["cycle_start", "calendar"] | None = Field(
        default=None,
        description="Where the periods of a grant on its own clock begin: counted from the start "
        "of the cycle, or with the calendar's days, weeks, months and years. Absent: "
        "`cycle_start`.",
        examples=["calendar"],
    )
    at_most: GrantCap | None = Field(
        default=None,
        description="The most that a grant on its own clock gives in a longer period; absent: "
        "no limit.",
        examples=[{"credits": 300, "per": "1 month"}],
    )
    between: Between | None = Field(
        default=None,
        description="A promotional period: the grant is given at instants in it only; absent: "
        "always.",
        examples=[{"from": "2026-06-01T00:00:00Z", "until": "2026-09-01T00:00:00Z"}],
    )
    expires: ExpiryText = Field(
        description="How long the credits last: a span, `end_of_cycle`, `end_of_period` or "
        "`never`.",
        examples=["end_of_cycle"],
    )
    carry_over: Literal["none", "all", "some"] | None = Field(
        default=None,
        description="What is kept of unused credits when the grant comes again; required for "
        "`each_cycle`.",
        examples=["none"],
    )
    for_each: Literal["seat"] | None = Field(
        default=None,
        description="`credits` are for each seat of the wallet. Absent: for all together.",
        examples=["seat"],
    )
    rollover: KeptCredits | None = Field(
        default=None,
        description="How much `carry_over: some` keeps.",
        examples=[{"share": "50%", "of": "remaining", "at_most": 1000, "cycles": 2}],
    )
    priority: Annotated[int, Field(ge=0, le=GRANT_PRIORITY_MAX)] | None = Field(
        default=None,
        description="Credits of a lower number are spent first where `burn_order` has "
        "`priority`; absent: 50.",
        examples=[10],
    )
    only_for: OnlyFor | None = Field(
        default=None,
        description="What the credits may pay for; absent: for everything.",
        examples=[{"models": ["lite", "standard"]}],
    )


class AfterCycles(Part):
    """How a plan ends by itself, as a trial does."""

    count: Annotated[int, Field(ge=1, le=CYCLES_UNTIL_END_MAX)] = Field(
        description="After how many cycles.", examples=[1]
    )
    to: Name = Field(description="The plan that follows.", examples=["free"])


class Plan(Part):
    """A plan that wallets subscribe to."""

    title: Prose | None = Field(
        default=None, description="The name that people read.", examples=["Pro"]
    )
    price: Number | None = Field(
        default=None,
        description="What a cycle costs, in `currency`; without cycles, what joining costs; 0 is "
        "free. No credits depend on it. Absent: not said.",
        examples=[19.99],
    )
    currency: Currency | None = Field(
        default=None,
        description="The currency of the price, by its ISO 4217 code.",
        examples=["USD"],
    )
    cycle: SpanText | None = Field(
        default=None,
        description="The length of a cycle; absent: no cycles.",
        examples=["1 month"],
    )
    cycle_from: Literal["joining", "calendar"] | None = Field(
        default=None,
        description="Cycles are counted from the instant of joining, or begin where the calendar's "
        "months, weeks, days or years do; absent: `joining`.",
        examples=["calendar"],
    )
    first_cycle: Literal["full", "prorated_by_day", "prorated_by_second"] | None = Field(
        default=None,
        description="What a first cycle that is already under way gives: all, or the share of what "
        "is left of it; required for `calendar`.",
        examples=["full"],
    )
    balance_at_most: PositiveNumber | None = Field(
        default=None,
        description="Grants of this plan are cut so that the wallet, holds included, has no more; "
        "absent: no limit.",
        examples=[4000],
    )
    after_cycles: AfterCycles | None = Field(
        default=None,
        description="The plan ends by itself; absent: it goes on.",
        examples=[{"count": 1, "to": "free"}],
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
    price: Number | None = Field(
        default=None,
        description="What it costs, in `currency`. No credits depend on it. Absent: not said.",
        examples=[10],
    )
    currency: Currency | None = Field(
        default=None,
        description="The currency of the price, by its ISO 4217 code.",
        examples=["USD"],
    )
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
    "larger_first",
    "smaller_first",
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
    carried_share: PercentText | None = Field(
        default=None,
        description="The share of unused credits that `carry_over` carries, rounded down; the rest "
        "expires. Absent: all.",
        examples=["50%"],
    )
    new_credits: Literal["full", "difference", "less_used"] | None = Field(
        default=None,
        description="Recurring grants of the new plan give all, the difference to the old plan's, "
        "or all less what was spent of the old plan's; absent: `full`.",
        examples=["difference"],
    )
    prorated: Literal["by_second", "by_day"] | None = Field(
        default=None,
        description="New credits are the share of what is left of the cycle that goes on; absent: "
        "they are not.",
        examples=["by_second"],
    )
    earlier_use: Literal["as_charged", "re_rated"] | None = Field(
        default=None,
        description="What the cycle's requests until now cost: as charged, or as if the new plan "
        "had held from the cycle's start, the difference taken or given; absent: `as_charged`.",
        examples=["re_rated"],
    )


class Downgrade(Part):
    """What moving down the list of plans does."""

    when: Literal["now", "end_of_cycle"] = Field(
        description="When the lower plan starts.", examples=["end_of_cycle"]
    )
    unused: Literal["carry_over", "lost", "kept"] = Field(
        description="Unused cycle credits of the old plan: carried into the new cycle, lost, or "
        "left until they expire.",
        examples=["lost"],
    )
    carried_expires: Literal["end_of_new_cycle", "as_before"] | None = Field(
        default=None,
        description="When carried credits expire; required for `carry_over`.",
        examples=["end_of_new_cycle"],
    )
    carried_share: PercentText | None = Field(
        default=None,
        description="The share of unused credits that `carry_over` carries, rounded down; the rest "
        "expires. Absent: all.",
        examples=["50%"],
    )


class Cancel(Part):
    """What cancelling a plan does."""

    when: Literal["now", "end_of_cycle"] = Field(
        description="When the plan ends.", examples=["end_of_cycle"]
    )
    to: Name = Field(description="The plan that the wallet falls back to.", examples=["free"])
    unused: Literal["carry_over", "lost", "kept"] = Field(
        description="Unused cycle credits of the old plan: carried into the new cycle, lost, or "
        "left until they expire.",
        examples=["lost"],
    )
    carried_expires: Literal["end_of_new_cycle", "as_before"] | None = Field(
        default=None,
        description="When carried credits expire; required for `carry_over`.",
        examples=["as_before"],
    )
    carried_share: PercentText | None = Field(
        default=None,
        description="The share of unused credits that `carry_over` carries, rounded down; the rest "
        "expires. Absent: all.",
        examples=["50%"],
    )


class PlanPair(Part):
    """An upgrade between two plans that differs from the general one."""

    from_: Name = Field(alias="from", description="The plan before.", examples=["free"])
    to: Name = Field(description="The plan after.", examples=["pro"])
    upgrade: Upgrade = Field(
        description="What this upgrade does.",
        examples=[
            {
                "when": "now",
                "new_cycle": "starts_now",
                "unused": "lost",
                "carried_expires": "end_of_new_cycle",
            }
        ],
    )


class ForbiddenChange(Part):
    """A change of plan that no wallet may make."""

    change: Literal["upgrade", "downgrade", "cancel", "any"] = Field(
        description="What is forbidden: moving up the list of plans, moving down, cancelling, or "
        "all of them.",
        examples=["downgrade"],
    )
    from_: Name | None = Field(
        default=None,
        alias="from",
        description="The plan before; absent: any plan.",
        examples=["pro"],
    )
    to: Name | None = Field(
        default=None, description="The plan after; absent: any plan.", examples=["free"]
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
    pairs: list[PlanPair] = Field(
        default_factory=list,
        max_length=PAIRS_MAX,
        description="Upgrades between certain plans that differ from `upgrade`; the first that "
        "fits counts.",
        examples=[
            [
                {
                    "from": "free",
                    "to": "pro",
                    "upgrade": {
                        "when": "now",
                        "new_cycle": "starts_now",
                        "unused": "lost",
                        "carried_expires": "end_of_new_cycle",
                    },
                }
            ]
        ],
    )
    forbidden: list[ForbiddenChange] = Field(
        default_factory=list,
        max_length=PAIRS_MAX,
        description="Changes of plan that are refused; absent: none.",
        examples=[[{"change": "downgrade", "from": "pro"}]],
    )
