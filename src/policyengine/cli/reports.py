"""How `validate` and `test` print what they found: for people, for machines, for GitHub."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal, TypeAlias

import typer

if TYPE_CHECKING:
    from policyengine.app.reports.report import Report

ReportFormat: TypeAlias = Literal["text", "json", "github", "sarif", "junit", "markdown"]

SUMMARY_FILE: Final = "GITHUB_STEP_SUMMARY"
"""Where GitHub reads the summary of a step."""
SUMMARY_BYTES_MAX: Final = 900_000
"""GitHub drops a summary of more than a mebibyte."""

Output: TypeAlias = Annotated[
    ReportFormat | None,
    typer.Option(
        "--format",
        help="For people, scripts, pull requests, code scanners, build servers, comments.  "
        "[default: text; in a GitHub workflow github]",
        show_default=False,
    ),
]
OutputFile: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--output-file",
        metavar="FILE",
        help="Write the format into this file, and text to the terminal.",
        show_default=False,
    ),
]
ExitZero: TypeAlias = Annotated[
    bool, typer.Option("--exit-zero", help="Leave with 0 whatever is found.")
]


def format_of(output: ReportFormat | None) -> ReportFormat:
    """Give the format that is asked for, or the one that suits where the command runs."""
    if output is not None:
        return output
    return "github" if os.environ.get("GITHUB_ACTIONS") == "true" else "text"


def emit(
    make: "Callable[[], Report]",
    print_text: Callable[[], None],
    output: ReportFormat,
    output_file: Path | None,
) -> None:
    """Print a report in its format; into a file beside the text, where a file is named.

    Takes: what makes the report and what prints it as text; each is called only where needed.
    """
    if output == "text":
        print_text()
        return
    from policyengine.app.reports.writing import report_text

    report = make()
    written = report_text(report, output)
    if output_file is not None:
        output_file.parent.mkdir(parents=True, exist_ok=True)
        output_file.write_text(written, encoding="utf-8")
        print_text()
    else:
        sys.stdout.write(written)
        if output == "github":
            print_text()
    if output == "github":
        _summarise(report)


def _summarise(report: "Report") -> None:
    """Append the report to the summary of the workflow's step, where there is one."""
    place = os.environ.get(SUMMARY_FILE)
    if not place:
        return
    from policyengine.app.reports.markdown import markdown_text

    text = markdown_text(report).encode()[:SUMMARY_BYTES_MAX].decode(errors="ignore")
    with Path(place).open("a", encoding="utf-8") as summary:
        summary.write(f"{text}\n")
