"""policies/README.md: the folders, counts, rules and keys that it lists are those that exist."""

import re
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from tools.gallery import counted

from house.proofs import ROOT, missing_proofs
from policyengine.app.policies import usable_policies

DOCUMENT: Final = ROOT / "policies" / "README.md"
TEXT: Final = DOCUMENT.read_text(encoding="utf-8")
FOLDERS: Final = sorted(each for each in DOCUMENT.parent.iterdir() if each.is_dir())
SCENARIOS_MIN: Final = 8

_SUMMARY: Final = re.compile(
    r"^\| \[(\w+)\]\(#\w+\) \| [^|]+ \| (\d+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$", re.MULTILINE
)
_SECTION: Final = re.compile(r"^### (\w+)\n(.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)
_SAID: Final = re.compile(r"^\| (.+) \| \[(v\d+)\]\((\w+)/v\d+\.yaml\) `([^`]+)` \|$", re.MULTILINE)
_UNSAID: Final = re.compile(r"^\| (.+) \| \*\*cannot be said\*\*: (.+) \|$", re.MULTILINE)

SUMMARY: Final = {name: tuple(map(int, counts)) for name, *counts in _SUMMARY.findall(TEXT)}
SECTIONS: Final = dict(_SECTION.findall(TEXT))


@cache
def plain(file: Path) -> Any:
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def has(part: Any, path: str) -> bool:
    """Tell whether a document has what a dotted path names; keys may have dots themselves."""
    if not path:
        return True
    if not isinstance(part, dict):
        return False
    return any(
        (path == key or path.startswith(f"{key}.")) and has(inner, path[len(key) + 1 :])
        for key, inner in part.items()
    )


def test_every_folder_is_listed_and_every_listed_folder_is_there() -> None:
    assert list(SUMMARY) == [each.name for each in FOLDERS]
    assert list(SECTIONS) == list(SUMMARY)


def test_the_counts_are_those_of_folders_and_rows() -> None:
    assert counted(TEXT) == TEXT, "see `python -m tools.gallery`"
    assert all(scenarios >= SCENARIOS_MIN for _, scenarios, *_ in SUMMARY.values())


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda each: each.name)
def test_each_row_names_a_key_or_says_why_not(folder: Path) -> None:
    section = SECTIONS[folder.name]
    _, _, rules, said, unsaid = SUMMARY[folder.name]
    assert (len(_SAID.findall(section)), len(_UNSAID.findall(section))) == (said, unsaid)
    assert rules == said + unsaid


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda each: each.name)
def test_a_rule_is_said_by_a_key_that_exists(folder: Path) -> None:
    rows = _SAID.findall(SECTIONS[folder.name])
    assert {place for _, _, place, _ in rows} == {folder.name}
    missing = [
        path for _, version, _, path in rows if not has(plain(folder / f"{version}.yaml"), path)
    ]
    assert missing == []


def test_the_keys_of_the_constructs_are_keys_of_the_language() -> None:
    listed = re.findall(r"^\| `([^`]+)` \|", (ROOT / "docs/language.md").read_text(), re.MULTILINE)
    constructs = TEXT[TEXT.index("## Constructs") :]
    named = re.findall(r"^\| [^|`]+ \| `([^`]+)` \| [^|]+ \|$", constructs, re.MULTILINE)
    assert len(named) > 30
    assert sorted(set(named) - set(listed)) == []


def test_every_scenario_and_test_that_the_constructs_name_exists() -> None:
    assert missing_proofs(TEXT, DOCUMENT.parent) == []


def test_every_published_version_is_locked_and_nothing_else() -> None:
    locked = [
        line.split()[:2]
        for line in (ROOT / "policies" / "policies.lock").read_text().splitlines()
        if not line.startswith("#")
    ]
    published = [
        [timeline.name, str(policy.version)]
        for timeline in usable_policies([ROOT / "policies"]).timelines.values()
        for policy in timeline.policies
    ]
    assert sorted(locked) == sorted(published)
