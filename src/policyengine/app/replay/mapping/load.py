"""Reading mapping files: strictly, with the line and column of every mistake."""

from pathlib import Path
from typing import Final, TypeAlias

from policyengine.app.replay.faults import ReplayError
from policyengine.app.replay.mapping.checks import check_meaning
from policyengine.app.replay.mapping.document import MappingDocument
from policyengine.app.replay.mapping.shape import mapping_form
from policyengine.policy.reading import ReadFile, read_file

FOLDER: Final = "mappings"
"""The folder beside a policy's versions that holds mapping files."""
_SUFFIXES: Final = (".yaml", ".yml")


LoadedMapping: TypeAlias = ReadFile[MappingDocument]


def load_mapping(data: bytes | str, name: str) -> LoadedMapping:
    """Read a mapping file, as `read_file` does."""
    return read_file(data, name, mapping_form(), check_meaning)


def find_mapping(name: str, policies: Path) -> Path:
    """Find a mapping file: a path, or the name of one in a `mappings` folder of the policies.

    Raises: ReplayError where there is none, or more than one of the name.
    """
    path = Path(name)
    if path.is_file():
        return path
    known = sorted(each for each in policies.rglob(f"{FOLDER}/*") if each.suffix in _SUFFIXES)
    found = [each for each in known if each.stem == name]
    if len(found) == 1:
        return found[0]
    if found:
        listed = ", ".join(f"`{each}`" for each in found)
        raise ReplayError(f"several mappings are called `{name}`: {listed}; give a path")
    listed = ", ".join(f"`{each.stem}`" for each in known)
    raise ReplayError(
        f"there is no mapping file `{name}`"
        + (f"; the policies come with {listed}" if listed else f", and none below `{policies}`")
    )
