"""Commands: what callers ask of a wallet; and usage, what a request has used."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from operator import attrgetter
from types import NoneType
from typing import Any, Final, Literal, TypeAlias

from policyengine.ledger.changes import Charged, Outcome
from policyengine.ledger.holds import EstimateNote
from policyengine.ledger.lots import PRIORITY_DEFAULT, UNRESTRICTED, Restriction
from policyengine.ledger.subscriptions import Rollover
from policyengine.values.amounts import Micro
from policyengine.values.calendar import INSTANT_MAX, INSTANT_MIN, CalendarSpan, Instant
from policyengine.values.canonical import canonical_bytes, sha256_hex
from policyengine.values.making import quickly_made

COUNT_MAX: Final = 10**12
KEY_LENGTH_MAX: Final = 255
MODIFIERS_MAX: Final = 20
ENGINE_KEYS: Final = "settle:"
"""Keys that the engine gives to what the clock writes; callers' keys never start like this."""


@quickly_made
@dataclass(frozen=True, slots=True)
class Usage:
    """What one request used: disjoint counts by unit.

    `started_at` chooses the policy version that prices it; None means now. `modifiers` names those
    of the policy that hold for the request, in any order.
    """

    model: str
    counts: tuple[tuple[str, int], ...]
    started_at: Instant | None = None
    outcome: Outcome = "succeeded"
    modifiers: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        model: str,
        counts: Mapping[str, int],
        started_at: Instant | None = None,
        outcome: Outcome = "succeeded",
        modifiers: Iterable[str] = (),
    ) -> "Usage":
        """Check usage that comes from outside.

        Raises: ValueError for a count that is not a whole number from 0 to `COUNT_MAX`, a start
        outside the calendar, or more modifiers than `MODIFIERS_MAX`, or one twice.
        """
        for unit, count in counts.items():
            if type(count) is not int or not 0 <= count <= COUNT_MAX:
                raise ValueError(
                    f"`{count}` is not a count of `{unit}`; give a whole number from 0 to 10^12"
                )
        if started_at is not None and not INSTANT_MIN <= started_at < INSTANT_MAX:
            raise ValueError(f"`{started_at}` is no instant of the years 1970 to 8999")
        if not modifiers:
            return cls(model, tuple(counts.items()), started_at, outcome)
        return cls(model, tuple(counts.items()), started_at, outcome, _named_once(modifiers))

    def since(self, started_at: Instant) -> "Usage":
        """Give the same usage as of a request that began at an instant."""
        return Usage(self.model, self.counts, started_at, self.outcome, self.modifiers)


def _named_once(modifiers: Iterable[str]) -> tuple[str, ...]:
    names = tuple(modifiers)
    if len(names) > MODIFIERS_MAX:
        raise ValueError(f"a request names at most {MODIFIERS_MAX} modifiers")
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ValueError(f"the modifier `{twice}` is named twice; it holds or does not")
    return tuple(sorted(names))


def usage_of(charge: Charged) -> Usage:
    """Give the usage that a charge was for."""
    modifiers = () if charge.terms is None else charge.terms.modifiers
    return Usage(charge.model, charge.counts, charge.started_at, charge.outcome, modifiers)


@dataclass(frozen=True, slots=True)
class Subscribe:
    """Open the wallet if need be, and join a plan; `policy` may be left out where there is one."""

    plan: str
    policy: str = ""
    cohort: str = ""


@dataclass(frozen=True, slots=True)
class SetCohort:
    """Put the wallet into a cohort, out of the one that it is in; empty for none."""

    cohort: str


@dataclass(frozen=True, slots=True)
class ChangePlan:
    """Move to another plan: up, down, or back to the current one (drops a pending change)."""

    plan: str


@dataclass(frozen=True, slots=True)
class Cancel:
    """Leave the plan."""


@dataclass(frozen=True, slots=True)
class BuyPack:
    """Add a pack that was paid for elsewhere; `reference` names the payment."""

    pack: str
    reference: str = ""


@dataclass(frozen=True, slots=True)
class GiveGrant:
    """Give credits by hand.

    `effective_at` None means now; `expires_at` None means never. With an interval the grant recurs
    from its anchor (default: when it takes effect); at each recurrence
    after = min(maximum, max(minimum, before)), by default a refill to the amount.
    """

    amount_micro: Micro
    priority: int = PRIORITY_DEFAULT
    effective_at: Instant | None = None
    expires_at: Instant | None = None
    interval: CalendarSpan | None = None
    anchor_at: Instant | None = None
    rollover: Rollover | None = None
    restricted_to: Restriction = UNRESTRICTED


@dataclass(frozen=True, slots=True)
class VoidGrant:
    """Take back what is unused of a grant or purchase, and end its recurrences."""

    target_seq: int


@quickly_made
@dataclass(frozen=True, slots=True)
class Charge:
    """Pay for usage at once.

    `after_request`: the request has already run, so `shortfall.after_request` decides when credits
    do not suffice; otherwise `shortfall.before_request`.
    """

    usage: Usage
    after_request: bool = False
    conversation_id: str = ""
    operation_id: str = ""
    estimate: EstimateNote | None = None
    member: str = ""


@quickly_made
@dataclass(frozen=True, slots=True)
class OpenHold:
    """Set credits aside: an amount, or the price of expected usage.

    `life` None means the policy's `estimate.hold`.
    """

    amount_micro: Micro | None = None
    usage: Usage | None = None
    life: CalendarSpan | None = None
    conversation_id: str = ""
    operation_id: str = ""
    estimate: EstimateNote | None = None
    member: str = ""


@quickly_made
@dataclass(frozen=True, slots=True)
class Capture:
    """Turn a hold into a charge: for usage, or for an amount. The final one releases the rest."""

    hold_seq: int
    usage: Usage | None = None
    amount_micro: Micro | None = None
    final: bool = True


@dataclass(frozen=True, slots=True)
class Release:
    """Give a hold back."""

    hold_seq: int


@dataclass(frozen=True, slots=True)
class Extend:
    """Let a hold last longer: the new end is the old end plus `by`."""

    hold_seq: int
    by: CalendarSpan


@dataclass(frozen=True, slots=True)
class Refund:
    """Give back what a charge or capture took: all of it, or an amount."""

    target_seq: int
    amount_micro: Micro | None = None
    case_seq: int | None = None


@dataclass(frozen=True, slots=True)
class Adjust:
    """Correct a balance by hand, up or down; the reason is required."""

    amount_micro: Micro
    expires_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class ReportAbnormal:
    """Open a case of abnormal consumption, on a charge or a whole conversation."""

    about_seq: int | None = None
    conversation_id: str = ""


@dataclass(frozen=True, slots=True)
class ResolveCase:
    """Close a case; refunds are commands of their own that name the case."""

    case_seq: int
    verdict: Literal["explained", "refunded"]


@dataclass(frozen=True, slots=True)
class SetOverage:
    """Allow or forbid overage in the wallet; a limit of its own counts where it is lower."""

    on: bool
    limit_micro: Micro | None = None


@dataclass(frozen=True, slots=True)
class SetTopUp:
    """Allow or forbid top-ups in the wallet."""

    on: bool


@dataclass(frozen=True, slots=True)
class PayTopUp:
    """Answer a top-up: it was paid; `reference` names the payment."""

    top_up_seq: int
    reference: str = ""


@dataclass(frozen=True, slots=True)
class FailTopUp:
    """Answer a top-up: it was not paid."""

    top_up_seq: int


@dataclass(frozen=True, slots=True)
class Convert:
    """Turn units of an older scheme into credits, once per reference."""

    unit: str
    count: int
    reference: str = ""


@dataclass(frozen=True, slots=True)
class SetSeats:
    """Say how many seats the wallet has: more count at once, fewer from the next cycle."""

    seats: int


@dataclass(frozen=True, slots=True)
class Settle:
    """Bring the wallet up to the time of the command; writes only what was due."""


Body: TypeAlias = (
    Subscribe
    | SetCohort
    | ChangePlan
    | Cancel
    | BuyPack
    | GiveGrant
    | VoidGrant
    | Charge
    | OpenHold
    | Capture
    | Release
    | Extend
    | Refund
    | Adjust
    | ReportAbnormal
    | ResolveCase
    | SetOverage
    | SetTopUp
    | PayTopUp
    | FailTopUp
    | Convert
    | SetSeats
    | Settle
)


@quickly_made
@dataclass(frozen=True, slots=True)
class Command:
    """One attempt on one wallet. `key` names it for ever; `at` is the instant of the decision."""

    wallet_id: str
    key: str
    at: Instant
    body: Body
    actor: str = ""
    reason: str = ""


_TARGETS: Final[Mapping[type[Body], Callable[[Any], int | None]]] = {
    VoidGrant: attrgetter("target_seq"),
    Refund: attrgetter("target_seq"),
    Capture: attrgetter("hold_seq"),
    Release: attrgetter("hold_seq"),
    Extend: attrgetter("hold_seq"),
    ReportAbnormal: attrgetter("about_seq"),
    ResolveCase: attrgetter("case_seq"),
    PayTopUp: attrgetter("top_up_seq"),
    FailTopUp: attrgetter("top_up_seq"),
}


def target_seq(body: Body) -> int | None:
    """Give the transaction that a command acts on, which must be at hand when it is decided."""
    read = _TARGETS.get(type(body))
    return None if read is None else read(body)


def case_seq(body: Body) -> int | None:
    """Give the case that a refund is made for, which must be at hand as well."""
    return body.case_seq if isinstance(body, Refund) else None


def fingerprint(command: Command) -> str:
    """Give the digest of what a command asks, without its time and key: equal for a true retry."""
    body = command.body
    return sha256_hex(
        canonical_bytes([command.wallet_id, type(body).__name__, _plain(body), command.reason])
    )


_READERS: Final[dict[type, Callable[[Any], tuple[Any, ...]]]] = {}


def _reader(kind: type) -> Callable[[Any], tuple[Any, ...]]:
    """Give a function that reads all fields of a dataclass, made once per class."""
    names = [each.name for each in fields(kind)]
    if len(names) > 1:
        return attrgetter(*names)
    return lambda value: tuple(getattr(value, name) for name in names)


_AS_IT_IS: Final = frozenset({str, int, bool, tuple, NoneType})
"""What JSON writes by itself; the tuples in commands hold names and numbers only."""


def _plain(value: Any) -> list[Any] | None:
    """Give a dataclass as the list of its fields, at every depth."""
    kind = type(value)
    if kind is EstimateNote:
        return None  # an estimate is not part of what is asked: a retry may have a newer one
    if kind is Usage:  # counts have no order: a retry may list them in another one
        asked = [value.model, sorted(value.counts), value.started_at, value.outcome]
        return [*asked, sorted(value.modifiers)] if value.modifiers else asked
    if kind is Subscribe and not value.cohort:  # the digest is as it was before there were cohorts
        return [value.plan, value.policy]
    read = _READERS.get(kind)
    if read is None:
        read = _READERS[kind] = _reader(kind)
    return [each if type(each) in _AS_IT_IS else _plain(each) for each in read(value)]
