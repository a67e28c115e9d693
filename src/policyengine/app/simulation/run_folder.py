"""A run's folder: finished buckets, so that a simulation that was stopped goes on where it was.

Its name is made of the content of everything that decides the result. A file that was cut off or
altered is not taken for a bucket: its checksum tells, and the bucket is simulated again.
"""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from policyengine.simulate.tally import Pair, Tally
from policyengine.values.canonical import canonical_bytes, sha256_hex

FOLDER_FORMAT: Final = 1
KEY_LENGTH: Final = 16


def key_of(parts: Sequence[Any]) -> str:
    """Name a run by all that decides its result."""
    return sha256_hex(canonical_bytes([FOLDER_FORMAT, *parts]))[:KEY_LENGTH]


class RunFolder:
    """The finished buckets of one run; None for a folder keeps nothing."""

    def __init__(self, folder: Path | None, key: str) -> None:
        """Take the folder of all runs, and the run's key."""
        self.path = None if folder is None else folder / key

    def load(self, number: int) -> list[Pair] | None:
        """Give a bucket that was finished before."""
        if self.path is None:
            return None
        try:
            digest, _, text = self._file(number).read_text(encoding="utf-8").partition("\n")
        except (OSError, UnicodeDecodeError):
            return None
        if sha256_hex(text.encode()) != digest:
            return None
        return [
            Pair(wallet_id, size, Tally.of_plain(old), Tally.of_plain(new))
            for wallet_id, size, old, new in json.loads(text)
        ]

    def save(self, number: int, pairs: Sequence[Pair]) -> None:
        """Keep a finished bucket: whole, or not at all."""
        if self.path is None:
            return
        self.path.mkdir(parents=True, exist_ok=True)
        plain = [[each.wallet_id, each.size, each.old.plain(), each.new.plain()] for each in pairs]
        text = json.dumps(plain, separators=(",", ":"))
        made = self.path / f".{number}.{os.getpid()}"
        made.write_text(f"{sha256_hex(text.encode())}\n{text}", encoding="utf-8")
        made.replace(self._file(number))

    def _file(self, number: int) -> Path:
        assert self.path is not None  # noqa: S101  # asked only where there is one
        return self.path / f"bucket-{number:06d}.json"
