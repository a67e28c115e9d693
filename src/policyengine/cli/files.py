"""`validate`, `fmt`, `schema`: policy files as text."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, TypeAlias

import typer

from policyengine.cli.call import POLICIES_USUAL, print_json
from policyengine.cli.faults import FINDINGS, NOTHING, OK, WrongUse

if TYPE_CHECKING:
    from policyengine.app.checking import Checked, Files
    from policyengine.values.diagnostics import Diagnostic

ANNOTATIONS_MAX: Final = 10
"""How many errors, and warnings, GitHub shows of one step."""

CheckFormat: TypeAlias = Literal["text", "json", "github"]
Level: TypeAlias = Literal["error", "warning"]
SchemaOf: TypeAlias = Literal["policy", "scenario", "mapping"]

_Paths = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[PATH]...",
        help=f"Files or folders. [default: {POLICIES_USUAL}]",
        show_default=False,
    ),
]


def validate(
    paths: _Paths = None,
    output: Annotated[
        CheckFormat,
        typer.Option("--format", help="Text for people, JSON for machines, notes for GitHub."),
    ] = "text",
    fail_level: Annotated[
        Level, typer.Option("--fail-level", help="What makes the command leave with 1.")
    ] = "error",
) -> int:
    """Check policies, alone and version against version, and the form of their scenarios.

    Leaves with 1 when there are errors, with 5 when there is nothing to check.

    Example: policyengine validate policies
    """
    began = monotonic()
    from policyengine.app.checking import check

    files = _files(paths)
    if not len(files):
        return _nothing(output)
    checked = check(files)
    if output == "json":
        print_json(_checked_form(checked))
    else:
        if output == "github":
            for note in _annotations(checked):
                typer.echo(note)
        print_findings(checked.drawn())
        typer.echo(_summary(checked, f"{monotonic() - began:.2f} s"))
    failing = checked.errors if fail_level == "error" else checked.findings
    return FINDINGS if failing else OK


def _files(paths: list[str] | None) -> "Files":
    from policyengine.app.checking import files_of
    from policyengine.app.starter import policy_folder

    folders = [policy_folder(each) for each in paths or [POLICIES_USUAL]]
    if paths is None and not folders[0].exists():
        raise WrongUse(
            f"there is no folder `{POLICIES_USUAL}`",
            "write one with `policyengine init .`, or name the files to look at",
        )
    return files_of(folders)


def _nothing(output: str) -> int:
    if output == "json":
        print_json({"files": 0, "policies": [], "errors": 0, "warnings": 0, "findings": []})
    else:
        typer.echo("there is nothing to check: no file ends in .yaml or .yml")
    return NOTHING


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _summary(checked: "Checked", took: str) -> str:
    return (
        f"{_counted(checked.files, 'file', 'files')}, "
        f"{_counted(len(checked.policies), 'policy', 'policies')}, "
        f"{_counted(len(checked.errors), 'error', 'errors')}, "
        f"{_counted(len(checked.warnings), 'warning', 'warnings')} ({took})"
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


def print_findings(drawn: list[str]) -> None:
    """Print findings, with a blank line after each; coloured on a terminal."""
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        for each in drawn:
            typer.echo(f"{each}\n")
        return
    from rich.text import Text

    from policyengine.cli.screen import console

    screen = console()
    for each in drawn:
        text = Text(f"{each}\n")
        text.highlight_regex(r"error\[\w+\]", "bold red")
        text.highlight_regex(r"warning\[\w+\]", "bold yellow")
        text.highlight_regex(r"(?m)^[^\s:]+:\d+:\d+:", "bold")
        text.highlight_regex(r"(?m)^ +\| +\^+", "red")
        text.highlight_regex(r"(?m)^ *\d* \|", "dim")
        text.highlight_regex(r"= help:", "bold cyan")
        screen.print(text, soft_wrap=True)


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


def fmt(
    paths: _Paths = None,
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; leave with 1 where something would.")
    ] = False,
) -> int:
    """Put policy files in house style: indentation, spaces in braces, line ends, blank lines.

    Comments and layout stay. A file changes only when it is proven to say the same afterwards.

    Example: policyengine fmt --check policies
    """
    from policyengine.app.layout import formatted
    from policyengine.values.diagnostics import drawn, has_errors

    files = _files(paths)
    if not len(files):
        return _nothing("text")
    changed: list[Path] = []
    broken = 0
    for file in files.every:
        data = file.read_bytes()
        done = formatted(data, str(file))
        if isinstance(done, tuple):
            lines = data.decode("utf-8", "replace").split("\n")
            print_findings([drawn(each, lines) for each in done])
            broken += has_errors(done)
        elif done.is_changed:
            changed.append(file)
            if not check:
                replace_file(file, done.text)
    verb = "would change" if check else "changed"
    for file in changed:
        typer.echo(f"{verb} {file}")
    rest = f", {broken} with errors" if broken else ""
    typer.echo(f"{_counted(len(files), 'file', 'files')}, {len(changed)} {verb}{rest}")
    return FINDINGS if broken or (check and changed) else OK


def replace_file(file: Path, text: str) -> None:
    """Write a file whole or not at all; a reader sees the old one or the new one."""
    import shutil

    beside = file.with_name(f".{file.name}.{os.getpid()}.new")
    try:
        with beside.open("w", encoding="utf-8", newline="\n") as out:
            out.write(text)
        shutil.copymode(file, beside)
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)


def schema(
    of: Annotated[
        SchemaOf, typer.Argument(metavar="[KIND]", help="policy, scenario or mapping.")
    ] = "policy",
) -> int:
    """Print a JSON Schema (draft 2020-12), for editors and CI.

    Example: policyengine schema > policy.schema.json
    """
    match of:
        case "policy":
            from policyengine.policy.schema import schema_text
        case "scenario":
            from policyengine.app.scenarios.schema import schema_text
        case "mapping":
            from policyengine.app.replay.mapping.schema import schema_text
    sys.stdout.write(schema_text())
    return OK
