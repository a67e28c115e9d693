"""The first half of a replay: a file is read once, and its rows wait in the order of time."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Final, TypeAlias

from policyengine.app.replay.faults import ReplayError
from policyengine.app.replay.files import UsageFile, rows_of
from policyengine.app.replay.mapping.document import MappingDocument
from policyengine.app.replay.model_table import Skipped
from policyengine.app.replay.raw_rows import Unreadable
from policyengine.app.replay.sorting import SortedRows
from policyengine.app.replay.totals import Totals
from policyengine.app.replay.usage_rows import UsageReader

Progress: TypeAlias = Callable[[str, int, int | None], None]
"""Told what is done: the phase, how many rows so far, and of how many where that is known."""

TOLD_EVERY: Final = 2000


@dataclass(frozen=True, slots=True)
class Intake:
    """How a file is read: `rows_max` ends it early, `is_strict` stops at the first bad row."""

    file: UsageFile
    document: MappingDocument
    rows_max: int | None = None
    is_strict: bool = False


def read_rows(intake: Intake, rows: SortedRows, totals: Totals, progress: Progress) -> None:
    """Read a file into `rows`, and count what is left out.

    Raises: ReplayError for a file that cannot be used, or its first bad row where it is strict.
    """
    reader = UsageReader(intake.document)
    for raw in islice(rows_of(intake.file, intake.document), intake.rows_max):
        totals.rows += 1
        row = reader.read(raw)
        if isinstance(row, Unreadable):
            if intake.is_strict:
                where = f"line {raw.line} of `{intake.file.path}`"
                raise ReplayError(f"{where}: {row.message}; nothing was charged")
            totals.spoil(raw, row)
        elif isinstance(row, Skipped):
            totals.skip(row)
        else:
            rows.add(row)
        if totals.rows % TOLD_EVERY == 0:
            progress("reading", totals.rows, None)
    progress("reading", totals.rows, totals.rows)
