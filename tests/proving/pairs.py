"""Small policies for proofs: two units, and answers that make prices jump."""

from decimal import Decimal
from itertools import product
from typing import Any, Final

from hypothesis import strategies as st

from engine.wallets import policy
from policyengine.engine.commands import Usage
from policyengine.engine.rating import Price, rate
from policyengine.ledger.subscriptions import Standing
from policyengine.policy.policy import Policy
from policyengine.proving.claims import PriceClaim
from policyengine.proving.prices import claim_holds

UP_TO: Final = 9
MODEL: Final = "frontier"
FREE: Final = Standing("free")

FORMULAS: Final = (
    "requests_at_rate * multiplier",
    "requests_at_rate * multiplier",
    "requests_at_rate * multiplier + 0.3",
    "max(requests_at_rate, 0.7) * multiplier",
    "ceil(requests_at_rate, 0.5) * multiplier",
    "floor(requests_at_rate * multiplier) if sent > 3 else min(requests_at_rate, 2) * multiplier",
)
TIERS: Final[tuple[list[dict[str, Any]], ...]] = (
    [],
    [{"when": "all_requests > 4", "applies_to": "whole_request", "multiplier": Decimal("0.5")}],
    [{"when": "sent > 2 and not answered > 3", "applies_to": "whole_request", "multiplier": 3}],
)
GRADUATED: Final[tuple[list[dict[str, Any]], ...]] = (
    [{"when": "sent > 4", "applies_to": "part_above", "rates": {"sent": Decimal("0.2")}}],
    [{"when": "answered >= 3", "applies_to": "part_above", "multiplier": 2}],
)


@st.composite
def small_policies(draw: st.DrawFn) -> Policy:
    """A version with prices of its own kind; every answer changes what a request costs."""
    formula = draw(st.sampled_from(FORMULAS))
    tiers = draw(st.sampled_from(TIERS + (GRADUATED if formula == FORMULAS[0] else ())))
    rates = st.sampled_from([Decimal(text) for text in ("0", "0.1", "0.35", "0.5", "1", "1.7")])
    modes = st.sampled_from(["up", "down", "half_up", "half_even"])
    each_line = formula == FORMULAS[0] and draw(st.booleans())
    smallest = draw(st.sampled_from([Decimal("0.1"), Decimal("0.5"), Decimal(1)]))
    least = draw(st.sampled_from([0, 1, 2]))
    return policy(
        {
            "units": {
                "requests": {
                    "per": draw(st.sampled_from([1, 3])),
                    "input": {"sent": draw(rates)},
                    "output": {"answered": draw(rates)},
                }
            },
            "models": {MODEL: {"multiplier": draw(rates), "tiers": tiers}},
            "credits": {
                "smallest": smallest,
                "round": draw(modes),
                "round_at": "each_line" if each_line else "each_request",
            },
            "charge/formula": formula,
            "charge/minimum": smallest * least,
        }
    )


def requests() -> list[dict[str, int]]:
    """Every request within the bound, the smaller ones first, as proofs order them."""
    found = [{"sent": a, "answered": b} for a, b in product(range(UP_TO + 1), repeat=2)]
    return sorted(found, key=lambda each: (sum(each.values()), *each.values()))


def price(found: Policy, counts: dict[str, int]) -> int:
    rated = rate(found, Usage.of(MODEL, counts), FREE)
    assert isinstance(rated, Price), rated
    return rated.total_micro


def first_broken(claim: PriceClaim, new: Policy, old: Policy) -> dict[str, int] | None:
    """Try every request: what a proof must agree with."""
    for counts in requests():
        prices = (price(new, counts), price(old, counts))
        if not claim_holds(claim, new, counts, prices):
            return counts
    return None
