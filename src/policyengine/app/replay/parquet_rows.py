"""Rows of a Parquet file, some thousands at a time; needs the extra `parquet`."""

import math
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from policyengine.app.replay.cells import Cell
from policyengine.app.replay.faults import ReplayError
from policyengine.app.replay.raw_rows import RawRow, Unreadable, check_columns

ROWS_AT_ONCE: Final = 4096


def parquet_rows(path: Path, columns: Sequence[str]) -> Iterator[RawRow]:
    """Read rows, with the cells of `columns` in their order.

    Raises: ReplayError without pyarrow, and for a file that is damaged or lacks a column.
    """
    try:
        import pyarrow as pa  # noqa: PLC0415  # an extra
        from pyarrow import parquet  # noqa: PLC0415  # likewise
    except ImportError as error:
        raise ReplayError(
            "reading Parquet needs the extra `parquet`: pip install 'policyengine-credits[parquet]'"
        ) from error
    try:
        with parquet.ParquetFile(path) as file:
            check_columns(columns, file.schema_arrow.names, str(path))
            wanted = list(dict.fromkeys(columns))
            number = 0
            for batch in file.iter_batches(batch_size=ROWS_AT_ONCE, columns=wanted):
                values = {name: _values(pa, batch.column(name)) for name in wanted}
                for cells in zip(*[values[column] for column in columns], strict=True):
                    number += 1
                    yield RawRow(number, number, _cells(cells, columns))
    except (pa.ArrowException, OSError) as error:
        raise ReplayError(f"`{path}` cannot be read: {error}") from error


def _values(pa: Any, column: Any) -> list[Any]:
    """Give the values of a column; times in microseconds, which Python's own dates can hold."""
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.timestamp("us", tz=column.type.tz), safe=False)
    values: list[Any] = column.to_pylist()
    return values


def _cells(values: tuple[Any, ...], columns: Sequence[str]) -> list[Cell] | Unreadable:
    cells: list[Cell] = []
    for value, column in zip(values, columns, strict=True):
        match value:
            case bool():
                cells.append("true" if value else "false")
            case None | str() | int() | datetime():
                cells.append(value)
            case float():
                # The shortest text that means this float; a missing number is often written as NaN.
                cells.append(None if math.isnan(value) else repr(value))
            case Decimal():
                cells.append(str(value))
            case _:
                return Unreadable(f"`{column}` is no number, text or time")
    return cells
