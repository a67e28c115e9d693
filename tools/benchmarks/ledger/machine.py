"""How fast the machine is at this moment: its load, its processor, and its disk."""

import os
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Final

SPIN_SECONDS: Final = 0.3
SYNC_SECONDS: Final = 0.7
PAGE: Final = b"\0" * 8192


@dataclass(frozen=True, slots=True)
class Machine:
    """One look: the load of the last minute, spins and syncs per second."""

    load: float
    spins: float
    syncs: float

    @property
    def line(self) -> str:
        """Say it in a line."""
        return (
            f"load {self.load:.1f}, {self.spins / 1e6:.1f} million spins/s, "
            f"{self.syncs:,.0f} fdatasync/s of 8 KiB"
        )


def look(folder: Path) -> Machine:
    """Measure the machine, with a file in a folder of the disk that the ledgers are on."""
    return Machine(os.getloadavg()[0], _spins(), _syncs(folder / "sync"))


def _spins() -> float:
    began, count = perf_counter(), 0
    while perf_counter() - began < SPIN_SECONDS:
        for _ in range(10_000):
            count += 1
    return count / (perf_counter() - began)


def _syncs(path: Path) -> float:
    with path.open("wb") as file:
        file.write(PAGE)
        began, count = perf_counter(), 0
        while perf_counter() - began < SYNC_SECONDS:
            os.pwrite(file.fileno(), PAGE, 0)
            os.fdatasync(file.fileno())
            count += 1
        rate = count / (perf_counter() - began)
    path.unlink()
    return rate
