"""Mutation: who notices a change of a fact, who is excused, and that little is run for it."""

from pathlib import Path

import pytest

from app.coverage.shelves import CHARGE, REFERENCE, coverage_of, mutation_of, shelf
from policyengine.app.coverage.exercise import covered, exercises
from policyengine.app.coverage.hints import hint_of
from policyengine.app.coverage.mutation import Mutant, Mutator, mutated
from policyengine.app.coverage.report import percent
from policyengine.app.scenarios.run import notices

SCORE_MIN = 95


def fates(mutants: tuple[Mutant, ...]) -> dict[tuple[str, str], str]:
    return {(each.fact.fact.path, each.new): each.fate for each in mutants}


def test_the_reference_policys_scenarios_notice_what_changes() -> None:
    coverage = coverage_of(REFERENCE)
    (mutation,) = mutated([REFERENCE], [coverage])
    assert [(each.fact.place, each.new) for each in mutation.of("survived")] == []
    assert percent(mutation.noticed, mutation.counted) >= SCORE_MIN
    assert mutation.idle_excuses == ()
    assert all(each.excuse is not None for each in mutation.of("excused"))
    assert len(mutation.of("excused")) <= mutation.counted // 20


@pytest.mark.parametrize("path", ["charge.minimum", "packs.pack_500.expires", "credits.round"])
def test_a_scenario_that_read_nothing_of_a_fact_does_not_notice_its_change(path: str) -> None:
    coverage = coverage_of(REFERENCE)
    mutator = Mutator(coverage)
    for fact in (each for each in coverage.facts if each.fact.path == path):
        others = [each for each in coverage.tried if not exercises(each.every, fact)]
        assert others
        for timeline in mutator.timelines_of(fact).values():
            assert timeline is None or not any(
                notices(each.source, each.index, each.scenario, timeline) for each in others
            )


def test_a_change_is_noticed_by_an_expectation_and_survives_without_one(tmp_path: Path) -> None:
    found = fates(mutation_of(shelf(tmp_path)).mutants)
    assert found["models.standard.multiplier", "2"] == "noticed"
    assert found["units.tokens.input.text_input", "101"] == "noticed"
    assert found["units.tokens.output.text_output", "505"] == "survived"
    assert found["plans.free.grants.welcome.credits", "297"] == "survived"
    assert found["plans.free.grants.welcome.given", "each_cycle"] == "invalid"


def test_an_excuse_is_for_the_change_that_it_names(tmp_path: Path) -> None:
    excused = CHARGE.replace(
        "scenarios:",
        'excused:\n  - {fact: charge.minimum, to: ["0.00"], because: rounding comes first}\n'
        '  - {fact: charge.minimum, version: 2, to: ["0.02"], because: another version}\n'
        '  - {fact: models.standard.multiplier, to: ["2"], because: it is noticed}\n'
        "scenarios:",
    )
    mutation = mutation_of(shelf(tmp_path, excused))
    found = fates(mutation.mutants)
    assert found["charge.minimum", "0.00"] == "excused"
    assert found["charge.minimum", "0.02"] == "survived"
    assert found["models.standard.multiplier", "2"] == "noticed"
    idle = [(excuse.entry.fact, new) for excuse, new in mutation.idle_excuses]
    assert idle == [("charge.minimum", "0.02"), ("models.standard.multiplier", "2")]


def test_any_number_of_processes_finds_the_same(tmp_path: Path) -> None:
    folder = shelf(tmp_path)
    _, covers = covered([folder])
    assert mutated([folder], covers, jobs=2) == mutated([folder], covers)


def test_every_survivor_has_a_hint_that_names_what_is_there(tmp_path: Path) -> None:
    survived = mutation_of(shelf(tmp_path)).of("survived")
    hints = {each.fact.fact.path: hint_of(each) for each in survived}
    assert hints["charge.late_usage"] == (
        "report a request that began 7 days ago, and one that began a moment before"
    )
    assert hints["models.frontier.tiers.0.when"] == (
        "charge exactly at the bound of the tier, and one count above it"
    )
    assert all(hints.values())
    assert not any("{" in hint for hint in hints.values())
