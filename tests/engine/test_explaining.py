"""Explanations: every number of a transaction with the line of the policy that caused it."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from engine.wallets import CREDIT, DAY, START, Wallet, at, policy, reference, spend
from policyengine.engine.commands import (
    BuyPack,
    Cancel,
    Capture,
    Charge,
    GiveGrant,
    OpenHold,
    Usage,
)
from policyengine.engine.derivation import Place, Step, exact_text, factor_text
from policyengine.engine.explaining import explain, rule_place
from policyengine.engine.price_steps import explain_price, price_lines
from policyengine.ledger.changes import Charged
from policyengine.ledger.holds import EstimateNote
from policyengine.ledger.transactions import Refusal, Transaction, change_of
from policyengine.policy.policy import Policy
from policyengine.policy.timeline import Timeline

MONTHLY = "`v1.plans.pro.grants.monthly`, expires 2026-03-01T00:00:00Z"
TIER = "whole request because all_input > 200000"
SHORT = "needs 9,000.00, 2,000.00 available in 1 lot, 7,000.00 short"


def told(wallet: Wallet, transaction: Transaction) -> list[str]:
    """Write each step as `label | value | file:line`, indented by its depth."""
    step = explain(wallet.timeline, transaction, wallet.lots)
    return [_line(depth, each) for depth, each in step.walk()]


def priced(rules: Policy, usage: Usage) -> list[str]:
    step = explain_price(rules, usage)
    assert isinstance(step, Step), step
    return [_line(depth, each) for depth, each in step.walk()]


def _line(depth: int, step: Step) -> str:
    place = "" if step.place is None else f" | v{step.place.version}{_checked(step.place)}"
    return f"{'  ' * depth}{step.label} | {step.value}{place}"


def _checked(place: Place) -> str:
    """Give the pointer of a place whose line in the file has the key that it ends with."""
    source, _ = reference(place.version)
    key = place.pointer.rpartition("/")[2]
    assert str(place) == f"policies/codeflicker/v{place.version}.yaml:{place.line}"
    assert key.isdigit() or f"{key}:" in source.lines[place.line - 1]
    return place.pointer


def test_a_charge_is_derived_from_count_to_balance() -> None:
    wallet = Wallet()
    note = EstimateNote(1_000_000, 2_000_000, 3_000_000)
    answer = wallet.do(
        Charge(Usage.of("frontier", {"text_input": 12_345, "text_output": 0}), estimate=note)
    )
    assert told(wallet, answer) == [
        "charge ana:2 | 7.41 credits",
        "  effective | 2026-02-01T00:00:00Z",
        "  decided by `codeflicker` version 1 | 111111111111 | v1/version",
        "  usage of `frontier`, succeeded, started | 2026-02-01T00:00:00Z | v1/models/frontier",
        "  price | 7.41 credits",
        "    multiplier of `frontier` | x 6 | v1/models/frontier/multiplier",
        "    text_input: 12,345 x 100 per 1,000,000 x 6 | 7.407 | v1/units/tokens/input/text_input",
        "    exact price by `tokens_at_rate * multiplier` | 7.407 | v1/charge/formula",
        "    rounded up to 0.01 | 7.41 | v1/credits",
        "  estimated before | 2.00 (1.00 to 3.00)",
        f"  paid from lot 1 {MONTHLY} | 7.41 | v1/plans/pro/grants/monthly",
        "  balance after | 1,992.59 available",
    ]


def test_a_tier_an_outcome_and_the_minimum_are_named() -> None:
    rules = policy({"charge/failed_request": "input_only"})
    usage = Usage.of("frontier", {"text_input": 200_001, "text_output": 5}, outcome="failed")
    lines = priced(rules, usage)
    assert lines[1:3] == [
        f"  multiplier of `frontier`, {TIER} | x 12 | v1/models/frontier/tiers/0/multiplier",
        "  the request failed | input_only | v1/charge/failed_request",
    ]
    stopped = priced(rules, Usage.of("lite", {"text_input": 1}, outcome="cancelled"))
    assert stopped[2] == "  the request cancelled | full | v1/charge/cancelled_request"
    assert stopped[-1] == "  rounded up to 0.01, at least 0.01 | 0.01 | v1/charge/minimum"
    assert priced(rules, spend(1))[-1] == "  a multiple of 0.01 | 1.00 | v1/credits"


def test_a_formula_that_is_not_linear_has_no_lines() -> None:
    rules = policy({"charge/formula": "max(tokens_at_rate * multiplier, 1)"})
    assert price_lines(rules, spend(1), None) == ()
    assert priced(rules, Usage.of("lite", {"text_input": 1})) == [
        "price | 1.00 credits",
        "  multiplier of `lite` | x 0.5 | v1/models/lite/multiplier",
        "  exact price by `max(tokens_at_rate * multiplier, 1)` | 1.00 | v1/charge/formula",
        "  a multiple of 0.01 | 1.00 | v1/credits",
    ]


def test_a_formula_with_a_constant_counts_it_once() -> None:
    rules = policy({"charge/formula": "tokens_at_rate * multiplier + 0.5"})
    assert "1.50" in priced(rules, spend(1))[-2]
    free = priced(rules, spend(1, outcome="failed"))
    assert "0.00" in free[-2]


def test_a_price_that_is_refused_is_not_explained() -> None:
    refusal = explain_price(policy(), Usage.of("gpt", {}))
    assert isinstance(refusal, Refusal)
    assert refusal.code == "unknown_model"


def test_a_charge_priced_by_an_earlier_version_points_into_its_file() -> None:
    later = at("2026-10-01")
    wallet = Wallet(policy(), policy(version=2), start=at("2026-09-15"))
    answer = wallet.do(Charge(spend(1, "frontier", started_at=later - 1)), later)
    lines = told(wallet, answer)
    assert lines[2].endswith("| v2/version")
    assert lines[5].endswith("x 6 | v1/models/frontier/multiplier")


def test_what_was_not_collected_and_what_is_abnormal_is_said() -> None:
    wallet = Wallet()
    for _ in range(5):
        wallet.do(Charge(spend(1)))
    lines = told(wallet, wallet.do(Charge(spend(2000), after_request=True)))
    assert "  not collected | 5.00 | v1/shortfall/after_request" in lines
    assert "  flagged as abnormal | charge > 10 * usual_charge" in lines


def test_an_amount_that_was_captured_is_the_callers_price() -> None:
    wallet = Wallet()
    wallet.do(GiveGrant(2 * CREDIT, expires_at=START + DAY))
    hold = wallet.do(OpenHold(amount_micro=5 * CREDIT))
    assert told(wallet, hold)[-4:] == [
        "  set aside from lot 2 `api.grant`, expires 2026-02-02T00:00:00Z | 2.00",
        f"  set aside from lot 1 {MONTHLY} | 3.00 | v1/plans/pro/grants/monthly",
        "  burn order | priority, soonest_expiry, plan_before_pack, oldest | v1/burn_order",
        "  balance after | 1,997.00 available",
    ]
    capture = wallet.do(Capture(hold.seq, amount_micro=5 * CREDIT))
    lines = told(wallet, capture)
    assert lines[3:5] == [
        "  usage of ``, succeeded, started | 2026-02-01T00:00:00Z",
        "  price given by the caller | 5.00",
    ]


def test_a_refusal_points_to_the_rule_behind_it() -> None:
    wallet = Wallet()
    short = wallet.do(Charge(spend(9000)))
    assert told(wallet, short) == [
        "charge ana:2 | refused",
        "  effective | 2026-02-01T00:00:00Z",
        "  decided by `codeflicker` version 1 | 111111111111 | v1/version",
        f"  refused: insufficient_credits | {SHORT} | v1/shortfall/before_request",
        "  balance after | 2,000.00 available",
    ]
    wallet.do(Cancel())
    free = Wallet(plan="free")
    assert told(free, free.do(BuyPack("pack_500")))[3].endswith("| v1/packs/pack_500/sold_to")
    twice = wallet.do(GiveGrant(0))
    assert told(wallet, twice)[3].endswith("the amount is not above 0")
    assert told(wallet, wallet.do(GiveGrant(CREDIT)))[0] == "grant ana:5 | accepted"


def test_lots_that_are_not_at_hand_are_named_by_number() -> None:
    wallet = Wallet()
    step = explain(wallet.timeline, wallet.do(Charge(spend(1))), {})
    assert [each.label for _, each in step.walk()][-2] == "paid from lot 1 ``"


def test_a_version_that_is_not_loaded_explains_nothing() -> None:
    wallet = Wallet()
    answer = wallet.do(Charge(spend(1)))
    only_second = Timeline.of(policy(version=2))
    with pytest.raises(ValueError, match="version 1 of `codeflicker` is not loaded"):
        explain(only_second, answer, {})
    charge = replace(change_of(answer, Charged), rated_by=9)
    with pytest.raises(ValueError, match="version 9 of `codeflicker` is not loaded"):
        explain(wallet.timeline, replace(answer, changes=(charge,)), {})


def test_a_rule_has_a_place_only_in_a_loaded_version() -> None:
    timeline = Timeline.of(policy())
    place = rule_place(timeline, "v1.packs.pack_500")
    assert place is not None
    assert _checked(place) == "/packs/pack_500"
    for rule in ("api.grant", "v2.packs.pack_500", "vx.packs", ""):
        assert rule_place(timeline, rule) is None


@pytest.mark.parametrize(
    ("number", "exact", "factor"),
    [
        (Fraction(12), "12.00", "12"),
        (Fraction("0.5"), "0.50", "0.5"),
        (Fraction(12345), "12,345.00", "12,345"),
        (Fraction("0.0000000001"), "0.0000000001", "0.0000000001"),
        (Fraction(1, 3), "1/3", "1/3"),
        (Fraction(Decimal("7.407")), "7.407", "7.407"),
    ],
)
def test_exact_numbers_are_written_as_short_as_they_are(
    number: Fraction, exact: str, factor: str
) -> None:
    assert (exact_text(number), factor_text(number)) == (exact, factor)
