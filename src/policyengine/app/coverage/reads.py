"""What of a policy is read while scenarios run: the places, each with the version that has it."""

from collections.abc import Iterable
from typing import Final, TypeAlias

from policyengine.app.scenarios.then import Then

Read: TypeAlias = tuple[int, str]
"""A version's number and the pointer of what was read; what is below it was read as well."""

_SHOWN_BY: Final = {"/alerts": "alerts", "/burn_order": "lots", "/caps": "caps"}
"""Rules that are read to show a wallet: each with the key of `then` that asks for it."""


class Reads:
    """A log of reads: those that decide, and those that only show a wallet after a step.

    `deciding` are reads of a decision, or of something that the step expects to be shown;
    `showing` are all others.
    """

    def __init__(self) -> None:
        """Begin with nothing read, and with a decision."""
        self.deciding: set[Read] = set()
        self.showing: set[Read] = set()
        self._shown: frozenset[str] | None = None

    def forget(self) -> None:
        """Begin anew."""
        self.deciding = set()
        self.showing = set()
        self._shown = None

    @property
    def every(self) -> frozenset[Read]:
        """Give all that was read, for whatever reason."""
        return frozenset(self.deciding | self.showing)

    def decide(self) -> None:
        """Say that what follows is a decision."""
        self._shown = None

    def show(self, then: Then | None) -> None:
        """Say that what follows is shown after a step that expects these things."""
        self._shown = frozenset() if then is None else frozenset(then.model_fields_set)

    def note(self, version: int, pointers: Iterable[str]) -> None:
        """Note that places were read."""
        for pointer in pointers:
            self._log_for(pointer).add((version, pointer))

    def _log_for(self, pointer: str) -> set[Read]:
        if self._shown is None:
            return self.deciding
        rule = "/" + pointer.split("/")[1]
        return self.deciding if _SHOWN_BY.get(rule) in self._shown else self.showing
