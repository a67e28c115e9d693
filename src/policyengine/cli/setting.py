"""`set`: change one value of a policy file, and nothing else in it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from policyengine.cli.call import POLICIES_USUAL, Format, print_json
from policyengine.cli.faults import FINDINGS, OK, WrongUse
from policyengine.cli.files import print_findings, replace_file

if TYPE_CHECKING:
    from policyengine.app.setting import Setting
    from policyengine.policy.load import Loaded


def set_value(
    path: Annotated[
        str, typer.Argument(metavar="PATH", help="The value: `models.frontier.multiplier`.")
    ],
    value: Annotated[str, typer.Argument(metavar="VALUE", help="What it shall be: `5`.")],
    policies: Annotated[
        Path,
        typer.Option(
            "--policies",
            envvar="POLICYENGINE_POLICIES",
            show_envvar=True,
            metavar="DIR",
            help="A folder of policies.",
        ),
    ] = Path(POLICIES_USUAL),
    policy: Annotated[
        str | None, typer.Option("--policy", help="Which policy, where the folder has several.")
    ] = None,
    version: Annotated[
        int | None, typer.Option("--version", min=1, help="Which version. [default: the newest]")
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--file", metavar="FILE", help="The file, instead of a folder.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change, and write nothing.")
    ] = False,
    output: Annotated[
        Format, typer.Option("--format", help="Text for people, JSON for machines.")
    ] = "text",
) -> int:
    """Change one value of a policy file; comments, layout and everything else stay as they are.

    A key that the file does not have yet is added where the language has its place. The file
    stays as it is, too, where the result would not be valid, and where the version is locked.

    Example: policyengine set models.frontier.multiplier 5 --dry-run
    """
    from policyengine.app.setting import PathUnknown, with_value

    chosen = file or _newest(policies, policy, version)
    data = chosen.read_bytes()
    beside = sorted(each for each in chosen.parent.iterdir() if each.suffix in {".yaml", ".yml"})
    others = [(str(each), each.read_bytes()) for each in beside if not each.samefile(chosen)]
    try:
        setting = with_value(data, str(chosen), path, value, others)
    except PathUnknown as unknown:
        raise WrongUse(f"{chosen}: {unknown}", unknown.remedy) from unknown
    if setting.findings:
        print_findings(setting.drawn())
        typer.echo(f"{chosen} stays as it is")
        return FINDINGS
    is_changed = setting.text.encode() != data
    if is_changed:
        _refuse_locked(chosen, data)
    if is_changed and not dry_run:
        replace_file(chosen, setting.text)
    _print(chosen, setting, output, is_written=is_changed and not dry_run)
    return OK


def _newest(folder: Path, policy: str | None, version: int | None) -> Path:
    """Find the file of a version: the newest of the only policy, unless said otherwise."""
    from policyengine.app.policies import read_policies

    loaded = [each for each in read_policies([folder]).loaded if each.document is not None]
    names = sorted({_name(each) for each in loaded})
    if policy is None and len(names) > 1:
        raise WrongUse(
            f"`{folder}` has {len(names)} policies: {', '.join(names)}",
            "say which: `--policy NAME`",
        )
    found = [
        each
        for each in loaded
        if (policy is None or _name(each) == policy)
        and (version is None or _version(each) == version)
    ]
    if not found:
        raise WrongUse(
            f"`{folder}` has no such version that can be read",
            "name its file: `--file FILE`; `policyengine validate` shows what is wrong with it",
        )
    return Path(max(found, key=_version).source.name)


def _name(loaded: "Loaded") -> str:
    return "" if loaded.document is None else loaded.document.policy


def _version(loaded: "Loaded") -> int:
    return 0 if loaded.document is None else loaded.document.version


def _refuse_locked(file: Path, data: bytes) -> None:
    """Let a version alone that was published for good: a lock names the hash of its content."""
    from policyengine.app.locking import lock_place, read_lock
    from policyengine.policy.load import load_policy

    document = load_policy(data, str(file)).document
    place = lock_place(file.parent)
    if document is None or place is None:
        return
    if document.version in read_lock(place)[0].of(document.policy):
        raise WrongUse(
            f"{file} is published: `{place.name}` names it, and it never changes again",
            "make a version of its own with `policyengine new-version`, and set the value there",
            FINDINGS,
        )


def _print(file: Path, setting: "Setting", output: str, *, is_written: bool) -> None:
    if output == "json":
        form: dict[str, Any] = {
            "file": str(file),
            "line": setting.line,
            "path": setting.path,
            "old": setting.old,
            "new": setting.new,
            "written": is_written,
        }
        print_json(form)
        return
    old = "nothing" if setting.old is None else setting.old
    rest = "" if is_written else "  (nothing written)"
    typer.echo(f"{file}:{setting.line}: {setting.path}: {old} -> {setting.new}{rest}")
