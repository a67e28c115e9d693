"""`plan`: one page about a change of policies, with a verdict, for people and pull requests."""

import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal, TypeAlias

import typer

from policyengine.cli.call import POLICIES_USUAL, Call, make_folder, print_json, with_call
from policyengine.cli.faults import FINDINGS, OK, WrongUse, fault_of
from policyengine.cli.progress_bar import progress_bar
from policyengine.cli.simulating import (
    LEDGER,
    RUNS,
    MappingName,
    RowsMax,
    RunFolder,
    Sample,
    Workers,
    mapping_named,
    share_named,
)

if TYPE_CHECKING:
    from policyengine.app.planning.plan import Plan
    from policyengine.app.simulation.about import Report
    from policyengine.app.simulation.sides import Side

DIFFERENT: Final = 2
"""With `--detailed-exitcode`, as `diff` has it: there are differences."""
EVERYBODY: Final = "100%"

Format: TypeAlias = Literal["text", "json", "markdown"]
Place: TypeAlias = Annotated[
    str,
    typer.Argument(
        metavar="FOLDER",
        envvar="POLICYENGINE_POLICIES",
        help="A folder of policies.",
    ),
]
Against: TypeAlias = Annotated[
    str,
    typer.Option(
        "--against",
        metavar="REV|PATH",
        help="What to compare with. Absent: the commit where this branch left the main one.",
    ),
]
UsageFile: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--usage",
        metavar="FILE",
        help="Simulate this usage: CSV, JSON lines or Parquet; `ledger` for what --db recorded.",
    ),
]
GuardsFile: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--guards",
        metavar="FILE",
        help="The bounds. Absent: `guards.yaml` beside the policies or up to two folders above, "
        "not above the current one.",
    ),
]


@with_call("policies", "output", "demo")
def plan(  # noqa: PLR0917  # options, which are named on the command line
    call: Call,
    place: Place = POLICIES_USUAL,
    against: Against = "",
    guards: GuardsFile = None,
    usage: UsageFile = None,
    mapping: MappingName = None,
    sample: Sample = EVERYBODY,
    workers: Workers = 1,
    rows: RowsMax = None,
    runs: RunFolder = RUNS,
    detailed: Annotated[
        bool,
        typer.Option(
            "--detailed-exitcode",
            help="Leave with 0 for no difference, 1 for failures and BLOCK, 2 for differences.",
        ),
    ] = False,
    output: Annotated[Format, typer.Option("--format", help="How to write it.")] = "text",
) -> int:
    """Say what a change of policies does, and whether its guards allow it, on one page.

    Checks the files, compares them, plays every scenario under both versions, simulates usage where
    some is given, and holds it all to `guards.yaml`.

    Example: policyengine plan policies --against main --usage ledger --db shop.db
    """
    usage_asked = _Usage(call, usage, mapping, sample, workers, rows, runs)
    try:
        made = _made(call, Path(place), against, guards, usage_asked)
    except Exception as error:
        if not detailed:
            raise
        fault = fault_of(error)
        raise WrongUse(f"{fault.detail}{fault.message}", fault.remedy, FINDINGS) from error
    if made is None:
        return FINDINGS
    _print(made, _command(made, call, usage_asked, guards), output)
    if made.verdict == "block":
        return FINDINGS
    return DIFFERENT if detailed and made.is_different else OK


@dataclass(frozen=True, slots=True)
class _Usage:
    """Which usage is simulated, and how."""

    call: Call
    usage: str | None
    mapping: str | None
    sample: str
    workers: int
    rows: int | None
    runs: Path

    def simulate(self, old: "Side", new: "Side") -> "Report":
        """Run the usage under both sides."""
        from policyengine.app.simulation.simulating import Change, simulate_file, simulate_ledger
        from policyengine.app.simulation.workers import means_of

        if self.runs == RUNS:
            make_folder()
        change = Change(old, new, share_named(self.sample))
        with (
            progress_bar(is_drawn=sys.stderr.isatty()) as tell,
            means_of(self.workers, self.runs) as means,
        ):
            if self.usage == LEDGER:
                return simulate_ledger(self.call.url, change, means, progress=tell)
            file, mapping = Path(str(self.usage)), mapping_named(self.mapping)
            return simulate_file(file, mapping, change, means, rows_max=self.rows, progress=tell)

    def options(self) -> list[str]:
        """Give the options as they would be typed."""
        if self.usage is None:
            return []
        given = {
            "--usage": self.usage,
            "--mapping": self.mapping,
            "--db": self.call.db if self.usage == LEDGER else None,
            "--sample": None if self.sample == EVERYBODY else self.sample,
            "--rows": self.rows,
        }
        return [part for name, each in given.items() if each for part in (name, str(each))]


def _made(
    call: Call, place: Path, against: str, guards: Path | None, usage: _Usage
) -> "Plan | None":
    """Make the plan; None where files have errors, which are printed then."""
    from policyengine.app.checking import Checked
    from policyengine.app.planning.against import NoBaseError
    from policyengine.app.planning.guards.load import GuardsError
    from policyengine.app.planning.making import Asked, make_plan
    from policyengine.app.replay.faults import ReplayError

    if not place.is_dir():
        raise WrongUse(f"there is no folder `{place}`", "name a folder of policies")
    asked = Asked(place, call.clock()(), against, guards)
    try:
        made = make_plan(asked, None if usage.usage is None else usage.simulate)
    except NoBaseError as error:
        wanted = "name what to compare with: `--against main`, or a folder as it was"
        raise WrongUse(str(error), wanted) from error
    except GuardsError as error:
        typer.echo(str(error), err=True)
        return None
    except ReplayError as error:
        if not error.findings:
            raise WrongUse(str(error)) from error
        typer.echo(str(error), err=True)
        return None
    if isinstance(made, Checked):
        for each in made.drawn():
            typer.echo(f"{each}\n", err=True)
        typer.echo(f"{made.summary}; there is no plan of files with errors", err=True)
        return None
    return made


def _command(made: "Plan", call: Call, usage: _Usage, guards: Path | None) -> str:
    """Write the command that makes the same plan once more, wherever branches are by then."""
    words: list[str] = ["plan", str(made.change.place), "--against", made.change.base.exactly]
    words += usage.options()
    words += [] if guards is None else ["--guards", str(guards)]
    words += [] if call.at is None else ["--at", call.at]
    return shlex.join(words)


def _print(made: "Plan", asked: str, output: Format) -> None:
    if output == "json":
        from policyengine.app.planning.form import plan_form

        print_json(plan_form(made, asked))
    elif output == "markdown":
        from policyengine.app.planning.markdown import plan_markdown

        typer.echo(plan_markdown(made, asked), nl=False)
    else:
        from policyengine.cli.plan_view import plan_view
        from policyengine.cli.screen import show

        show(plan_view(made, asked))
