"""How a plan words its figures: changes, shares, margins, and what they are of."""

from fractions import Fraction

from policyengine.app.simulation.wording import credits_shown, signed, tenths_text
from policyengine.review.margins import Margin
from policyengine.review.rises import UNBOUNDED, Rise
from policyengine.values.amounts import MICRO_PER_CREDIT, credits_text


def change_text(change: Fraction) -> str:
    """Write a change as a signed percentage."""
    if change >= UNBOUNDED - 1:
        return "from 0"
    return f"{signed(tenths_text(round(change * 1000)))} %"


def share_of(share: Fraction) -> str:
    """Write a share as a percentage."""
    return f"{tenths_text(round(share * 1000))} %"


def margin_text(share: Fraction) -> str:
    """Write a margin as a percentage; nothing is paid where it has no end."""
    return "unpaid" if share <= -UNBOUNDED else share_of(share)


def money_text(amount: Fraction) -> str:
    """Write an amount of money: with two decimals, or six where it has more."""
    micro = round(amount * MICRO_PER_CREDIT)
    return credits_text(micro) if amount < 1 else credits_shown(micro)


def part_text(part: Rise | Margin) -> str:
    """Say what a price or margin is of: a model, a unit, a range, somebody."""
    modifier = f"with {part.modifier}" if isinstance(part, Rise) and part.modifier else ""
    words = (part.model, part.audience, modifier, f"for {part.part}", part.where)
    return " ".join(filter(None, words))
