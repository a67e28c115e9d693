"""Small policies with scenarios, in folders of their own."""

from pathlib import Path

from policyengine.app.coverage.exercise import Coverage, covered
from policyengine.app.coverage.mutation import Mutation, mutated

ROOT = Path(__file__).resolve().parents[3]
REFERENCE = ROOT / "policies" / "codeflicker"
GALLERY = sorted(each for each in (ROOT / "policies").iterdir() if each.is_dir())
OTHERS = sorted(each for each in (ROOT / "tests" / "policies").iterdir() if each.is_dir())

CHARGE = """\
about: a test
scenarios:
  - title: a request of the free quota
    given: {at: 2026-02-01T00:00:00Z, plan: free}
    steps:
      - charge: {model: standard, used: {text_input: 10000}}
        then: {charged: 1}
"""


def shelf(folder: Path, scenarios: str = CHARGE, *changes: tuple[str, str]) -> Path:
    """Put the first version of the reference policy, changed, into a folder with scenarios."""
    text = (REFERENCE / "v1.yaml").read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (folder / "scenarios").mkdir(parents=True)
    (folder / "v1.yaml").write_text(text)
    (folder / "scenarios" / "test.yaml").write_text(scenarios)
    return folder


def coverage_of(folder: Path) -> Coverage:
    """The coverage of a folder whose scenarios all pass."""
    report, (found,) = covered([folder])
    assert report.failures == ()
    return found


def mutation_of(folder: Path) -> Mutation:
    """What became of all changes of a folder's policy."""
    (found,) = mutated([folder], [coverage_of(folder)])
    return found
