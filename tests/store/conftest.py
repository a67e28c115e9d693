"""Stores for tests: made once by the migrations, then copied, since making one takes longest."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from policyengine.store.store import LedgerStore
from store.ledgers import START, save, story, wander


class Clock:
    """The recorded time; each look is a microsecond later."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> int:
        self.now += 1
        return self.now


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("store") / "empty.db"
    LedgerStore.open(f"sqlite:///{path}", clock=Clock()).close()
    return path


@pytest.fixture(scope="session")
def told_file(tmp_path_factory: pytest.TempPathFactory, empty_file: Path) -> Path:
    """A ledger with one wallet that has everything, and two smaller ones."""
    path = tmp_path_factory.mktemp("store") / "told.db"
    shutil.copy(empty_file, path)
    with LedgerStore.open(f"sqlite:///{path}", clock=Clock()) as store:
        save(store, story("ana"), wander("bob", 1, 12), wander("cyd", 2, 3))
    return path


@pytest.fixture
def open_copy(tmp_path: Path) -> Iterator[Callable[[Path], LedgerStore]]:
    """Open a copy of a ledger that is closed after the test."""
    opened: list[LedgerStore] = []

    def copied(source: Path) -> LedgerStore:
        path = tmp_path / f"ledger{len(opened)}.db"
        shutil.copy(source, path)
        store = LedgerStore.open(f"sqlite:///{path}", clock=Clock(), patience_ms=200)
        opened.append(store)
        return store

    yield copied
    for store in opened:
        store.close()


@pytest.fixture
def store(open_copy: Callable[[Path], LedgerStore], empty_file: Path) -> LedgerStore:
    """An empty ledger in a file."""
    return open_copy(empty_file)


@pytest.fixture
def told(open_copy: Callable[[Path], LedgerStore], told_file: Path) -> LedgerStore:
    """A ledger with the wallets `ana`, `bob` and `cyd`."""
    return open_copy(told_file)
