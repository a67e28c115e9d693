"""Coverage: which facts a scenario exercises, and that watching a policy changes nothing."""

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from app.coverage.shelves import CHARGE, GALLERY, OTHERS, REFERENCE, coverage_of, shelf
from policyengine.app.coverage.exercise import RuleFact, covered
from policyengine.app.coverage.readable import NAMES, PARTS, PLACES
from policyengine.app.coverage.reads import Reads
from policyengine.app.coverage.watched import watched_policy
from policyengine.app.scenarios.report import run_scenarios
from policyengine.policy.folding import Rounding
from policyengine.policy.load import load_policy


def exercised(folder: Path) -> set[str]:
    coverage = coverage_of(folder)
    return {each.fact.path for each in coverage.facts if each not in coverage.missed}


@pytest.mark.parametrize("folder", GALLERY + OTHERS, ids=lambda path: path.name)
def test_scenarios_come_out_the_same_on_a_watched_policy(folder: Path) -> None:
    report, _ = covered([folder])
    assert run_scenarios([folder]).results == report.results


def test_the_reference_policy_is_covered_whole() -> None:
    assert coverage_of(REFERENCE).missed == ()


def test_a_charge_exercises_the_rates_and_rules_that_price_and_pay_it(tmp_path: Path) -> None:
    assert exercised(shelf(tmp_path)) == {
        "effective",
        "status",
        "time.zone",
        "credits.smallest",
        "credits.round",
        "credits.round_at",
        "units.tokens.per",
        "units.tokens.input.text_input",
        "models.standard.multiplier",
        "charge.formula",
        "charge.minimum",
        "plans.free.grants.welcome.credits",
        "plans.free.grants.welcome.given",
        "plans.free.grants.welcome.expires",
        *(f"burn_order.{key}" for key in range(4)),
    }


def test_what_is_only_shown_counts_where_the_scenario_expects_it(tmp_path: Path) -> None:
    shown = CHARGE.replace("{charged: 1}", "{alerts: []}")
    assert "alerts.0.balance_below" not in exercised(shelf(tmp_path / "a"))
    assert "alerts.0.balance_below" in exercised(shelf(tmp_path / "b", shown))


def test_a_count_of_nothing_exercises_no_rate(tmp_path: Path) -> None:
    nothing = CHARGE.replace("10000}", "10000, text_output: 0}")
    assert "units.tokens.output.text_output" not in exercised(shelf(tmp_path, nothing))


def test_a_pack_exercises_the_name_of_the_plan_that_buys_it(tmp_path: Path) -> None:
    bought = (
        "about: a test\nscenarios:\n  - title: a pack\n"
        "    given: {at: 2026-02-01T00:00:00Z, plan: pro_plus}\n"
        "    steps:\n      - buy_pack: pack_500\n        then: {balance: 6500}\n"
    )
    found = exercised(shelf(tmp_path, bought))
    assert "packs.pack_500.sold_to.1" in found
    assert "packs.pack_500.sold_to.0" not in found


def test_texts_identity_and_words_without_an_alternative_are_no_rules() -> None:
    paths = {each.fact.path for each in coverage_of(REFERENCE).facts}
    for path in ("why", "source.read", "format", "policy", "version", "time.month"):
        assert path not in paths


def test_where_carried_credits_expire_is_idle_when_none_are_carried(tmp_path: Path) -> None:
    kept = ("unused: carry_over", "unused: kept")
    idle = {each.fact.path for each in coverage_of(shelf(tmp_path, CHARGE, kept)).idle}
    assert idle == {"changes.upgrade.carried_expires"}


def test_changes_of_plan_are_idle_where_there_is_one_plan() -> None:
    (folder,) = [each for each in GALLERY if each.name == "anthropic_api"]
    coverage = coverage_of(folder)
    assert "changes.upgrade.when" in {each.fact.path for each in coverage.idle}
    assert "changes.cancel.to" in {each.fact.path for each in coverage.facts}


def places_below(value: object) -> Iterator[str]:
    """All that a part of a watched policy could note."""
    if hasattr(value, "_reads") and hasattr(value, "_inner"):
        yield from (place for places in value._reads.values() for place in places)
        yield from places_below(tuple(value._inner.values()))
    elif isinstance(value, dict):
        yield from places_below(tuple(value.values()))
    elif isinstance(value, tuple):
        if hasattr(value, "_at"):
            yield value._at
        for each in tuple.__iter__(value):
            yield from places_below(each)


def places_of_everything(folder: Path) -> set[tuple[int, str]]:
    policies = [load_policy(each.read_bytes(), each.name).policy for each in folder.glob("*.yaml")]
    return {
        (policy.version, place)
        for policy in policies
        if policy is not None
        for place in places_below(watched_policy(policy, Reads()))
    }


@pytest.mark.parametrize("folder", GALLERY + OTHERS, ids=lambda path: path.name)
def test_every_fact_has_a_place_where_the_engine_would_read_it(folder: Path) -> None:
    places = places_of_everything(folder)
    always = {"/effective", "/status"}

    def is_readable(fact: RuleFact) -> bool:
        return fact.fact.pointer in always or any(each in places for each in fact.reads)

    coverage = coverage_of(folder)
    assert [each.place for each in coverage.facts if not is_readable(each)] == []


def test_every_field_that_is_listed_is_one_of_its_rule() -> None:
    for listed in (PLACES, PARTS, NAMES):
        for kind, named in listed.items():
            assert set(named) <= {each.name for each in fields(kind)}
    assert Rounding not in PLACES
