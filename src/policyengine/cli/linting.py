"""`lint`: economic faults of policies, each with a counter-example in numbers."""

from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from policyengine.cli.call import POLICIES_USUAL, Format, print_json
from policyengine.cli.faults import FINDINGS, OK, WrongUse

if TYPE_CHECKING:
    from policyengine.app.linting import Linted
    from policyengine.linting.lint import Found
    from policyengine.values.calendar import Instant


Accepted: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--accept",
        metavar="CODE",
        help="A fault that is meant, such as EF103: told, but no reason to leave with 1.",
    ),
]


def lint(
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PATH]...",
            help=f"Policy files or folders. [default: {POLICIES_USUAL}]",
            show_default=False,
        ),
    ] = None,
    accept: Accepted = None,
    scenario: Annotated[
        Path | None,
        typer.Option(
            "--scenario", metavar="FILE", help="Write the counter-examples as a scenario file."
        ),
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Derive the numbers of every request, line by line.")
    ] = False,
    output: Annotated[
        Format, typer.Option("--format", help="Text for people, JSON for machines.")
    ] = "text",
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="INSTANT", help="Pretend that it is then: for drafts."),
    ] = None,
) -> int:
    """Search policies for rules that a customer can play against the house, or that cheat one.

    Each fault comes with a small story in credits, and in money where prices are known. Leaves with
    1 when there are faults that are not accepted.

    Example: policyengine lint policies
    """
    began = monotonic()
    from policyengine.app.linting import lint_files
    from policyengine.app.starter import policy_folder
    from policyengine.linting.codes import FAULT_CODES

    meant = frozenset(accept or ())
    unknown = sorted(meant - set(FAULT_CODES))
    if unknown:
        raise WrongUse(f"there is no code `{unknown[0]}`", f"write one of {', '.join(FAULT_CODES)}")
    folders = [policy_folder(each) for each in paths or [POLICIES_USUAL]]
    linted = lint_files(folders, _now(at))
    if scenario is not None:
        _write_scenario(linted, scenario)
    counted = [each for each in linted.found if each.fault.code not in meant]
    if output == "json":
        print_json(_form(linted, meant))
    else:
        from policyengine.cli.linting_view import print_linted

        print_linted(linted, meant, explains=explain, took=f"{monotonic() - began:.2f} s")
    return FINDINGS if counted or linted.errors else OK


def _now(at: str | None) -> "Instant":
    from policyengine.store.clock import wall_clock
    from policyengine.values.calendar import parse_instant

    return wall_clock() if at is None else parse_instant(at)


def _write_scenario(linted: "Linted", file: Path) -> None:
    from policyengine.app.stories import scenario_file

    names = sorted({each.timeline.name for each in linted.found})
    if len(names) > 1:
        raise WrongUse(
            f"these are faults of several policies: {', '.join(names)}",
            "name one policy's folder: a scenario file is about one",
        )
    if not names:
        raise WrongUse("there is no fault to write", "leave `--scenario` out")
    stories = [(each.fault.message, each.fault.commands) for each in linted.found]
    file.write_text(scenario_file(linted.timeline_of(names[0]), stories), encoding="utf-8")


def _form(linted: "Linted", meant: frozenset[str]) -> dict[str, Any]:
    return {
        "files": linted.files,
        "faults": [
            _fault_form(each, is_accepted=each.fault.code in meant) for each in linted.found
        ],
        "findings": _findings(linted),
    }


def _findings(linted: "Linted") -> list[dict[str, Any]]:
    from policyengine.app.forms import findings_form

    return findings_form(linted.errors)


def _fault_form(found: "Found", *, is_accepted: bool) -> dict[str, Any]:
    from policyengine.app.forms import finding_form
    from policyengine.app.stories import story_form

    return {
        **finding_form(found.finding),
        "accepted": is_accepted,
        "story": story_form(found.timeline, found.fault.commands),
        "ending": found.fault.ending,
    }
