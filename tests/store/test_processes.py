"""Processes that die, wait for each other or may not write lose and invent nothing."""

import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from policyengine.store.faults import LedgerMoved, OutcomeUnknown
from policyengine.store.opening import step_of
from policyengine.store.store import LedgerStore
from store.ledgers import save, wander

ROOT = Path(__file__).parents[2]
SECONDS_MAX = 60


def run(scenario: str, path: Path) -> list[dict[str, Any]]:
    """Run a scenario of `processes.py`; gives what it printed."""
    done = subprocess.run(  # noqa: S603  # the interpreter that runs this test
        [sys.executable, Path(__file__).with_name("processes.py"), scenario, path],
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT / 'tests'}"},
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    said = [json.loads(line) for line in done.stdout.splitlines()]
    assert [each["error"] for each in said if "error" in each] == []
    return said


def test_a_writer_may_be_killed_at_every_step(tmp_path: Path) -> None:
    said = run("die_at_every_step", tmp_path / "ledger.db")
    killed = [each for each in said if each["killed"]]
    assert len(killed) > 30
    assert all(each["sound"] for each in said)
    for each in said:
        # All wallets moved on together, or none did.
        before = each["before"]["seqs"] or [0]
        moved = [seq for seq in each["seqs"] or [0] if seq > before[0]]
        assert len(each["seqs"] or [0]) == 1
        assert bool(moved) == (not each["killed"] or each["step"] == last_step(said, each))


def last_step(said: list[dict[str, Any]], of: dict[str, Any]) -> int:
    """Give the commit's step, where a writer that dies after it has written everything."""
    if not of["after"]:
        return -1
    return max(int(each["step"]) for each in said if each["killed"] and each["after"])


def test_what_was_acknowledged_outlives_any_kill(tmp_path: Path) -> None:
    said = run("die_at_random", tmp_path / "ledger.db")
    assert len(said) == 4
    for each in said:
        assert each["sound"]
        (seq,) = each["seqs"]
        assert seq >= each["acknowledged"] > 0


def test_many_writers_take_turns_and_none_starves(tmp_path: Path) -> None:
    *writers, end = run("write_at_once", tmp_path / "ledger.db")
    assert end == {"seq": 1 + 4 * 40, "sound": True}
    assert len(writers) == 4
    assert max(each["longest_wait_ms"] for each in writers) < 2_000


def test_a_ledger_that_many_create_at_once_is_one(tmp_path: Path) -> None:
    said = run("create_at_once", tmp_path / "ledger.db")
    assert (len(said), len({each["name"] for each in said})) == (6, 1)


@pytest.mark.skipif(os.geteuid() != 0, reason="only a superuser becomes another; see test_place")
def test_a_file_of_someone_else_is_refused_with_a_reason() -> None:
    with TemporaryDirectory() as folder:  # pytest's own folders are closed to others
        Path(folder).chmod(0o711)
        unreadable, unwritable, sealed = run("be_nobody", Path(folder) / "ledger.db")
    assert "LedgerReadOnly" in unreadable["fault"]
    assert "may not be read by this user" in unreadable["fault"]
    assert (unwritable["read"], "written" in unwritable) == (1, False)
    assert "LedgerReadOnly: the ledger may not be written here" in unwritable["fault"]
    assert ("fault" in sealed, "written" in sealed) == (True, False)


VISIT = """
import sys
from policyengine.store.store import LedgerStore
from policyengine.store.verify import verify

with LedgerStore.open(sys.argv[1]) as store, store.reading() as session:
    report = verify(session)
    assert report.is_sound, report
    print(report.transactions)
"""


def visit(path: Path) -> int:
    """Open a ledger in another process, audit it and close it; gives how long it is."""
    asked = [sys.executable, "-c", VISIT, f"sqlite:///{path}"]
    done = subprocess.run(asked, capture_output=True, text=True, timeout=60, check=True)  # noqa: S603  # as above
    return int(done.stdout)


def test_opening_a_ledger_twice_takes_no_lock_from_the_first_one(tmp_path: Path) -> None:
    """Else the next process that closes it deletes the log, and what is written to it is lost."""
    path = tmp_path / "ledger.db"
    with LedgerStore.open(f"sqlite:///{path}") as store:
        save(store, wander("ana", 1, 5))
        step_of(f"sqlite:///{path}")
        LedgerStore.open(f"sqlite:///{path}").close()
        before = visit(path)
        save(store, wander("bob", 2, 5))
        assert visit(path) > before
    assert visit(path) > before


def test_a_ledger_whose_log_others_deleted_is_not_written(tmp_path: Path) -> None:
    """A program that reads the file by itself lets go of all locks on it, without knowing."""
    path = tmp_path / "ledger.db"
    with LedgerStore.open(f"sqlite:///{path}") as store:
        save(store, wander("ana", 1, 5))
        path.read_bytes()
        written = visit(path)
        with pytest.raises(LedgerMoved, match=r"ledger.db-wal` was deleted, moved or replaced"):
            save(store, wander("bob", 2, 5))
        with pytest.raises(LedgerMoved), store.reading():
            pass
    assert visit(path) == written


def test_a_log_that_others_delete_before_the_commit_makes_its_outcome_unknown(
    tmp_path: Path,
) -> None:
    path = tmp_path / "ledger.db"
    with LedgerStore.open(f"sqlite:///{path}") as store:
        save(store, wander("ana", 1, 5))

        def write_and_lose_the_log() -> None:
            with store.writing() as session:
                session.write([wander("bob", 2, 5).entry()])
                path.with_name("ledger.db-wal").rename(tmp_path / "gone")

        with pytest.raises(OutcomeUnknown, match="ask again with the same keys"):
            write_and_lose_the_log()
        with pytest.raises(LedgerMoved), store.writing():
            pass
