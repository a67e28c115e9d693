"""Stores for tests: made once by the migrations, then copied, since making one takes longest.

What takes `store` or `told` runs on SQLite and on PostgreSQL; what takes `store_file` or
`told_file` is about SQLite's files, and what takes `server` about PostgreSQL.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from policyengine.store.store import LedgerStore
from store.ledgers import START, save, story, wander
from store.servers import Server

DATABASES = ("sqlite", "postgresql")


class Clock:
    """The recorded time; each look is a microsecond later."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> int:
        self.now += 1
        return self.now


def tell(url: str) -> None:
    """Write a ledger with one wallet that has everything, and two smaller ones."""
    with LedgerStore.open(url, clock=Clock()) as store:
        save(store, story("ana"), wander("bob", 1, 12), wander("cyd", 2, 3))


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("store") / "empty.db"
    LedgerStore.open(f"sqlite:///{path}", clock=Clock()).close()
    return path


@pytest.fixture(scope="session")
def told_file(tmp_path_factory: pytest.TempPathFactory, empty_file: Path) -> Path:
    path = tmp_path_factory.mktemp("store") / "told.db"
    shutil.copy(empty_file, path)
    tell(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def empty_database(server: Server) -> str:
    name = server.new_database()
    LedgerStore.open(server.url(name), clock=Clock()).close()
    return name


@pytest.fixture(scope="session")
def told_database(server: Server, empty_database: str) -> str:
    name = server.new_database(empty_database)
    tell(server.url(name))
    return name


@pytest.fixture
def open_copy(tmp_path: Path) -> Iterator[Callable[[Path], LedgerStore]]:
    """Open a copy of a ledger in a file that is closed after the test."""
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
def store_file(open_copy: Callable[[Path], LedgerStore], empty_file: Path) -> LedgerStore:
    """An empty ledger in a file."""
    return open_copy(empty_file)


def _copies(request: pytest.FixtureRequest, file: str, database: str) -> Iterator[LedgerStore]:
    if request.param == "sqlite":
        open_copy = request.getfixturevalue("open_copy")
        yield open_copy(request.getfixturevalue(file))
        return
    server: Server = request.getfixturevalue("server")
    name = server.new_database(request.getfixturevalue(database))
    with LedgerStore.open(server.url(name), clock=Clock(), patience_ms=500) as store:
        yield store
    server.drop(name)


@pytest.fixture(params=DATABASES)
def store(request: pytest.FixtureRequest) -> Iterator[LedgerStore]:
    """An empty ledger."""
    yield from _copies(request, "empty_file", "empty_database")


@pytest.fixture(scope="module", params=DATABASES)
def told_once(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LedgerStore]:
    """The same ledger as `told`, for tests of a module that undo what they do."""
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("once") / "ledger.db"
        shutil.copy(request.getfixturevalue("told_file"), path)
        with LedgerStore.open(f"sqlite:///{path}", clock=Clock()) as store:
            yield store
        return
    server: Server = request.getfixturevalue("server")
    name = server.new_database(request.getfixturevalue("told_database"))
    with LedgerStore.open(server.url(name), clock=Clock()) as store:
        yield store
    server.drop(name)


@pytest.fixture(params=DATABASES)
def told(request: pytest.FixtureRequest) -> Iterator[LedgerStore]:
    """A ledger with the wallets `ana`, `bob` and `cyd`."""
    yield from _copies(request, "told_file", "told_database")
