"""Held credits as a context: what was neither captured nor released goes back by itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from policyengine.app.receipts import Receipt
from policyengine.ledger.changes import Outcome
from policyengine.store.faults import StoreFault


class Captures(Protocol):
    """Turns a hold into a charge for usage, finally; `Engine.capture` does."""

    def __call__(
        self, hold_id: str, *, model: str, counts: Mapping[str, int], outcome: Outcome
    ) -> Receipt:
        """Capture a hold."""


@dataclass(slots=True)
class HeldCredits:
    """An open hold as a context: `with engine.hold(...) as held: held.capture(...)`."""

    receipt: Receipt
    captures: Captures
    releases: Callable[[str], Receipt]
    is_over: bool = False

    @property
    def id(self) -> str:
        """Give the hold's id."""
        return self.receipt.id

    def capture(
        self, model: str, counts: Mapping[str, int], *, outcome: Outcome = "succeeded"
    ) -> Receipt:
        """Capture what was used, finally; where that is refused, the hold is as it was.

        After a fault of the ledger the end of the block does not give the hold back: the request
        has run, and can be captured by its id until the hold ends by itself.
        """
        try:
            done = self.captures(self.id, model=model, counts=counts, outcome=outcome)
        except StoreFault:
            self.is_over = True
            raise
        self.is_over = done.is_accepted
        return done

    def release(self) -> Receipt:
        """Give the hold back."""
        done = self.releases(self.id)
        self.is_over = True
        return done

    def __enter__(self) -> Self:
        """Begin the request.

        Raises: Refused where the hold was refused.
        """
        self.receipt.or_raise()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Release what was neither captured nor released."""
        if not self.is_over:
            self.release()
