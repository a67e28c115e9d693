"""`diff`: what differs between two versions of the rules, in plain words, for people and CI."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal, TypeAlias

import typer

from policyengine.cli.call import POLICIES_USUAL, print_json
from policyengine.cli.faults import FINDINGS, OK, WrongUse, fault_of

if TYPE_CHECKING:
    from policyengine.app.diffing import Diff
    from policyengine.values.calendar import Instant

DIFFERENT: Final = 2
"""With `--detailed-exitcode`, as terraform has it: there are differences."""

DiffFormat: TypeAlias = Literal["text", "json", "markdown"]
FailOn: TypeAlias = Literal["text", "additive", "dearer", "structural", "past"]

_EDITION: Final = (
    "A file, a folder, `codeflicker@2`, `codeflicker`, or a git revision of one: `HEAD~1:policies`."
)


def diff(
    old: Annotated[str | None, typer.Argument(metavar="[OLD]", help=_EDITION)] = None,
    new: Annotated[str | None, typer.Argument(metavar="[NEW]", help="The same, newer.")] = None,
    against: Annotated[
        str, typer.Option("--against", metavar="REV", help="Compare with this git revision.")
    ] = "",
    policies: Annotated[
        str,
        typer.Option(
            "--policies",
            envvar="POLICYENGINE_POLICIES",
            metavar="DIR",
            help="Where policies are looked up by name.",
        ),
    ] = POLICIES_USUAL,
    fail_on: Annotated[
        FailOn | None,
        typer.Option("--fail-on", help="Leave with 1 if a difference is as grave, or graver."),
    ] = None,
    detailed: Annotated[
        bool,
        typer.Option(
            "--detailed-exitcode", help="Leave with 0 for none, 1 for failures, 2 for differences."
        ),
    ] = False,
    output: Annotated[DiffFormat, typer.Option("--format", help="How to write it.")] = "text",
    at: Annotated[
        str | None, typer.Option("--at", metavar="INSTANT", help="What counts as the present.")
    ] = None,
) -> int:
    """Say what differs, one fact a line; prices are compared by what requests cost.

    With one name, its newest version is compared with the one before it. With `--against`, what is
    here is compared with a git revision, version by version; without anything, with HEAD.

    Example: policyengine diff codeflicker@1 codeflicker@2
    """
    try:
        found = _found(old, new, against, policies, _now(at))
    except Exception as error:
        if not detailed:
            raise
        fault = fault_of(error)
        raise WrongUse(f"{fault.detail}{fault.message}", fault.remedy, FINDINGS) from error
    _print(found, output)
    if fail_on is not None and found.reaches(fail_on):
        return FINDINGS
    return DIFFERENT if detailed and found.kinds else OK


def _now(at: str | None) -> "Instant":
    if at is None:
        from policyengine.store.clock import wall_clock

        return wall_clock()
    from policyengine.values.calendar import parse_instant

    return parse_instant(at)


def _found(old: str | None, new: str | None, against: str, policies: str, now: "Instant") -> "Diff":
    """Read both sides and compare them."""
    from policyengine.app.diffing import Gone, diff_of, latest_of
    from policyengine.app.editions import at_revision, edition_of, lock_changes

    folder = Path(policies)
    if against and new is not None:
        raise WrongUse("there are three sides", "give `--against` with one name at most")
    if old is not None and new is not None:
        return diff_of(edition_of(old, folder), edition_of(new, folder), now)
    if old is not None and not against:
        edition = edition_of(old, folder)
        if edition.is_single:
            raise WrongUse(
                f"`{old}` is a single version; there is nothing to compare it with",
                "name the other one too, or a git revision with `--against main`",
            )
        return latest_of(edition, now)
    place = policies if old is None else old
    here = edition_of(place, folder)
    path = Path(place)
    if not path.exists():
        raise WrongUse(f"`{place}` is no path here", "give `--against` with a file or folder")
    revision = against or "HEAD"
    found = diff_of(at_revision(revision, path), here, now)
    lost = tuple(Gone(each, "structural", is_past=True) for each in lock_changes(revision, path))
    return replace(found, notes=(*found.notes, *lost))


def _print(found: "Diff", output: DiffFormat) -> None:
    if output == "json":
        from policyengine.app.diff_report import diff_form

        print_json(diff_form(found))
    elif output == "markdown":
        from policyengine.app.diff_report import diff_markdown

        typer.echo(diff_markdown(found))
    else:
        from policyengine.cli.diff_view import diff_parts
        from policyengine.cli.screen import show

        show(diff_parts(found))
