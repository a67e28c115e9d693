"""Rows in the order of time, or wallet by wallet, however they stand in the file."""

import sqlite3
from collections.abc import Iterator
from typing import Final, Self

from policyengine.app.replay.usage_rows import UsageRow

ROWS_AT_ONCE: Final = 2000
CACHE_KIB: Final = 64 * 1024
"""What sorting keeps in memory; the rest goes to a file that nobody else sees."""
_PLAIN_COLUMNS: Final = len(UsageRow._fields) - 1


class SortedRows:
    """Takes rows in any order and gives them by time, then by their number in the file.

    They wait in a private SQLite database, which lies in memory while it is small, spills into a
    temporary file when it is not, and is gone when it is closed.
    """

    def __init__(self, units: int) -> None:
        """Start empty, for rows with so many counts."""
        self._connection = sqlite3.connect("", isolation_level=None)
        self._waiting: list[tuple[object, ...]] = []
        self.count = 0
        self.earliest: int | None = None
        self.latest: int | None = None
        names = [*UsageRow._fields[:_PLAIN_COLUMNS], *(f"count_{index}" for index in range(units))]
        places = ", ".join("?" * len(names))
        self._insert = f"INSERT INTO row VALUES ({places})"  # noqa: S608  # question marks only
        for command in (
            f"PRAGMA cache_size = -{CACHE_KIB}",
            "PRAGMA journal_mode = OFF",
            "PRAGMA synchronous = OFF",
            f"CREATE TABLE row ({', '.join(names)})",
            "BEGIN",
        ):
            self._connection.execute(command)

    def add(self, row: UsageRow) -> None:
        """Take a row."""
        self._waiting.append((*row[:_PLAIN_COLUMNS], *row.counts))
        self.count += 1
        time = row.time
        if self.earliest is None or time < self.earliest:
            self.earliest = time
        if self.latest is None or time > self.latest:
            self.latest = time
        if len(self._waiting) >= ROWS_AT_ONCE:
            self._flush()

    def __iter__(self) -> Iterator[UsageRow]:
        """Give the rows in order; may be asked more than once."""
        self._flush()
        found = self._connection.execute("SELECT * FROM row ORDER BY time, number")
        for row in found:
            yield UsageRow._make((*row[:_PLAIN_COLUMNS], row[_PLAIN_COLUMNS:]))

    def by_wallet(self) -> Iterator[UsageRow]:
        """Give the rows wallet by wallet, each wallet's in order."""
        self._flush()
        found = self._connection.execute("SELECT * FROM row ORDER BY wallet_id, time, number")
        for row in found:
            yield UsageRow._make((*row[:_PLAIN_COLUMNS], row[_PLAIN_COLUMNS:]))

    def sizes(self) -> dict[str, int]:
        """Give how many rows each wallet has, by its id."""
        self._flush()
        return dict(
            self._connection.execute(
                "SELECT wallet_id, count(*) FROM row GROUP BY wallet_id ORDER BY wallet_id"
            )
        )

    def _flush(self) -> None:
        self._connection.executemany(self._insert, self._waiting)
        self._waiting.clear()

    def close(self) -> None:
        """Forget the rows."""
        self._connection.close()

    def __enter__(self) -> Self:
        """Use the rows as a context: they are forgotten at the end."""
        return self

    def __exit__(self, *_: object) -> None:
        """Forget the rows."""
        self.close()
