"""Running simulations: what a replay charges, the same on any workers, and on after a stop."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from app.replay.replays import in_memory
from app.simulation.simulations import (
    REFERENCE,
    SHORT_MAPPING,
    altered,
    change,
    figures_of,
    many_rows,
    simulated,
    written,
)
from policyengine.app.replay.faults import ReplayError
from policyengine.app.simulation import usage
from policyengine.app.simulation.running import Means
from policyengine.app.simulation.workers import means_of
from policyengine.simulate.buckets import InThisThread


@pytest.fixture(autouse=True)
def _small_buckets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usage, "ROWS_IN_BUCKET", 60)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return written(tmp_path)


def test_the_old_side_charges_what_a_replay_charges(file: Path) -> None:
    totals, ledger = in_memory(file, SHORT_MAPPING)
    report = simulated(file, change(old=REFERENCE, new=REFERENCE / "v1.yaml"))
    comparison = report.simulated.comparison
    # All rows are from before version 2: the folder's versions and version 1 alone do the same.
    assert set(comparison.verdicts.values()) == {"same"}
    figures = {name: each.old.value for name, each in comparison.figures.items()}
    assert totals.accepted.charged_micro == figures["charged_micro"]
    assert totals.accepted.price_micro + totals.refused_micro == figures["price_micro"]
    assert totals.refused.total() == figures["refused"] > 0
    assert totals.packs_micro == figures["added_micro"] > 0
    assert totals.upgrades.total() == figures["moved_up"] > 0
    assert totals.available_micro == figures["left_micro"]
    assert len(ledger.books) == report.simulated.wallets


@contextmanager
def threads(_count: int, folder: Path | None) -> Iterator[Means]:
    with ThreadPoolExecutor(3) as executor:
        yield Means(executor, 5, folder, 3)


@pytest.mark.parametrize(("workers", "means"), [(2, means_of), (3, threads)])
def test_any_number_of_workers_finds_the_same(
    file: Path, workers: int, means: Callable[[int, Path | None], AbstractContextManager[Means]]
) -> None:
    expected = figures_of(simulated(file))
    with means(workers, None) as several:
        assert expected == figures_of(simulated(file, means=several))
    with means_of(1, None) as alone:
        assert expected == figures_of(simulated(file, means=alone))


def test_the_order_of_rows_in_the_file_makes_no_difference(tmp_path: Path) -> None:
    rows = many_rows()
    (tmp_path / "other").mkdir()
    one = figures_of(simulated(written(tmp_path, rows)))
    other = figures_of(simulated(written(tmp_path / "other", rows[::-1])))
    assert one["figures"] == other["figures"]
    assert one["largest"] == other["largest"]


class StopsAfter(InThisThread):
    """An executor that is interrupted after some buckets."""

    def __init__(self, buckets: int) -> None:
        self.left = buckets

    def submit(self, *arguments: object, **named: object) -> object:  # type: ignore[override]
        if not self.left:
            raise KeyboardInterrupt
        self.left -= 1
        return super().submit(*arguments, **named)  # type: ignore[arg-type]


def test_a_run_that_was_stopped_goes_on_and_finds_the_same(tmp_path: Path, file: Path) -> None:
    expected = simulated(file)
    runs = tmp_path / "runs"
    with pytest.raises(KeyboardInterrupt):
        simulated(file, means=Means(StopsAfter(3), 0, runs))
    assert len(list(runs.rglob("bucket-*.json"))) == 3
    going_on = simulated(file, means=Means(InThisThread(), 0, runs))
    assert figures_of(expected) == figures_of(going_on)
    assert 0 < going_on.simulated.known < going_on.simulated.size
    again = simulated(file, means=Means(StopsAfter(0), 0, runs))
    assert figures_of(expected) == figures_of(again)
    assert again.simulated.known == again.simulated.size
    assert again.per_second == 0


def test_a_bucket_that_was_cut_off_or_altered_is_run_again(tmp_path: Path, file: Path) -> None:
    runs = tmp_path / "runs"
    expected = figures_of(simulated(file, means=Means(InThisThread(), 0, runs)))
    cut, altered_, binary, *_ = sorted(runs.rglob("bucket-*.json"))
    cut.write_text(cut.read_text()[:-20])
    digest, _, text = altered_.read_text().partition("\n")
    altered_.write_text(f"{digest}\n{text.replace('lite', 'late')}")
    binary.write_bytes(b"\xff\xfe")
    found = simulated(file, means=Means(InThisThread(), 0, runs))
    assert expected == figures_of(found)
    assert found.simulated.known < found.simulated.size


def test_other_inputs_or_policies_are_another_run(tmp_path: Path, file: Path) -> None:
    runs = tmp_path / "runs"
    means = Means(InThisThread(), 0, runs)
    dearer = altered(tmp_path, 1, "multiplier: 6", "multiplier: 7")
    same = altered(tmp_path, 2, "packs live shorter", "packs live shorter", "same.yaml")
    simulated(file, means=means)
    simulated(file, change(new=dearer), means)
    simulated(file, change(share="1/2"), means)
    simulated(file, means=means, rows_max=50)
    assert len(list(runs.iterdir())) == 4
    simulated(file, change(new=same), means)
    assert len(list(runs.iterdir())) == 4
    (file.with_name("made_up.yaml")).write_text(SHORT_MAPPING.replace("at_most: 3", "at_most: 4"))
    simulated(file, means=means)
    assert len(list(runs.iterdir())) == 5


def test_progress_reaches_the_end(file: Path) -> None:
    told: list[tuple[str, int, int | None]] = []
    report = simulated(file, progress=lambda *each: told.append(each))
    assert told[-1] == ("simulating", report.simulated.size, report.simulated.size)
    done = [done for phase, done, _ in told if phase == "simulating"]
    assert done == sorted(done)


def test_a_sample_takes_some_wallets_and_its_band_holds_the_truth(tmp_path: Path) -> None:
    rows = many_rows(seed=5, wallets=900, count=6000)
    file = written(tmp_path, rows)
    whole = simulated(file).simulated
    sample = simulated(file, change(share="1/5")).simulated
    assert sample.wallets_taken < whole.wallets == sample.wallets
    price = sample.comparison.figures["price_micro"].change
    assert price.low <= whole.comparison.figures["price_micro"].change.value <= price.high
    assert price.is_estimate


def test_rules_other_than_prices_decide_as_well(tmp_path: Path, file: Path) -> None:
    shorter = altered(tmp_path, 1, "given: once, expires: 1 month", "given: once, expires: 1 day")
    lost = simulated(file, change(new=shorter)).simulated.comparison.figures["expired_micro"]
    assert lost.change.value > 0
    packs_first = altered(tmp_path, 1, "[priority, soonest_expiry,", "[priority, pack_before_plan,")
    packs_first.write_text(
        packs_first.read_text().replace("pack_before_plan, plan_before_pack", "pack_before_plan")
    )
    assert simulated(file, change(new=packs_first)).simulated.comparison.pairs


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        (SHORT_MAPPING.replace("buy_pack: pack_500", "buy_pack: pack_50"), "no pack `pack_50`"),
        (SHORT_MAPPING.replace("format: 1", "format: 9"), "format"),
        (SHORT_MAPPING.replace("zero_at: 2026", "zero_at: 2025"), "before the first version"),
        (SHORT_MAPPING.replace("haiku-1, model: lite", "haiku-1, skip: no"), None),
    ],
)
def test_a_mapping_that_does_not_suit_says_so(
    tmp_path: Path, mapping: str, message: str | None
) -> None:
    file = written(tmp_path, mapping=mapping)
    if message is None:
        assert simulated(file)
        return
    with pytest.raises(ReplayError, match=message):
        simulated(file, change(old=REFERENCE, new=REFERENCE))


def test_a_file_without_rows_is_no_simulation(tmp_path: Path) -> None:
    file = written(tmp_path, [])
    with pytest.raises(ReplayError, match="has no"):
        simulated(file)


def test_rows_that_stand_twice_are_simulated_once(tmp_path: Path) -> None:
    rows = many_rows()
    mapping = SHORT_MAPPING + "skip_repeated: [model, prompt, seen, answer]\n"
    once = simulated(written(tmp_path, rows, mapping))
    twice = simulated(written(tmp_path, [*rows, *rows], mapping))
    assert figures_of(once)["figures"]["price"] == figures_of(twice)["figures"]["price"]
    assert twice.about.totals is not None
    assert twice.about.totals.repeated >= len(
        [row for row in rows if row.model != "hidden" and (row.prompt or row.answer)]
    )


def test_a_finished_bucket_is_plain_text_with_its_checksum(tmp_path: Path, file: Path) -> None:
    runs = tmp_path / "runs"
    simulated(file, means=Means(InThisThread(), 0, runs))
    digest, _, text = next(iter(runs.rglob("bucket-*.json"))).read_text().partition("\n")
    assert len(digest) == 64
    assert all(len(each) == 4 for each in json.loads(text))
