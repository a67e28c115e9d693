"""`validate`: findings in files, for people and machines; `--fix` mends what has one reading."""

from collections.abc import Iterator, Sequence
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, TypeAlias

import typer

from policyengine.cli.call import print_json
from policyengine.cli.faults import FINDINGS, NOTHING, OK
from policyengine.cli.files import (
    NOTHING_TO_CHECK,
    Paths,
    counted,
    print_findings,
    replace_file,
    yaml_files,
)

if TYPE_CHECKING:
    from policyengine.app.checking import Checked, Files, MendedFile
    from policyengine.values.diagnostics import Diagnostic

ANNOTATIONS_MAX: Final = 10
"""How many errors, and warnings, GitHub shows of one step."""

CheckFormat: TypeAlias = Literal["text", "json", "github"]
Level: TypeAlias = Literal["error", "warning"]


def validate(
    paths: Paths = None,
    output: Annotated[
        CheckFormat,
        typer.Option("--format", help="Text for people, JSON for machines, notes for GitHub."),
    ] = "text",
    fail_level: Annotated[
        Level, typer.Option("--fail-level", help="What makes the command leave with 1.")
    ] = "error",
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
    if not len(files):
        return _nothing(output)
    mended = _fixed(files) if fix else ()
    checked = check(files)
    if output == "json":
        print_json(_checked_form(checked) | ({"mended": _mended_form(mended)} if fix else {}))
    else:
        for line in _mended_lines(mended):
            typer.echo(line)
        if output == "github":
            for note in _annotations(checked):
                typer.echo(note)
        print_findings(checked.drawn())
        typer.echo(_summary(checked, f"{monotonic() - began:.2f} s"))
    failing = checked.errors if fail_level == "error" else checked.findings
    return FINDINGS if failing else OK


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


def _mended_form(done: "Sequence[MendedFile]") -> list[dict[str, Any]]:
    from policyengine.app.forms import findings_form

    return [form for each in done for form in findings_form(each.mended.findings)]


def _nothing(output: str) -> int:
    if output == "json":
        print_json({"files": 0, "policies": [], "errors": 0, "warnings": 0, "findings": []})
    else:
        typer.echo(NOTHING_TO_CHECK)
    return NOTHING


def _summary(checked: "Checked", took: str) -> str:
    return (
        f"{counted(checked.files, 'file', 'files')}, "
        f"{counted(len(checked.policies), 'policy', 'policies')}, "
        f"{counted(len(checked.errors), 'error', 'errors')}, "
        f"{counted(len(checked.warnings), 'warning', 'warnings')} ({took})"
    )


def _checked_form(checked: "Checked") -> dict[str, Any]:
    from policyengine.app.forms import findings_form

    return {
        "files": checked.files,
        "policies": list(checked.policies),
        "errors": len(checked.errors),
        "warnings": len(checked.warnings),
        "findings": findings_form(checked.findings),
    }


def _annotations(checked: "Checked") -> Iterator[str]:
    """Write findings as GitHub reads them; what it would not show is counted in the last one."""
    for findings in (checked.errors, checked.warnings):
        for index, each in enumerate(findings[:ANNOTATIONS_MAX]):
            more = len(findings) - ANNOTATIONS_MAX if index == ANNOTATIONS_MAX - 1 else 0
            yield _annotation(each, max(more, 0))


def _annotation(finding: "Diagnostic", more: int) -> str:
    span = finding.span
    message = finding.message + (f"\n= help: {finding.help}" if finding.help else "")
    if more:
        message += f"\n{more} more of them are in the log"
    place = (
        f"file={_escaped(finding.file, in_property=True)},line={span.line},col={span.column},"
        f"endLine={span.end_line},endColumn={span.end_column},title={finding.code}"
    )
    return f"::{finding.severity} {place}::{_escaped(message)}"


def _escaped(text: str, *, in_property: bool = False) -> str:
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if in_property else text
