"""What the store asks of a database's own way of speaking; one file per database answers."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeAlias

from sqlalchemy import (
    URL,
    ColumnElement,
    Connection,
    Delete,
    Engine,
    Executable,
    Select,
    Table,
    Update,
)
from sqlalchemy.engine import Dialect as CoreDialect

from policyengine.store.driver import Driver

Numbered: TypeAlias = Literal["txn", "wallet"]
"""Tables whose rows are numbered through the whole ledger."""


class OfPairs(Protocol):
    """How rows are selected by pairs of two columns; `second_leads` in the index of both."""

    def __call__(
        self,
        name: str,
        first: ColumnElement[Any],
        second: ColumnElement[Any],
        *,
        second_leads: bool = False,
    ) -> Select[Any]:
        """Select the rows; the pairs are bound as one parameter of this name."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """A database's own words, by what they are for.

    `engine_of(url, patience_ms)` gives a pool of connections, and `driver` runs statements on one.
    `is_set_up` tells whether a database is as `set_up` leaves it, which runs before and outside the
    transaction that makes the tables; `queue_creation` and `finish_creation` begin and end it.
    `writes_one_by_one` where one transaction writes at a time; where several do,
    `hold_wallets(driver, wallet_ids)` keeps others from writing these until the end.
    `numbers(driver, table, count)` gives numbers for new rows; where one writes at a time, they are
    1, 2, 3 without gaps.
    `insert_rows(table)` and `change_rows(statement, names, keys)` are for the driver's `many`: each
    row that it is given has all columns of the table, or the columns to be set and then the keys.
    `is_listed(column, name)` is true for the values of a list that is bound as one parameter, made
    by `as_list`; `of_pairs(name, first, second)` selects the rows of a table whose two columns, of
    which the first is of whole numbers, are a pair of such a list, made by `as_pairs`.
    `commit_fault_of` says what an error of a commit means, which may leave open what is written.
    `checkpoint` brings a log's pages into the database's file while others write, and gives how
    many there were as it began; None where the server does so by itself.
    For a block, `any_text` reads text that is not UTF-8, and `guards_off` takes the triggers away.
    """

    name: str
    core: CoreDialect
    driver: type[Driver]
    engine_of: Callable[[URL, int], Engine]
    begin_writing: str
    begin_reading: str
    writes_one_by_one: bool
    is_set_up: Callable[[Connection], bool]
    set_up: Callable[[Connection], None]
    queue_creation: Callable[[Connection], None]
    finish_creation: Callable[[Connection], None]
    hold_wallets: Callable[[Driver, Iterable[str]], None]
    numbers: Callable[[Driver, Numbered, int], Sequence[int]]
    insert_rows: Callable[[Table], Executable]
    change_rows: Callable[
        [Update | Delete, Sequence[str], Mapping[str, ColumnElement[Any]]], Executable
    ]
    is_listed: Callable[[ColumnElement[Any], str], ColumnElement[bool]]
    of_pairs: OfPairs
    as_list: Callable[[Iterable[Any]], Any]
    as_pairs: Callable[[Iterable[tuple[int, Any]]], Any]
    driver_errors: tuple[type[Exception], ...]
    fault_of: Callable[[Exception], Exception]
    commit_fault_of: Callable[[Exception], Exception]
    checkpoint: Callable[[Driver], int] | None
    damage: Callable[[Driver], Iterator[str]]
    any_text: Callable[[Driver], AbstractContextManager[None]]
    guards_off: Callable[[Driver], AbstractContextManager[None]]
