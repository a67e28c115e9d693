"""`test`: run the scenarios of policies, and say what they exercise and would notice."""

import os
from decimal import Decimal
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from policyengine.cli.call import POLICIES_USUAL
from policyengine.cli.faults import FINDINGS, OK, WrongUse
from policyengine.cli.reports import ExitZero, Output, OutputFile, emit, format_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policyengine.app.coverage.exercise import Coverage
    from policyengine.app.coverage.mutation import Mutation
    from policyengine.app.reports.report import Report
    from policyengine.app.scenarios.report import Report as ScenarioReport


FailUnder: TypeAlias = Annotated[
    float | None,
    typer.Option(
        "--fail-under",
        min=0,
        max=100,
        metavar="PERCENT",
        help="Leave with 1 where a policy has less of facts exercised; with --mutate, of "
        "changes noticed.",
    ),
]


def run_tests(  # noqa: PLR0917  # typer reads options from parameters
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[PATH]...",
            help=f"Scenario files or folders of policies. [default: {POLICIES_USUAL}]",
            show_default=False,
        ),
    ] = None,
    coverage: Annotated[
        bool, typer.Option("--coverage", help="Say which facts no scenario exercises.")
    ] = False,
    mutate: Annotated[
        bool,
        typer.Option(
            "--mutate", help="Change each fact in turn, and say which changes nobody notices."
        ),
    ] = False,
    fail_under: FailUnder = None,
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", min=0, help="Processes for --mutate; 0: all cores.")
    ] = 1,
    drafts: Annotated[
        bool, typer.Option("--drafts", help="Let drafts count as well, from their `effective` on.")
    ] = False,
    output: Output = None,
    output_file: OutputFile = None,
    exit_zero: ExitZero = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="List every scenario, passed ones as well.")
    ] = False,
) -> int:
    """Run the scenarios of policies: given a wallet, when this happens, then that is expected.

    Leaves with 1 when one fails, with 5 when there are none.

    Example: policyengine test policies --coverage --fail-under 100
    """
    began = monotonic()
    if fail_under is not None and not (coverage or mutate):
        raise WrongUse("nothing is measured", "add `--coverage` or `--mutate`")
    from policyengine.app.starter import policy_folder

    folders = [policy_folder(str(each)) for each in paths or [Path(POLICIES_USUAL)]]
    report, covers, mutations = _run(
        folders, with_drafts=drafts, is_covered=coverage or mutate, is_mutated=mutate, jobs=jobs
    )

    def print_text() -> None:
        if verbose:
            _print_results(report)
        typer.echo(f"{report.text()} ({monotonic() - began:.2f} s)")
        _print_measures(covers, mutations)

    emit(lambda: _whole(report, covers, mutations), print_text, format_of(output), output_file)
    is_under = fail_under is not None and _is_under(fail_under, covers, mutations)
    code = report.exit_code or (FINDINGS if is_under else OK)
    return OK if exit_zero and code == FINDINGS else code


def _run(
    folders: list[Path], *, with_drafts: bool, is_covered: bool, is_mutated: bool, jobs: int
) -> "tuple[ScenarioReport, Sequence[Coverage], Sequence[Mutation]]":
    """Run the scenarios; a change is only made where all of them pass."""
    if not is_covered:
        from policyengine.app.scenarios.report import run_scenarios

        return run_scenarios(folders, with_drafts=with_drafts), (), ()
    from policyengine.app.coverage.exercise import covered

    report, covers = covered(folders, with_drafts=with_drafts)
    if not is_mutated or report.exit_code:
        return report, covers, ()
    from policyengine.app.coverage.mutation import mutated

    return report, covers, mutated(folders, covers, jobs or os.cpu_count() or 1)


def _is_under(least: float, covers: "Sequence[Coverage]", mutations: "Sequence[Mutation]") -> bool:
    """Tell whether any policy is below a share: of changes noticed, or else of facts exercised."""
    from policyengine.app.coverage.report import percent

    if mutations:
        shares = [percent(each.noticed, each.counted) for each in mutations]
    else:
        shares = [percent(each.exercised, len(each.facts)) for each in covers]
    return any(each < Decimal(str(least)) for each in shares)


def _print_results(report: "ScenarioReport") -> None:
    for result in report.results:
        typer.echo(f"{'passed' if result.passed else 'FAILED'}  {result.file}: {result.title}")
    typer.echo()


def _print_measures(covers: "Sequence[Coverage]", mutations: "Sequence[Mutation]") -> None:
    if not covers:
        return
    from policyengine.app.coverage.report import coverage_text, mutation_text

    for cover in covers:
        typer.echo(f"\n{coverage_text(cover)}")
    for mutation in mutations:
        typer.echo(f"\n{mutation_text(mutation)}")


def _whole(
    run: "ScenarioReport", covers: "Sequence[Coverage]", mutations: "Sequence[Mutation]"
) -> "Report":
    """Put scenarios and what was measured into one report."""
    from dataclasses import replace

    from policyengine.app.reports.report import report_of_scenarios

    report = report_of_scenarios(run)
    if not covers:
        return report
    from policyengine.app.coverage.report import coverage_form, markdown, mutation_form

    form: dict[str, Any] = {**report.form, "coverage": [coverage_form(each) for each in covers]}
    if mutations:
        form["mutation"] = [mutation_form(each) for each in mutations]
    return replace(report, form=form, notes=markdown(covers, mutations))
