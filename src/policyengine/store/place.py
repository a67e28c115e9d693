"""Where a ledger is: its address, and what can be said of the file without opening it."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from policyengine.store.faults import LedgerMoved, LedgerReadOnly, NotALedger, StoreFault

_EXAMPLE: Final = "write for example `sqlite:///ledger.db`"
_EXAMPLE_PG: Final = "write for example `postgresql://user@host/ledger`"
_MAGIC: Final = b"SQLite format 3\x00"
_OWNER_ONLY: Final = 0o600


@dataclass(frozen=True, slots=True)
class Place:
    """The address of a ledger, and its file if it is one: on a server or in memory it has none."""

    url: URL
    path: Path | None

    @property
    def name(self) -> str:
        """Name the ledger for people: never with a password, nor any other setting but the host."""
        if self.path is not None:
            return f"`{self.path}`"
        hosts = {key: value for key, value in self.url.query.items() if key in {"host", "port"}}
        return f"`{self.url.set(query=hosts).render_as_string(hide_password=True)}`"

    def __repr__(self) -> str:
        """Show the name: settings of the address may be secrets."""
        return f"Place({self.name})"

    @property
    def is_server(self) -> bool:
        """Tell whether a server keeps the ledger."""
        return self.url.get_backend_name() == "postgresql"


@dataclass(frozen=True, slots=True)
class Standing:
    """Which file stood at a path when it was opened."""

    path: Path
    device: int
    number: int

    @classmethod
    def of(cls, path: Path) -> Self:
        """Look which file is there."""
        found = path.stat()
        return cls(path, found.st_dev, found.st_ino)

    def check(self) -> None:
        """Make sure that it is the same file still.

        Whoever has a deleted file open may write to it, and all of it is lost when it is closed.

        Raises: LedgerMoved.
        """
        try:
            found = os.stat(self.path)  # noqa: PTH116  # half the price, before every command
        except OSError:
            found = None
        if found is None or (found.st_dev, found.st_ino) != (self.device, self.number):
            raise LedgerMoved(
                f"`{self.path}` was deleted, moved or replaced while it was open; nothing was "
                "written, open it again"
            )


def place_of(address: str) -> Place:
    """Read the address of a ledger.

    Raises: StoreFault for one that this version cannot open.
    """
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        # Its own message would repeat the address, which may have a password in it.
        raise StoreFault(f"this is not the address of a ledger; {_EXAMPLE}") from None
    if url.get_backend_name() in {"postgresql", "postgres"}:
        return Place(_server(url), None)
    if url.get_backend_name() != "sqlite":
        raise StoreFault(
            f"ledgers are kept in SQLite files and PostgreSQL databases; {_EXAMPLE}, or "
            f"{_EXAMPLE_PG.removeprefix('write for example ')}"
        )
    if url.query or url.host or "?" in address:  # of a `?` alone nothing is left in the query
        raise StoreFault(f"the address of a SQLite file is its path and nothing else; {_EXAMPLE}")
    if url.database in {None, "", ":memory:"}:
        return Place(URL.create("sqlite+pysqlite"), None)
    path = Path(str(url.database)).absolute()
    return Place(URL.create("sqlite+pysqlite", database=str(path)), path)


def _server(url: URL) -> URL:
    if url.drivername not in {"postgresql", "postgres", "postgresql+psycopg"}:
        raise StoreFault(f"PostgreSQL is spoken to by `psycopg` only; {_EXAMPLE_PG}")
    if not url.database:
        raise StoreFault(f"the address names no database; {_EXAMPLE_PG}")
    if "@" in (url.host or ""):  # whatever says the host would say a part of the password
        raise StoreFault("an `@` in the password of an address is written `%40`, and a `/` `%2F`")
    password = url.query.get("password")  # there, everything that shows the address would show it
    if isinstance(password, str):
        url = url.difference_update_query(["password"]).set(password=password)
    return url.set(drivername="postgresql+psycopg")


def check_file(path: Path, *, create: bool) -> None:
    """Make sure that there is a file which may be a ledger; an empty one for its owner if need be.

    Raises: NotALedger, LedgerReadOnly.
    """
    try:
        with path.open("rb") as file:
            start = file.read(len(_MAGIC))
    except IsADirectoryError as error:
        raise NotALedger(f"`{path}` is a folder; a ledger is a file") from error
    except FileNotFoundError as error:
        if not create:
            raise NotALedger(f"there is no ledger at `{path}`") from error
        _make(path)
        return
    except PermissionError as error:
        raise LedgerReadOnly(f"`{path}` may not be read by this user") from error
    except OSError as error:
        raise StoreFault(f"`{path}` cannot be read: {error.strerror}") from error
    # The first write may have been cut short: with its journal beside it, SQLite takes it back.
    if start and start != _MAGIC and not path.with_name(f"{path.name}-journal").exists():
        raise NotALedger(f"`{path}` is a file of another kind, or its start is damaged")


def _make(path: Path) -> None:
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, _OWNER_ONLY))
    except FileExistsError as error:
        if path.exists():
            return  # another process was faster: it is the same file
        # SQLite would follow the link, and make a file that others may read.
        raise NotALedger(f"`{path}` is a link to a file that is not there") from error
    except FileNotFoundError as error:
        raise NotALedger(f"there is no folder `{path.parent}` to put a ledger in") from error
    except PermissionError as error:
        raise LedgerReadOnly(f"no file may be made in `{path.parent}` by this user") from error
    except OSError as error:
        raise StoreFault(f"`{path}` cannot be made: {error.strerror}") from error
