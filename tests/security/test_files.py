"""A ledger in a file is its owner's: each of its files, from the first moment, under any umask."""

import os
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.shops import open_shop, policies_in, policy_text
from cli.terminal import Terminal
from policyengine.store.faults import NotALedger
from policyengine.store.store import LedgerStore


@pytest.fixture
def no_umask() -> Iterator[None]:
    """The most open mask: what a program makes is everybody's unless it says otherwise."""
    before = os.umask(0)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, int]:
    return {each.name: stat.S_IMODE(each.stat().st_mode) for each in folder.iterdir()}


@pytest.mark.usefixtures("no_umask")
def test_each_file_of_a_new_ledger_is_its_owners(tmp_path: Path) -> None:
    folder = tmp_path / "ledgers"
    folder.mkdir()
    shop = open_shop(policies_in(tmp_path, policy_text()), f"sqlite:///{folder}/credits.db")
    shop.charge()
    found = modes(folder)
    shop.engine.close()
    assert found == dict.fromkeys(
        ("credits.db", "credits.db-shm", "credits.db-wal", "credits.db.lock"), 0o600
    )
    assert modes(folder) == dict.fromkeys(("credits.db", "credits.db.lock"), 0o600)


@pytest.mark.usefixtures("no_umask")
def test_a_file_that_its_owner_opened_to_others_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "credits.db"
    LedgerStore.open(f"sqlite:///{path}").close()
    path.chmod(0o640)
    with LedgerStore.open(f"sqlite:///{path}") as store, store.writing():
        assert modes(tmp_path)["credits.db-wal"] == 0o640
    assert modes(tmp_path)["credits.db"] == 0o640


@pytest.mark.usefixtures("no_umask")
def test_the_command_makes_its_ledger_as_carefully(terminal: Terminal) -> None:
    terminal.run("subscribe ana plus")
    found = modes(terminal.folder / ".policyengine")
    assert found["credits.db"] == 0o600


def test_a_link_in_the_place_of_a_new_ledger_is_not_followed_to_make_a_file(tmp_path: Path) -> None:
    """Whoever may write the folder could have a file made elsewhere, in the owner's name."""
    elsewhere = tmp_path / "elsewhere.db"
    link = tmp_path / "credits.db"
    link.symlink_to(elsewhere)
    with pytest.raises(NotALedger, match="is a link to a file that is not there"):
        LedgerStore.open(f"sqlite:///{link}")
    assert not elsewhere.exists()


def test_a_schema_that_somebody_else_wrote_cannot_call_out(tmp_path: Path) -> None:
    with LedgerStore.open(f"sqlite:///{tmp_path}/credits.db") as store, store.reading() as session:
        assert session.driver.ask("PRAGMA trusted_schema") == [(0,)]
        with pytest.raises(sqlite3.OperationalError, match=r"not authorized|no such function"):
            session.driver.ask("SELECT load_extension('x')")
