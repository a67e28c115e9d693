"""Estimates: the charge's own price, for a short, a usual and a long answer."""

import pytest

from engine.wallets import CREDIT, START, Wallet, at, policy, spend
from policyengine.engine.commands import Charge, GiveGrant, OpenHold
from policyengine.engine.estimating import (
    HISTORY_MIN,
    Estimate,
    Range,
    assumed,
    estimate,
    output_unit,
    quantiles,
)
from policyengine.ledger.holds import Draw, EstimateNote
from policyengine.ledger.lots import Restriction
from policyengine.ledger.transactions import Refusal

LENGTHS = Range(1_000, 2_000, 10_000)  # output tokens: 0.5, 1 and 5 credits


def estimated(wallet: Wallet, inputs: dict[str, int], model: str = "standard") -> Estimate:
    found = estimate(wallet.timeline, wallet.book, model, inputs, LENGTHS, "caller", START)
    assert isinstance(found, Estimate)
    return found


def test_an_estimate_prices_the_answer_at_three_lengths() -> None:
    found = estimated(Wallet(), {"text_input": 10_000})
    assert (found.low_micro, found.expected_micro, found.high_micro) == (
        1_500_000,
        2_000_000,
        6_000_000,
    )
    assert found.note == EstimateNote(1_500_000, 2_000_000, 6_000_000)
    assert (found.draws, found.short_micro, found.ways_out) == ((Draw(1, 2 * CREDIT),), 0, ())
    assert (found.suffices, found.basis, found.available_micro) == (True, "caller", 2000 * CREDIT)


def test_an_estimate_is_what_the_charge_will_take() -> None:
    wallet = Wallet()
    wallet.do(GiveGrant(CREDIT, restricted_to=Restriction((), ("text_output",))))
    found = estimated(wallet, {"text_input": 10_000, "text_output": 2_000})
    hold = wallet.do(OpenHold(found.expected_micro))
    assert found.expected_micro == 3 * CREDIT
    assert found.draws == (Draw(2, CREDIT), Draw(1, 2 * CREDIT))
    assert wallet.book.holds[hold.seq].held_micro == found.expected_micro


def test_what_is_short_is_told_with_ways_out() -> None:
    wallet = Wallet()
    wallet.do(Charge(spend(1997)))
    found = estimated(wallet, {"text_input": 10_000})
    assert (found.suffices, found.short_micro, found.short_high_micro) == (True, 0, 3 * CREDIT)
    assert found.ways_out[0]["way"] == "buy_pack"
    wallet.do(Charge(spend(2)))
    found = estimated(wallet, {"text_input": 10_000})
    assert (found.suffices, found.short_micro) == (False, CREDIT)


def test_an_estimate_is_refused_as_its_charge_would_be() -> None:
    wallet = Wallet()
    for model, inputs, code in (
        ("gpt", {"text_input": 1}, "unknown_model"),
        ("lite", {"text": 1}, "unknown_unit"),
    ):
        found = estimate(wallet.timeline, wallet.book, model, inputs, LENGTHS, "policy", START)
        assert isinstance(found, Refusal)
        assert found.code == code


def test_an_estimate_needs_a_version_in_force() -> None:
    wallet = Wallet()
    with pytest.raises(LookupError, match="no version of `codeflicker` was in force"):
        estimate(wallet.timeline, wallet.book, "lite", {}, LENGTHS, "policy", at("2026-01-01"))


def test_a_policy_without_tokens_has_no_answer_to_price() -> None:
    rules = policy(
        {
            "units": {"requests": {"per": 1, "input": {"prompt": 2}}},
            "charge/formula": "requests_at_rate * multiplier",
            "models": {"standard": {"multiplier": 1}},
            "counting": {},
        }
    )
    assert output_unit(rules) is None
    found = estimated(Wallet(rules), {"prompt": 1})
    assert (found.low_micro, found.high_micro) == (2 * CREDIT, 2 * CREDIT)


def test_without_history_the_policy_says_how_long_answers_are() -> None:
    rules = policy()
    assert output_unit(rules) == "text_output"
    assert assumed(rules) == Range(200, 1000, 4000)


def test_history_gives_the_outer_deciles_and_the_median() -> None:
    assert quantiles(range(HISTORY_MIN - 1)) is None
    assert quantiles([7] * HISTORY_MIN) == Range(7, 7, 7)
    assert quantiles(list(range(100, -1, -1))) == Range(10, 50, 90)
    assert quantiles(range(10)) == Range(0, 4, 9)
