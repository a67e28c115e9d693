"""A derivation as a tree: what on the left, how much in the middle, the line that says so right."""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from rich.console import RenderableType
from rich.text import Text

from policyengine.cli.screen import QUIET, STRONG, console
from policyengine.engine.derivation import Step

LABEL_WIDTH_MIN: Final = 24
VALUE_WIDTH_MAX: Final = 26
_GAP: Final = "  "


@dataclass(frozen=True, slots=True)
class _Line:
    """A step with the branches before it, on its first line and on the lines that follow."""

    branch: str
    stem: str
    step: Step


def derivation_parts(root: Step) -> Iterator[RenderableType]:
    """Draw a derivation; places are named by file and line, the files' folder at the end."""
    lines = list(_lines(root.steps, ""))
    values = [line.step.value for line in lines if len(line.step.value) <= VALUE_WIDTH_MAX]
    value_width = max(map(len, (*values, root.value)), default=0)
    place_width = max((len(_place(line.step)) for line in lines), default=0)
    wanted = max((len(line.branch) + len(line.step.label) for line in lines), default=0)
    room = console().width - value_width - place_width - 2 * len(_GAP)
    width = max(min(wanted, room), LABEL_WIDTH_MIN)
    yield Text.assemble(
        (root.label.ljust(width), STRONG), _GAP, (root.value.rjust(value_width), STRONG)
    )
    for line in lines:
        yield from _drawn(line, width, value_width)
    folders = sorted({_folder(line.step) for line in lines} - {""})
    if folders:
        yield Text(f"lines are of files in {', '.join(folders)}", style=QUIET)


def _lines(steps: Sequence[Step], stem: str) -> Iterator[_Line]:
    for index, step in enumerate(steps):
        is_last = index == len(steps) - 1
        below = stem + ("   " if is_last else "│  ")
        yield _Line(stem + ("└─ " if is_last else "├─ "), below, step)
        yield from _lines(step.steps, below)


def _place(step: Step) -> str:
    return "" if step.place is None else f"{PurePath(step.place.file).name}:{step.place.line}"


def _folder(step: Step) -> str:
    return "" if step.place is None else str(PurePath(step.place.file).parent)


def _drawn(line: _Line, width: int, value_width: int) -> Iterator[Text]:
    """Draw a step; a long label goes on below itself, a long value on lines of its own."""
    step = line.step
    is_long = len(step.value) > value_width
    stem = line.stem if not step.steps else line.stem + "│  "
    label = textwrap.wrap(step.label, max(width - len(line.branch), 10)) or [""]
    for index, part in enumerate(label):
        branch = line.branch if not index else line.stem + ("│  " if step.steps else "   ")
        if index:
            yield Text.assemble((branch[:-3], QUIET), ("   ", QUIET), part)
            continue
        text = Text.assemble((branch, QUIET), part.ljust(width - len(branch)), _GAP)
        text.append(("" if is_long else step.value).rjust(value_width))
        text.append(_GAP + _place(step), style=QUIET)
        yield text
    if is_long:
        room = max(width + value_width - len(stem), LABEL_WIDTH_MIN)
        for part in textwrap.wrap(step.value, room):
            yield Text.assemble((line.stem, QUIET), part)
