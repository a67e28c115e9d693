"""What comes with the package: schemas, reference policies, and templates to start from."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Final

import policyengine
from policyengine.app.file_kinds import is_policy_path

PACKAGED: Final = "@"
"""The sign before the name of a policy that comes with the package: `@codeflicker`."""
NAMES_SHOWN_MAX: Final = 5
_YAML: Final = ".yaml"
_ROOT: Final = Path(policyengine.__file__).parent
_TEMPLATES: Final = Path(__file__).parent / "templates"


def packaged(folder: str) -> Path:
    """Find `schemas` or `policies`: in the installed package, or beside it in a checkout.

    Raises: FileNotFoundError where neither has it, which is a broken installation.
    """
    for place in (_ROOT / "data" / folder, _ROOT.parents[1] / folder):
        if place.is_dir():
            return place
    raise FileNotFoundError(f"the folder `{folder}` of the package is missing; install it again")


def packaged_policies() -> tuple[str, ...]:
    """Give the names of the policies that come with the package."""
    return tuple(sorted(each.name for each in packaged("policies").iterdir() if each.is_dir()))


def policy_folder(name: str) -> Path:
    """Find a folder of policies by its path, or by the name of a packaged policy behind `@`.

    Raises: ValueError for a packaged policy that does not exist.
    """
    if not name.startswith(PACKAGED):
        return Path(name)
    known = packaged_policies()
    wanted = name.removeprefix(PACKAGED)
    if wanted not in known:
        raise ValueError(
            f"no policy `{wanted}` comes with the package{_meant(wanted, known, PACKAGED)}"
        )
    return near(packaged("policies") / wanted)


def _meant(wanted: str, known: Sequence[str], sign: str = "") -> str:
    """Name what may have been meant, or a few of what there is: there is too much to list."""
    found = get_close_matches(wanted, known, n=1)
    if found:
        return f"; did you mean `{sign}{found[0]}`?"
    shown = ", ".join(f"`{sign}{each}`" for each in known[:NAMES_SHOWN_MAX])
    return f": there are {shown}" + (", …" if len(known) > NAMES_SHOWN_MAX else "")


def near(path: Path) -> Path:
    """Give a path from the current folder where it is below it, for people to read."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def templates() -> tuple[str, ...]:
    """Give the names of what a new folder can start from."""
    return (*sorted(each.name for each in _TEMPLATES.iterdir()), *packaged_policies())


def starter_files(template: str) -> dict[Path, bytes]:
    """Give the files of a new folder by their paths in it: policy, scenarios, schemas.

    Takes: one of `templates()`: a commented product, or a packaged policy as it is.
    Raises: ValueError for another name.
    """
    if template not in templates():
        raise ValueError(f"there is no template `{template}`{_meant(template, templates())}")
    if (_TEMPLATES / template).is_dir():
        files = _files_below(_TEMPLATES / template, Path())
    else:
        below = _files_below(packaged("policies") / template, Path("policies") / template)
        files = {path: content for path, content in below.items() if path.suffix == _YAML}
    # Those of files that people write; the schemas of reports, in a folder below, are for machines.
    schemas = {each.name: each.read_bytes() for each in packaged("schemas").glob("*.json")}
    schemas |= _own_schemas(content for path, content in files.items() if _is_policy(path))
    files |= {Path("schemas") / name: content for name, content in schemas.items()}
    return dict(sorted(files.items(), key=lambda each: (len(each[0].parts), each[0])))


def _is_policy(path: Path) -> bool:
    return is_policy_path(path)


def _own_schemas(policies: Iterable[bytes]) -> dict[str, bytes]:
    """Give the schemas with the names of the new folder's own models and plans."""
    from policyengine.app.own_names import own_names  # noqa: PLC0415  # `init` alone needs it

    names = own_names(policies)
    return {
        "policy.schema.json": names.policy_schema_text().encode(),
        "scenario.schema.json": names.scenario_schema_text().encode(),
    }


def _files_below(folder: Path, at: Path) -> dict[Path, bytes]:
    return {
        at / each.relative_to(folder): each.read_bytes()
        for each in sorted(folder.rglob("*"))
        if each.is_file() and not each.name.startswith(".")
    }
