"""Tallies and pairs for tests, from the few numbers that matter there."""

from typing import Any

from policyengine.simulate.tally import Pair, Tally, Use


def tally(price: int = 0, *, refused: int = 0, model: str = "standard", **more: Any) -> Tally:
    """A tally with one use: so many credits of price, all taken."""
    return Tally({("pro", model): Use(1 + refused, refused, price, price)}, **more)


def pair(wallet_id: str, old: Tally, new: Tally, size: int = 1) -> Pair:
    """A wallet under both policies."""
    return Pair(wallet_id, size, old, new)
