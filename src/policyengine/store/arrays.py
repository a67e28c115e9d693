"""Rows as arrays: PostgreSQL takes a batch in one statement, with an array for each column.

A statement for each row costs four times as much: a server prepares a table's constraints again
each time, and there are as many answers as rows.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Delete,
    Insert,
    Table,
    Update,
    bindparam,
    column,
    func,
    insert,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeEngine

from policyengine.ledger.book import LedgerFault
from policyengine.store.driver import Row

_GIVEN: Final = "given"


def insert_rows(table: Table) -> Insert:
    """Say: append rows that are given as one array for each column."""
    given = _given({each.name: each.type for each in table.columns})
    return insert(table).from_select(list(given), select(*given.values()))


def change_rows(
    statement: Update | Delete, names: Sequence[str], keys: Mapping[str, ColumnElement[Any]]
) -> Update | Delete:
    """Say: change or delete rows; their new values and keys are given as arrays."""
    columns = statement.table.c
    given = _given(
        {name: columns[name].type for name in names}
        | {key: found.type for key, found in keys.items()}
    )
    if isinstance(statement, Update):
        statement = statement.values({name: given[name] for name in names})
    return statement.where(*(found == given[key] for key, found in keys.items()))


def _given(types: Mapping[str, TypeEngine[Any]]) -> dict[str, ColumnElement[Any]]:
    arrays = [bindparam(name, type_=ARRAY(each)) for name, each in types.items()]
    rows = func.unnest(*arrays).table_valued(*(column(name, each) for name, each in types.items()))
    return dict(rows.render_derived(name=_GIVEN).c.items())


def arrays_of(rows: Sequence[Row]) -> list[str]:
    """Write each column of rows as an array, the way the server reads them.

    The driver's own way takes longer than the server does: 6 us for a text, 24 us for a hash.
    Raises: LedgerFault for a text that no array can hold.
    """
    return [array_of(values) for values in zip(*rows, strict=True)]


def array_of(values: Sequence[Any]) -> str:
    """Write a column as one text, in a few passes over all of it and none over each value."""
    nulls = values.count(None)
    if nulls == len(values):
        return f"{{{','.join(['NULL'] * nulls)}}}"
    kind = next(type(each) for each in values if each is not None)
    if nulls:
        write = _WRITERS[kind]
        listed = ["NULL" if each is None else write([each]) for each in values]
        return f"{{{','.join(listed)}}}"
    return f"{{{_WRITERS[kind](values)}}}"


def _numbers(values: Sequence[int]) -> str:
    return ",".join(map(str, values))


def _texts(values: Sequence[str]) -> str:
    joined = _BETWEEN.join(values)
    if joined.count(_BETWEEN) >= len(values):
        raise LedgerFault("a database cannot hold this: a text with the character NUL")
    if "\\" in joined:
        joined = joined.replace("\\", "\\\\")
    if '"' in joined:
        joined = joined.replace('"', '\\"')
    return '"' + joined.replace(_BETWEEN, '","') + '"'


def _octets(values: Sequence[bytes]) -> str:
    return '"\\\\x' + '","\\\\x'.join(map(bytes.hex, values)) + '"'


_BETWEEN: Final = "\0"
"""Stands between texts until they are quoted; no text of PostgreSQL has it."""
_WRITERS: Final[Mapping[type, Callable[[Any], str]]] = MappingProxyType(
    {int: _numbers, str: _texts, bytes: _octets}
)
