"""How answers are drawn: a headline, rows of label and content, tables without lines.

Colour only ever repeats what a word or sign says, so that nothing is lost without it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import typer
from rich.console import Console, ConsoleOptions, RenderableType
from rich.padding import Padding
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from policyengine.values.characters import unsteered

Tone: TypeAlias = Literal["good", "bad", "warn", "plain"]

SIGNS: Final[dict[Tone, str]] = {"good": "✓", "bad": "✗", "warn": "!", "plain": " "}
_STYLES: Final[dict[Tone, str]] = {"good": "green", "bad": "red", "warn": "yellow", "plain": ""}
LABEL_WIDTH: Final = 11
NO_BREAK: Final = "\ue000"
"""A space at which no line is broken; printed as a plain one."""
QUIET: Final = "dim"
STRONG: Final = "bold"

Row: TypeAlias = tuple[str, RenderableType]


def console() -> Console:
    """Give the terminal as it is: its width, and colours unless they are unwanted."""
    return Console(highlight=False, markup=False, emoji=False)


@dataclass(frozen=True, slots=True)
class _Unsteered:
    """A part whose words cannot steer the terminal; only its styles do."""

    part: RenderableType

    def __rich_console__(self, screen: Console, options: ConsoleOptions) -> Iterator[Segment]:
        for segment in screen.render(self.part, options):
            yield segment._replace(text=unsteered(segment.text))


def show(parts: Iterable[RenderableType]) -> None:
    """Print parts below each other, without blanks at the ends of lines.

    `NO_BREAK` keeps what stands around it in one line.
    """
    screen = console()
    with screen.capture() as captured:
        for part in parts:
            screen.print(_Unsteered(part))
    for line in captured.get().splitlines():
        typer.echo(line.replace(NO_BREAK, " ").rstrip())


def headline(tone: Tone, *words: tuple[str, str] | str) -> Text:
    """Draw the first line of an answer: a sign, then words with their styles."""
    return Text.assemble((SIGNS[tone], _STYLES[tone]), " ", *words)


def rows(pairs: Sequence[Row]) -> RenderableType:
    """Draw labels with their contents, indented; contents wrap within their column."""
    grid = Table.grid(padding=(0, 2, 0, 0), expand=False)
    grid.add_column(no_wrap=True, min_width=LABEL_WIDTH, style=QUIET)
    grid.add_column(overflow="fold")
    for label, content in pairs:
        grid.add_row(label, content)
    return Padding(grid, (0, 0, 0, 2), expand=False)


def lined_up(amounts: Sequence[str]) -> list[str]:
    """Pad amounts to one width, so that their points stand below each other."""
    width = max(map(len, amounts), default=0)
    return [each.rjust(width) for each in amounts]


def table(columns: Sequence[str], right: Iterable[str] = (), whole: Iterable[str] = ()) -> Table:
    """Start a table without lines.

    Takes: the names of its columns; those that are aligned to the right; those whose contents are
    never broken into lines, such as times: others give way to them.
    """
    aligned, unbroken = set(right), set(whole)
    made = Table(
        box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style=QUIET, show_edge=False
    )
    for name in columns:
        made.add_column(
            name,
            justify="right" if name.strip() in aligned else "left",
            overflow="fold",
            no_wrap=name in unbroken,
        )
    return made


def indented(part: RenderableType, by: int = 2) -> RenderableType:
    """Move a part to the right."""
    return Padding(part, (0, 0, 0, by), expand=False)


def amount(text: str, *, strong: bool = False) -> Text:
    """Draw an amount of credits."""
    return Text(text, style=STRONG if strong else "", justify="right")


def quiet(text: str) -> Text:
    """Draw what is beside the point: ids, times, places."""
    return Text(text, style=QUIET)
