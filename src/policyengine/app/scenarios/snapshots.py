"""Snapshots of ledgers: one text file per scenario, beside the scenario files."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from syrupy.data import SnapshotCollections
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from syrupy.location import PyTestLocation

from policyengine.app.scenarios.checks import slug
from policyengine.app.scenarios.reading import read_scenarios


class LedgerSnapshots(SingleFileSnapshotExtension):
    """Keeps the ledger of a scenario in `ledgers/<file>/<title>.txt`.

    The folder is not syrupy's usual one: there, its usual extension takes every file that no test
    of this run has used for a leftover, and would delete it.
    """

    snapshot_dirname = "ledgers"
    file_extension = "txt"
    _write_mode = WriteMode.TEXT

    @classmethod
    def dirname(cls, *, test_location: PyTestLocation) -> str:
        """Give the folder of a scenario file's snapshots."""
        file = Path(test_location.filepath)
        return str(file.parent / cls.snapshot_dirname / file.stem)

    @classmethod
    def get_snapshot_name(cls, *, test_location: PyTestLocation, index: Any = 0) -> str:
        """Name a snapshot after its scenario."""
        del index  # a scenario has one ledger
        return slug(test_location.testname)

    def discover_snapshots(
        self, *, test_location: PyTestLocation, ignore_extensions: list[str] | None = None
    ) -> SnapshotCollections:
        """Find snapshots whose scenario is gone; those of scenarios not run now are in use."""
        orphans = SnapshotCollections()
        for found in super().discover_snapshots(
            test_location=test_location, ignore_extensions=ignore_extensions
        ):
            if not _is_in_use(Path(found.location)):
                orphans.add(found)
        return orphans


def _is_in_use(snapshot: Path) -> bool:
    folder = snapshot.parent.parent.parent
    for suffix in (".yaml", ".yml"):
        file = folder / f"{snapshot.parent.name}{suffix}"
        if file.is_file():
            slugs = _slugs(file.read_bytes())
            return slugs is None or snapshot.stem in slugs
    return False


@lru_cache(maxsize=256)
def _slugs(data: bytes) -> frozenset[str] | None:
    """Give the names that a file's scenarios have, None for a file that cannot be read."""
    document = read_scenarios(data, "").document
    return None if document is None else frozenset(slug(each.title) for each in document.scenarios)
