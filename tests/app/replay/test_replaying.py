"""Replays of made-up files: exact to the micro-credit, once only, and the same after a stop."""

import os
import signal
import subprocess
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from app.replay.replays import content, faults, in_memory, in_sql, policies, story
from app.replay.usage_files import (
    HIDDEN,
    MAPPING,
    MODELS,
    ROOT_OF_TESTS,
    Made,
    cost_of,
    made_rows,
    write_csv,
    write_jsonl,
    write_parquet,
)
from policyengine.app.engine import Engine
from policyengine.app.replay import replaying
from policyengine.app.replay.faults import ReplayError
from policyengine.values.calendar import parse_instant

ROWS = made_rows(seed=1)
USED = [row for row in ROWS if row.model != HIDDEN and (row.prompt or row.answer)]
BEGINS_AT = parse_instant("2026-02-01T00:00:00Z")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "usage.csv", ROWS)


def test_every_row_costs_what_arithmetic_by_hand_says(tmp_path: Path, file: Path) -> None:
    database = tmp_path / "ledger.db"
    totals = in_sql(database, file)
    assert sum(cost_of(row) for row in USED) == totals.accepted.charged_micro
    assert totals.accepted.price_micro == totals.accepted.charged_micro
    assert len(USED) == totals.accepted.charges == totals.used
    by_model: Counter[str] = Counter()
    for row in USED:
        by_model[MODELS[row.model]] += cost_of(row)
    assert by_model == {name: share.charged_micro for name, share in totals.models.items()}
    assert {"the model is not in the table": {HIDDEN: len(ROWS) - len(USED)}} == totals.skipped
    assert sum(Decimal(row.cost) for row in USED) == totals.source_cost
    assert len({row.user for row in USED}) == totals.wallets
    assert faults(database) == ()


def test_the_ledger_has_each_row_at_its_time_in_order(file: Path) -> None:
    _, ledger = in_memory(file)
    charges = [each for each in ledger.transactions["u-ana"] if each.kind == "charge"]
    expected = sorted((BEGINS_AT + row.microseconds, row.chat) for row in USED if row.user == "ana")
    assert expected == [(each.effective_at, each.conversation_id) for each in charges]


def test_totals_do_not_depend_on_the_file_s_format(tmp_path: Path, file: Path) -> None:
    expected, _ = in_memory(file)
    for other in (
        write_csv(tmp_path / "usage.csv.gz", ROWS),
        write_jsonl(tmp_path / "usage.jsonl", ROWS),
        write_parquet(tmp_path / "usage.parquet", ROWS),
    ):
        totals, _ = in_memory(other)
        assert expected == totals, other.name


def test_a_ledger_in_memory_comes_to_the_same_totals(tmp_path: Path, file: Path) -> None:
    in_a_file = in_sql(tmp_path / "ledger.db", file, with_estimates=True)
    totals, _ = in_memory(file, with_estimates=True)
    assert in_a_file == totals


def test_a_file_replayed_twice_is_charged_once(tmp_path: Path, file: Path) -> None:
    database = tmp_path / "ledger.db"
    first = in_sql(database, file)
    before = content(database)
    packed = write_csv(tmp_path / "usage.csv.gz", ROWS)
    second = in_sql(database, packed)
    assert before == content(database)
    assert (second.replayed, second.recorded) == (len(USED), Counter())
    assert first.accepted == second.accepted


def test_the_first_rows_of_a_file_are_charged_once_when_all_of_it_follows(
    tmp_path: Path, file: Path
) -> None:
    in_order = sorted(ROWS, key=lambda row: row.microseconds)
    write_csv(file, in_order)
    in_sql(tmp_path / "parts.db", file, rows_max=100)
    totals = in_sql(tmp_path / "parts.db", file)
    assert sum(cost_of(row) for row in USED) == totals.accepted.charged_micro
    assert sum(row in USED for row in in_order[:100]) == totals.replayed


def test_a_replay_that_was_interrupted_goes_on_to_the_same_ledger(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replaying, "BATCH", 16)
    mapping = MAPPING.replace("plan: pro_plus", f"plan: free\n  {WAYS}")
    mapping = mapping.replace("text_output: answer", "text_output: 50 * answer")
    whole = in_sql(tmp_path / "whole.db", file, mapping, with_estimates=True)

    def stop(phase: str, done: int, _total: int | None) -> None:
        if phase == "charging" and done >= 100:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        in_sql(tmp_path / "parts.db", file, mapping, with_estimates=True, progress=stop)
    rest = in_sql(tmp_path / "parts.db", file, mapping, with_estimates=True)
    assert content(tmp_path / "whole.db") == content(tmp_path / "parts.db")
    assert whole.accepted == rest.accepted
    assert 100 <= rest.replayed < len(USED)
    assert whole.packs == rest.packs
    assert whole.helped == rest.helped > 0


WAYS = """when_short:
    - {upgrade_to: pro}
    - {buy_pack: pack_500, at_most: 50, per: cycle}"""

KILLED = """
import os, signal, sys
from pathlib import Path
from app.replay.replays import in_sql
def die(phase, done, total):
    if phase == "charging":
        os.kill(os.getpid(), signal.SIGKILL)
in_sql(Path(sys.argv[1]), Path(sys.argv[2]), progress=die)
"""


def test_a_replay_that_was_killed_goes_on_to_the_same_ledger(tmp_path: Path, file: Path) -> None:
    killed = subprocess.run(  # noqa: S603  # ours
        [sys.executable, "-c", KILLED, str(tmp_path / "parts.db"), str(file)],
        env={**os.environ, "PYTHONPATH": str(ROOT_OF_TESTS)},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    written = len(content(tmp_path / "parts.db")["txn"])
    assert written > 0
    totals = in_sql(tmp_path / "parts.db", file)
    in_sql(tmp_path / "whole.db", file)
    assert content(tmp_path / "whole.db") == content(tmp_path / "parts.db")
    assert 0 < totals.replayed < len(USED)


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_a_ledger_does_not_depend_on_how_many_rows_are_written_at_once(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    in_sql(tmp_path / "usual.db", file, rows_max=60)
    monkeypatch.setattr(replaying, "BATCH", size)
    in_sql(tmp_path / "other.db", file, rows_max=60)
    assert story(tmp_path / "usual.db") == story(tmp_path / "other.db")


def test_another_mapping_for_a_file_in_the_ledger_is_refused_row_by_row(
    tmp_path: Path, file: Path
) -> None:
    in_sql(tmp_path / "ledger.db", file)
    before = content(tmp_path / "ledger.db")
    other = MAPPING.replace("stretch: 2", "stretch: 3")
    totals = in_sql(tmp_path / "ledger.db", file, other)
    assert {"idempotency_key_reused": len(USED)} == totals.refused
    charged = [row for row in content(tmp_path / "ledger.db")["txn"] if "charge" in row]
    assert [row for row in before["txn"] if "charge" in row] == charged


def test_stored_estimates_are_the_ones_that_calibration_reads(tmp_path: Path, file: Path) -> None:
    totals = in_sql(tmp_path / "ledger.db", file, with_estimates=True)
    with Engine.open(f"sqlite:///{tmp_path / 'ledger.db'}", policies()) as engine:
        found = engine.calibration()
    assert totals.estimated == found.charges == len(USED)
    assert totals.covered == found.covered
    assert 0 < totals.covered < len(USED)
    assert totals.off_micro == found.off_micro


def test_usage_from_before_the_policy_is_refused_at_once(tmp_path: Path, file: Path) -> None:
    early = MAPPING.replace("2026-02-01", "2025-02-01")
    with pytest.raises(ReplayError, match=r"before the first version .* `first_row_at`"):
        in_sql(tmp_path / "ledger.db", file, early)
    assert content(tmp_path / "ledger.db")["wallet"] == []


def test_the_earliest_row_falls_where_the_mapping_says(file: Path) -> None:
    moved = MAPPING.replace("zero_at: 2026-02-01", "first_row_at: 2026-05-01")
    totals, _ = in_memory(file, moved)
    times = [row.microseconds for row in USED]
    start = parse_instant("2026-05-01T00:00:00Z")
    assert totals.earliest_at == start
    assert totals.latest_at == start + max(times) - min(times)


def test_rows_that_repeat_each_other_are_skipped_where_the_mapping_says(tmp_path: Path) -> None:
    first, second = Made("ana", "", "7", "opus-1", 10, 0, 1, "", "c", "1"), ROWS[:5]
    later = Made("ana", "", "7.5", "opus-1", 10, 0, 1, "", "c", "1")
    file = write_csv(tmp_path / "usage.csv", [first, *second, first, later, first])
    skipping = MAPPING + "skip_repeated: [model, prompt, answer]\n"
    kept, _ = in_memory(file)
    totals, _ = in_memory(file, skipping)
    assert (kept.repeated, totals.repeated) == (0, 2)
    assert kept.accepted.charges - 2 == totals.accepted.charges


def test_an_empty_file_is_no_fault(tmp_path: Path) -> None:
    header = ",".join(ROWS[0].cells)
    (tmp_path / "usage.csv").write_text(header + "\n")
    totals, _ = in_memory(tmp_path / "usage.csv")
    assert (totals.rows, totals.used, totals.wallets) == (0, 0, 0)


def test_wallets_are_settled_up_to_the_last_row(tmp_path: Path) -> None:
    # Pro+ gives 6,000 each month: the first lot is lost at the renewal on 1 March.
    rows = [
        Made("ana", "", "0", "sonnet-1", 100, 0, 0, "", "c", ""),
        Made("bo", "", "1382400", "sonnet-1", 100, 0, 0, "", "c", ""),  # 32 days, stretched
    ]
    totals, ledger = in_memory(write_csv(tmp_path / "usage.csv", rows))
    assert totals.recorded["renew"] == 1
    assert totals.expired_micro == 6_000_000_000 - 10_000
    assert totals.available_micro == 6_000_000_000 + 6_000_000_000 - 10_000
    assert {book.settled_at for book in ledger.books.values()} <= {
        totals.latest_at,
        parse_instant("2026-03-01T00:00:00Z"),
    }
