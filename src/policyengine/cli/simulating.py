"""`simulate`: recorded usage under an old and a new policy, and what that changes for whom."""

import json
import sys
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal, TypeAlias

import typer

from policyengine.cli.call import FOLDER, Call, make_folder, print_json, with_call
from policyengine.cli.faults import FINDINGS, INTERRUPTED, OK, WrongUse
from policyengine.cli.progress_bar import progress_bar

if TYPE_CHECKING:
    from policyengine.app.simulation.about import Report

LEDGER: Final = "ledger"
RUNS: Final = FOLDER / "simulations"
WORKERS_MAX: Final = 64
SUFFIXES: Final = (".html", ".md", ".json")

Format: TypeAlias = Literal["text", "json", "markdown"]

Usage: TypeAlias = Annotated[
    str,
    typer.Option(
        "--usage",
        metavar="FILE",
        help="Usage as CSV, JSON lines or Parquet, also .gz; `ledger` for what --db recorded.",
    ),
]
NewPolicy: TypeAlias = Annotated[
    str,
    typer.Option(
        "--policy",
        metavar="NEW",
        help="A file: that version, as if always in force. A folder or `@name`: its versions. "
        "Either as a git revision has it: `main:policies/shop`.",
    ),
]
OldPolicy: TypeAlias = Annotated[
    str, typer.Option("--vs", metavar="OLD", help="What it is compared with, likewise.")
]
MappingName: TypeAlias = Annotated[
    str | None,
    typer.Option("--mapping", metavar="NAME", help="What the columns mean, as for `replay`."),
]
Sample: TypeAlias = Annotated[
    str,
    typer.Option(
        "--sample", metavar="SHARE", help="Take so many wallets only: `10%`, with error bands."
    ),
]
Workers: TypeAlias = Annotated[
    int, typer.Option("--workers", min=1, max=WORKERS_MAX, help="Processes that share the work.")
]
Reports: TypeAlias = Annotated[
    list[Path] | None,
    typer.Option("--report", metavar="FILE", help="Write a report too: .html, .md or .json."),
]
RowsMax: TypeAlias = Annotated[
    int | None, typer.Option("--rows", min=1, metavar="N", help="Read only the first N rows.")
]
RunFolder: TypeAlias = Annotated[
    Path, typer.Option("--runs", metavar="DIR", help="Where a run that was stopped goes on.")
]


@with_call("policies", "output", "at", "demo")
def simulate(  # noqa: PLR0917  # options, which are named on the command line
    call: Call,
    usage: Usage,
    policy: NewPolicy,
    vs: OldPolicy,
    mapping: MappingName = None,
    sample: Sample = "100%",
    workers: Workers = 1,
    report: Reports = None,
    output: Annotated[Format, typer.Option("--format", help="How the answer is printed.")] = "text",
    rows: RowsMax = None,
    runs: RunFolder = RUNS,
    progress: Annotated[
        bool, typer.Option("--progress/--no-progress", help="Draw a bar on a terminal.")
    ] = True,
) -> int:
    """Run recorded usage under a new policy and an old one, and compare what comes of it.

    Each wallet runs its whole course under both. After a stop, the same command goes on.
    Example: policyengine simulate --usage usage.csv.gz --mapping usage.yaml \
--policy policies/shop/v2.yaml --vs policies/shop/v1.yaml --report change.html
    """
    from policyengine.app.replay.faults import ReplayError
    from policyengine.app.simulation.sides import side_of
    from policyengine.app.simulation.simulating import Change, simulate_file, simulate_ledger
    from policyengine.app.simulation.workers import means_of

    for each in report or ():
        if each.suffix not in SUFFIXES:
            raise WrongUse(f"`{each}` is no report", f"end its name in {', '.join(SUFFIXES)}")
    if runs == RUNS:
        make_folder()
    try:
        change = Change(side_of(vs), side_of(policy), share_named(sample))
        with (
            progress_bar(is_drawn=progress and sys.stderr.isatty()) as tell,
            means_of(workers, runs) as means,
        ):
            if usage == LEDGER:
                made = simulate_ledger(call.url, change, means, progress=tell)
            else:
                made = simulate_file(
                    Path(usage), mapping_named(mapping), change, means, rows_max=rows, progress=tell
                )
    except ReplayError as error:
        if error.findings:
            typer.echo(str(error), err=True)
            return FINDINGS
        raise WrongUse(str(error)) from error
    except KeyboardInterrupt:
        typer.echo("stopped; run the same command again to go on", err=True)
        return INTERRUPTED
    for each in report or ():
        each.write_text(_text_of(made, each.suffix), encoding="utf-8")
    _print(made, output)
    return OK


def share_named(text: str) -> Fraction:
    """Read a share of the wallets: `10%` or `0.1`."""
    try:
        number = Fraction(text.removesuffix("%").strip())
    except (ValueError, ZeroDivisionError):
        number = Fraction(0)
    share = number / 100 if text.endswith("%") else number
    if not 0 < share <= 1:
        raise WrongUse(f"`{text}` is no share of the wallets", "write it as `10%`")
    return share


def mapping_named(mapping: str | None) -> str:
    """Give the name of a mapping, which a usage file needs."""
    if mapping is None:
        raise WrongUse("a usage file needs a mapping", "name one: `--mapping usage.yaml`")
    return mapping


def _text_of(made: "Report", suffix: str) -> str:
    if suffix == ".json":
        from policyengine.app.simulation.form import simulation_form

        return json.dumps(simulation_form(made), indent=2, ensure_ascii=False) + "\n"
    if suffix == ".md":
        from policyengine.app.simulation.markdown import simulation_markdown

        return simulation_markdown(made)
    from policyengine.app.simulation.html import simulation_html

    return simulation_html(made)


def _print(made: "Report", output: Format) -> None:
    if output == "json":
        from policyengine.app.simulation.form import simulation_form

        print_json(simulation_form(made))
    elif output == "markdown":
        typer.echo(_text_of(made, ".md"), nl=False)
    else:
        from policyengine.cli.screen import show
        from policyengine.cli.simulate_view import simulate_view

        show(simulate_view(made))
