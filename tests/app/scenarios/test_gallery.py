"""The policies that show real schemes: sound, each with scenarios that are met."""

from pathlib import Path

import pytest

from app.scenarios.playing import REFERENCE, ROOT
from policyengine.app.scenarios.folders import read_folder
from policyengine.app.scenarios.reading import read_scenarios
from policyengine.app.scenarios.run import run_scenario

FOLDERS = sorted(each for each in REFERENCE.parent.iterdir() if each.is_dir() and each != REFERENCE)
FILES = sorted(path for folder in FOLDERS for path in folder.glob("scenarios/*.yaml"))


def name_of(path: Path) -> str:
    return path.relative_to(REFERENCE.parent).as_posix()


@pytest.mark.parametrize("folder", FOLDERS, ids=name_of)
def test_a_policy_of_the_gallery_has_no_finding_and_says_where_it_is_from(folder: Path) -> None:
    found = read_folder(folder, ROOT)
    assert found.timeline is not None, found.report()
    for policy in found.timeline.policies:
        assert policy.document.source is not None
        assert "llustration" in policy.source


@pytest.mark.parametrize("folder", FOLDERS, ids=name_of)
def test_a_policy_of_the_gallery_has_scenarios(folder: Path) -> None:
    count = 0
    for path in folder.glob("scenarios/*.yaml"):
        document = read_scenarios(path.read_bytes(), path.name).document
        assert document is not None
        count += len(document.scenarios)
    assert count >= 8


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_every_scenario_of_the_gallery_is_met(path: Path) -> None:
    timeline = read_folder(path.parents[1], ROOT).timeline
    read = read_scenarios(path.read_bytes(), path.name)
    assert timeline is not None
    assert read.document is not None
    results = [
        run_scenario(read.source, index, scenario, timeline)
        for index, scenario in enumerate(read.document.scenarios)
    ]
    assert [(each.title, each.failures) for each in results if not each.passed] == []
