"""Lots: what one grant leaves in a wallet, and the pots its credits move between."""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from policyengine.values.amounts import Micro
from policyengine.values.calendar import Instant
from policyengine.values.making import quickly_made

Pot: TypeAlias = Literal["issued", "available", "held", "consumed", "expired", "withdrawn"]

LotSource: TypeAlias = Literal[
    "plan",  # given at the start of a cycle
    "gift",  # given once in a wallet's life
    "pack",  # bought
    "grant",  # given by hand through the API
    "carried",  # what a plan change or a renewal kept
    "refund",  # given anew because the lot that paid had expired
    "adjustment",  # a correction by hand
    "debt",  # lent after a request that had already run
    "overage",  # lent beyond the balance, at a price, for the next invoice
    "bonus",  # given on top of what was bought
    "conversion",  # what old units became
]

PRIORITY_DEFAULT: Final = 50
PRIORITY_MAX: Final = 1000
RESTRICTIONS_MAX: Final = 50


@dataclass(frozen=True, slots=True)
class Restriction:
    """What a lot may pay for; an empty tuple restricts nothing."""

    models: tuple[str, ...] = ()
    units: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether anything is restricted."""
        return bool(self.models or self.units)


UNRESTRICTED: Final = Restriction()


@quickly_made
@dataclass(frozen=True, slots=True)
class LotTerms:
    """What is fixed about a lot when it is opened; later policy versions never change it.

    `rule` names what gave the credits: `plans.pro.grants.monthly`, `packs.pack_500`, `api`.
    `cycle_bound` lots belong to the plan's cycle: plan changes decide about what is unused.
    `rolls` lots end at a renewal or recurrence that may keep part of them; `times_kept` tells how
    often their credits were kept so before.
    """

    no: int
    opened_by: int
    source: LotSource
    rule: str
    granted_micro: Micro
    effective_at: Instant
    expires_at: Instant
    priority: int = PRIORITY_DEFAULT
    restricted_to: Restriction = UNRESTRICTED
    cycle_bound: bool = False
    rolls: bool = False
    series_no: int | None = None
    times_kept: int = 0

    @property
    def is_restricted(self) -> bool:
        """Tell whether the lot pays only for certain models or units."""
        return bool(self.restricted_to)

    @property
    def is_general(self) -> bool:
        """Tell whether the lot pays for everything."""
        return not self.restricted_to

    @property
    def is_pack(self) -> bool:
        """Tell whether the lot was bought as a pack."""
        return self.source == "pack"

    @property
    def is_no_pack(self) -> bool:
        """Tell whether the lot was not bought as a pack."""
        return self.source != "pack"

    @property
    def is_paid_for(self) -> bool:
        """Tell whether the credits come from a plan or pack that costs money."""
        return self.source in {"plan", "carried", "pack", "overage"}

    @property
    def larger_first(self) -> Micro:
        """Give a sort key that puts the lot first that began with the most credits."""
        return -self.granted_micro

    @property
    def newest_first(self) -> tuple[int, int]:
        """Give a sort key that puts the newest lot first."""
        return -self.effective_at, -self.no


@dataclass(frozen=True, slots=True)
class LotEnd:
    """How a lot ended before its expiry; what a hold gives back to it later goes the same way.

    `carried`: into a new lot that expires at `carried_expires_at`.
    """

    how: Literal["expired", "withdrawn", "carried"]
    at: Instant
    carried_expires_at: Instant | None = None


@quickly_made
@dataclass(frozen=True, slots=True)
class Lot:
    """A lot's credits by pot.

    INVARIANT: remaining + held + consumed + expired + withdrawn = terms.granted_micro.
    """

    terms: LotTerms
    remaining: Micro
    held: Micro = 0
    consumed: Micro = 0
    expired: Micro = 0
    withdrawn: Micro = 0
    end: LotEnd | None = None

    @property
    def is_open(self) -> bool:
        """Tell whether any of its credits can still be spent."""
        return self.remaining > 0 or self.held > 0

    def has_ended(self, at: Instant) -> bool:
        """Tell whether the lot is over at an instant: expired at its expiry, or ended before."""
        return self.end is not None or self.terms.expires_at <= at

    @property
    def is_balanced(self) -> bool:
        """Tell whether every granted credit is in exactly one pot."""
        pots = (self.remaining, self.held, self.consumed, self.expired, self.withdrawn)
        return min(pots) >= 0 and sum(pots) == self.terms.granted_micro
