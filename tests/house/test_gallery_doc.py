"""policies/README.md: the folders, counts, rules and keys that it lists are those that exist."""

import re
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from house.proofs import ROOT, missing_proofs, titles

DOCUMENT: Final = ROOT / "policies" / "README.md"
TEXT: Final = DOCUMENT.read_text(encoding="utf-8")
FOLDERS: Final = sorted(each for each in DOCUMENT.parent.iterdir() if each.is_dir())
SCENARIOS_MIN: Final = 8

_SUMMARY: Final = re.compile(
    r"^\| \[(\w+)\]\(#\w+\) \| [^|]+ \| (\d+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$", re.MULTILINE
)
_TOTAL: Final = re.compile(
    r"^\| \*\*all\*\* \| (\d+) schemes \| \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$", re.MULTILINE
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


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda each: each.name)
def test_the_counts_of_a_folder_are_its_own(folder: Path) -> None:
    versions = len(list(folder.glob("v*.yaml")))
    scenarios = sum(len(titles(file)) for file in folder.glob("scenarios/*.yaml"))
    said, unsaid = _SAID.findall(SECTIONS[folder.name]), _UNSAID.findall(SECTIONS[folder.name])
    rules = len(said) + len(unsaid)
    assert SUMMARY[folder.name] == (versions, scenarios, rules, len(said), len(unsaid))
    assert scenarios >= SCENARIOS_MIN


def test_the_totals_are_the_sums() -> None:
    found = _TOTAL.search(TEXT)
    assert found is not None
    sums = [sum(row[column] for row in SUMMARY.values()) for column in (1, 2, 3, 4)]
    assert [int(each) for each in found.groups()] == [len(SUMMARY), *sums]


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
