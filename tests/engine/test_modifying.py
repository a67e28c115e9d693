"""Modifiers, standings and models that are not listed: what beside counts decides a price."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import permutations
from math import ceil
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.wallets import CREDIT, Wallet, policy, spend
from policyengine.engine.commands import (
    MODIFIERS_MAX,
    Charge,
    Command,
    SetCohort,
    Settle,
    Subscribe,
    Usage,
    fingerprint,
    usage_of,
)
from policyengine.engine.rating import Price, price_micro, rate, split_by_unit
from policyengine.ledger.changes import Charged, PriceTerms
from policyengine.ledger.subscriptions import NOBODY, Standing
from policyengine.ledger.transactions import Refusal, change_of
from policyengine.policy.policy import Policy

MODIFIERS: Final[dict[str, Any]] = {
    "batch": {"factor": Decimal("0.5"), "not_with": ["fast"]},
    "fast": {"factor": Decimal(6), "models": ["frontier"]},
    "us_only": {"factor": Decimal("1.1")},
    "auto": {"factor": Decimal("0.9"), "plans": ["pro", "pro_plus"]},
}
RULES: Final = policy({"modifiers": MODIFIERS})
PRO: Final = Standing("pro")


def price(rules: Policy, usage: Usage, standing: Standing = PRO) -> Price:
    found = rate(rules, usage, standing)
    assert isinstance(found, Price), found
    return found


def refusal(usage: Usage, standing: Standing = PRO) -> Refusal:
    found = rate(RULES, usage, standing)
    assert isinstance(found, Refusal)
    return found


def test_a_modifier_is_a_factor_on_the_price() -> None:
    assert price(RULES, spend(10)).total_micro == 10 * CREDIT
    assert price(RULES, spend(10, modifiers=["batch"])).total_micro == 5 * CREDIT
    assert price(RULES, spend(1, "frontier", modifiers=["fast"])).total_micro == 36 * CREDIT


@given(st.integers(0, 10**7), st.permutations(["batch", "us_only", "auto"]))
def test_modifiers_stack_exactly_and_rounding_comes_last(sent: int, names: list[str]) -> None:
    usage = Usage.of("standard", {"text_input": sent}, modifiers=names)
    exact = Fraction(sent, 10_000) * Fraction("0.5") * Fraction("1.1") * Fraction("0.9")
    found = price(RULES, usage)
    assert found.total_micro == ceil(exact * 100) * 10_000
    assert found.terms == PriceTerms("", "pro", "", ("batch", "us_only", "auto"))


def test_the_least_price_holds_after_modifiers() -> None:
    rules = policy({"modifiers": MODIFIERS, "charge/minimum": Decimal(2)})
    assert price(rules, spend(3, modifiers=["batch"])).total_micro == 2 * CREDIT
    assert price(rules, spend(0, modifiers=["batch"])).total_micro == 0


def test_a_modifier_may_change_some_measures_only() -> None:
    rules = policy(
        {
            "units/requests": {"per": 1, "other": {"request": Decimal(2)}},
            "charge/formula": "tokens_at_rate * multiplier + requests_at_rate",
            "modifiers": {"batch": {"factor": Decimal("0.5"), "measures": ["tokens"]}},
        }
    )
    usage = Usage.of("standard", {"text_input": 100_000, "request": 1}, modifiers=["batch"])
    assert price(rules, usage).total_micro == 7 * CREDIT
    assert split_by_unit(rules, usage, price(rules, usage), 7 * CREDIT) == (
        ("text_input", 5 * CREDIT),
        ("request", 2 * CREDIT),
    )


def test_what_every_request_costs_is_changed_by_modifiers_of_the_whole_price() -> None:
    modifiers = {
        "batch": {"factor": Decimal("0.5"), "measures": ["tokens"]},
        "us_only": {"factor": Decimal(3)},
    }
    rules = policy({"charge/formula": "tokens_at_rate * multiplier + 1", "modifiers": modifiers})
    assert price(rules, spend(10, modifiers=["batch"])).total_micro == 6 * CREDIT
    assert price(rules, spend(10, modifiers=["us_only"])).total_micro == 33 * CREDIT
    assert price(rules, spend(10, modifiers=["us_only", "batch"])).total_micro == 18 * CREDIT


def test_a_price_that_is_no_sum_is_changed_as_a_whole() -> None:
    rules = policy(
        {"charge/formula": "max(tokens_at_rate * multiplier, 5)", "modifiers": MODIFIERS}
    )
    assert price(rules, spend(1, modifiers=["batch"])).total_micro == 2_500_000
    assert price(rules, spend(20, modifiers=["batch"])).total_micro == 10 * CREDIT


def test_each_line_is_rounded_after_its_modifiers() -> None:
    rules = policy(
        {
            "credits/round_at": "each_line",
            "credits/smallest": Decimal(1),
            "charge/minimum": Decimal(1),
            "modifiers": MODIFIERS,
        }
    )
    # 3 x 0.5 = 1.5, up to 2, for each of the two lines.
    usage = Usage.of("standard", {"text_input": 30_000, "text_output": 6_000}, modifiers=["batch"])
    assert price(rules, usage).total_micro == 4 * CREDIT


@pytest.mark.parametrize(
    ("names", "standing", "code", "words"),
    [
        (["bach"], PRO, "unknown_modifier", "did you mean `batch`?"),
        (["fast"], PRO, "modifier_not_allowed", "goes with frontier; the model is `standard`"),
        (["auto"], Standing("free"), "modifier_not_allowed", "the plan is `free`"),
        (["auto"], NOBODY, "modifier_not_allowed", "the plan is ``"),
    ],
)
def test_a_modifier_that_does_not_go_with_the_request_is_refused(
    names: list[str], standing: Standing, code: str, words: str
) -> None:
    found = refusal(spend(1, modifiers=names), standing)
    assert found.code == code
    assert words in found.message


def test_modifiers_that_exclude_each_other_do_so_from_either_side() -> None:
    for names in permutations(["batch", "fast"]):
        found = refusal(Usage.of("frontier", {}, modifiers=names))
        assert (found.code, found.details["not_with"]) == ("modifier_not_allowed", "fast")


def test_units_are_checked_with_modifiers_too() -> None:
    usage = Usage.of("standard", {"text_inptu": 1}, modifiers=["batch"])
    assert refusal(usage).code == "unknown_unit"
    rules = policy({"modifiers": {"dear": {"factor": 10**6}}})
    found = rate(rules, Usage.of("standard", {"text_input": 10**12}, modifiers=["dear"]))
    assert isinstance(found, Refusal)
    assert found.code == "price_out_of_bounds"


def test_modifiers_are_named_once_and_within_bounds() -> None:
    with pytest.raises(ValueError, match="`batch` is named twice"):
        Usage.of("standard", {}, modifiers=["batch", "batch"])
    with pytest.raises(ValueError, match="at most"):
        Usage.of("standard", {}, modifiers=[f"m{n}" for n in range(MODIFIERS_MAX + 1)])


def test_modifiers_are_part_of_what_is_asked_in_any_order() -> None:
    def asked(*names: str) -> str:
        usage = Usage.of("standard", {"text_input": 1}, modifiers=names)
        return fingerprint(Command("ana", "k", 0, Charge(usage)))

    assert asked("batch", "us_only") == asked("us_only", "batch")
    assert len({asked(), asked("batch"), asked("us_only")}) == 3


def test_a_cohort_is_part_of_what_is_asked() -> None:
    def asked(cohort: str) -> str:
        return fingerprint(Command("ana", "k", 0, Subscribe("pro", cohort=cohort)))

    assert asked("") != asked("annual")


# Who asks

COHORTS: Final[Mapping[str, Any]] = {
    "cohorts": ["annual"],
    "models/standard/multiplier_on_plan": {"free": Decimal(3)},
    "models/standard/multiplier_for_cohort": {"annual": Decimal(27)},
}


@pytest.mark.parametrize(
    ("standing", "multiplier"),
    [
        (NOBODY, 1),
        (Standing("pro"), 1),
        (Standing("free"), 3),
        (Standing("pro", "annual"), 27),
        (Standing("free", "annual"), 27),
        (Standing("free", "gone"), 3),
    ],
)
def test_the_cohort_comes_before_the_plan_and_the_plan_before_the_model(
    standing: Standing, multiplier: int
) -> None:
    rules = policy(COHORTS)
    assert price(rules, spend(1), standing).total_micro == multiplier * CREDIT
    assert price(rules, spend(1, "lite"), standing).terms is None


def test_a_charge_notes_what_decided_its_price() -> None:
    wallet = Wallet(policy({**COHORTS, "modifiers": MODIFIERS}))
    wallet.do(SetCohort("annual"))
    charge = change_of(wallet.do(Charge(spend(1, modifiers=["us_only", "batch"]))), Charged)
    assert charge is not None
    assert charge.terms == PriceTerms("", "pro", "annual", ("batch", "us_only"))
    assert charge.price_micro == 14_850_000  # 27 x 0.5 x 1.1
    assert usage_of(charge) == Usage.of(
        "standard", {"text_input": 10_000}, charge.started_at, modifiers=["batch", "us_only"]
    )


def test_a_cohort_stays_through_renewals_and_plan_changes() -> None:
    wallet = Wallet(policy(COHORTS), plan="")
    wallet.do(Subscribe("pro", cohort="annual"))
    book = wallet.book
    assert book.subscription is not None
    wallet.do(Settle(), book.subscription.ends_at)
    assert wallet.book.subscription is not None
    assert (wallet.book.subscription.index, wallet.book.subscription.cohort) == (1, "annual")


def test_a_plain_charge_notes_no_terms() -> None:
    charge = change_of(Wallet().do(Charge(spend(1))), Charged)
    assert charge is not None
    assert charge.terms is None


# Models that are not listed

AS_STANDARD: Final = policy({"charge/unknown_model": "priced_as", "charge/priced_as": "standard"})


def test_a_model_that_is_not_listed_may_be_priced_as_another() -> None:
    usage = spend(3, "gpt-9")
    assert price(AS_STANDARD, usage).total_micro == 3 * CREDIT
    assert price_micro(AS_STANDARD, usage) == 3 * CREDIT
    assert price(AS_STANDARD, usage).terms == PriceTerms(asked="gpt-9")


def test_the_ledger_notes_the_model_asked_for_and_the_one_it_was_priced_as() -> None:
    wallet = Wallet(AS_STANDARD)
    charge = change_of(wallet.do(Charge(spend(3, "gpt-9"))), Charged)
    assert charge is not None
    assert charge.terms is not None
    assert (charge.model, charge.terms.asked) == ("standard", "gpt-9")
    assert wallet.available == 1997 * CREDIT


def test_a_price_that_is_refused_is_refused_for_an_unlisted_model_too() -> None:
    found = rate(AS_STANDARD, Usage.of("gpt-9", {"text_inptu": 1}))
    assert isinstance(found, Refusal)
    assert found.code == "unknown_unit"
