"""A repository with the starter policy on `main`, and a branch that makes `large` dearer."""

from pathlib import Path

from app.repositories import commit_all, git
from app.shops import policy_text, second_version
from policyengine.app.planning.making import Asked, make_plan
from policyengine.app.planning.plan import Plan
from policyengine.app.starter import starter_files
from policyengine.values.calendar import parse_instant

NOW = parse_instant("2026-02-01T00:00:00Z")
HOME = Path("policies/my_product")
SECOND = HOME / "v2.yaml"
SCENARIOS = HOME / "scenarios/promises.yaml"
SHOP_GUARDS = """\
format: 1
about: What finance allows a change of prices to do.
guards:
  dearer_models: {measure: price_rise, at_most: 20%, otherwise: block}
  losers: {measure: worse_off, at_most: 5%, otherwise: block}
"""


def begin(folder: Path, guards: str = "") -> None:
    """Make the repository in a folder, which is the current one: first `main`, then a branch."""
    for path, content in starter_files("chat").items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    if guards:
        (folder / "policies/guards.yaml").write_text(guards)
    commit_all(folder)
    git(folder, "checkout", "-q", "-b", "change")


def make_dearer(folder: Path) -> None:
    """Write version 2, in which `large` has x 5 instead of x 4."""
    (folder / SECOND).write_text(second_version(policy_text()))


def plan(against: str = "", place: str = "policies", guards: Path | None = None) -> Plan:
    """Make a plan of files without errors."""
    made = make_plan(Asked(Path(place), NOW, against, guards))
    assert isinstance(made, Plan)
    return made
