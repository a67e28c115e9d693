"""`init`: a folder to start from, that validates, tests and runs at once."""

from pathlib import Path
from typing import Annotated, Final

import typer

from policyengine.cli.faults import OK, WrongUse

SHOWN_MAX: Final = 8
GUARDS: Final = Path("policies/guards.yaml")


def init(
    folder: Annotated[
        Path, typer.Argument(metavar="[DIR]", help="The folder, which may exist.")
    ] = Path(),
    template: Annotated[
        str,
        typer.Option(
            "--template",
            metavar="NAME",
            help="A commented product: `chat`, `agent`, `image` or `team`; `guards` for bounds "
            "beside policies; or a policy that comes along, such as `codeflicker`.",
        ),
    ] = "chat",
) -> int:
    """Write a commented policy, scenarios that test it, and the schemas that editors read.

    `chat` has plans and packs; `agent` long sessions with tools, holds and caps; `image` a price
    for each image and second; `team` seats that share a pool. `guards` adds bounds that `plan`
    holds changes to. Nothing is overwritten.

    Example: policyengine init my-prices --template agent
    """
    from policyengine.app.starter import starter_files

    files = starter_files(template)
    if GUARDS in files:  # they come to a folder that may have their schema already
        files = {path: each for path, each in files.items() if not _is_same(folder / path, each)}
    there = [path for path in files if (folder / path).exists()]
    if there:
        raise WrongUse(
            f"`{folder / there[0]}` is there already; nothing was written",
            "choose another folder, or move it away",
        )
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            file.write(content)
    _tell(folder, list(files))
    return OK


def _is_same(target: Path, content: bytes) -> bool:
    """Tell whether a schema is there already, as it would be written."""
    return target.name != GUARDS.name and target.is_file() and target.read_bytes() == content


def _tell(folder: Path, files: list[Path]) -> None:
    where = "" if folder == Path() else f" in {folder}"
    typer.echo(f"wrote {len(files)} files{where}")
    for path in files[:SHOWN_MAX]:
        typer.echo(f"  {path}")
    if len(files) > SHOWN_MAX:
        typer.echo(f"  and {len(files) - SHOWN_MAX} more")
    typer.echo("\nNext:")
    if folder != Path():
        typer.echo(f"  cd {folder}")
    commands = ("validate", "plan") if GUARDS in files else ("validate", "test", "models")
    for command in commands:
        typer.echo(f"  policyengine {command}")
