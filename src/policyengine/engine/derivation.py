"""The steps of a derivation: what, how much, and the line of the policy that it rests on."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from policyengine.policy.policy import Policy
from policyengine.values.amounts import decimal_text


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a policy version."""

    policy: str
    version: int
    file: str
    line: int
    pointer: str

    def __str__(self) -> str:
        """Write the place as `policies/acme/v2.yaml:14`."""
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a derivation: what, how much, why, and what it rests on."""

    label: str
    value: str = ""
    place: Place | None = None
    steps: tuple["Step", ...] = ()

    def walk(self, depth: int = 0) -> Iterator[tuple[int, "Step"]]:
        """Give this step and all below it, each with its depth, in reading order."""
        yield depth, self
        for step in self.steps:
            yield from step.walk(depth + 1)


def place_of(policy: Policy, pointer: str) -> Place:
    """Give the line of a pointer in a policy."""
    return Place(policy.name, policy.version, policy.file, policy.line(pointer), pointer)


def exact_text(amount: Fraction) -> str:
    """Write an exact amount of credits, as a decimal where it has a short one: `12.00`."""
    return decimal_text(amount, decimals=2)


def factor_text(factor: Fraction) -> str:
    """Write a rate or multiplier as an author does: `12`, `0.5`."""
    return decimal_text(factor)
