"""`validate`: findings in files, for people and machines; `--fix` mends what has one reading."""

from collections.abc import Iterator, Sequence
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

import typer

from policyengine.cli.faults import FINDINGS, NOTHING, OK
from policyengine.cli.files import (
    NOTHING_TO_CHECK,
    Paths,
    print_findings,
    replace_file,
    yaml_files,
)
from policyengine.cli.reports import ExitZero, Output, OutputFile, emit, format_of

if TYPE_CHECKING:
    from policyengine.app.checking import Files, MendedFile
    from policyengine.app.reports.report import Report

Level: TypeAlias = Literal["error", "warning"]


def validate(
    paths: Paths = None,
    output: Output = None,
    output_file: OutputFile = None,
    fail_level: Annotated[
        Level, typer.Option("--fail-level", help="What makes the command leave with 1.")
    ] = "error",
    exit_zero: ExitZero = False,
    fix: Annotated[
        bool, typer.Option("--fix", help="Mend what has one reading only, then check.")
    ] = False,
) -> int:
    """Check policies, alone and version against version, and the form of their scenarios.

    `--fix` applies the edits of findings such as a misspelt key with one near name, full-width
    digits, a comma for a point, a tab, a key that stands twice with the same value. Nothing else
    of a file changes. Leaves with 1 when there are errors, with 5 when there is nothing to check.

    Example: policyengine validate policies
    """
    began = monotonic()
    from policyengine.app.checking import check

    files = yaml_files(paths)
    mended = _fixed(files) if fix else ()
    checked = check(files)

    def print_text() -> None:
        for line in _mended_lines(mended):
            typer.echo(line)
        if not checked.files:
            typer.echo(NOTHING_TO_CHECK)
            return
        print_findings(checked.drawn())
        typer.echo(f"{checked.summary} ({monotonic() - began:.2f} s)")

    def report() -> "Report":
        from policyengine.app.reports.report import report_of_files

        made = report_of_files(checked)
        return _with_mended(made, mended) if fix else made

    emit(report, print_text, format_of(output), output_file)
    if not checked.files:
        return NOTHING
    failing = checked.errors if fail_level == "error" else checked.findings
    return FINDINGS if failing and not exit_zero else OK


def _fixed(files: "Files") -> "tuple[MendedFile, ...]":
    """Mend files in place, each whole or not at all."""
    from policyengine.app.checking import mend

    done = mend(files)
    for each in done:
        replace_file(each.path, each.mended.text)
    return done


def _mended_lines(done: "Sequence[MendedFile]") -> Iterator[str]:
    """Say what was mended where; lines are those of the file as it was met."""
    for each in done:
        for finding in each.mended.findings:
            place = f"{each.path}:{finding.span.line}:{finding.span.column}"
            new = finding.edit.replacement if finding.edit else ""
            now = f"now `{new}`" if new.strip() else "now spaces" if new else "deleted"
            yield f"{place}: mended[{finding.code}] {finding.message}: {now}"
    if done:
        yield ""


def _with_mended(report: "Report", done: "Sequence[MendedFile]") -> "Report":
    from dataclasses import replace

    from policyengine.app.forms import findings_form

    forms: list[dict[str, Any]] = [
        form for each in done for form in findings_form(each.mended.findings)
    ]
    return replace(report, form={**report.form, "mended": forms})
