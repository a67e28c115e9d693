"""The first line of a file that tells an editor its schema, and what is to be written there."""

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from policyengine.app.checking import Files
from policyengine.app.own_names import own_names

_MODELINE: Final = re.compile(rb"# yaml-language-server: \$schema=(\S+)\s")
_OURS: Final = "urn:policyengine-credits:"
_SUFFIX: Final = ".schema.json"


def schema_place(file: Path) -> Path | None:
    """Find the schema that a file's modeline names by a relative path, if it names one so."""
    match = _MODELINE.match(file.read_bytes())
    if match is None:
        return None
    named = match[1].decode("utf-8", "replace")
    is_relative = ":" not in named and not named.startswith("/") and named.endswith(_SUFFIX)
    return (file.parent / named).resolve() if is_relative else None


def own_schemas(files: Files) -> Mapping[Path, str]:
    """Write the schemas that files name in their modelines, with the names of these policies.

    Gives: the texts by their places. Policies that name the same schema share their names.
    Raises: ValueError where a place holds something else than such a schema.
    """
    texts: dict[Path, str] = {}
    for place, policies in _by_place(files.policies).items():
        texts[place] = own_names(each.read_bytes() for each in policies).policy_schema_text()
    for place, scenarios in _by_place(files.scenarios).items():
        folders = dict.fromkeys(each.absolute().parent.parent for each in scenarios)
        policies = [each for each in files.policies if each.absolute().parent in folders]
        texts[place] = own_names(each.read_bytes() for each in policies).scenario_schema_text()
    for place in texts:
        _check(place)
    return texts


def _by_place(files: Iterable[Path]) -> dict[Path, list[Path]]:
    found: dict[Path, list[Path]] = {}
    for file in files:
        place = schema_place(file)
        if place is not None:
            found.setdefault(place, []).append(file)
    return found


def _check(place: Path) -> None:
    """Refuse to write over what is no schema of ours."""
    if not place.exists():
        return
    try:
        content: Any = json.loads(place.read_bytes())
    except ValueError:
        content = None
    if not isinstance(content, dict) or not str(content.get("$id", "")).startswith(_OURS):
        raise ValueError(f"`{place}` holds something else than a schema of policies or scenarios")
