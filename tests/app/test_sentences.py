"""Plain words: distances in time, sources of credits, and how a price came about."""

from dataclasses import replace

import pytest

from app.shops import Shop
from policyengine.app.sentences import (
    counts_text,
    distance_text,
    factor_text,
    price_sentence,
    source_text,
    time_text,
)
from policyengine.ledger.changes import Charged
from policyengine.ledger.lots import LotSource, LotTerms
from policyengine.ledger.transactions import Transaction, change_of
from policyengine.values.calendar import NEVER, SECOND, parse_instant

NOW = parse_instant("2026-02-01T09:00:00Z")
HOUR, DAY = 3600 * SECOND, 86400 * SECOND


@pytest.mark.parametrize(
    ("away", "words"),
    [
        (0, "now"),
        (1, "now"),
        (SECOND, "in 1 second"),
        (-59 * SECOND, "59 seconds ago"),
        (60 * SECOND, "in 1 minute"),
        (119 * 60 * SECOND, "in 119 minutes"),
        (2 * HOUR, "in 2 hours"),
        (47 * HOUR, "in 47 hours"),
        (48 * HOUR, "in 2 days"),
        (-89 * DAY, "89 days ago"),
        (90 * DAY, "in 3 months"),
        (365 * DAY, "in 12 months"),
        (730 * DAY, "in 2 years"),
    ],
)
def test_a_distance_is_in_the_unit_that_people_would_use(away: int, words: str) -> None:
    assert distance_text(NOW + away, NOW) == words


def test_never_is_a_word() -> None:
    assert (distance_text(NEVER, NOW), time_text(NEVER)) == ("never", "never")


def test_seconds_are_written_only_where_there_are_any() -> None:
    assert time_text(NOW) == "2026-02-01 09:00 UTC"
    assert time_text(NOW + 5 * SECOND) == "2026-02-01 09:00:05 UTC"


@pytest.mark.parametrize(
    ("source", "rule", "words"),
    [
        ("plan", "v1.plans.pro.grants.monthly", "plan pro"),
        ("gift", "v2.plans.free.grants.welcome", "gift of plan free"),
        ("pack", "v1.packs.pack_500", "pack pack_500"),
        ("carried", "v1.plans.pro.grants.monthly", "carried over from plan pro"),
        ("refund", "api.grant", "refund, from grant"),
        ("refund", "v1.changes.upgrade.earlier_use", "refund, from re-rated use"),
        ("grant", "api.grant", "grant"),
        ("adjustment", "api.adjust", "adjustment"),
        ("debt", "shortfall.debt", "debt"),
    ],
)
def test_where_credits_come_from_is_in_the_policy_s_words(
    source: LotSource, rule: str, words: str
) -> None:
    assert source_text(LotTerms(1, 1, source, rule, 1, NOW, NEVER)) == words


def test_counts_and_factors_are_written_as_people_read_them(shop: Shop) -> None:
    assert counts_text((("text_input", 1200), ("text_output", 0))) == "1,200 text_input"
    assert counts_text(()) == "nothing"
    table = shop.policy.models["small"].price
    assert factor_text(table.multiplier) == "0.5"


def charge_of(transaction: Transaction) -> Charged:
    found: Charged = change_of(transaction, Charged)
    return found


def test_a_price_is_base_times_multiplier_then_rounded(shop: Shop) -> None:
    def said(tokens: int, model: str = "large") -> str:
        return price_sentence(shop.policy, charge_of(shop.charge(tokens, model=model)))

    # 1,200 x 100 / 1,000,000 = 0.12
    assert said(1200) == "base 0.12 × 4 = 0.48"
    assert said(1201) == "base 0.1201 × 4 = 0.4804, rounded up to 0.49"
    assert said(1, "small") == "base 0.0001 × 0.5 = 0.00005, at least 0.01"
    assert said(200_001) == "base 20.0001 × 8 = 160.0008, rounded up to 160.01 (all_input > 200000)"


def test_a_free_price_says_why_it_is_free(shop: Shop) -> None:
    charge = charge_of(shop.charge())
    failed = replace(charge, outcome="failed", price_micro=0, charged_micro=0)
    assert price_sentence(shop.policy, failed) == "0.00, free because it failed"
    unused = replace(charge, counts=(("text_input", 0),), price_micro=0, charged_micro=0)
    assert price_sentence(shop.policy, unused) == "0.00, free because nothing was used"


def test_a_price_that_cannot_be_derived_says_that(shop: Shop) -> None:
    charge = charge_of(shop.charge())
    assert price_sentence(shop.policy, replace(charge, counts=())) == (
        "0.48, an amount given by the caller"
    )
    gone = price_sentence(shop.policy, replace(charge, model="gone"))
    assert gone == "0.48, for a model that version 1 does not list"
