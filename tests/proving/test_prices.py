"""Proofs about prices against trying every request, and against mutated policies."""

import sys
from decimal import Decimal
from pathlib import Path
from typing import Final

import pytest
import z3
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.wallets import policy
from policyengine.engine.commands import Usage
from policyengine.engine.rating import rate
from policyengine.ledger.transactions import Refusal
from policyengine.policy.load import load_policy
from policyengine.policy.policy import Policy
from policyengine.proving.arithmetic import is_never_dearer
from policyengine.proving.claims import PriceClaim, parse_claim
from policyengine.proving.prices import NO_SOLVER, Scope, cases_of, judge_prices
from policyengine.proving.pricing import Asked, price_term
from policyengine.proving.solving import Open, find_broken
from proving.pairs import FREE, MODEL, UP_TO, first_broken, price, requests, small_policies

ROOT: Final = Path(__file__).parents[2]
CLAIMS: Final = (
    "price(new) <= price(old)",
    "price(new) >= 0.5 * price(old)",
    "price(new) <= 1.5 * price(old) + 0.2 or sent > 3",
    "price(new) < 4",
    "price(new) == price(old) or answered > sent",
)


def claim_of(text: str, new: Policy, old: Policy | None) -> PriceClaim:
    claim = parse_claim(text, new, old)
    assert isinstance(claim, PriceClaim), claim
    return claim


@given(small_policies(), st.integers(0, 10**11), st.integers(0, 10**11))
@settings(max_examples=100, deadline=None)
def test_a_price_term_is_the_price_for_any_counts(found: Policy, sent: int, answered: int) -> None:
    asked, counts = Asked(MODEL, FREE), {"sent": sent, "answered": answered}
    expected = price(found, counts)
    assert expected == price_term(found, asked, counts)
    variables = {unit: z3.Int(unit) for unit in counts}
    term = price_term(found, asked, variables)
    values = [(variables[unit], z3.IntVal(count)) for unit, count in counts.items()]
    told = z3.simplify(z3.substitute(term, *values)) if z3.is_expr(term) else z3.IntVal(term)
    assert expected == told.as_long()


FILES: Final = sorted(ROOT.glob("policies/*/v*.yaml"))


@pytest.mark.parametrize("file", FILES, ids=lambda each: f"{each.parent.name}-{each.stem}")
@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_a_price_term_is_the_price_in_published_schemes(file: Path, data: st.DataObject) -> None:
    found = load_policy(file.read_bytes(), file.name).policy
    assert found is not None
    counts = {unit: data.draw(st.integers(0, 10**6)) for unit in found.units}
    modifiers = data.draw(st.sampled_from([(), *((name,) for name in found.modifiers)]))
    for asked in cases_of(found, None, Scope(modifiers=modifiers)):
        rated = rate(found, Usage.of(asked.model, counts, modifiers=modifiers), asked.standing)
        assert not isinstance(rated, Refusal)
        assert rated.total_micro == price_term(found, asked, counts)


@given(small_policies(), small_policies(), st.sampled_from(CLAIMS))
@settings(max_examples=50, deadline=None)
def test_a_proof_says_what_trying_every_request_says(new: Policy, old: Policy, text: str) -> None:
    claim = claim_of(text, new, old)
    (verdict,) = judge_prices(claim, new, old, Scope(up_to=UP_TO))
    broken = first_broken(claim, new, old)
    if broken is None:
        assert verdict.answer == "proved"
        return
    assert verdict.answer == "refuted"
    assert verdict.example is not None
    assert verdict.example.is_smallest
    assert broken == dict(verdict.example.usage.counts)
    assert price(new, broken) == verdict.example.new_micro
    assert price(old, broken) == verdict.example.old_micro


@given(small_policies(), small_policies())
@settings(max_examples=100, deadline=None)
def test_what_plain_comparison_shows_is_so(new: Policy, old: Policy) -> None:
    if is_never_dearer(new, old, Asked(MODEL, FREE), ("sent", "answered")):
        assert all(price(new, counts) <= price(old, counts) for counts in requests())


@given(small_policies())
@settings(max_examples=20, deadline=None)
def test_no_price_is_above_itself(found: Policy) -> None:
    claim = claim_of("price(new) <= price(old)", found, found)
    assert [each.answer for each in judge_prices(claim, found, found, Scope())] == ["proved"]


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("models/frontier/multiplier", Decimal("6.01")),
        ("models/frontier/tiers/0/multiplier", Decimal("12.5")),
        ("models/frontier/tiers/0/when", "all_input > 199999"),
        ("models/frontier/tiers/0/when", "all_input > 200000 or all_output > 900000"),
        ("units/tokens/input/text_cached", Decimal("10.1")),
        ("charge/minimum", Decimal("0.02")),
        ("charge/formula", "tokens_at_rate * multiplier + 0.01"),
        ("credits/smallest", Decimal("0.02")),
    ],
)
def test_a_version_that_is_dearer_anywhere_is_refuted_by_a_request_that_shows_it(
    place: str, value: object
) -> None:
    new, old = policy({place: value}), policy()
    claim = claim_of("price(new) <= price(old)", new, old)
    (verdict,) = judge_prices(claim, new, old, Scope(model="frontier"))
    assert verdict.answer == "refuted"
    assert verdict.example is not None
    assert verdict.example.is_smallest
    assert verdict.example.old_micro is not None
    assert verdict.example.new_micro > verdict.example.old_micro


def test_a_threshold_that_moves_is_refuted_at_the_very_request_between() -> None:
    new = policy({"models/frontier/tiers/0/when": "all_input > 199999"})
    (verdict,) = judge_prices(
        claim_of("price(new) <= price(old)", new, policy()), new, policy(), Scope("frontier")
    )
    assert verdict.example is not None
    assert verdict.example.size == 200_000


def test_plans_cohorts_and_modifiers_with_prices_of_their_own_are_judged_each() -> None:
    file = ROOT / "policies/copilot_premium_requests/v2.yaml"
    new = load_policy(file.read_bytes(), file.name).policy
    assert new is not None
    asked = [
        (each.standing.plan, each.standing.cohort) for each in cases_of(new, None, Scope("gpt-4o"))
    ]
    assert asked == [(plan, cohort) for plan in ("pro", "free") for cohort in ("", "annual")]
    scope = Scope("gpt-4o", modifiers=("auto",))  # not for the free plan
    assert [each.standing.plan for each in cases_of(new, None, scope)] == ["pro", "pro"]
    claim = claim_of("price(new) <= 0.297 or request > 1 or spark_prompt > 0", new, None)
    answers = [each.answer for each in judge_prices(claim, new, None, scope)]
    assert answers == ["proved", "proved"]


def test_a_plan_that_may_name_a_modifier_stands_for_those_with_the_same_price() -> None:
    new = policy({"modifiers": {"fast": {"factor": Decimal(2), "plans": ["pro_plus"]}}})
    (asked,) = cases_of(new, None, Scope("lite", modifiers=("fast",)))
    assert asked.standing.plan == "pro_plus"
    assert list(cases_of(new, None, Scope("lite", "pro", ("fast",)))) == []


def test_a_cohort_that_one_version_does_not_know_is_judged_on_each_plan() -> None:
    """Annual wallets come to pay 2: as much as on the free plan before, and more than on others."""
    on_plan = {"free": Decimal(2)}
    old = policy({"models/lite/multiplier_on_plan": on_plan})
    annual = {"annual": Decimal(2)}
    new = policy(
        {
            "cohorts": ["annual"],
            "models/lite/multiplier_on_plan": on_plan,
            "models/lite/multiplier_for_cohort": annual,
        }
    )
    claim = claim_of("price(new) <= price(old)", new, old)
    verdicts = judge_prices(claim, new, old, Scope("lite"))
    refuted = [each.asked.standing for each in verdicts if each.answer == "refuted"]
    assert [(each.plan, each.cohort) for each in refuted] == [("pro", "annual")]


def test_without_a_solver_the_answer_is_that_nothing_is_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "z3", None)
    new = policy({"charge/formula": "max(tokens_at_rate, 0.01) * multiplier"})
    claim = claim_of("price(new) >= 0", new, None)
    (verdict,) = judge_prices(claim, new, None, Scope("lite"))
    assert (verdict.answer, verdict.how) == ("unknown", NO_SOLVER)


def test_a_question_that_takes_too_long_is_open() -> None:
    found = find_broken(
        ["a", "b", "c"],
        10**12,
        0.01,
        lambda n: [n["a"] > 0, n["b"] > 0, n["a"] ** 3 + n["b"] ** 3 == n["c"] ** 3],
    )
    assert isinstance(found, Open)
