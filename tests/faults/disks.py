"""A disk that remembers what was written and synced, and that can fail: under the store's own code.

SQLite asks its VFS for every read, write and sync of a file. `Disk` is one: it passes them on to
the real one, keeps a journal of them, and fails one of them if told to. From the journal follow the
images of the disk that a power failure could leave at any point.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, Final

import apsw

SECTOR: Final = 512
CODES: Final = {
    "read": apsw.SQLITE_IOERR_READ,
    "write": apsw.SQLITE_IOERR_WRITE,
    "truncate": apsw.SQLITE_IOERR_TRUNCATE,
    "sync": apsw.SQLITE_IOERR_FSYNC,
    "delete": apsw.SQLITE_IOERR_DELETE,
}
"""What a call that fails is called."""
_NAMES: Final = count(1)


@dataclass(frozen=True, slots=True)
class Written:
    """Bytes that were written, not yet known to be on the disk."""

    file: str
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Cut:
    """A file's end was moved."""

    file: str
    size: int


@dataclass(frozen=True, slots=True)
class Synced:
    """All that was done to a file is on the disk from here on."""

    file: str


@dataclass(frozen=True, slots=True)
class Deleted:
    """A file was deleted; its folder says so from here on if it was synced."""

    file: str
    is_synced: bool


Event = Written | Cut | Synced | Deleted


@dataclass(slots=True)
class Disk:
    """A disk under SQLite: its journal, and which of the next calls fails.

    Where it `is_full` only writes fail, as there is no room for them; otherwise any call does.
    """

    folder: Path
    journal: list[Event] = field(default_factory=list)
    fails_in: int = 0
    is_full: bool = False
    calls: int = 0
    name: str = field(init=False)
    _vfs: Any = field(init=False)

    def __post_init__(self) -> None:
        self.name = f"disk{next(_NAMES)}"
        self._vfs = _Vfs(self)

    def called(self, what: str) -> None:
        """Count a call, and fail it if it is its turn."""
        self.calls += 1
        if not self.fails_in or (self.is_full and what != "write"):
            return
        self.fails_in -= 1
        if not self.fails_in:
            failure: Any = apsw.FullError() if self.is_full else apsw.IOError()
            failure.extendedresult = apsw.SQLITE_FULL if self.is_full else CODES[what]
            raise failure

    def note(self, event: Event) -> None:
        self.journal.append(event)

    def forget(self) -> None:
        """Let SQLite forget the disk."""
        self._vfs.unregister()


class _Vfs(apsw.VFS):
    """Opens files of the disk."""

    def __init__(self, disk: Disk) -> None:
        self.disk = disk
        super().__init__(disk.name, base="")

    def xOpen(self, name: Any, flags: list[int]) -> "_File":  # noqa: N802  # SQLite's name
        return _File(self.disk, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802  # as above
        self.disk.called("delete")
        super().xDelete(filename, syncdir)
        self.disk.note(Deleted(Path(filename).name, syncdir))


class _File(apsw.VFSFile):
    """A file of the disk."""

    def __init__(self, disk: Disk, name: Any, flags: list[int]) -> None:
        super().__init__("", name, flags)
        self.disk = disk
        self.file = Path(name.filename() if hasattr(name, "filename") else str(name)).name

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802  # SQLite's name
        self.disk.called("read")
        return super().xRead(amount, offset)

    def xWrite(self, data: Any, offset: int) -> None:  # noqa: N802  # as above
        self.disk.called("write")
        super().xWrite(data, offset)
        self.disk.note(Written(self.file, offset, bytes(data)))

    def xTruncate(self, newsize: int) -> None:  # noqa: N802  # as above
        self.disk.called("truncate")
        super().xTruncate(newsize)
        self.disk.note(Cut(self.file, newsize))

    def xSync(self, flags: int) -> None:  # noqa: N802  # as above
        self.disk.called("sync")
        super().xSync(flags)
        self.disk.note(Synced(self.file))


@dataclass(slots=True)
class Image:
    """What is on the disk for sure, and what was done since and may be there or not."""

    files: dict[str, bytearray]
    unsure: list[Event] = field(default_factory=list)

    def see(self, event: Event) -> None:
        """Take the next event of a journal."""
        self.unsure.append(event)
        if isinstance(event, Synced):
            self._settle(lambda each: each.file == event.file)
        elif isinstance(event, Deleted) and event.is_synced:
            self._settle(lambda each: isinstance(each, Deleted) or each.file == event.file)

    def _settle(self, is_sure: Callable[[Event], bool]) -> None:
        for each in self.unsure:
            if is_sure(each):
                _do(self.files, each)
        self.unsure = [each for each in self.unsure if not is_sure(each)]

    def left(self, chance: Random) -> dict[str, bytearray]:
        """Give files as a power failure could leave them: each unsynced sector is there or not."""
        files = {name: bytearray(data) for name, data in self.files.items()}
        likely = chance.choice((0.0, 0.1, 0.5, 0.9, 1.0))
        for event in self.unsure:
            for part in _sectors(event):
                if chance.random() < likely:
                    _do(files, part)
        return files


def _sectors(event: Event) -> list[Event]:
    """Split a write at the bounds of sectors, which reach the disk one by one."""
    if not isinstance(event, Written):
        return [event]
    parts: list[Event] = []
    start, end = event.offset, event.offset + len(event.data)
    while start < end:
        stop = min(end, (start // SECTOR + 1) * SECTOR)
        data = event.data[start - event.offset : stop - event.offset]
        parts.append(Written(event.file, start, data))
        start = stop
    return parts


def _do(files: dict[str, bytearray], event: Event) -> None:
    match event:
        case Written():
            data = files.setdefault(event.file, bytearray())
            end = event.offset + len(event.data)
            data.extend(b"\0" * (end - len(data)))
            data[event.offset : end] = event.data
        case Cut():
            del files.setdefault(event.file, bytearray())[event.size :]
        case Deleted():
            files.pop(event.file, None)
        case Synced():
            pass
