"""`fmt`, `schema`: policy files as text; which files a command looks at."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal, TypeAlias

import typer

from policyengine.cli.call import POLICIES_USUAL
from policyengine.cli.faults import FINDINGS, NOTHING, OK, WrongUse

if TYPE_CHECKING:
    from policyengine.app.checking import Files

SchemaOf: TypeAlias = Literal["policy", "scenario", "mapping", "guards"]

NOTHING_TO_CHECK: Final = "there is nothing to check: no file ends in .yaml or .yml"

Paths: TypeAlias = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[PATH]...",
        help=f"Files or folders. [default: {POLICIES_USUAL}]",
        show_default=False,
    ),
]


def yaml_files(paths: list[str] | None) -> "Files":
    """Find the files that a command is about: those named, or the folder of policies.

    Raises: WrongUse where that folder is not there.
    """
    from policyengine.app.checking import files_of
    from policyengine.app.starter import policy_folder

    folders = [policy_folder(each) for each in paths or [POLICIES_USUAL]]
    if paths is None and not folders[0].exists():
        raise WrongUse(
            f"there is no folder `{POLICIES_USUAL}`",
            "write one with `policyengine init .`, or name the files to look at",
        )
    return files_of(folders)


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


def fmt(
    paths: Paths = None,
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; leave with 1 where something would.")
    ] = False,
) -> int:
    """Put policy files in house style: indentation, spaces in braces, line ends, blank lines.

    Comments and layout stay. A file changes only when it is proven to say the same afterwards.

    Example: policyengine fmt --check policies
    """
    from policyengine.app.checking import counted
    from policyengine.app.layout import formatted
    from policyengine.values.diagnostics import drawn, has_errors

    files = yaml_files(paths)
    if not len(files):
        typer.echo(NOTHING_TO_CHECK)
        return NOTHING
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
    typer.echo(f"{counted(len(files), 'file', 'files')}, {len(changed)} {verb}{rest}")
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
        SchemaOf, typer.Argument(metavar="[KIND]", help="policy, scenario, mapping or guards.")
    ] = "policy",
    of_files: Annotated[
        list[str] | None,
        typer.Option(
            "--for",
            metavar="PATH",
            help="Know the names of these policies: their models, plans, packs and units.",
            show_default=False,
        ),
    ] = None,
    write: Annotated[
        bool,
        typer.Option(
            "--write", help="With --for: write the schemas that the first lines of files name."
        ),
    ] = False,
) -> int:
    """Print a JSON Schema (draft 2020-12), for editors and CI.

    With `--for`, an editor completes the names of your own models and plans, and marks others.
    `--write` puts such schemas where the first line of each file says: `# yaml-language-server:
    $schema=../../schemas/policy.schema.json`. Run it again after a name was added.

    Example: policyengine schema --for policies --write
    """
    if write:
        return _write_schemas(of_files)
    sys.stdout.write(_own_schema(of, of_files) if of_files else _schema(of))
    return OK


def _schema(of: SchemaOf) -> str:
    match of:
        case "policy":
            from policyengine.policy.schema import schema_text
        case "scenario":
            from policyengine.app.scenarios.schema import schema_text
        case "mapping":
            from policyengine.app.replay.mapping.schema import schema_text
        case "guards":
            from policyengine.app.planning.guards.schema import schema_text
    return schema_text()


def _own_schema(of: SchemaOf, paths: list[str]) -> str:
    from policyengine.app.own_names import own_names

    if of in {"mapping", "guards"}:
        raise WrongUse(f"there is no schema of {of} with names of its own", "leave `--for` out")
    names = own_names(each.read_bytes() for each in yaml_files(paths).policies)
    return names.policy_schema_text() if of == "policy" else names.scenario_schema_text()


def _write_schemas(paths: list[str] | None) -> int:
    from policyengine.app.modelines import own_schemas
    from policyengine.app.starter import near

    if not paths:
        raise WrongUse("`--write` needs the policies", "add `--for policies`")
    texts = own_schemas(yaml_files(paths))
    if not texts:
        raise WrongUse(
            "no file names its schema",
            "begin each with `# yaml-language-server: $schema=../../schemas/policy.schema.json`",
        )
    for place, text in texts.items():
        is_new = not place.exists() or place.read_text(encoding="utf-8") != text
        if is_new:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8", newline="\n")
        typer.echo(f"{'wrote' if is_new else 'unchanged'} {near(place)}")
    return OK
