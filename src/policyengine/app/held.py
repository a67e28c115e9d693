"""Held credits as a context: what was neither captured nor released goes back by itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from policyengine.app.receipts import Receipt
from policyengine.ledger.changes import Outcome


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
        """Capture what was used, finally."""
        self.is_over = True
        return self.captures(self.id, model=model, counts=counts, outcome=outcome)

    def release(self) -> Receipt:
        """Give the hold back."""
        self.is_over = True
        return self.releases(self.id)

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
