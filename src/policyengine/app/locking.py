"""Where the lock of a folder of policies is, and how it is read."""

from pathlib import Path
from typing import Final

from policyengine.app.starter import near
from policyengine.policy.lock import LOCK_NAME, Lock, load_lock
from policyengine.values.diagnostics import Diagnostic

LOCK_FOLDERS_MAX: Final = 3
"""A lock lies beside the versions, or in one of the folders above."""


def lock_place(folder: Path) -> Path | None:
    """Find the lock that is nearest to a folder; None where there is none."""
    for each in [folder, *folder.absolute().parents][:LOCK_FOLDERS_MAX]:
        lock = each / LOCK_NAME
        if lock.is_file():
            return lock
    return None


def read_lock(place: Path) -> tuple[Lock, tuple[Diagnostic, ...]]:
    """Read a lock, with what is wrong with its lines."""
    return load_lock(place.read_bytes(), str(near(place)))
