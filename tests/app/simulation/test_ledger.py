"""Simulating a ledger: its own commands once more, on any workers, and nothing written."""

from fractions import Fraction
from pathlib import Path

import pytest

from app.replay.replays import content, in_sql
from app.simulation.simulations import (
    REFERENCE,
    SHORT_MAPPING,
    altered,
    change,
    figures_of,
    written,
)
from policyengine.app.replay.faults import ReplayError
from policyengine.app.simulation import ledger
from policyengine.app.simulation.running import Means
from policyengine.app.simulation.simulating import simulate_ledger
from policyengine.app.simulation.tables import facts
from policyengine.app.simulation.workers import means_of
from policyengine.simulate.buckets import InThisThread

ALONE = Means(InThisThread())
VERSIONS = change(REFERENCE, REFERENCE / "v2.yaml")


@pytest.fixture(autouse=True)
def _small_buckets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "ENTRIES_IN_BUCKET", 100)
    monkeypatch.setattr(ledger, "PAGE", 7)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """A ledger with a replay in it, and what that charged."""
    folder = tmp_path_factory.mktemp("ledger")
    totals = in_sql(folder / "ledger.db", written(folder), SHORT_MAPPING)
    return folder / "ledger.db", totals.accepted.charged_micro


def test_the_old_side_is_what_the_ledger_has(recorded: tuple[Path, int]) -> None:
    database, charged = recorded
    before = content(database)
    report = simulate_ledger(f"sqlite:///{database}", VERSIONS, ALONE)
    figures = report.simulated.comparison.figures
    assert charged == figures["charged_micro"].old.value
    assert figures["charged_micro"].change.value < 0
    assert figures["not_run"].old.value > 0
    assert report.simulated.size == len(before["txn"])
    assert before == content(database)


def test_any_number_of_workers_finds_the_same_in_a_ledger(
    recorded: tuple[Path, int], tmp_path: Path
) -> None:
    url = f"sqlite:///{recorded[0]}"
    expected = figures_of(simulate_ledger(url, VERSIONS, ALONE))
    with means_of(2, tmp_path) as two:
        assert expected == figures_of(simulate_ledger(url, VERSIONS, two))
    again = simulate_ledger(url, VERSIONS, Means(InThisThread(), 0, tmp_path))
    assert again.simulated.known == again.simulated.size


def test_a_sample_of_a_ledger_is_part_of_it(recorded: tuple[Path, int]) -> None:
    half = change(REFERENCE, REFERENCE / "v2.yaml", "1/2")
    report = simulate_ledger(f"sqlite:///{recorded[0]}", half, ALONE)
    assert report.simulated.wallets_taken <= report.simulated.wallets
    assert Fraction(1, 2) == report.simulated.share


def test_wallets_of_other_policies_are_left_out(recorded: tuple[Path, int], tmp_path: Path) -> None:
    other = altered(tmp_path, 1, "policy: codeflicker", "policy: another")
    with pytest.raises(ReplayError, match="no wallet of the ledger has the policy `another`"):
        simulate_ledger(f"sqlite:///{recorded[0]}", change(other, other), ALONE)
    report = simulate_ledger(f"sqlite:///{recorded[0]}", VERSIONS, ALONE)
    assert "left out" not in dict(facts(report))
