"""Mapping files: every code has a bad file and its drawn message; good ones have no findings."""

from pathlib import Path

import pytest

from app.replay.mapping_goldens import bad_files, drawing_of
from app.replay.replays import policies
from app.replay.usage_files import MAPPING
from policyengine.app.replay.faults import ReplayError
from policyengine.app.replay.mapping.codes import MAPPING_CODES
from policyengine.app.replay.mapping.load import find_mapping, load_mapping
from policyengine.app.replay.mapping.suiting import check_suits
from policyengine.policy.timeline import Timeline

BAD = tuple(bad_files())


@pytest.mark.parametrize("path", BAD, ids=lambda each: each.stem)
def test_a_bad_mapping_is_drawn_as_the_golden_file_shows(path: Path) -> None:
    codes, drawing = drawing_of(path, dict(policies().timelines))
    assert path.stem[: len("MP100")] in codes
    assert path.with_suffix(".txt").read_text() == drawing


def test_every_code_of_mappings_has_a_golden_pair_and_a_page() -> None:
    shown = {path.stem[: len("MP100")] for path in BAD}
    assert MAPPING_CODES.keys() <= shown
    for info in MAPPING_CODES.values():
        assert info.explanation
        assert info.title == info.title.lower() or "`" in info.title


def test_a_good_mapping_has_no_findings_and_suits_the_policy() -> None:
    loaded = load_mapping(MAPPING, "made_up.yaml")
    assert loaded.document is not None
    assert (loaded.findings, loaded.report()) == ((), "")
    assert check_suits(loaded.source, loaded.document, policies().timelines) == ()


def test_with_several_policies_the_mapping_says_which() -> None:
    (timeline,) = policies().timelines.values()
    several: dict[str, Timeline] = {"one": timeline, "two": timeline}
    loaded = load_mapping(MAPPING, "made_up.yaml")
    assert loaded.document is not None
    (finding,) = check_suits(loaded.source, loaded.document, several)
    assert (finding.code, finding.help) == ("MP301", "add `policy`: `one` or `two`")
    named = load_mapping(MAPPING.replace("plan:", "policy: two\n  plan:"), "made_up.yaml")
    assert named.document is not None
    assert check_suits(named.source, named.document, several) == ()


@pytest.mark.parametrize("text", ["", "format: 1\nformat: 1\n", "a: [\n", "a: &b 1\n"])
def test_text_that_is_no_yaml_of_ours_gives_findings_and_no_document(text: str) -> None:
    loaded = load_mapping(text, "bad.yaml")
    assert loaded.document is None
    assert loaded.findings
    assert loaded.report().startswith("bad.yaml:")


def test_a_mapping_is_found_by_its_path_or_by_its_name_below_the_policies(tmp_path: Path) -> None:
    folder = tmp_path / "acme" / "mappings"
    folder.mkdir(parents=True)
    (folder / "usage.yaml").write_text(MAPPING)
    assert find_mapping("usage", tmp_path) == folder / "usage.yaml"
    assert find_mapping(str(folder / "usage.yaml"), tmp_path) == folder / "usage.yaml"
    with pytest.raises(ReplayError, match="no mapping file `use`; the policies come with `usage`"):
        find_mapping("use", tmp_path)
    (tmp_path / "mappings").mkdir()
    (tmp_path / "mappings" / "usage.yml").write_text(MAPPING)
    with pytest.raises(ReplayError, match="several mappings are called `usage`"):
        find_mapping("usage", tmp_path)
