"""Differences on the screen: each class under its title, one fact a line."""

from collections.abc import Iterator
from typing import Final

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from policyengine.app.diff_report import GRAVEST_FIRST, place_of, summary, title_of
from policyengine.app.diffing import Diff
from policyengine.cli.screen import NO_BREAK, QUIET, STRONG, console
from policyengine.review.compare import Compared
from policyengine.review.difference import TITLES, Difference, Kind

_SIGNS: Final[dict[Kind, str]] = {"structural": "~", "dearer": "-", "additive": "+", "text": " "}
_STYLES: Final[dict[Kind, str]] = {
    "structural": "yellow",
    "dearer": "red",
    "additive": "green",
    "text": "",
}
_NARROWEST: Final = 60


def diff_parts(found: Diff, *, with_summary: bool = True) -> Iterator[RenderableType]:
    """Draw the differences: each class under its title, a sign and a line of the file at each."""
    for index, one in enumerate(found.compared):
        if index:
            yield ""
        yield Text.assemble((title_of(one), STRONG))
        yield from _groups(one)
    if found.notes:
        if found.compared:
            yield ""
        for note in found.notes:
            past = " (in the past)" if note.is_past else ""
            yield Text.assemble(
                (_SIGNS[note.kind], _STYLES[note.kind]), " ", f"{note.sentence}{past}"
            )
    if with_summary:
        if found.kinds:
            yield ""
        yield summary(found)


def _groups(one: Compared) -> Iterator[RenderableType]:
    for kind in GRAVEST_FIRST:
        differences = one.of(kind)
        if not differences:
            continue
        yield Text(f"  {TITLES[kind]}", style=QUIET)
        grid = Table.grid(padding=(0, 1, 0, 0), expand=console().width >= _NARROWEST)
        grid.add_column(no_wrap=True, width=3, justify="right")
        grid.add_column(overflow="fold", ratio=1)
        grid.add_column(no_wrap=True, style=QUIET, justify="right")
        for each in differences:
            grid.add_row(
                Text(_SIGNS[kind], style=_STYLES[kind]),
                _sentence(each),
                place_of(one, each),
            )
        yield grid


def _sentence(each: Difference) -> Text:
    past = ("in the past: ", STRONG) if each.is_past else ""
    return Text.assemble(past, each.sentence.replace(" %", f"{NO_BREAK}%"))
