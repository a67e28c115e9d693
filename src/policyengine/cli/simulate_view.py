"""A simulation, drawn for people."""

from collections.abc import Iterator

from rich.console import RenderableType

from policyengine.app.simulation.about import Report
from policyengine.app.simulation.tables import Table, facts, headline, tables
from policyengine.cli import screen
from policyengine.cli.screen import STRONG, Tone, indented, quiet


def simulate_view(report: Report) -> Iterator[RenderableType]:
    """Draw what a change does to all wallets."""
    tone: Tone = "warn" if report.simulated.comparison.wallets["worse"].value else "good"
    yield screen.headline(tone, (headline(report), STRONG))
    took = f"{report.about.took_ms / 1000:,.1f} s, {report.per_second:,} {report.about.noun}"
    known = report.simulated.known
    again = f"; {known:,} were known from a run before" if known else ""
    yield screen.rows([*facts(report), ("took", f"{took} a second under both policies{again}")])
    for each in tables(report):
        yield ""
        yield f"  {each.title}"
        yield indented(drawn_table(each), 4)
        if each.note:
            yield indented(quiet(each.note), 4)


def drawn_table(each: Table) -> RenderableType:
    """Draw a table of a simulation."""
    # Columns are told apart by their names, and several are called `new`: blanks make them differ.
    names = [name + " " * place for place, name in enumerate(each.columns)]
    right = [name.strip() for name in each.columns[each.words :]]
    made = screen.table(names, right=right)
    for row in each.rows:
        made.add_row(*row)
    return made
