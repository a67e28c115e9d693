"""`test`: run the scenarios of policies."""

from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated

import typer

from policyengine.cli.call import POLICIES_USUAL
from policyengine.cli.faults import FINDINGS, OK
from policyengine.cli.reports import ExitZero, Output, OutputFile, emit, format_of

if TYPE_CHECKING:
    from policyengine.app.reports.report import Report
    from policyengine.app.scenarios.report import Report as ScenarioReport


def run_tests(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[PATH]...",
            help=f"Scenario files or folders of policies. [default: {POLICIES_USUAL}]",
            show_default=False,
        ),
    ] = None,
    output: Output = None,
    output_file: OutputFile = None,
    exit_zero: ExitZero = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="List every scenario, passed ones as well.")
    ] = False,
) -> int:
    """Run the scenarios of policies: given a wallet, when this happens, then that is expected.

    Leaves with 1 when one fails, with 5 when there are none.

    Example: policyengine test policies
    """
    began = monotonic()
    from policyengine.app.scenarios.report import run_scenarios
    from policyengine.app.starter import policy_folder

    folders = [policy_folder(str(each)) for each in paths or [Path(POLICIES_USUAL)]]
    report = run_scenarios(folders)

    def print_text() -> None:
        if verbose:
            for result in report.results:
                word = "passed" if result.passed else "FAILED"
                typer.echo(f"{word}  {result.file}: {result.title}")
            typer.echo()
        typer.echo(f"{report.text()} ({monotonic() - began:.2f} s)")

    emit(lambda: _report(report), print_text, format_of(output), output_file)
    return OK if exit_zero and report.exit_code == FINDINGS else report.exit_code


def _report(run: "ScenarioReport") -> "Report":
    from policyengine.app.reports.report import report_of_scenarios

    return report_of_scenarios(run)
