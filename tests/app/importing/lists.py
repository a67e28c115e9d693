"""Small price lists for tests, in our records and in the shapes of the packages."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from policyengine.app.importing.importing import Asked, Imported, imported
from policyengine.app.importing.naming import Wanted
from policyengine.app.importing.records import LeftOut, Offer, PriceList, Prices, Terms, Tier
from policyengine.policy.load import Loaded, load_policy

FIRST = datetime(2026, 10, 1, tzinfo=UTC)
LATER = datetime(2026, 11, 1, tzinfo=UTC)


def dollars(**rates: str) -> dict[str, Fraction]:
    """Give prices by unit from their texts."""
    return {unit: Fraction(rate) for unit, rate in rates.items()}


def offer(name: str, *tiers: tuple[int, Mapping[str, Fraction]], **rates: str) -> Offer:
    """Give a model with prices that always held."""
    prices = Prices(dollars(**rates), tuple(Tier(above, those) for above, those in tiers))
    return Offer("acme", name, (Terms(None, prices),))


def dated(name: str, *terms: tuple[date | None, Mapping[str, Fraction]]) -> Offer:
    """Give a model whose prices begin on days."""
    return Offer("acme", name, tuple(Terms(day, Prices(those)) for day, those in terms))


def price_list(*offers: Offer, left_out: tuple[LeftOut, ...] = ()) -> PriceList:
    """Give a list with these models."""
    return PriceList("litellm", "1.0", offers, left_out)


def asked(**changed: object) -> Asked:
    """Give an order for a policy `shop` at a cent for a credit, with changes."""
    usual: dict[str, object] = {
        "wanted": Wanted(),
        "name": "shop",
        "credit_price": Decimal("0.01"),
        "markup": Decimal(0),
        "effective": FIRST,
        "status": "published",
    }
    return Asked(**{**usual, **changed})  # type: ignore[arg-type]  # tests give the right ones


def run(prices: PriceList, *there: Loaded, **changed: object) -> Imported:
    """Import a list after the versions that are there."""
    return imported(prices, there, Path("shop"), asked(**changed))


def loaded(done: Imported, number: int = 0) -> Loaded:
    """Load a file that an import made; it must have no finding at all."""
    file = done.files[number]
    found = load_policy(file.text, str(file.path))
    assert found.diagnostics == ()
    return found
