"""Imported prices as policy files: a whole new one, or the next version of one that is there."""

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from policyengine.app.importing.pricing import Priced
from policyengine.app.importing.records import PriceList
from policyengine.app.importing.sections import (
    formula_of,
    general_rates,
    instant_text,
    models_section,
    modifiers_section,
    units_section,
    written,
)
from policyengine.app.importing.writing import section
from policyengine.policy.document import PolicyDocument
from policyengine.policy.load import Loaded

_TOP: Final = re.compile(r"^([a-z_]+):")
_UNITS_NOTE: Final = "rates of a model without its own: the dearest of the list"


@dataclass(frozen=True, slots=True)
class Making:
    """What is said about a version beside its prices."""

    prices: PriceList
    credit_price: Decimal
    markup: Decimal
    status: str

    @property
    def multiplier(self) -> Decimal:
        """Give the multiplier of models that are new: 1.2 for a markup of 20 %."""
        return (1 + self.markup / 100).normalize()

    @property
    def why(self) -> str:
        """Say where the prices come from."""
        listed = f"{self.prices.name} {self.prices.version}"
        return f"Prices of {listed} at {self.credit_price:f} USD for a credit."


def first_version(name: str, effective: datetime, priced: Priced, making: Making) -> str:
    """Write a whole policy; what a price list cannot know is a placeholder, and says so."""
    head = _HEAD.format(
        name=name,
        effective=instant_text(effective),
        status=making.status,
        why=making.why,
        source=f"price list of {making.prices.name} {making.prices.version}",
        read=effective.date().isoformat(),
    )
    parts = [
        head,
        section("units", units_section(priced, {}), _UNITS_NOTE),
        section("models", models_section(priced, {}, {}, making.multiplier)),
    ]
    if priced.modifiers:
        parts.append(section("modifiers", modifiers_section(priced, {})))
    return "\n".join((*parts, _REST.format(formula=formula_of(priced.measures))))


def next_version(loaded: Loaded, effective: datetime, priced: Priced, making: Making) -> str:
    """Write the version after one that is there: the same text, with new prices in it.

    Comments and layout of all other sections stay. Those inside `units`, `models` and `modifiers`
    do not: these sections are written anew.
    Raises: ValueError where the policy counts an imported unit in another way.
    """
    document = loaded.document
    if document is None:
        raise ValueError(f"`{loaded.source.name}` is no policy that a version can follow")
    new: dict[str, str] = {
        "version": f"version: {document.version + 1}\n",
        "effective": f"effective: {instant_text(effective)}\n",
        "status": f"status: {making.status}\n",
        "why": f"why: {making.why}\n",
        "units": section("units", units_section(priced, written(document, "units")), _UNITS_NOTE),
        "models": section("models", _models_after(document, priced, making)),
    }
    modifiers = modifiers_section(priced, written(document, "modifiers"))
    if modifiers:
        new["modifiers"] = section("modifiers", modifiers)
    new["replaces"] = section("replaces", _replaces(document.version))
    return _replaced(loaded.source.text, new)


def _models_after(document: PolicyDocument, priced: Priced, making: Making) -> dict[str, Any]:
    old, usual = written(document, "models"), general_rates(document)
    return models_section(priced, old, usual, making.multiplier)


def _replaces(version: int) -> dict[str, Any]:
    """Say what existing subscribers get: the prices; their plans are the same."""
    return {
        "version": version,
        "rates_and_models": "from_effective",
        "plans": "at_next_cycle",
        "packs": "new_purchases",
    }


def _replaced(text: str, new: dict[str, str]) -> str:
    """Put sections into a text, each where the old one was; those that are new come last."""
    blocks = _blocks(text)
    left = dict(new)
    made: list[str] = []
    for key, block in blocks:
        if key in left:
            made.append(left.pop(key) + block[len(block.rstrip("\n")) + 1 :])
        else:
            made.append(block)
    for each in left.values():
        made.append(("" if made[-1].endswith("\n\n") else "\n") + each)
    return "".join(made)


def _blocks(text: str) -> list[tuple[str, str]]:
    """Cut a policy into its sections; comments and blank lines above one belong to it as well.

    The first block has no key: it is what stands above all sections.
    """
    blocks: list[tuple[str, list[str]]] = [("", [])]
    waiting: list[str] = []
    for line in text.splitlines(keepends=True):
        found = _TOP.match(line)
        if found is None and (not line.strip() or line.startswith("#")):
            waiting.append(line)
            continue
        if found is not None:
            blocks[-1][1].extend(waiting)
            blocks.append((found[1], [line]))
        else:
            blocks[-1][1].extend((*waiting, line))
        waiting = []
    blocks[-1][1].extend(waiting)
    return [(key, "".join(lines)) for key, lines in blocks]


_HEAD: Final = """\
# yaml-language-server: $schema=../../schemas/policy.schema.json
# Models and prices come from a price list; `policyengine import-prices` appends a version when they
# change. A model's multiplier is the markup: it is yours, and stays when prices are imported again.
format: 1
policy: {name}
version: 1
effective: {effective}
status: {status}
why: {why}
source:
  page: {source}
  read: {read}
  placeholders: Everything but units, models and modifiers.

time: {{zone: UTC, month: same_day_or_last}}
credits: {{smallest: 0.0001, round: up, round_at: each_request}}
"""

_REST: Final = """\
charge:
  formula: {formula}
  minimum: 0.0001
  unknown_model: refuse
  failed_request: free
  cancelled_request: full
  late_usage: 7 days

# From here on everything is a placeholder: a price list does not know it.
plans: # lowest first: moving down the list is an upgrade
  free:
    grants: {{welcome: {{credits: 100, given: once, expires: 1 month}}}}
  pro:
    cycle: 1 month
    grants:
      monthly: {{credits: 2000, given: each_cycle, expires: end_of_cycle, carry_over: none}}

packs:
  pack_500: {{credits: 500, expires: 12 months, sold_to: [pro]}}

burn_order: [priority, soonest_expiry, plan_before_pack, oldest]

changes:
  upgrade:
    {{when: now, new_cycle: starts_now, unused: carry_over, carried_expires: end_of_new_cycle}}
  downgrade: {{when: end_of_cycle, unused: lost}}
  cancel: {{when: end_of_cycle, to: free, unused: lost}}

estimate:
  output_tokens: {{low: 200, expected: 1000, high: 4000}}
  hold: 15 minutes
  longest_hold: 24 hours

shortfall: {{before_request: refuse, after_request: take_what_is_left}}
refunds: {{expired_lot: new_lot, new_lot_expires: 7 days}}
"""
