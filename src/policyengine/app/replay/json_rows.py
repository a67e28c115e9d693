"""Rows of JSON lines: one object a line, UTF-8; members of members by a path with points."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, Final

from policyengine.app.replay.cells import Cell
from policyengine.app.replay.faults import ReplayError
from policyengine.app.replay.raw_rows import RawRow, Unreadable

LINE_BYTES_MAX: Final = 1_000_000


def json_rows(stream: BinaryIO, columns: Sequence[str], name: str) -> Iterator[RawRow]:
    """Read rows, with the members called `columns` in their order; a missing one is blank.

    Raises: ReplayError for a line that has no end.
    """
    paths = [(column, column.split(".")) for column in columns]
    number = line = 0
    while data := stream.readline(LINE_BYTES_MAX):
        line += 1
        if len(data) == LINE_BYTES_MAX and not data.endswith(b"\n"):
            raise ReplayError(f"line {line} of `{name}` has more than {LINE_BYTES_MAX:,} bytes")
        if data.strip():
            number += 1
            yield RawRow(number, line, _cells(data, paths))


def _cells(data: bytes, paths: Sequence[tuple[str, list[str]]]) -> list[Cell] | Unreadable:
    try:
        # Numbers keep their text, so that none of them passes through a float.
        row = json.loads(data, parse_float=str, parse_int=str, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        return Unreadable(f"it is no JSON: {error}")
    if not isinstance(row, dict):
        return Unreadable("it is no JSON object")
    cells: list[Cell] = []
    for column, path in paths:
        value = _member(row, column, path)
        if isinstance(value, dict | list):
            return Unreadable(f"`{column}` is an object or list")
        if isinstance(value, bool):
            value = "true" if value else "false"
        cells.append(value)
    return cells


def _member(row: dict[str, Any], column: str, path: list[str]) -> Any:
    if column in row or len(path) == 1:
        return row.get(column)
    value: Any = row
    for step in path:
        if not isinstance(value, dict):
            return None
        value = value.get(step)
    return value


def _no_number(text: str) -> Any:
    raise ValueError(f"`{text}` is no number")
