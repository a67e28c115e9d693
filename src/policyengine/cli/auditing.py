"""`verify` and `sweep`: the ledger as a whole."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from policyengine.cli.anchoring import KeyFile, read_anchor
from policyengine.cli.call import Call, with_call
from policyengine.cli.faults import FINDINGS, OK

if TYPE_CHECKING:
    from rich.console import RenderableType

    from policyengine.cli.anchoring import HeldTo
    from policyengine.store.findings import Fault, Report

FAULTS_SHOWN: Final = 20
DRAWN_EVERY: Final = 500
"""How many transactions go by between two looks of the progress bar."""


@with_call()
def verify(
    call: Call,
    wallet: Annotated[
        list[str] | None,
        typer.Argument(metavar="[WALLET]...", help="Some wallets; all of them without this."),
    ] = None,
    rebuild: Annotated[
        bool,
        typer.Option(
            "--rebuild",
            help="First make balances, lots and holds anew from the transactions.",
        ),
    ] = False,
    anchor: Annotated[
        Path | None,
        typer.Option(
            "--anchor",
            metavar="FILE",
            help="An anchor of before: all that it has must be there still.",
        ),
    ] = None,
    key_file: KeyFile = None,
) -> int:
    """Audit the ledger: hash chains, sums, projections, and the price of each charge once more.

    Nothing is changed, but for --rebuild. Leaves with 1 when something is wrong.

    Example: policyengine verify
    """
    began = monotonic()
    mended: tuple[Fault, ...] = ()
    held_to = None if anchor is None else read_anchor(anchor, key_file)
    with call.engine() as engine, _bar(engine.transactions_written()) as step:
        if rebuild:
            mended = engine.rebuild().mended
        report = engine.verify(wallet or None, step, anchor=held_to.anchor if held_to else None)
    took = f"{monotonic() - began:.1f} s"
    call.answer(
        lambda: report_parts(report, took, mended, held_to), lambda: _form(report, mended, held_to)
    )
    return OK if report.is_sound else FINDINGS


@contextmanager
def _bar(total: int) -> Iterator[Callable[[], None]]:
    """Draw a progress bar on a terminal; nowhere else."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import Progress

    done = 0
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("verifying", total=total)

        def step() -> None:
            nonlocal done
            done += 1
            if done % DRAWN_EVERY == 0:
                progress.update(task, completed=done)

        yield step


def report_parts(
    report: "Report", took: str, mended: "Sequence[Fault]" = (), held_to: "HeldTo | None" = None
) -> "Iterator[RenderableType]":
    """Draw what an audit found, what was mended before it, and what an anchor was held against."""
    from policyengine.cli.screen import QUIET, STRONG, headline, indented, quiet, rows

    checked = ", ".join(
        f"{number:,} {name}{'' if number == 1 else 's'}"
        for number, name in (
            (report.wallets, "wallet"),
            (report.transactions, "transaction"),
            (report.moves, "move"),
        )
    )
    for fault in mended[:FAULTS_SHOWN]:
        yield headline("warn", f"mended: {fault}")
    if report.is_sound:
        yield headline("good", ("the ledger is sound", STRONG), (f"  {took}", QUIET))
        yield rows(
            [
                ("checked", checked),
                ("hashes", "every transaction and policy is what was written"),
                ("sums", "every credit is in one place; balances follow from the entries"),
                ("prices", "every charge has the price that its policy version gives"),
                *([("anchor", held_to.sentence)] if held_to else []),
            ]
        )
        return
    first = report.faults[0]
    yield headline("bad", (f"the ledger is wrong, first in {first}", STRONG), (f"  {took}", QUIET))
    yield rows([("checked", checked)])
    for fault in report.faults[1:FAULTS_SHOWN]:
        yield indented(str(fault))
    if len(report.faults) > FAULTS_SHOWN:
        yield indented(quiet(f"and {len(report.faults) - FAULTS_SHOWN} more; see --format json"))


def _form(report: "Report", mended: "Sequence[Fault]", held_to: "HeldTo | None") -> dict[str, Any]:
    return {
        "sound": report.is_sound,
        "wallets": report.wallets,
        "transactions": report.transactions,
        "moves": report.moves,
        "faults": [_fault_form(each) for each in report.faults],
        "mended": [_fault_form(each) for each in mended],
        "anchor": None if held_to is None else held_to.form,
    }


def _fault_form(fault: "Fault") -> dict[str, str]:
    return {"table": fault.table, "name": fault.name, "sentence": fault.sentence}


@with_call()
def sweep(
    call: Call,
    limit: Annotated[
        int, typer.Option("--limit", min=1, metavar="N", help="At most so many wallets.")
    ] = 100_000,
) -> int:
    """Settle every wallet that is due: expiries, renewals and time-outs, at their own instants.

    When it runs changes no amount and no time in the ledger; run it from a scheduler.

    Example: policyengine sweep
    """
    with call.engine() as engine:
        settled = engine.sweep(limit)

    def parts() -> "Iterator[RenderableType]":
        from policyengine.cli.screen import STRONG, headline

        name = "wallet" if settled == 1 else "wallets"
        yield headline("good", (f"settled {settled:,} {name}", STRONG))

    call.answer(parts, lambda: {"settled": settled})
    return OK
