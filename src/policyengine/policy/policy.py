"""A compiled policy: immutable, every name resolved, every price folded to whole numbers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final, Literal, TypeAlias

from policyengine.policy.document.conduct import Refunds
from policyengine.policy.document.plans import BurnKey, Changes
from policyengine.policy.document.policy import PolicyDocument
from policyengine.policy.document.pricing import Side
from policyengine.policy.folding import Rounding, Total
from policyengine.policy.limits import Limits
from policyengine.values.amounts import Micro, RoundingMode
from policyengine.values.calendar import CalendarSpan, Instant
from policyengine.values.hours import DailyHours

Counts: TypeAlias = Mapping[str, int]

_NONE: Final[Mapping[str, Any]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Formula:
    """A price in credits that is not linear in the counts, as exact arithmetic over named values.

    `sums` gives, for each name but `multiplier`, the units it adds up, each with its factor.
    """

    names: tuple[str, ...]
    evaluate: Callable[..., Fraction | int]
    sums: Mapping[str, tuple[tuple[str, Fraction], ...]]


@dataclass(frozen=True, slots=True)
class UnitPrice:
    """What one unit costs in a price table, and where the policy says so.

    One count costs `weight` / the table's denominator micro-credits: rate / per x multiplier.
    It is the price of the counts beyond the first `above`.
    """

    unit: str
    rate: Fraction
    per: int
    multiplier: Fraction
    weight: int
    pointer: str
    above: int = 0


@dataclass(frozen=True, slots=True)
class PriceTable:
    """The price of a request under one multiplier.

    Exact price in micro-credits = (constant + sum of count x weight) / denominator, all whole
    numbers, and `total` is it rounded; where the formula is not linear, `formula` gives the exact
    price instead. `pointer` is the place of the multiplier in the policy. `parts` gives, for a unit
    with graduated tiers, what its counts cost above each bound, lowest bound first.
    """

    multiplier: Fraction
    units: Mapping[str, UnitPrice]
    constant: int
    denominator: int
    pointer: str
    total: Total
    rounding: Rounding
    formula: Formula | None = None
    parts: Mapping[str, tuple[UnitPrice, ...]] = field(default_factory=lambda: _NONE)


@dataclass(frozen=True, slots=True)
class TierTable:
    """A tier: its condition over sums of counts, and the price of a request that meets it.

    `sums` gives the units that each name of the condition adds up.
    """

    sums: tuple[tuple[str, ...], ...]
    holds: Callable[..., bool | int | Fraction]
    text: str
    price: PriceTable
    pointer: str


@dataclass(frozen=True, slots=True)
class ModelPrices:
    """A model with its prices; the last tier that holds decides.

    `tiers` are those for the whole request. `on_plan` and `for_cohort` give the prices of wallets
    that have another multiplier. `is_plain` tells that nothing but the counts decides, and no tier.
    """

    name: str
    title: str
    price: PriceTable
    tiers: tuple[TierTable, ...]
    counted_as: str | None
    pointer: str
    is_plain: bool = True
    on_plan: Mapping[str, "ModelPrices"] = field(default_factory=lambda: _NONE)
    for_cohort: Mapping[str, "ModelPrices"] = field(default_factory=lambda: _NONE)

    @property
    def varies(self) -> bool:
        """Tell whether the price depends on who asks."""
        return bool(self.on_plan or self.for_cohort)

    def for_wallet(self, plan: str, cohort: str) -> "ModelPrices":
        """Give the prices for a wallet: its cohort's, else its plan's, else the model's own."""
        found = self.for_cohort.get(cohort) or self.on_plan.get(plan)
        return self if found is None else found


@dataclass(frozen=True, slots=True)
class ModifierRule:
    """A factor on the price of requests that name it, or that begin in its hours.

    `models` and `plans` say whose requests may have it, None for all. `units` are those that it
    changes, None for the whole price. With `hours` it holds by itself, and no request names it.
    """

    name: str
    factor: Fraction
    models: tuple[str, ...] | None
    plans: tuple[str, ...] | None
    units: tuple[str, ...] | None
    not_with: tuple[str, ...]
    pointer: str
    hours: tuple[DailyHours, ...] = ()


@dataclass(frozen=True, slots=True)
class Expiry:
    """When credits expire: never, at the end of the cycle or of a period in it, or after a span."""

    how: Literal["never", "end_of_cycle", "end_of_period", "span"]
    span: CalendarSpan | None = None


@dataclass(frozen=True, slots=True)
class KeptRule:
    """What is kept of unused credits when their grant comes again.

    kept = min(at most, max(at least, share of what is left)); credits that were kept `times`
    before are not left. With `renewed` they last until the grant comes once more.
    """

    share: Fraction
    of: Literal["remaining", "granted"]
    at_least_micro: Micro
    at_most_micro: Micro | None
    times: int | None
    renewed: bool
    priority: int | None = None


@dataclass(frozen=True, slots=True)
class CapRule:
    """The most that a recurring grant gives in a period; without a span, in a cycle."""

    amount_micro: Micro
    span: CalendarSpan | None


@dataclass(frozen=True, slots=True)
class GrantRule:
    """Credits that a plan gives.

    `every` is the period of a grant on its own clock. `between` are the first instant at which it
    is given and the first at which it is not any more. `models` and `units` restrict what its
    credits pay for; empty ones restrict nothing.
    """

    name: str
    rule: str
    amount_micro: Micro
    given: Literal["once", "each_cycle", "each_period"]
    expiry: Expiry
    carry_over: Literal["none", "all", "some"]
    pointer: str
    every: CalendarSpan | None = None
    at_most: CapRule | None = None
    between: tuple[Instant, Instant] | None = None
    kept: KeptRule | None = None
    priority: int | None = None
    models: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    per_seat: bool = False


@dataclass(frozen=True, slots=True)
class MoneyPrice:
    """What a plan's cycle or a pack costs in money; nothing about credits is decided by it."""

    amount: Fraction
    currency: str


@dataclass(frozen=True, slots=True)
class PlanRule:
    """A plan; `rank` is its place in the list, lowest first.

    `calendar` cycles begin where the calendar's do; `first_cycle` says what one gives that is
    under way when the plan is joined. `ends_after` is how a plan ends by itself: after how many
    cycles, and which plan follows.
    """

    name: str
    title: str
    rank: int
    cycle: CalendarSpan | None
    grants: tuple[GrantRule, ...]
    pointer: str
    calendar: bool = False
    first_cycle: Literal["full", "prorated_by_day", "prorated_by_second"] = "full"
    balance_at_most_micro: Micro | None = None
    ends_after: tuple[int, str] | None = None
    price: MoneyPrice | None = None


@dataclass(frozen=True, slots=True)
class BonusRule:
    """Credits given on top of a pack."""

    amount_micro: Micro
    expiry: Expiry


@dataclass(frozen=True, slots=True)
class PackRule:
    """Credits that are bought; `held_max` of them may be there with something left."""

    name: str
    title: str
    amount_micro: Micro
    expiry: Expiry
    sold_to: tuple[str, ...]
    pointer: str
    bonus: BonusRule | None = None
    held_max: int | None = None
    price: MoneyPrice | None = None


@dataclass(frozen=True, slots=True)
class DebtRule:
    """How far below zero a wallet may go after a request, and how it comes out of debt again."""

    limit_micro: Micro
    at_renewal: Literal["kept", "forgiven", "invoiced"]
    repaid_by: Literal["all_credits", "adjustments"] = "all_credits"


@dataclass(frozen=True, slots=True)
class AbnormalRule:
    """A condition over `charge` and `usual_charge`, in amounts of `per` micro-credits.

    That is a credit, or where the condition says the same of any unit, a micro-credit.
    """

    text: str
    names: tuple[str, ...]
    holds: Callable[..., bool | int | Fraction]
    pointer: str
    per: int


@dataclass(frozen=True, slots=True)
class AlertRule:
    """When a balance asks for attention: below a share of what was granted, or expiring soon."""

    below_share: Fraction | None
    expiring_within: CalendarSpan | None
    pointer: str


@dataclass(frozen=True, slots=True)
class KeepRule:
    """Subscribers of a plan who keep the replaced terms until an instant."""

    plan: str
    joined_before: Instant
    until: Instant


@dataclass(frozen=True, slots=True)
class ReplacesRule:
    """What a version means for existing subscribers."""

    version: int
    plans: Literal["at_next_cycle", "at_once", "new_subscribers_only"]
    keep: tuple[KeepRule, ...]
    removed_plans: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class HoldRule:
    """How long a hold lasts unless the caller says, and at most; what may be captured, until when.

    `grace` is the time after its end in which it can still be captured and released.
    """

    life: CalendarSpan
    longest: CalendarSpan
    above: Literal["charge", "refuse"] = "charge"
    grace: CalendarSpan | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of the rules, ready to decide with.

    `lines` gives the line of each JSON pointer in the file; `source` is the file's text.
    `sha256` is over the canonical content: comments and layout do not change it. `re_rated` are
    the plans to which some upgrade re-rates what was used before.
    """

    name: str
    version: int
    effective_at: Instant
    sha256: str
    file: str
    source: str
    lines: Mapping[str, int]
    document: PolicyDocument
    zone: str
    quantum_micro: Micro
    rounding: RoundingMode
    round_at: Literal["each_request", "each_line"]
    units: Mapping[str, Side]
    models: Mapping[str, ModelPrices]
    modifiers: Mapping[str, ModifierRule]
    by_hours: tuple[str, ...]
    cohorts: tuple[str, ...]
    unknown_as: str | None
    minimum_micro: Micro
    failed: Literal["free", "input_only", "full"]
    cancelled: Literal["free", "input_only", "full"]
    late_usage: CalendarSpan
    plans: Mapping[str, PlanRule]
    packs: Mapping[str, PackRule]
    burn_order: tuple[BurnKey, ...]
    changes: Changes
    holds: HoldRule
    shortfall_after: Literal["take_what_is_left", "go_into_debt"]
    debt: DebtRule | None
    refunds: Refunds
    refund_life: CalendarSpan | None
    alerts: tuple[AlertRule, ...]
    abnormal: tuple[AbnormalRule, ...]
    replaces: ReplacesRule | None
    limits: Limits
    re_rated: tuple[str, ...] = ()

    def line(self, pointer: str) -> int:
        """Give the line of a place in the file; of its nearest parent where it has none."""
        while pointer and pointer not in self.lines:
            pointer = pointer.rpartition("/")[0]
        return self.lines.get(pointer, 1)
