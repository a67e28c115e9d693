"""A ledger that cannot be opened is refused with a sentence that says why, and left alone."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from policyengine.store.faults import (
    LedgerDamaged,
    LedgerMoved,
    LedgerReadOnly,
    NotALedger,
    StoreFault,
)
from policyengine.store.place import place_of
from policyengine.store.store import LedgerStore
from policyengine.store.verify import verify
from store.ledgers import save, wander


def url(path: Path) -> str:
    return f"sqlite:///{path}"


def test_a_new_file_is_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    before = os.umask(0)
    try:
        with LedgerStore.open(url(path)) as store, store.writing():
            modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir()}
    finally:
        os.umask(before)
    assert modes == dict.fromkeys(
        ("ledger.db", "ledger.db-shm", "ledger.db-wal", "ledger.db.lock"), 0o600
    )


def test_a_file_that_is_not_there_is_not_made_unless_asked(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with pytest.raises(NotALedger, match="there is no ledger at"):
        LedgerStore.open(url(path), create=False)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(NotALedger, match="there is no folder"):
        LedgerStore.open(url(tmp_path / "none" / "ledger.db"))


def test_a_folder_is_not_a_ledger(tmp_path: Path) -> None:
    with pytest.raises(NotALedger, match="is a folder"):
        LedgerStore.open(url(tmp_path))


def test_an_empty_file_is_made_a_ledger_only_if_asked(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    path.touch()
    with pytest.raises(NotALedger, match="is empty: there is no ledger in it"):
        LedgerStore.open(url(path), create=False)
    LedgerStore.open(url(path)).close()
    LedgerStore.open(url(path), create=False).close()


@pytest.mark.parametrize("content", [b"not a database at all", b"\x00" * 5000, b"SQLite format 2"])
def test_a_file_of_another_kind_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(content)
    with pytest.raises(NotALedger, match="is a file of another kind"):
        LedgerStore.open(url(path))
    assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


def test_garbage_behind_a_right_start_is_damage(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    path.write_bytes(b"SQLite format 3\x00" + b"\xa5" * 9000)
    with pytest.raises(LedgerDamaged, match="restore a backup"):
        LedgerStore.open(url(path))


@pytest.mark.parametrize("part", [0.3, 0.6, 0.95])
def test_a_file_that_lost_its_end_is_damaged(told_file: Path, tmp_path: Path, part: float) -> None:
    path = tmp_path / "ledger.db"
    whole = told_file.read_bytes()
    path.write_bytes(whole[: int(len(whole) * part)])
    with pytest.raises(LedgerDamaged, match="restore a backup"):
        LedgerStore.open(url(path))


def test_a_file_that_lost_its_first_page_is_not_opened(told_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    path.write_bytes(b"\x00" * 4096 + told_file.read_bytes()[4096:])
    with pytest.raises(NotALedger, match="its start is damaged"):
        LedgerStore.open(url(path))


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("ledger.db", "is not the address of a ledger; write for example `sqlite:///ledger.db`"),
        ("mysql://host/ledger", "ledgers are kept in SQLite files and PostgreSQL databases"),
        ("sqlite:///ledger.db?mode=ro", "is its path and nothing else"),
        ("sqlite://host/ledger.db", "is its path and nothing else"),
    ],
)
def test_an_address_that_cannot_be_opened_is_refused(address: str, message: str) -> None:
    with pytest.raises(StoreFault) as caught:
        LedgerStore.open(address)
    assert message in str(caught.value)


@pytest.mark.parametrize("address", ["sqlite://", "sqlite:///:memory:", "sqlite+pysqlite://"])
def test_a_ledger_may_be_in_memory(address: str) -> None:
    assert place_of(address).path is None
    with LedgerStore.open(address) as store, store.reading() as session:
        assert verify(session).is_sound


@pytest.mark.skipif(os.geteuid() == 0, reason="closed files stop no superuser; see test_processes")
def test_a_file_that_may_not_be_read_is_refused(told_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    path.write_bytes(told_file.read_bytes())
    path.chmod(0)
    with pytest.raises(LedgerReadOnly, match="may not be read"):
        LedgerStore.open(url(path))


def replace_by_a_copy(path: Path) -> None:
    copy = path.with_name("copy.db")
    copy.write_bytes(path.read_bytes())
    copy.replace(path)


@pytest.mark.parametrize("act", [Path.unlink, replace_by_a_copy])
def test_a_file_that_goes_while_it_is_open_takes_no_answers_with_it(
    tmp_path: Path, act: Callable[[Path], None]
) -> None:
    """What is written to a file that was deleted is lost when it is closed: so nothing is."""
    path = tmp_path / "ledger.db"
    with LedgerStore.open(url(path)) as store:
        save(store, wander("ana", 1, 5))
        act(path)
        names = sorted(each.name for each in tmp_path.iterdir())
        with pytest.raises(LedgerMoved, match="nothing was written, open it again"):
            save(store, wander("bob", 1, 5))
        with pytest.raises(LedgerMoved), store.reading():
            pass
        assert sorted(each.name for each in tmp_path.iterdir()) == names


def test_a_path_with_a_question_mark_is_not_cut_off_at_it(tmp_path: Path) -> None:
    for name in ("a?b.db", "a?"):
        with pytest.raises(StoreFault, match="is its path and nothing else"):
            LedgerStore.open(url(tmp_path / name))
    assert list(tmp_path.iterdir()) == []
