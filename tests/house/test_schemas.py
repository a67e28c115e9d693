"""The schemas that are checked in are those that the document models make."""

import pytest
from tools.schemas import FOLDER, SCHEMAS


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_checked_in_as_the_models_make_it(name: str) -> None:
    assert (FOLDER / name).read_text() == SCHEMAS[name](), "run `python -m tools.schemas`"


def test_no_schema_is_checked_in_that_no_models_make() -> None:
    assert {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.json")} == set(SCHEMAS)
