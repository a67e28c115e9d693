"""What the store asks of a database's own way of speaking; one file per database answers."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from sqlalchemy import URL, ColumnElement, Connection, Engine, Select
from sqlalchemy.engine import Dialect as CoreDialect
from sqlalchemy.types import TypeEngine

from policyengine.store.driver import Driver

Numbered: TypeAlias = Literal["txn", "wallet"]
"""Tables whose rows are numbered through the whole ledger."""


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
    `is_listed(column, name)` is true for the values, and `listed_pairs(name, second_type)` selects
    the columns `first` and `second`, of a list that is bound as one parameter, made by `as_list` or
    `as_pairs`.
    `commit_fault_of` says what an error of a commit means, which may leave open what is written.
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
    is_listed: Callable[[ColumnElement[Any], str], ColumnElement[bool]]
    listed_pairs: Callable[[str, TypeEngine[Any]], Select[Any]]
    as_list: Callable[[Iterable[Any]], Any]
    as_pairs: Callable[[Iterable[tuple[Any, Any]]], Any]
    driver_errors: tuple[type[Exception], ...]
    fault_of: Callable[[Exception], Exception]
    commit_fault_of: Callable[[Exception], Exception]
    damage: Callable[[Driver], Iterator[str]]
    any_text: Callable[[Driver], AbstractContextManager[None]]
    guards_off: Callable[[Driver], AbstractContextManager[None]]
