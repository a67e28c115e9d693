"""The gallery's scenarios notice four in five changes; and who is asked is all who could notice."""

from pathlib import Path

import pytest

from app.coverage.shelves import GALLERY, REFERENCE, coverage_of
from policyengine.app.coverage.mutation import Mutator, mutated
from policyengine.app.coverage.report import percent
from policyengine.app.scenarios.run import notices

SCORE_MIN = 80
OTHERS = [each for each in GALLERY if each != REFERENCE]
QUICK = {"anthropic_api", "openai_prepaid", "openrouter", "vanceai"}
"""Policies whose mutation takes about a second; `tools/soak` holds all of them."""


def assert_noticed(folder: Path) -> None:
    (mutation,) = mutated([folder], [coverage_of(folder)])
    assert percent(mutation.noticed, mutation.counted) >= SCORE_MIN
    assert mutation.idle_excuses == ()


@pytest.mark.parametrize(
    "folder", [each for each in OTHERS if each.name in QUICK], ids=lambda path: path.name
)
def test_a_gallery_policys_scenarios_notice_four_in_five_changes(folder: Path) -> None:
    assert_noticed(folder)


@pytest.mark.parametrize("name", ["codeflicker", "vanceai"])
def test_what_survives_is_noticed_by_no_other_scenario_either(name: str) -> None:
    folder = REFERENCE.with_name(name)
    coverage = coverage_of(folder)
    mutator = Mutator(coverage)
    (mutation,) = mutated([folder], [coverage])
    for mutant in (*mutation.of("survived"), *mutation.of("excused")):
        timeline = mutator.timelines_of(mutant.fact)[mutant.new]
        assert timeline is not None
        for each in coverage.tried:
            assert not notices(each.source, each.index, each.scenario, timeline)


@pytest.mark.soak
@pytest.mark.parametrize("folder", OTHERS, ids=lambda path: path.name)
def test_every_gallery_policys_scenarios_notice_four_in_five_changes(folder: Path) -> None:
    assert_noticed(folder)
