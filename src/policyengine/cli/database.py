"""`db`: whether a ledger's tables are those of this version, and bringing them there; roles."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from policyengine.cli.call import Call, print_json, with_call
from policyengine.cli.faults import FINDINGS, OK, WrongUse

if TYPE_CHECKING:
    from rich.console import RenderableType

    from policyengine.store.opening import Step


@with_call()
def db(
    call: Call,
    act: Annotated[
        Literal["check", "upgrade", "grant"],
        typer.Argument(
            metavar="check|upgrade|grant",
            help="Look, bring the tables up to date, or let a role in.",
        ),
    ],
    role: Annotated[
        str | None, typer.Option(metavar="ROLE", help="For `grant`: a role of PostgreSQL.")
    ] = None,
    read_only: Annotated[
        bool, typer.Option("--read-only", help="For `grant`: the role reads and audits only.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="For `grant`: print the statements, run none.")
    ] = False,
) -> int:
    """Check whether the ledger's tables are those of this version, or bring them there.

    Every command brings them there by itself; `upgrade` does it when you say so, before a new
    version takes over, and creates a ledger in an empty database. Leaves with 1 when `check` finds
    something to do. `grant` lets a role of PostgreSQL do what the engine does, and nothing else:
    run it as the owner of the tables, and again after each upgrade.

    Example: policyengine db check --db postgresql://billing@localhost/credits
    """
    from policyengine.store.opening import step_of
    from policyengine.store.store import LedgerStore

    if act == "grant":
        return _grant(call, role, read_only=read_only, dry_run=dry_run)
    if act == "upgrade":
        LedgerStore.open(call.url).close()
    step = step_of(call.url)
    call.answer(lambda: _parts(step), lambda: _form(step))
    return OK if step.is_latest else FINDINGS


def _grant(call: Call, role: str | None, *, read_only: bool, dry_run: bool) -> int:
    from policyengine.cli.screen import headline
    from policyengine.store.roles import grant, grants

    if role is None:
        raise WrongUse("`db grant` needs a role", "name one that exists with `--role ROLE`")
    statements = grants(role, "read" if read_only else "write")
    if dry_run:
        if call.output == "json":
            print_json({"role": role, "statements": statements, "is_granted": False})
        else:  # whole lines, to be handed to `psql`
            typer.echo("".join(f"{each};\n" for each in statements), nl=False)
        return OK
    grant(call.url, statements)
    may = "read and audit the ledger" if read_only else "write the ledger as the engine does"
    call.answer(
        lambda: [headline("good", f"{role} may {may}, and nothing else")],
        lambda: {"role": role, "statements": statements, "is_granted": True},
    )
    return OK


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
