"""Holds: credits of certain lots, set aside for an operation."""

from dataclasses import dataclass

from policyengine.values.amounts import Micro
from policyengine.values.calendar import Instant
from policyengine.values.making import quickly_made


@quickly_made
@dataclass(frozen=True, slots=True)
class Draw:
    """Part of a lot that is taken."""

    lot_no: int
    amount_micro: Micro


@quickly_made
@dataclass(frozen=True, slots=True)
class EstimateNote:
    """The estimate that a charge was announced with, in micro-credits."""

    low_micro: Micro
    expected_micro: Micro
    high_micro: Micro


@quickly_made
@dataclass(frozen=True, slots=True)
class Hold:
    """An open hold: what is still set aside, lot by lot in burn order.

    `seq` is the transaction that opened it and names it. `latest_at` bounds extensions.
    `started_at` is when the request began: its capture is priced by the version of that time.
    `member` is who asked. `asked` is the model that was asked for where `model` took its place.
    `grace_until` is until when it can be captured and released after its end; 0 without grace.
    """

    seq: int
    draws: tuple[Draw, ...]
    expires_at: Instant
    latest_at: Instant
    model: str = ""
    conversation_id: str = ""
    operation_id: str = ""
    estimate: EstimateNote | None = None
    captured_micro: Micro = 0
    started_at: Instant = 0
    member: str = ""
    asked: str = ""
    grace_until: Instant = 0

    @property
    def frees_at(self) -> Instant:
        """Give the instant at which it times out: its end, or that of its grace time."""
        return max(self.expires_at, self.grace_until)

    @property
    def held_micro(self) -> Micro:
        """Give the credits still set aside."""
        return sum(draw.amount_micro for draw in self.draws)
