"""A wallet's standing with its plan, and the grants that come to it by the clock."""

from dataclasses import dataclass
from typing import Final

from policyengine.ledger.lots import PRIORITY_DEFAULT, UNRESTRICTED, Restriction
from policyengine.values.amounts import Micro
from policyengine.values.calendar import CalendarSpan, Instant
from policyengine.values.making import quickly_made


@dataclass(frozen=True, slots=True)
class PendingChange:
    """A plan change that waits for the end of the cycle; a later one replaces it."""

    plan: str
    because: str


@dataclass(frozen=True, slots=True)
class Given:
    """What a recurring grant of the plan has given since an instant, by the grant's name.

    It counts against a cap, or against the allowance of a higher plan; where nothing of that kind
    is in the policy, it is not noted.
    """

    grant: str
    since: Instant
    amount_micro: Micro


@quickly_made
@dataclass(frozen=True, slots=True)
class Subscription:
    """A plan, the policy version whose terms apply, and the current cycle [starts_at, ends_at).

    `ends_at` is `NEVER` for a plan without cycles. Cycle number `index` counts from the anchor. A
    cycle that was under way when the plan was joined starts, for the wallet, at the joining.
    `cohort` is a group of wallets that has other multipliers; it stays when the plan changes.
    """

    plan: str
    version: int
    joined_at: Instant
    anchor_at: Instant
    index: int
    starts_at: Instant
    ends_at: Instant
    pending: PendingChange | None = None
    cohort: str = ""
    given: tuple[Given, ...] = ()


@quickly_made
@dataclass(frozen=True, slots=True)
class Standing:
    """Who asks for a price, as far as prices depend on it: the wallet's plan and cohort."""

    plan: str = ""
    cohort: str = ""


NOBODY: Final = Standing()
"""Nobody in particular: a model's own prices."""


@dataclass(frozen=True, slots=True)
class Rollover:
    """What is kept at a recurrence: after = min(maximum, max(minimum, before))."""

    minimum_micro: Micro
    maximum_micro: Micro


@dataclass(frozen=True, slots=True)
class Series:
    """A grant that starts later or recurs; each occurrence opens a lot of its own.

    Occurrence `index` happens at `next_at`, counted from the anchor. The credits of the last
    occurrence before `ends_at` expire at `ends_at`, those of the others at the next occurrence.
    Without an interval there is one occurrence, whose credits expire at `ends_at`. A series of a
    plan lasts for one cycle, and the plan says how long its credits do.
    """

    no: int
    opened_by: int
    rule: str
    amount_micro: Micro
    anchor_at: Instant
    next_at: Instant
    ends_at: Instant
    index: int = 0
    interval: CalendarSpan | None = None
    rollover: Rollover | None = None
    priority: int = PRIORITY_DEFAULT
    restricted_to: Restriction = UNRESTRICTED

    @property
    def is_of_plan(self) -> bool:
        """Tell whether a grant of the wallet's plan recurs, and not one given by hand."""
        return ".plans." in self.rule
