"""Claims: a small language over prices, counts and the balance, read with the house's expressions.

`price(new) <= 1.1 * price(old) or all_input > 200000`, `balance >= -50`, and
`no customer is worse off`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, TypeAlias

from policyengine.policy.expressions import (
    Expression,
    ExpressionFault,
    lower_bound,
    parse_expression,
)
from policyengine.policy.policy import Policy
from policyengine.policy.vocabulary import vocabulary_of

NEW: Final = "price_new"
OLD: Final = "price_old"
NOBODY_WORSE_OFF: Final = "no customer is worse off"
_PRICE: Final = re.compile(r"\bprice\(\s*(new|old)\s*\)")
_BALANCE: Final = re.compile(r"\bbalance\b")


@dataclass(frozen=True, slots=True)
class PriceClaim:
    """A condition on every request: over its price in both versions, and its counts."""

    text: str
    expression: Expression

    @property
    def needs_old(self) -> bool:
        """Tell whether the price in the other version is part of it."""
        return OLD in self.expression.names_used


@dataclass(frozen=True, slots=True)
class CustomerClaim:
    """Whoever can pay for some requests in a cycle under the old version can under the new one."""

    text: str = NOBODY_WORSE_OFF


@dataclass(frozen=True, slots=True)
class BalanceClaim:
    """No wallet's balance, its debt taken off, is ever below so many credits."""

    text: str
    least: Fraction
    inclusive: bool


Claim: TypeAlias = PriceClaim | CustomerClaim | BalanceClaim


@dataclass(frozen=True, slots=True)
class NoClaim:
    """A text that is no claim: why, and what to write."""

    message: str
    help: str


def parse_claim(text: str, new: Policy, old: Policy | None) -> Claim | NoClaim:
    """Read a claim.

    Takes: the versions that it is about; names of counts are those that both have.
    """
    plain = " ".join(text.split())
    if plain == NOBODY_WORSE_OFF:
        return CustomerClaim()
    if _BALANCE.search(plain):
        return _balance(plain)
    names = {NEW: "credits", **_counts(new, old)}
    if old is not None:
        names[OLD] = "credits"
    written = _PRICE.sub(lambda match: f"price_{match[1]}", plain)
    parsed = parse_expression(written, names, "yes_no")
    if isinstance(parsed, ExpressionFault):
        help_ = _said(parsed.help)
        if old is None and "price(old)" in plain:
            help_ = "name the version to compare with: `--vs FILE`"
        return NoClaim(_said(parsed.message), help_)
    return PriceClaim(plain, parsed)


def _counts(new: Policy, old: Policy | None) -> Mapping[str, str]:
    mine = vocabulary_of(new.document).of_conditions
    theirs = mine if old is None else vocabulary_of(old.document).of_conditions
    return {name: unit for name, unit in mine.items() if theirs.get(name) == unit}


def _said(text: str) -> str:
    """Put names back as they are written in claims."""
    return text.replace(NEW, "price(new)").replace(OLD, "price(old)")


def _balance(plain: str) -> BalanceClaim | NoClaim:
    parsed = parse_expression(plain, {"balance": "credits"}, "yes_no")
    if isinstance(parsed, ExpressionFault):
        return NoClaim(parsed.message, parsed.help)
    bound = lower_bound(parsed)
    if bound is None:
        return NoClaim("this claim is no lower bound of the balance", "write `balance >= -50`")
    return BalanceClaim(plain, bound.value, bound.inclusive)
