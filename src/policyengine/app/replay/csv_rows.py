"""Rows of a CSV file: RFC 4180 with a header, UTF-8, one row at a time."""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import BinaryIO, Final

from policyengine.app.replay.cells import Cell
from policyengine.app.replay.faults import ReplayError
from policyengine.app.replay.raw_rows import RawRow, Unreadable, check_columns

LINE_LENGTH_MAX: Final = 1_000_000


def csv_rows(
    stream: BinaryIO, columns: Sequence[str], delimiter: str, name: str
) -> Iterator[RawRow]:
    """Read rows, with the cells of `columns` in their order.

    Raises: ReplayError for a file without the columns, or with a line that has no end.
    """
    # Bytes that are no UTF-8 become lone surrogates, which the cell's reader reports as such.
    with io.TextIOWrapper(
        stream, encoding="utf-8-sig", errors="surrogateescape", newline=""
    ) as text:
        sign = "\t" if delimiter == "tab" else delimiter
        reader = csv.reader(_lines(text, name), delimiter=sign, strict=True)
        header = _header(reader, columns, name)
        places = [header.index(column) for column in columns]
        number = 0
        while True:
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                number += 1
                yield RawRow(number, reader.line_num, Unreadable(str(error)))
                continue
            if row:  # an empty line is no row
                number += 1
                yield RawRow(number, reader.line_num, _cells(row, places, len(header)))


def _header(reader: Iterator[list[str]], columns: Sequence[str], name: str) -> list[str]:
    try:
        header = next(reader, [])
    except csv.Error as error:
        raise ReplayError(f"`{name}` is no CSV file: {error}") from error
    check_columns(columns, header, name)
    twice = next((each for each in columns if header.count(each) > 1), None)
    if twice is not None:
        raise ReplayError(f"`{name}` has the column `{twice}` more than once")
    return header


def _cells(row: list[str], places: list[int], width: int) -> list[Cell] | Unreadable:
    if len(row) != width:
        return Unreadable(f"it has {len(row)} cells, the header has {width}")
    return [row[place] for place in places]


def _lines(text: io.TextIOWrapper, name: str) -> Iterator[str]:
    """Give lines; one that is too long for the memory stops the reading."""
    number = 0
    while line := text.readline(LINE_LENGTH_MAX):
        number += 1
        if len(line) == LINE_LENGTH_MAX and not line.endswith("\n"):
            raise ReplayError(
                f"line {number} of `{name}` has more than {LINE_LENGTH_MAX:,} characters"
            )
        yield line
