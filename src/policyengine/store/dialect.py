"""What the store asks of a database's own way of speaking; one file per database answers."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select
from sqlalchemy.engine import Dialect as CoreDialect

from policyengine.store.driver import Driver


@dataclass(frozen=True, slots=True)
class Dialect:
    """A database's own words, by what they are for.

    `listed(name)` selects the values, and `listed_pairs(name)` the columns `first` and `second`,
    of a list that is bound as one parameter made by `as_list`. For a block, `any_text` reads text
    that is not UTF-8, and `guards_off` takes the triggers away. `numbers_its_rows` tells that rows
    are numbered 1, 2, 3 without gaps, because one transaction writes at a time.
    """

    core: CoreDialect
    begin_writing: str
    begin_reading: str
    listed: Callable[[str], Select[Any]]
    listed_pairs: Callable[[str], Select[Any]]
    as_list: Callable[[Iterable[Any]], Any]
    driver_errors: tuple[type[Exception], ...]
    fault_of: Callable[[Exception], Exception]
    damage: Callable[[Driver], Iterator[str]]
    any_text: Callable[[Driver], AbstractContextManager[None]]
    guards_off: Callable[[Driver], AbstractContextManager[None]]
    numbers_its_rows: bool
