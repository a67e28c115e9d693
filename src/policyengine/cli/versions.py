"""`new-version`, `publish` and `timeline`: the life of a policy's versions."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from policyengine.cli.call import POLICIES_USUAL, Format, print_json
from policyengine.cli.faults import FINDINGS, OK, WrongUse
from policyengine.cli.files import print_findings, replace_file

if TYPE_CHECKING:
    from policyengine.values.calendar import Instant

_Folder = Annotated[
    Path,
    typer.Option(
        "--policies",
        envvar="POLICYENGINE_POLICIES",
        show_envvar=True,
        metavar="DIR",
        help="A folder of policies.",
    ),
]
_At = Annotated[
    str | None, typer.Option("--at", metavar="INSTANT", help="What counts as the present.")
]
_Name = Annotated[
    str | None,
    typer.Argument(metavar="[POLICY]", help="Its name, where the folder has several."),
]
_FOLDER_USUAL: Final = Path(POLICIES_USUAL)


def _now(at: str | None) -> "Instant":
    if at is None:
        from policyengine.store.clock import wall_clock

        return wall_clock()
    from policyengine.values.calendar import parse_instant

    return parse_instant(at)


def new_version(
    policy: _Name = None,
    policies: _Folder = _FOLDER_USUAL,
    effective: Annotated[
        str | None,
        typer.Option(
            "--effective",
            metavar="INSTANT",
            help="From when it shall count. [default: the first of next month]",
        ),
    ] = None,
    why: Annotated[
        str, typer.Option("--why", metavar="TEXT", help="Why it exists, for the changelog.")
    ] = "",
    at: _At = None,
) -> int:
    """Copy the newest version to the next number, as a draft; comments and layout stay.

    The draft decides nothing until it is published.

    Example: policyengine new-version codeflicker --why "Pro gets more credits."
    """
    from policyengine.app.publishing import versions_in
    from policyengine.app.versioning import CannotVersion, draft_after, newest_of
    from policyengine.policy.load import load_policy
    from policyengine.policy.versions import timeline_of
    from policyengine.values.calendar import parse_instant
    from policyengine.values.diagnostics import drawn

    try:
        _, versions = versions_in(policies, policy)
        newest = newest_of(versions)
        begins = None if effective is None else parse_instant(effective)
        draft = draft_after(newest, _now(at), begins, why)
    except CannotVersion as error:
        raise WrongUse(str(error), error.remedy, FINDINGS) from error
    file = Path(newest.source.name).with_name(f"v{draft.number}.yaml")
    if file.exists():
        raise WrongUse(f"`{file}` is there already; nothing was written", "move it away", FINDINGS)
    loaded = load_policy(draft.text, str(file))
    with file.open("x", encoding="utf-8", newline="\n") as out:
        out.write(draft.text)
    found = [
        each for each in timeline_of((*versions, loaded)).diagnostics if each.file == str(file)
    ]
    print_findings([drawn(each, loaded.source.lines) for each in found])
    from policyengine.app.sentences import time_text

    typer.echo(f"wrote {file}: a draft, in force from {time_text(draft.effective_at)}")
    typer.echo("\nNext, once it says what it shall:")
    name = "" if policy is None else f" {policy}"
    diff = f"diff{name or f' {_name_of(newest)}'}"
    for command in (diff, "validate", "test --drafts", f"publish{name}"):
        typer.echo(f"  policyengine {command}")
    return FINDINGS if any(each.severity == "error" for each in found) else OK


def _name_of(loaded: object) -> str:
    document = getattr(loaded, "document", None)
    return "" if document is None else str(document.policy)


def publish(
    version: Annotated[
        str | None,
        typer.Argument(
            metavar="[VERSION]", help="`codeflicker@3`, or a policy's name for its next draft."
        ),
    ] = None,
    policies: _Folder = _FOLDER_USUAL,
    in_the_past: Annotated[
        bool,
        typer.Option("--in-the-past", help="Also a version that counts from an instant gone by."),
    ] = False,
    at: _At = None,
) -> int:
    """Publish a draft for good: set its status, and add its hash to `policies.lock`.

    From then on `validate` holds the file to what it says now.

    Example: policyengine publish codeflicker@3
    """
    from policyengine.app.publishing import publication_of
    from policyengine.app.versioning import CannotVersion
    from policyengine.values.diagnostics import drawn

    name, _, number = (version or "").partition("@")
    if number and not number.isdecimal():
        raise WrongUse(f"`{version}` is no version", "write the name and a number: `codeflicker@3`")
    try:
        found = publication_of(
            policies,
            name or None,
            int(number) if number else None,
            _now(at),
            in_the_past=in_the_past,
        )
    except CannotVersion as error:
        raise WrongUse(str(error), error.remedy, FINDINGS) from error
    if found.findings:
        lines = (found.text or found.file.read_text(encoding="utf-8")).split("\n")
        own = str(found.file)
        print_findings([drawn(each, lines if each.file == own else ()) for each in found.findings])
        typer.echo("nothing was published")
        return FINDINGS
    if found.text is not None:
        replace_file(found.file, found.text)
    _lock(found.lock, found.head, found.lines)
    numbers = ", ".join(map(str, found.numbers))
    word = "version" if len(found.numbers) == 1 else "versions"
    from policyengine.app.starter import near

    what, lock = f"{found.policy} {word} {numbers}", near(found.lock)
    if found.text is None:
        typer.echo(f"locked {what} in {lock}")
    else:
        typer.echo(f"published {what}; {lock} holds the file to what it says now")
    return OK


def _lock(place: Path, head: str, lines: tuple[str, ...]) -> None:
    """Add lines to a lock, and touch none that is there."""
    before = place.read_bytes() if place.exists() else b""
    gap = "\n" if before and not before.endswith(b"\n") else ""
    with place.open("a", encoding="utf-8", newline="\n") as out:
        out.write(f"{gap}{head}{''.join(lines)}")


def timeline(
    policy: _Name = None,
    policies: _Folder = _FOLDER_USUAL,
    output: Annotated[
        Format, typer.Option("--format", help="Text for people, JSON for machines.")
    ] = "text",
    at: _At = None,
) -> int:
    """Draw the versions of a policy on a line of time, and who keeps which until when.

    Example: policyengine timeline codeflicker
    """
    from policyengine.app.publishing import versions_in
    from policyengine.app.versioning import CannotVersion
    from policyengine.cli import timeline_view
    from policyengine.cli.screen import show

    try:
        read, versions = versions_in(policies, policy)
    except CannotVersion as error:
        raise WrongUse(str(error), error.remedy, FINDINGS) from error
    drawn = timeline_view.Drawn(versions, read.locks, _now(at))
    if output == "json":
        print_json(timeline_view.timeline_form(drawn))
    else:
        show(timeline_view.timeline_parts(drawn))
    return OK
