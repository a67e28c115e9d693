"""A disk that is really full: reads go on, nothing is half written, and room is all it takes."""

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path

import pytest

from faults.auditing import audit, lost
from faults.clusters import Cluster, started
from faults.conftest import Counting
from faults.running import run
from faults.story import START, policies
from policyengine.app.shell import Shell
from policyengine.engine.commands import Adjust, Command, Subscribe
from policyengine.ledger.transactions import Transaction
from policyengine.store.faults import LedgerFull, StoreFault
from policyengine.store.store import LedgerStore

BATCH = 40
BATCHES_MAX = 5_000


@pytest.fixture
def small() -> Iterator[Callable[[str], Path]]:
    """Make a file system of a size; gives its folder, whose path is short enough for a socket."""
    made: list[Path] = []

    def mounted(size: str) -> Path:
        folder = Path(tempfile.mkdtemp(prefix="small-"))
        asked = ("mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "tmpfs", str(folder))
        done = subprocess.run(asked, capture_output=True, check=False)  # noqa: S603  # as written
        if done.returncode:
            folder.rmdir()
            pytest.skip("only the superuser may mount a small file system")
        made.append(folder)
        return folder

    yield mounted
    for folder in made:
        subprocess.run(("umount", "-l", str(folder)), check=True)  # noqa: S603, S607  # as above
        folder.rmdir()


def fill(store: LedgerStore, answers: list[Transaction]) -> StoreFault:
    """Write until the disk is full; gives what is said then."""
    shell = Shell(store, policies())
    shell.execute([Command("ana", "join", START, Subscribe("free", "top_ups"))])
    for batch in count(len(answers)):
        assert batch < BATCHES_MAX
        try:
            answers += _written(shell, batch)
        except StoreFault as error:
            return error
    raise AssertionError


def _written(shell: Shell, batch: int) -> list[Transaction]:
    commands = [
        Command("ana", f"{batch}-{each}", START, Adjust(1), reason="counted")
        for each in range(BATCH)
    ]
    return [each.transaction for each in shell.execute(commands)]


def test_a_ledger_on_a_full_file_system_can_be_read_and_goes_on_when_there_is_room(
    small: Callable[[str], Path], counts: Counting
) -> None:
    folder = small("2m")
    ballast = folder / "ballast"
    ballast.write_bytes(b"\0" * 700_000)
    answers: list[Transaction] = []
    with LedgerStore.open(f"sqlite:///{folder}/ledger.db") as store:
        fault = fill(store, answers)
        assert isinstance(fault, LedgerFull), fault
        assert "the disk is full; nothing was written" in str(fault)
        assert audit(store, and_rebuild=False) == []
        assert lost(store, answers) == []
        ballast.unlink()
        answers += _written(Shell(store, policies()), len(answers))
        assert audit(store) == []
        assert lost(store, answers) == []
    counts.add(
        full_disks=1, acknowledged=len(answers), audits=2, lost=0, duplicated=0, unbalanced=0
    )


def test_a_file_that_may_not_grow_has_all_of_a_command_or_nothing(
    tmp_path: Path, counts: Counting
) -> None:
    path = tmp_path / "ledger.db"
    said = run("limiting", "write_less_and_less", f"sqlite:///{path}", path, "capture")
    faults = [each for each in said if "fault" in each]
    looks = [each for each in said if "audit" in each]
    assert len(faults) > 3
    assert all("nothing was written" in each["fault"] or each["is_unknown"] for each in faults)
    assert all(each["audit"] == [] for each in looks)
    counts.add(full_disks=len(faults), audits=len(looks), unbalanced=0)


@pytest.mark.soak
def test_a_server_on_a_full_file_system_has_all_that_was_acknowledged(
    small: Callable[[str], Path], counts: Counting
) -> None:
    folder = small("220m")
    cluster: Cluster = started(folder)
    ballast = folder / "ballast"
    answers: list[Transaction] = []
    url = cluster.server.url(cluster.server.new_database())
    with LedgerStore.open(url) as store:
        Shell(store, policies()).execute(
            [Command("ana", "join", START, Subscribe("free", "top_ups"))]
        )
        free = os.statvfs(folder)
        ballast.write_bytes(b"\0" * (free.f_bavail * free.f_frsize - 300_000))
        fault = fill(store, answers)
        assert isinstance(fault, StoreFault)
        ballast.unlink()
    with suppress(AssertionError):  # perhaps it has stopped by itself: it could not write its log
        cluster.stop()
    cluster.start()
    with LedgerStore.open(url) as store:
        assert lost(store, answers) == []
        answers += _written(Shell(store, policies()), len(answers))
        assert audit(store) == []
        assert lost(store, answers) == []
    cluster.stop()
    counts.add(full_disks=1, acknowledged=len(answers), audits=1, lost=0, duplicated=0)
