"""The registry of all codes: nothing lost by an overlap, each page complete."""

import re
from pathlib import Path

import pytest

from policyengine.app.codes import ALL_CODES
from policyengine.app.planning.guards.codes import GUARD_CODES
from policyengine.app.replay.mapping.codes import MAPPING_CODES
from policyengine.app.scenarios.codes import SCENARIO_CODES
from policyengine.linting.codes import FAULT_CODES
from policyengine.policy.codes import CODES

SOURCES = Path(__file__).parents[2] / "src" / "policyengine"
_CODE = re.compile(r'"([A-Z]{2}[0-9]{3})"')


def test_no_code_stands_in_two_registries() -> None:
    registries = (CODES, SCENARIO_CODES, MAPPING_CODES, GUARD_CODES, FAULT_CODES)
    assert len(ALL_CODES) == sum(map(len, registries))


def test_every_code_in_the_sources_has_a_page() -> None:
    used = {code for path in SOURCES.rglob("*.py") for code in _CODE.findall(path.read_text())}
    assert used == set(ALL_CODES)


@pytest.mark.parametrize(
    ("prefix", "codes"),
    [
        ("PE", CODES),
        ("SC", SCENARIO_CODES),
        ("MP", MAPPING_CODES),
        ("GR", GUARD_CODES),
        ("EF", FAULT_CODES),
    ],
)
def test_the_letters_of_a_code_tell_the_kind_of_file(prefix: str, codes: dict[str, object]) -> None:
    assert {code[:2] for code in codes} == {prefix}


@pytest.mark.parametrize("code", ALL_CODES)
def test_a_page_says_what_and_why_with_a_wrong_and_a_right_example(code: str) -> None:
    page = ALL_CODES[code]
    assert page.title
    assert not page.title.endswith(".")
    assert page.wrong != page.right
    for part in (page.what, page.why, page.wrong, page.right):
        assert part.splitlines()[0].strip() in page.explanation
