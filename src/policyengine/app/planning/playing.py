"""Scenarios under two versions of a policy: what each would have cost, refused and left."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from policyengine.app.scenarios.document import Scenario
from policyengine.app.scenarios.stage import Stage
from policyengine.engine.estimating import Estimate
from policyengine.engine.settling import settle
from policyengine.ledger.changes import Charged
from policyengine.ledger.transactions import change_of
from policyengine.policy.policy import Policy
from policyengine.policy.timeline import Timeline
from policyengine.values.amounts import Micro
from policyengine.values.calendar import INSTANT_MIN

AMOUNTS: Final = {
    "charged": "charged",
    "estimated": "estimated",
    "left": "balance at the end",
    "held": "held at the end",
    "owed": "owed at the end",
}
"""The amounts of an outcome, each with its words, the most telling first."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a scenario: amounts added up over all wallets, and refusals by step.

    Step 0 is the wallet that is given.
    """

    charged: Micro = 0
    estimated: Micro = 0
    left: Micro = 0
    held: Micro = 0
    owed: Micro = 0
    refusals: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Played:
    """A scenario under the old and the new version."""

    file: str
    line: int
    title: str
    old: Outcome
    new: Outcome

    @property
    def differs(self) -> bool:
        """Tell whether anything came otherwise."""
        return self.old != self.new

    @property
    def amounts(self) -> Iterator[tuple[str, Micro, Micro]]:
        """Give the amounts that differ, by name."""
        for name in AMOUNTS:
            pair = getattr(self.old, name), getattr(self.new, name)
            if pair[0] != pair[1]:
                yield name, *pair

    @property
    def rise(self) -> Fraction | None:
        """Give by which share more is charged; None where nothing was."""
        if not self.old.charged:
            return None
        return Fraction(self.new.charged - self.old.charged, self.old.charged)


def outcome_of(scenario: Scenario, policy: Policy) -> Outcome:
    """Play a scenario under one version, taken as always in force; nothing is expected of it.

    Takes: a scenario that has passed the checks; it may name plans and models that the version
    does not have, which is then a refusal.
    """
    stage = Stage.of(Timeline((policy,), (INSTANT_MIN,)))
    refusals: list[tuple[int, str]] = []
    if scenario.given is not None:
        refusal = stage.begin(scenario.given)
        if refusal is not None:
            return Outcome(refusals=((0, refusal.code),))
    estimated = 0
    for number, step in enumerate(scenario.steps, start=1):
        seen = stage.perform(step, number)
        if seen.refusal is not None:
            refusals.append((number, seen.refusal.code))
        if isinstance(seen.estimate, Estimate):
            estimated += seen.estimate.expected_micro
    charged = sum(
        change.charged_micro
        for wallet in stage.ledger.books
        for each in stage.history(wallet)
        if (change := change_of(each, Charged)) is not None
    )
    books = [settle(stage.timeline, book, stage.at)[0] for book in stage.ledger.books.values()]
    return Outcome(
        charged,
        estimated,
        sum(each.available_micro for each in books),
        sum(each.held_micro for each in books),
        sum(each.debt_micro for each in books),
        tuple(refusals),
    )
