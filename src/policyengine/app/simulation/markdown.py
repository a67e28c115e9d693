"""A simulation in Markdown: for a pull request or a mail."""

from collections.abc import Iterator

from policyengine.app.simulation.about import Report
from policyengine.app.simulation.tables import Table, facts, headline, tables

_SPECIAL = str.maketrans({each: f"\\{each}" for each in "\\`*_{}[]<>()#+!|~"})


def simulation_markdown(report: Report) -> str:
    """Write the whole report."""
    parts = [f"## Simulation: {plain(headline(report))}"]
    parts.append("\n".join(f"- **{label}**: {plain(text)}" for label, text in facts(report)))
    parts += [_drawn(table) for table in tables(report)]
    return "\n\n".join(parts) + "\n"


def _drawn(table: Table) -> str:
    return (
        f"### {table.title}\n\n"
        + "\n".join(table_lines(table))
        + (f"\n\n{plain(table.note)}" if table.note else "")
    )


def table_lines(table: Table) -> Iterator[str]:
    """Write a table, line by line."""
    yield _line(table.columns)
    signs = [":---" if place < table.words else "---:" for place in range(len(table.columns))]
    yield _line(tuple(signs))
    for row in table.rows:
        yield _line(tuple(plain(cell) for cell in row))


def _line(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cells) + " |"


def plain(text: str) -> str:
    """Write a text so that no sign of it is taken for markup."""
    signed = text.startswith(("+", "-")) and text[1:2].isdigit()
    return text if signed else text.translate(_SPECIAL)
