"""A plan in Markdown, for a pull request."""

from collections.abc import Iterator

from policyengine.app.diff_report import diff_markdown
from policyengine.app.planning.judging import Verdict
from policyengine.app.planning.page import (
    Section,
    affected_tables,
    facts,
    sections,
    shown_diff,
    verdict_text,
)
from policyengine.app.planning.plan import Plan
from policyengine.app.simulation.markdown import plain, table_lines
from policyengine.app.simulation.tables import Table

_SIGNS: dict[Verdict, str] = {"allow": "✅", "warn": "⚠️", "block": "⛔"}


def plan_markdown(plan: Plan, asked: str) -> str:
    """Write the whole page."""
    word, _, rest = verdict_text(plan).partition("  ")
    parts = [f"## {_SIGNS[plan.verdict]} {word}: {plain(rest)}"]
    parts.append("\n".join(f"- **{label}**: {plain(text)}" for label, text in facts(plan)))
    found, note = shown_diff(plan)
    if found.kinds:
        parts += ["### What changes", diff_markdown(found, level=4, with_summary=False)]
    if note:
        parts.append(note)
    for section in sections(plan, asked):
        parts += _drawn(section)
        if section.title == "Who is affected":
            parts += [_table(each) for each in affected_tables(plan)]
    return "\n\n".join(parts) + "\n"


def _drawn(section: Section) -> Iterator[str]:
    yield f"### {section.title}"
    if section.lines:
        yield "  \n".join(plain(each) for each in section.lines)
    if section.table is not None:
        yield _table(section.table)
    if section.notes:
        yield "\n".join(f"- {plain(each)}" for each in section.notes)
    if section.commands:
        yield "```console\n" + "\n".join(f"$ {each}" for each in section.commands) + "\n```"


def _table(table: Table) -> str:
    title = f"**{table.title}**\n\n" if table.title else ""
    note = f"\n\n{plain(table.note)}" if table.note else ""
    return title + "\n".join(table_lines(table)) + note
