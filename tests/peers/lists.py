"""A price list as the policy that an import makes of it, and exact prices by that policy."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Final

from peers.cases import Counts
from policyengine.app.importing.naming import Wanted, named
from policyengine.app.importing.pricing import APART, priced
from policyengine.app.importing.reading import read_list
from policyengine.app.importing.records import ListName, Offer, Terms
from policyengine.app.importing.versions import Making, first_version
from policyengine.engine.commands import Usage
from policyengine.engine.rating import Price, exact_lines, rate, table_of
from policyengine.policy.load import load_policy
from policyengine.policy.policy import Policy
from policyengine.values.amounts import MICRO_PER_CREDIT

AT: Final = datetime(2026, 11, 23, tzinfo=UTC)
CREDIT_DOLLARS: Final = Fraction(1, 100)


@dataclass(frozen=True, slots=True)
class Imported:
    """A list's policy, and what the list says of its models at `AT`."""

    policy: Policy
    offers: Mapping[str, Offer]
    terms: Mapping[str, Terms]
    version: str

    def dollars(self, model: str, way: str, counts: Counts) -> Fraction:
        """Give the exact price before rounding, in dollars, by the engine's own rating."""
        modifiers: tuple[str, ...] = ()
        asked = f"{model}{APART}{way}" if way else model
        if asked not in self.policy.models:
            modifier = self.policy.modifiers.get(way)
            has_it = modifier is not None and model in (modifier.models or ())
            asked, modifiers = model, ((way,) if has_it else ())
        usage = Usage.of(asked, counts, modifiers=modifiers)
        price = rate(self.policy, usage)
        assert isinstance(price, Price), price
        table = table_of(self.policy, asked, price.tier, price.terms)
        rules = tuple(self.policy.modifiers[name] for name in modifiers)
        exact = sum(exact_lines(table, usage.counts, rules), start=Fraction(0)) / MICRO_PER_CREDIT
        smallest = Fraction(self.policy.document.credits.smallest)
        rounded = Fraction(price.total_micro, MICRO_PER_CREDIT)
        assert exact <= rounded < exact + smallest, "the charge is the exact price, rounded up"
        return exact * CREDIT_DOLLARS


@cache
def imported(name: ListName) -> Imported:
    """Import a whole list."""
    prices = read_list(name)
    offers, _ = named(prices, Wanted())
    found, _ = priced(offers, AT.date(), CREDIT_DOLLARS)
    making = Making(prices, Decimal("0.01"), Decimal(0), "published")
    loaded = load_policy(first_version("imported", AT, found, making), "imported.yaml")
    assert loaded.policy is not None, loaded.diagnostics[:3]
    there = {each: offer for each, offer in offers.items() if each in found.models}
    terms = {each: standing for each, offer in there.items() if (standing := offer.at(AT.date()))}
    return Imported(loaded.policy, there, terms, prices.version)
