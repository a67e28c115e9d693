"""A plan on the screen: the verdict first, then what it rests on."""

from collections.abc import Iterator
from typing import Final

from rich.console import RenderableType
from rich.text import Text

from policyengine.app.planning.judging import tone_of
from policyengine.app.planning.page import (
    Section,
    affected_tables,
    facts,
    sections,
    shown_diff,
    verdict_text,
)
from policyengine.app.planning.plan import Plan
from policyengine.cli import screen
from policyengine.cli.diff_view import diff_parts
from policyengine.cli.screen import STRONG, indented, quiet
from policyengine.cli.simulate_view import drawn_table

COMMAND_MARGIN: Final = 10


def plan_view(plan: Plan, asked: str) -> Iterator[RenderableType]:
    """Draw the whole page."""
    yield screen.headline(tone_of(plan.verdict), (verdict_text(plan), STRONG))
    yield screen.rows([*facts(plan)])
    found, note = shown_diff(plan)
    if found.kinds:
        yield ""
        yield _title("What changes")
        for part in diff_parts(found, with_summary=False):
            yield indented(part, 4)
    if note:
        yield indented(quiet(note), 4)
    for section in sections(plan, asked):
        yield ""
        yield from _drawn(section)
        if section.title == "Who is affected":
            for table in affected_tables(plan):
                yield ""
                yield indented(Text(table.title), 4)
                yield indented(drawn_table(table), 6)


def _title(text: str) -> RenderableType:
    return Text.assemble("  ", (text, STRONG))


def _drawn(section: Section) -> Iterator[RenderableType]:
    yield _title(section.title)
    for line in section.lines:
        yield indented(Text(line), 4)
    if section.table is not None:
        yield indented(drawn_table(section.table), 4)
    for note in section.notes:
        yield indented(quiet(note), 4)
    for command in section.commands:
        yield from (indented(Text(line), 6) for line in _typed(command))


def _typed(command: str) -> Iterator[str]:
    """Break a command between words, so that it can be copied line by line."""
    width = screen.console().width - COMMAND_MARGIN
    lines = [""]
    for word in command.replace(" --", "\0--").split("\0"):
        if lines[-1] and len(lines[-1]) + len(word) > width:
            lines.append(f"  {word}")
        else:
            lines[-1] = f"{lines[-1]} {word}" if lines[-1] else word
    yield from (f"{line} \\" for line in lines[:-1])
    yield lines[-1]
