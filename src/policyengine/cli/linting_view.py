"""How faults are drawn: the finding on its line, then its story as a dated table."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from policyengine.app.sentences import clock_text
from policyengine.app.stories import words_of
from policyengine.cli.derivation import derivation_parts
from policyengine.cli.screen import QUIET, show
from policyengine.engine.explaining import explain
from policyengine.ledger.changes import Charged
from policyengine.ledger.transactions import change_of
from policyengine.simulate.stories import Play, played
from policyengine.values.amounts import credits_text

if TYPE_CHECKING:
    from policyengine.app.linting import Linted
    from policyengine.linting.lint import Found


def print_linted(linted: "Linted", accepted: frozenset[str], *, explains: bool, took: str) -> None:
    """Print errors, then each fault with its story, then how many there are."""
    for error in linted.errors:
        typer.echo(f"{linted.drawing(error)}\n")
    for found in linted.found:
        typer.echo(linted.drawing(found.finding))
        show(_parts(found, explains=explains))
        if found.fault.code in accepted:
            typer.echo("  (accepted)")
        typer.echo()
    meant = sum(each.fault.code in accepted for each in linted.found)
    also = f", {meant} of them accepted" if meant else ""
    typer.echo(
        f"{linted.files} {'file' if linted.files == 1 else 'files'}, {len(linted.found)} "
        f"{'fault' if len(linted.found) == 1 else 'faults'}{also} ({took})"
    )


def _parts(found: "Found", *, explains: bool) -> Iterator[RenderableType]:
    play = played(found.timeline, found.fault.commands)
    yield Padding(story_table(play), (1, 0, 0, 2), expand=False)
    yield Padding(Text(f"So {found.fault.ending}."), (0, 0, 0, 2), expand=False)
    if explains:
        yield from _derived(play)


def story_table(play: Play) -> Table:
    """Draw what happened in a story: when, to whom, what, and what is there afterwards."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style=QUIET)
    table.add_column("when (UTC)", no_wrap=True)
    table.add_column("who", no_wrap=True)
    table.add_column("what", overflow="fold")
    table.add_column("has", justify="right", no_wrap=True)
    for line in play.lines:
        table.add_row(
            clock_text(line.transaction.effective_at),
            line.transaction.wallet_id,
            words_of(play.timeline, line),
            credits_text(line.after.available_micro),
        )
    return table


def _derived(play: Play) -> Iterator[RenderableType]:
    """Derive each request of a story, as `explain` does."""
    for line in play.lines:
        if change_of(line.transaction, Charged) is not None:
            yield ""
            lots = play.lots(line.transaction.wallet_id)
            yield from derivation_parts(explain(play.timeline, line.transaction, lots))
