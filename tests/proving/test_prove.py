"""Whole proofs: customers over a cycle, and the least balance, with the engine as a witness."""

from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.wallets import Wallet, policy, spend
from policyengine.engine.commands import Charge
from policyengine.policy.load import load_policy
from policyengine.policy.policy import Policy
from policyengine.policy.timeline import Timeline
from policyengine.proving.balances import BalanceVerdict
from policyengine.proving.claims import NoClaim
from policyengine.proving.customers import PlanVerdict
from policyengine.proving.prices import Scope, Verdict
from policyengine.proving.prove import Proof, prove
from policyengine.simulate.stories import played

ROOT: Final = Path(__file__).parents[2]
FALLBACK: Final = {
    "shortfall/before_request": "fallback",
    "shortfall/fallback": {"model": "lite"},
}
WORSE: Final = "no customer is worse off"


def proof_of(text: str, new: Policy, old: Policy | None = None, **scope: Any) -> Proof:
    proof = prove(text, new, old, Scope(**scope))
    assert isinstance(proof, Proof), proof
    return proof


def plan_of(new: Policy, old: Policy, plan: str) -> PlanVerdict:
    (verdict,) = proof_of(WORSE, new, old, plan=plan).verdicts
    assert isinstance(verdict, PlanVerdict)
    return verdict


def test_more_credits_and_lower_prices_leave_nobody_worse_off() -> None:
    assert proof_of(WORSE, policy(version=2), policy()).answer == "proved"


@given(st.integers(1, 400), st.integers(1, 400))
@settings(max_examples=15, deadline=None)
def test_a_customer_is_worse_off_just_where_prices_rise_faster_than_credits(
    multiplier: int, credits_: int
) -> None:
    """Only `standard` with one price: a request takes multiplier / credits of a cycle."""
    models = {"standard": {"multiplier": Decimal(100)}}
    base = {"models": models, "plans/pro/grants/monthly/credits": Decimal(200)}
    new = policy(
        {
            "models": {"standard": {"multiplier": Decimal(multiplier)}},
            "plans/pro/grants/monthly/credits": Decimal(credits_),
            "counting": {},
        }
    )
    verdict = plan_of(new, policy({**base, "counting": {}}), "pro")
    if multiplier * 200 > 100 * credits_:
        assert verdict.answer != "proved"
    elif multiplier <= 100 and credits_ >= 200:
        assert verdict.answer == "proved"
    if verdict.customer is not None:
        for each, commands, refused in (
            (new, verdict.customer.new_commands, True),
            (policy({**base, "counting": {}}), verdict.customer.old_commands, False),
        ):
            play = played(Timeline.of(each), commands)
            assert refused == any(line.transaction.refusal for line in play.lines)


def test_fewer_credits_at_the_same_prices_leave_somebody_worse_off() -> None:
    new = policy({"plans/pro/grants/monthly/credits": Decimal(1999)})
    verdict = plan_of(new, policy(), "pro")
    assert verdict.answer == "refuted"
    assert verdict.customer is not None
    assert (verdict.old_micro, verdict.new_micro) == (2_000_000_000, 1_999_000_000)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"plans/pro/grants/monthly/expires": "2 months"}, "outlives a cycle"),
        ({"plans/pro/grants/monthly/carry_over": "all"}, "rolls over"),
        ({"plans/pro/grants/monthly/only_for": {"models": ["lite"]}}, "some requests only"),
        (
            {"shortfall/before_request": "fallback", "shortfall/fallback": {"model": "lite"}},
            "fallback",
        ),
        ({"models/lite": None}, "no model `lite`"),
    ],
)
def test_what_is_not_part_of_the_proof_is_named(changes: dict[str, Any], why: str) -> None:
    verdict = plan_of(policy(changes), policy(), "pro")
    assert verdict.answer == "unknown"
    assert why in verdict.why


def test_a_plan_that_is_gone_or_gave_nothing_has_an_answer_too() -> None:
    gone = policy({"plans/pro_plus": None, "packs/pack_500/sold_to": ["pro"]})
    assert plan_of(gone, policy(), "pro_plus").answer == "unknown"
    empty = policy({"plans/free/grants": {}})
    assert plan_of(policy(), empty, "free").answer == "proved"


def test_nobody_is_worse_off_than_under_no_version() -> None:
    assert isinstance(prove(WORSE, policy(), None, Scope()), NoClaim)


def debt(limit: int) -> dict[str, Any]:
    return {
        "shortfall/after_request": "go_into_debt",
        "shortfall/debt": {"limit": Decimal(limit), "at_renewal": "kept"},
    }


@pytest.mark.parametrize(
    ("text", "limit", "answer"),
    [
        ("balance >= 0", None, "proved"),
        ("balance > -0.000001", None, "proved"),
        ("balance > 0", None, "refuted"),
        ("balance >= -50", 50, "proved"),
        ("balance > -50", 50, "refuted"),
        ("balance >= -49.999999", 50, "refuted"),
        ("balance >= -60", 50, "proved"),
    ],
)
def test_a_balance_is_as_low_as_the_debt_that_is_allowed(
    text: str, limit: int | None, answer: str
) -> None:
    proof = proof_of(text, policy({} if limit is None else debt(limit)))
    (verdict,) = proof.verdicts
    assert isinstance(verdict, BalanceVerdict)
    assert (answer, proof.answer) == (proof.answer, answer)
    if answer == "refuted":
        assert verdict.timeline is not None
        play = played(verdict.timeline, verdict.commands)
        book = play.book("ana")
        assert verdict.least_micro == book.available_micro - book.debt_micro


def test_a_wallet_may_owe_more_than_a_new_limit_allows_if_the_old_one_lent_it() -> None:
    old, new = policy(debt(50)), policy({**debt(20)}, version=2)
    assert proof_of("balance >= -20", new).answer == "proved"
    refuted = proof_of("balance >= -20", new, old)
    assert refuted.answer == "refuted"
    assert proof_of("balance >= -50", new, old).answer == "proved"


@given(st.lists(st.integers(1, 3000), max_size=8), st.integers(0, 200))
@settings(max_examples=25, deadline=None)
def test_no_history_takes_a_balance_below_what_is_proved(charges: list[int], limit: int) -> None:
    rules = policy(debt(limit) if limit else {})
    wallet = Wallet(rules)
    for each in charges:
        wallet.do(Charge(spend(each), after_request=True))
        assert wallet.available - wallet.book.debt_micro >= -limit * 1_000_000


def test_the_smallest_example_of_all_models_is_told() -> None:
    new = policy({"models/lite/multiplier": Decimal(1), "models/frontier/multiplier": Decimal(60)})
    proof = proof_of("price(new) <= price(old)", new, policy())
    assert proof.smallest is not None
    verdict, example = proof.smallest
    assert verdict.asked.model == "frontier"
    others = [each.example for each in proof.verdicts if isinstance(each, Verdict)]
    assert example.size == min(each.size for each in others if each is not None)


@pytest.mark.parametrize("file", ["openai_prepaid", "openrouter"])
def test_the_debt_of_published_schemes_is_proved(file: str) -> None:
    path = ROOT / "policies" / file / "v1.yaml"
    found = load_policy(path.read_bytes(), path.name).policy
    assert found is not None
    assert found.debt is not None
    limit = found.debt.limit_micro // 1_000_000
    assert proof_of(f"balance >= -{limit}", found).answer == "proved"
    assert proof_of(f"balance > -{limit}", found).answer == "refuted"
