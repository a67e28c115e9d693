"""Hostile policy files are refused as findings, with little time and memory; the old one stays."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.shops import open_shop, policies_in, policy_text
from faults import poisoned
from faults.conftest import Counting
from policyengine.app.policies import PolicyError, usable_policies

ROOT = Path(__file__).parents[2]


def said_of(seed: int, count: int) -> dict[str, Any]:
    """Have files read in a process of its own, which is killed where one takes too much."""
    done = subprocess.run(  # noqa: S603  # the interpreter that runs this test
        [sys.executable, str(poisoned.__file__), str(seed), str(count)],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def check_poison(
    seed: int, count: int, counts: Counting, record: Callable[[str, str], None]
) -> None:
    said = said_of(seed, count)
    counts.add(fuzz_inputs=said["samples"])
    counts.add(poison_time=said["worst_ms"], poison_memory=said["worst_mib"])
    figures = f"{said['worst_ms']} ms ({said['slowest']}), {said['worst_mib']} MiB"
    record("figure", f"poison: {said['samples']:,} files refused or read, at worst {figures}")
    assert said["accepted"] == []


def test_hostile_files_are_refused_within_their_limits(
    counts: Counting, seed: int, record_property: Callable[[str, str], None]
) -> None:
    check_poison(seed, 40, counts, record_property)


@pytest.mark.soak
def test_many_hostile_files_are_refused_within_their_limits(
    counts: Counting, seed: int, record_property: Callable[[str, str], None]
) -> None:
    check_poison(seed, 4000, counts, record_property)


def test_while_a_hostile_file_lies_there_the_old_policy_stays_live(tmp_path: Path) -> None:
    """A running engine goes on as before, and a new one refuses to start on it."""
    folder = tmp_path / "policies"
    folder.mkdir()
    shop = open_shop(policies_in(folder, policy_text()), f"sqlite:///{tmp_path}/ledger.db")
    before = shop.charge()
    known = dict(poisoned.corpus())
    for name in ("laughs", "sixties", "a tag", "brackets", "no unicode", "formula 3"):
        (folder / "v1.yaml").write_bytes(known[name])
        with pytest.raises(PolicyError) as refused:
            usable_policies([folder])
        assert refused.value.findings, name
    after = shop.charge()
    assert after.policy == before.policy
    assert shop.engine.verify().is_sound
    shop.engine.close()
