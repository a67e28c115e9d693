"""Strikes at the steps of a store's sessions: something happens before or after the n-th one.

A step is a statement, a commit or a roll-back on a connection of the driver, so that the store's
own code runs unchanged up to it and sees what it would see.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

from policyengine.store.dialect import Dialect
from policyengine.store.driver import Driver

Moment: TypeAlias = Literal["before", "after"]
Strike: TypeAlias = Callable[[Any], None]
"""What happens; takes the connection that is struck."""


@dataclass(slots=True)
class Strikes:
    """Counts the steps of each session, from its `BEGIN`, and strikes at one of them.

    `number` 0 strikes never. `left` is how many sessions are still struck. Steps are noted by what
    is said.
    """

    strike: Strike
    number: int = 0
    moment: Moment = "before"
    left: int = 1
    steps: list[str] = field(default_factory=list)

    def aim(self, number: int, moment: Moment, times: int = 1) -> None:
        """Strike at a step of each of the next sessions, so many times."""
        self.number, self.moment, self.left = number, moment, times

    def step(self, connection: Any, said: str, act: Callable[..., Any], *arguments: Any) -> Any:
        if said.startswith("BEGIN"):
            self.steps.clear()
        self.steps.append(said)
        is_struck = len(self.steps) == self.number and self.left > 0
        self.left -= is_struck
        if is_struck and self.moment == "before":
            self.strike(connection)
        done = act(*arguments)
        if is_struck and self.moment == "after":
            self.strike(connection)
        return done


class StruckCursor:
    """A cursor whose statements are steps."""

    def __init__(self, cursor: Any, connection: Any, strikes: Strikes) -> None:
        self._cursor = cursor
        self._connection = connection
        self._strikes = strikes

    def execute(self, text: str, *values: Any) -> Any:
        return self._strikes.step(self._connection, text, self._cursor.execute, text, *values)

    def executemany(self, text: str, rows: Any) -> Any:
        return self._strikes.step(self._connection, text, self._cursor.executemany, text, rows)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)


class StruckConnection:
    """A connection whose statements and commits are steps."""

    def __init__(self, connection: Any, strikes: Strikes) -> None:
        self._connection = connection
        self._strikes = strikes

    def cursor(self) -> StruckCursor:
        return StruckCursor(self._connection.cursor(), self._connection, self._strikes)

    def commit(self) -> None:
        self._strikes.step(self._connection, "COMMIT", self._connection.commit)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


def struck(dialect: Dialect, strikes: Strikes) -> Dialect:
    """Give a dialect whose sessions are struck."""

    class StruckDriver(dialect.driver):  # type: ignore[name-defined,misc]  # one of two drivers
        """The dialect's driver on a connection that is struck."""

        __slots__ = ()

        def __init__(self, connection: Any) -> None:
            super().__init__(StruckConnection(connection, strikes))

    driver: type[Driver] = StruckDriver
    return replace(dialect, driver=driver)
