"""Tallies: what came of one wallet under one policy, in whole numbers."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from policyengine.values.amounts import Micro
from policyengine.values.calendar import Instant

ADDED: Final = ("pack", "bonus", "grant", "conversion", "overage", "debt")
"""Sources of credits beyond what plans give: bought, given by hand, or lent."""

Cell: TypeAlias = tuple[str, str]
"""A plan and a model."""


@dataclass(slots=True)
class Use:
    """Requests: how many, how many of them refused, what they cost, what was taken for them.

    `price_micro` is what the policy asks for every request, the refused ones too.
    """

    requests: int = 0
    refused: int = 0
    price_micro: Micro = 0
    charged_micro: Micro = 0

    def add(self, other: "Use") -> None:
        """Add another use to this one."""
        self.requests += other.requests
        self.refused += other.refused
        self.price_micro += other.price_micro
        self.charged_micro += other.charged_micro


@dataclass(slots=True)
class Tally:
    """What came of one wallet, or added up of many.

    `uses` is by the plan that the wallet had and the model that was asked for; `refusals` counts
    requests by code; `opened` has the credits of new lots by source. `moved_up` counts changes to a
    higher plan that helped out of a shortage. `out_at` is the first instant at which a request was
    not covered, and `renews_at` the renewal that came after it; `cycles_out` in how many cycles
    that happened.
    """

    uses: dict[Cell, Use] = field(default_factory=dict)
    refusals: dict[str, int] = field(default_factory=dict)
    opened: dict[str, Micro] = field(default_factory=dict)
    holds_refused: int = 0
    moved_up: int = 0
    expired_micro: Micro = 0
    left_micro: Micro = 0
    debt_micro: Micro = 0
    not_run: int = 0
    cycles_out: int = 0
    out_at: Instant | None = None
    renews_at: Instant | None = None

    @property
    def total(self) -> Use:
        """Give the use under all plans, of all models."""
        return added(self.uses.values())

    def by_plan(self) -> dict[str, Use]:
        """Give the use under each plan."""
        return self._by(0)

    def by_model(self) -> dict[str, Use]:
        """Give the use of each model."""
        return self._by(1)

    def _by(self, place: int) -> dict[str, Use]:
        found: dict[str, Use] = {}
        for cell, use in sorted(self.uses.items()):
            found.setdefault(cell[place], Use()).add(use)
        return found

    @property
    def added_micro(self) -> Micro:
        """Give the credits that came beyond what plans give."""
        return sum(self.opened.get(source, 0) for source in ADDED)

    @property
    def ran_out(self) -> bool:
        """Tell whether a request was ever not covered."""
        return self.out_at is not None

    @property
    def ran_out_before_renewal(self) -> bool:
        """Tell whether that happened in a cycle that would have renewed."""
        return self.renews_at is not None

    def plain(self) -> list[Any]:
        """Give plain data, for a file."""
        uses = [
            [*cell, each.requests, each.refused, each.price_micro, each.charged_micro]
            for cell, each in sorted(self.uses.items())
        ]
        rest = [getattr(self, name) for name in _NUMBERS]
        return [uses, sorted(self.refusals.items()), sorted(self.opened.items()), *rest]

    @classmethod
    def of_plain(cls, plain: list[Any]) -> "Tally":
        """Read what `plain` gave."""
        uses, refusals, opened, *rest = plain
        return cls(
            {(plan, model): Use(*numbers) for plan, model, *numbers in uses},
            dict(refusals),
            dict(opened),
            *rest,
        )


_NUMBERS: Final = (
    "holds_refused",
    "moved_up",
    "expired_micro",
    "left_micro",
    "debt_micro",
    "not_run",
    "cycles_out",
    "out_at",
    "renews_at",
)


def added(uses: Iterable[Use]) -> Use:
    """Add uses up."""
    total = Use()
    for use in uses:
        total.add(use)
    return total


@dataclass(frozen=True, slots=True)
class Pair:
    """A wallet under the old and the new policy; `size` is how many requests or entries it has."""

    wallet_id: str
    size: int
    old: Tally
    new: Tally

    @property
    def price_change_micro(self) -> Micro:
        """Give by how much the price of all that the wallet asked for changes."""
        return self.new.total.price_micro - self.old.total.price_micro
