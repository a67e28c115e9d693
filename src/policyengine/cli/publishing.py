"""`docs`: the pages for users, written from a policy."""

from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Annotated, Final

import typer

from policyengine.cli.call import POLICIES_USUAL
from policyengine.cli.faults import FINDINGS, OK, WrongUse
from policyengine.cli.showing import PolicyAsked

_OUT_USUAL: Final = "docs-site"


def docs(
    policy: PolicyAsked,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="The folder to write to.")
    ] = Path(_OUT_USUAL),
    lang: Annotated[
        str, typer.Option("--lang", metavar="LANGS", help="The languages, separated by commas.")
    ] = "en,zh",
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; leave with 1 where a page differs.")
    ] = False,
) -> int:
    """Write the pages for users: consumption, models, plans, expiry, questions, changes.

    Every number on them is the policy's, and a refusal reads as the engine gives it.

    Example: policyengine docs codeflicker --out docs-site --lang en,zh
    """
    from policyengine.app.choosing import chosen_policy
    from policyengine.app.pages.site import site_files

    files = site_files(chosen_policy(policy, Path(POLICIES_USUAL)), _languages(lang))
    changed = [path for path, text in files.items() if _read(out / path) != text]
    if check:
        for path in changed:
            typer.echo(f"would change {out / path}")
        typer.echo(f"{len(files)} pages, {len(changed)} would change")
        return FINDINGS if changed else OK
    _write(out, {path: files[path] for path in changed})
    for path in changed:
        typer.echo(f"wrote {out / path}")
    typer.echo(f"{len(files)} pages, {len(changed)} written")
    return OK


def _languages(text: str) -> list[str]:
    from policyengine.wording.languages import LANGUAGES

    asked = [each.strip() for each in text.split(",") if each.strip()]
    unknown = next((each for each in asked if each not in LANGUAGES), None)
    if unknown is not None or not asked:
        raise WrongUse(
            f"there is no language `{unknown or text}`", f"one of {', '.join(LANGUAGES)}"
        )
    return list(dict.fromkeys(asked))


def _read(file: Path) -> str | None:
    return file.read_text(encoding="utf-8") if file.is_file() else None


def _write(out: Path, files: Mapping[PurePosixPath, str]) -> None:
    for path, text in files.items():
        target = out / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
