"""`db`: whether a ledger's tables are those of this version, and bringing them there."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from policyengine.cli.call import Call, with_call
from policyengine.cli.faults import FINDINGS, OK

if TYPE_CHECKING:
    from rich.console import RenderableType

    from policyengine.store.store import Step


@with_call()
def db(
    call: Call,
    act: Annotated[
        Literal["check", "upgrade"],
        typer.Argument(metavar="check|upgrade", help="Look, or bring the tables up to date."),
    ],
) -> int:
    """Check whether the ledger's tables are those of this version, or bring them there.

    Every command brings them there by itself; `upgrade` does it when you say so, before a new
    version takes over, and creates a ledger in an empty database. Leaves with 1 when `check` finds
    something to do.

    Example: policyengine db check --db postgresql://billing@localhost/credits
    """
    from policyengine.store.store import LedgerStore, step_of

    if act == "upgrade":
        LedgerStore.open(call.url).close()
    step = step_of(call.url)
    call.answer(lambda: _parts(step), lambda: _form(step))
    return OK if step.is_latest else FINDINGS


def _parts(step: "Step") -> "Iterator[RenderableType]":
    from rich.table import Table

    table = Table.grid(padding=(0, 2))
    table.add_row("  ledger", step.name)
    table.add_row("  database", step.database)
    table.add_row("  tables", _words(step))
    yield table


def _words(step: "Step") -> str:
    from policyengine.store.migrate import HEAD

    if step.step is None:
        return "none yet: `policyengine db upgrade` creates the ledger"
    if step.is_latest:
        return f"up to date, at step {step.step}"
    return f"at step {step.step}; `policyengine db upgrade` brings them to {HEAD}"


def _form(step: "Step") -> dict[str, Any]:
    from policyengine.store.migrate import HEAD

    return {
        "ledger": step.name.strip("`"),
        "database": step.database,
        "step": step.step,
        "latest": HEAD,
        "is_latest": step.is_latest,
    }
