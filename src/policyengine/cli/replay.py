"""`replay`: charge the rows of a usage file, with progress, and add up what comes of it."""

import sys
import time
from dataclasses import replace as altered
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, TypeAlias

import typer

from policyengine.cli.call import FOLDER, POLICIES_USUAL, Call, make_folder, with_call
from policyengine.cli.faults import FINDINGS, INTERRUPTED, NOTHING, OK, WrongUse
from policyengine.cli.progress_bar import progress_bar

if TYPE_CHECKING:
    from policyengine.app.policies import Policies
    from policyengine.app.replay.intake import Intake, Progress
    from policyengine.app.replay.mapping.document import MappingDocument
    from policyengine.app.replay.mapping.load import LoadedMapping
    from policyengine.app.replay.report import Ran
    from policyengine.app.replay.totals import Totals

DATABASE_OF_REPLAYS: Final = f"sqlite:///{FOLDER}/replay.db"


UsagePath: TypeAlias = Annotated[
    Path, typer.Argument(metavar="FILE", help="Usage as CSV, JSON lines or Parquet; also .gz.")
]
MappingName: TypeAlias = Annotated[
    str,
    typer.Option(
        "--mapping",
        metavar="NAME",
        help="What its columns mean: a file, or the name of one that the policies come with.",
    ),
]
Database: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--db",
        metavar="URL",
        help="The ledger that it is charged to, by default one of its own. "
        f"[default: {DATABASE_OF_REPLAYS}]",
    ),
]
RowsMax: TypeAlias = Annotated[
    int | None, typer.Option("--rows", min=1, metavar="N", help="Read only the first N rows.")
]


@with_call("db", "at", "demo")
def replay(
    call: Call,
    file: UsagePath,
    mapping: MappingName,
    db: Database = None,
    memory: Annotated[
        bool, typer.Option("--memory", help="Keep the ledger in memory; it is gone at the end.")
    ] = False,
    estimate: Annotated[
        bool,
        typer.Option("--estimate", help="Estimate each request first, from what was seen so far."),
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Stop at the first bad row; nothing is charged then.")
    ] = False,
    rows: RowsMax = None,
    progress: Annotated[
        bool, typer.Option("--progress/--no-progress", help="Draw a bar on a terminal.")
    ] = True,
) -> int:
    """Charge recorded usage under the policies, in the order of its time.

    Run again, it charges nothing twice; after a stop it goes on where it was.
    Example: policyengine replay usage.csv.gz --mapping usage.yaml --policies @codeflicker
    """
    from policyengine.app.replay.faults import ReplayError
    from policyengine.app.replay.files import usage_file
    from policyengine.app.replay.intake import Intake

    call = altered(call, db=DATABASE_OF_REPLAYS if db is None else db)
    policies = call.load_policies()
    began = time.monotonic_ns()
    try:
        loaded = _mapping(call, mapping, policies)
        if loaded.document is None:
            typer.echo(loaded.report(), err=True)
            return FINDINGS
        intake = Intake(usage_file(file, loaded.document), loaded.document, rows, strict)
        with progress_bar(is_drawn=progress and sys.stderr.isatty()) as tell:
            totals = _replayed(call, intake, policies, tell, memory=memory, estimate=estimate)
    except ReplayError as error:
        raise WrongUse(str(error)) from error
    except KeyboardInterrupt:
        typer.echo("stopped; run the same command again to go on", err=True)
        return INTERRUPTED
    ran = _ran(call, intake, policies, memory=memory, took_ns=time.monotonic_ns() - began)
    _answer(call, totals, ran)
    if not totals.used:
        return NOTHING
    return FINDINGS if totals.bad else OK


def _mapping(call: Call, name: str, policies: "Policies") -> "LoadedMapping":
    """Read the mapping and check it against the policies."""
    from policyengine.app.replay.mapping.load import find_mapping, load_mapping
    from policyengine.app.replay.mapping.suiting import check_suits
    from policyengine.app.starter import policy_folder

    path = find_mapping(name, policy_folder(call.policies or POLICIES_USUAL))
    loaded = load_mapping(path.read_bytes(), str(path))
    if loaded.document is None:
        return loaded
    findings = check_suits(loaded.source, loaded.document, policies.timelines)
    return altered(loaded, document=None, findings=findings) if findings else loaded


def _replayed(
    call: Call,
    intake: "Intake",
    policies: "Policies",
    tell: "Progress",
    *,
    memory: bool,
    estimate: bool,
) -> "Totals":
    from policyengine.app.replay.replaying import replay as replay_rows
    from policyengine.app.replay.targets import MemoryTarget, SqlTarget
    from policyengine.simulate.memory import MemoryLedger
    from policyengine.store.store import LedgerStore

    timelines = policies.timelines
    if memory:
        target = MemoryTarget(MemoryLedger(timelines))
        return replay_rows(intake, target, timelines, with_estimates=estimate, progress=tell)
    if call.db == DATABASE_OF_REPLAYS:
        make_folder()
    with LedgerStore.open(call.url) as store:
        return replay_rows(
            intake,
            SqlTarget(store, policies),
            timelines,
            with_estimates=estimate,
            progress=tell,
        )


def _ran(
    call: Call, intake: "Intake", policies: "Policies", *, memory: bool, took_ns: int
) -> "Ran":
    from policyengine.app.replay.report import Ran

    document: MappingDocument = intake.document
    return Ran(
        str(intake.file.path),
        intake.file.sha256,
        document.mapping,
        document.wallets.policy or next(iter(policies.timelines)),
        "memory" if memory else call.url,
        took_ns // 1_000_000,
        "" if document.cost is None else document.cost.unit,
    )


def _answer(call: Call, totals: "Totals", ran: "Ran") -> None:
    from policyengine.app.replay.report import replay_form
    from policyengine.cli.replay_view import replay_view

    call.answer(lambda: replay_view(totals, ran), lambda: replay_form(totals, ran))
