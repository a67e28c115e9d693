"""Usage files: their type, their content's digest, and their rows one by one."""

import gzip
import hashlib
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, Literal, TypeAlias, cast

from policyengine.app.replay.csv_rows import csv_rows
from policyengine.app.replay.faults import ReplayError
from policyengine.app.replay.json_rows import json_rows
from policyengine.app.replay.mapping.document import MappingDocument
from policyengine.app.replay.parquet_rows import parquet_rows
from policyengine.app.replay.raw_rows import RawRow

FileType: TypeAlias = Literal["csv", "jsonl", "parquet"]

BLOCK_BYTES: Final = 1 << 20
_TYPES: Final[Mapping[str, FileType]] = {
    ".csv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".pq": "parquet",
}
BROKEN: Final = (OSError, EOFError, zlib.error)
"""What reading a file that is gone, cut off or damaged raises."""


@dataclass(frozen=True, slots=True)
class UsageFile:
    """A file of usage; `sha256` is over its content, the same whether or not it is compressed."""

    path: Path
    type: FileType
    sha256: str


def usage_file(path: Path, document: MappingDocument) -> UsageFile:
    """Look at a file: its type and its content's digest.

    Raises: ReplayError for a file that cannot be read or whose type is not known.
    """
    asked = None if document.file is None else document.file.type
    found = asked or _TYPES.get(_suffix(path))
    if found is None:
        raise ReplayError(
            f"the name of `{path}` does not say what it is: end it in .csv, .jsonl or .parquet "
            "(also with .gz), or write `file: {type: csv}` into the mapping"
        )
    digest = hashlib.sha256()
    try:
        with opened(path) as stream:
            while block := stream.read(BLOCK_BYTES):
                digest.update(block)
    except BROKEN as error:
        raise unreadable(path, error) from error
    return UsageFile(path, found, digest.hexdigest())


def _suffix(path: Path) -> str:
    name = path.with_suffix("") if path.suffix.lower() == ".gz" else path
    return name.suffix.lower()


def opened(path: Path) -> BinaryIO:
    """Open a file for its bytes, unpacked where it is compressed."""
    if path.suffix.lower() == ".gz":
        return cast("BinaryIO", gzip.open(path, "rb"))
    return path.open("rb")


def unreadable(path: Path, error: Exception) -> ReplayError:
    """Say that a file cannot be read to its end."""
    reason = getattr(error, "strerror", None) or str(error).lower() or type(error).__name__
    return ReplayError(f"`{path}` cannot be read: {reason}")


def rows_of(file: UsageFile, document: MappingDocument) -> Iterator[RawRow]:
    """Read a file row by row, with the cells of the mapping's columns in the mapping's order.

    Raises: ReplayError for a file that is damaged or does not have the columns.
    """
    columns = tuple(document.columns.values())
    if file.type == "parquet":
        yield from parquet_rows(file.path, columns)
        return
    try:
        with opened(file.path) as stream:
            if file.type == "csv":
                form = document.file
                delimiter = "," if form is None or form.delimiter is None else form.delimiter
                yield from csv_rows(stream, columns, delimiter, str(file.path))
            else:
                yield from json_rows(stream, columns, str(file.path))
    except BROKEN as error:
        raise unreadable(file.path, error) from error
