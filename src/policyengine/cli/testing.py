"""`test`: run the scenarios of policies."""

from pathlib import Path
from time import monotonic
from typing import Annotated, Any

import typer

from policyengine.cli.call import POLICIES_USUAL, Format, print_json


def run_tests(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[PATH]...",
            help=f"Scenario files or folders of policies. [default: {POLICIES_USUAL}]",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        Format, typer.Option("--format", help="Text for people, JSON for machines.")
    ] = "text",
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
    if output == "json":
        print_json(_form(report))
        return report.exit_code
    if verbose:
        for result in report.results:
            typer.echo(f"{'passed' if result.passed else 'FAILED'}  {result.file}: {result.title}")
        typer.echo()
    typer.echo(f"{report.text()} ({monotonic() - began:.2f} s)")
    return report.exit_code


def _form(report: Any) -> dict[str, Any]:
    from policyengine.app.forms import findings_form

    return {
        "files": report.files,
        "passed": len(report.passed),
        "failed": len(report.failed),
        "findings": findings_form(report.findings),
        "scenarios": [
            {
                "file": result.file,
                "line": result.line,
                "title": result.title,
                "passed": result.passed,
                "expectations": result.expectations,
                "failures": findings_form(result.failures),
            }
            for result in report.results
        ],
    }
