"""Simulations for tests: made-up usage under the two versions of the reference policy."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from app.replay.usage_files import MAPPING, Made, made_rows, write_csv
from policyengine.app.simulation.about import Report
from policyengine.app.simulation.form import simulation_form
from policyengine.app.simulation.running import Means
from policyengine.app.simulation.sides import side_of
from policyengine.app.simulation.simulating import Change, simulate_file
from policyengine.simulate.buckets import InThisThread

ROOT = Path(__file__).parents[3]
REFERENCE = ROOT / "policies" / "codeflicker"
WAYS = """when_short:
    - {upgrade_to: pro}
    - {buy_pack: pack_500, at_most: 3, per: cycle}"""
SHORT_MAPPING = MAPPING.replace("plan: pro_plus", f"plan: free\n  {WAYS}").replace(
    "text_output: answer", "text_output: 600 * answer"
)
"""Wallets that begin without cycles, with long answers: they run out, and help themselves."""


def many_rows(seed: int = 3, wallets: int = 40, count: int = 900) -> list[Made]:
    """Rows of many wallets, some with many requests, some with few."""
    rows = made_rows(seed, count)
    names = [f"w{number * number // count}" for number in range(wallets * 6)]
    return [replace(row, user=names[place % len(names)]) for place, row in enumerate(rows)]


def written(folder: Path, rows: Sequence[Made] | None = None, mapping: str = SHORT_MAPPING) -> Path:
    """Write a usage file and its mapping; give the file."""
    (folder / "made_up.yaml").write_text(mapping)
    return write_csv(folder / "usage.csv", many_rows() if rows is None else rows)


def change(old: Path | None = None, new: Path | None = None, share: str = "1") -> Change:
    """Give a change, by default from version 1 of the reference policy to version 2."""
    old, new = old or REFERENCE / "v1.yaml", new or REFERENCE / "v2.yaml"
    return Change(side_of(str(old)), side_of(str(new)), Fraction(share))


def simulated(
    file: Path, of: Change | None = None, means: Means | None = None, **options: Any
) -> Report:
    """Simulate a file by the mapping beside it."""
    mapping = str(file.with_name("made_up.yaml"))
    return simulate_file(file, mapping, of or change(), means or Means(InThisThread()), **options)


def figures_of(report: Report) -> dict[str, Any]:
    """Everything that was found, without how long it took and on what."""
    form = simulation_form(report)
    form.pop("this_run")
    return form


def altered(folder: Path, version: int, old: str, new: str, name: str = "new.yaml") -> Path:
    """Write a version of the reference policy with one text replaced."""
    text = (REFERENCE / f"v{version}.yaml").read_text()
    assert old in text
    path = folder / name
    path.write_text(text.replace(old, new))
    return path
