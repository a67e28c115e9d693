"""Guards files: every code has a bad file and its drawn message; a good one is read as it says."""

from fractions import Fraction
from pathlib import Path

import pytest

from app.planning.guard_files import GUARDS, bad_files, drawing_of, reference
from policyengine.app.checking import check, files_of
from policyengine.app.planning.guards.codes import GUARD_CODES
from policyengine.app.planning.guards.load import GuardsError, load_guards, usable_guards
from policyengine.app.policies import policy_files
from policyengine.app.starter import starter_files

BAD = tuple(bad_files())
CODE_LENGTH = len("GR100")


@pytest.mark.parametrize("path", BAD, ids=lambda each: each.stem)
def test_a_bad_guards_file_is_drawn_as_the_golden_file_shows(path: Path) -> None:
    codes, drawing = drawing_of(path)
    assert path.stem[:CODE_LENGTH] in codes
    assert path.with_suffix(".txt").read_text() == drawing


def test_every_code_of_guards_has_a_golden_pair_and_a_page() -> None:
    assert GUARD_CODES.keys() <= {path.stem[:CODE_LENGTH] for path in BAD}
    assert all(each.explanation for each in GUARD_CODES.values())


def test_a_good_file_gives_each_guard_with_its_line_and_exact_costs(tmp_path: Path) -> None:
    path = tmp_path / "guards.yaml"
    path.write_text(GUARDS)
    found = usable_guards(path, (reference(1),))
    lines = GUARDS.splitlines()
    assert all(lines[line - 1].lstrip().startswith(f"{name}:") for name, line, _ in found.guards)
    assert found.costs is not None
    assert found.costs.models["standard"]["text_cached"] == Fraction(5, 100)
    assert load_guards(GUARDS, "guards.yaml").findings == ()


def test_guards_of_names_that_no_policy_has_are_not_used(tmp_path: Path) -> None:
    path = tmp_path / "guards.yaml"
    path.write_text(GUARDS.replace("plans: [pro]", "plans: [prro]"))
    with pytest.raises(GuardsError, match=r"GR301(.|\n)*did you mean `pro`"):
        usable_guards(path, (reference(1),))


def test_a_guards_file_beside_policies_is_no_policy_and_is_validated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for path, content in starter_files("chat").items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    places = [Path("policies/guards.yaml"), Path("policies/my_product/guards.yaml")]
    for place in places:
        place.write_text(GUARDS)
    checked = check(files_of([Path("policies")]))
    assert checked.findings == ()
    assert {str(each) for each in places} < set(checked.names)
    assert policy_files(Path("policies")) == [Path("policies/my_product/v1.yaml")]
    places[0].write_text(GUARDS.replace("otherwise: block", "otherwise: blok", 1))
    assert [each.code for each in check(files_of([Path("policies")])).findings] == ["PE121"]
