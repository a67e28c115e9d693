"""The reference policy with limits: caps, top-ups, old units, seats, and overage or a fallback."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from engine.wallets import policy
from policyengine.policy.policy import Policy

OVERAGE: Final = {
    "shortfall/before_request": "overage",
    "shortfall/overage": {
        "price": Decimal("0.04"),
        "currency": "USD",
        "opt_in": "required",
        "limit": 50,
    },
}
FALLBACK: Final = {
    "shortfall/before_request": "fallback",
    "shortfall/fallback": {"model": "lite"},
}
TOP_UP: Final = {
    "top_up": {
        "below": 100,
        "pack": "pack_500",
        "cooldown": "1 hour",
        "at_most": {"count": 3, "per": "1 month"},
        "opt_in": "not_needed",
    }
}
OF_PACKS: Final = {
    "packs/pack_500/bonus": {"credits": 25, "expires": "1 month"},
    "packs/pack_500/at_most_held": 2,
}
CONVERSIONS: Final = {
    "conversions": {
        "messages": {"credits": Decimal("1.5"), "expires": "3 months"},
        "points": {"credits": 1, "expires": "never"},
    }
}
SEATS: Final = {"plans/pro/grants/monthly/for_each": "seat"}
IN_DEBT: Final = {
    "shortfall/after_request": "go_into_debt",
    "shortfall/debt": {"limit": 40, "at_renewal": "kept"},
    "shortfall/in_debt": "free_models_only",
}


def caps(*entries: Mapping[str, Any]) -> dict[str, Any]:
    """Give the answer `caps`."""
    return {"caps": [dict(each) for each in entries]}


def limited(*answers: Mapping[str, Any]) -> Policy:
    """Compile the reference policy with these answers besides."""
    return policy({place: value for each in answers for place, value in each.items()})
