"""Rows as they stand in a file, before anything is made of their cells."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from policyengine.app.replay.cells import Cell
from policyengine.app.replay.faults import ReplayError
from policyengine.policy.hints import nearest
from policyengine.values.diagnostics import shown

COLUMNS_SHOWN_MAX: Final = 12


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why a row cannot be used: it is counted, with its line, and left out."""

    message: str


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row as it stands in the file: its number, its line, and the cells asked for.

    Rows count from 1, without a header; lines count from 1 as an editor does.
    """

    number: int
    line: int
    cells: list[Cell] | Unreadable


def check_columns(columns: Sequence[str], present: Collection[str], name: str) -> None:
    """Make sure that a file has the columns that a mapping uses.

    Raises: ReplayError that names the first one that is missing, and what there is.
    """
    for column in columns:
        if column not in present:
            near = nearest(column, present)
            known = ", ".join(shown(each) for each in list(present)[:COLUMNS_SHOWN_MAX])
            more = len(present) - COLUMNS_SHOWN_MAX
            help_ = f"did you mean `{near}`?" if near else f"it has {known}"
            raise ReplayError(
                f"`{name}` has no column {shown(column)}: {help_}"
                + (f" and {more} more" if more > 0 and not near else "")
            )
