"""Disks that lose power, fail or are full keep what was acknowledged, and nothing by halves."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from faults.auditing import audit, lost
from faults.conftest import Counting
from faults.disks import Disk, Image
from faults.drivers import on_disk
from faults.hurting import agree, standing
from faults.story import START, Act, policies, some_acts, story
from policyengine.app.shell import Shell
from policyengine.engine.commands import Adjust, Command, Subscribe
from policyengine.ledger.transactions import Transaction
from policyengine.store.faults import OutcomeUnknown, StoreFault
from policyengine.store.store import LedgerStore

FILES = ("ledger.db", "ledger.db-wal")
"""What a power failure leaves; the index of the log is made anew from it."""
OFTEN = "wal_autocheckpoint = 30"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """A disk with an empty ledger on it."""
    folder = tmp_path / "disk"
    folder.mkdir()
    LedgerStore.open(address(folder)).close()
    made = Disk(folder)
    yield made
    made.forget()


def address(folder: Path) -> str:
    return f"sqlite:///{folder / FILES[0]}"


# Power failures


def work(disk: Disk, chance: Random, *pragmas: str) -> list[tuple[int, Transaction]]:
    """Write on a disk; gives each answer with how long the journal was when it was given."""
    told: list[tuple[int, Transaction]] = []
    with LedgerStore.open(address(disk.folder), dialect=on_disk(disk, *pragmas)) as store:
        shell = Shell(store, policies())
        for act in story():
            told += [(len(disk.journal), each) for each in _answers(shell, act.commands)]
        for number in range(25):
            wallet = f"w{chance.randrange(12)}"
            commands = [
                Command(wallet, f"join{number}", START, Subscribe("free", "top_ups")),
                *(
                    Command(wallet, f"c{number}-{at}", START, Adjust(1), reason="counted")
                    for at in range(chance.choice((1, 1, 1, 20)))
                ),
            ]
            told += [(len(disk.journal), each) for each in _answers(shell, commands)]
    return told


def _answers(shell: Shell, commands: object) -> list[Transaction]:
    receipts = shell.execute(commands)  # type: ignore[arg-type]  # a list or a tuple of them
    return [each.transaction for each in receipts]


def power_failures(disk: Disk, images: int, seed: int, *pragmas: str) -> tuple[int, int, int]:
    """Fail at random points; gives how many answers were looked up and lost, and faults found."""
    chance = Random(seed)
    files = {name: disk.folder / name for name in FILES}
    image = Image({name: bytearray(at.read_bytes()) for name, at in files.items() if at.exists()})
    told = work(disk, chance, *pragmas)
    folder = disk.folder.with_name("image")
    seen = looked_up = gone = faults = 0
    for point in sorted(chance.randrange(len(disk.journal) + 1) for _ in range(images)):
        for event in disk.journal[seen:point]:
            image.see(event)
        seen = point
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for name, data in image.left(chance).items():
            (folder / name).write_bytes(data)
        acknowledged = [answer for when, answer in told if when <= point]
        with LedgerStore.open(address(folder), create=False) as store:
            faults += len(audit(store, and_rebuild=False))
            gone += len(lost(store, acknowledged))
        looked_up += len(acknowledged)
    return looked_up, gone, faults


def test_what_was_acknowledged_outlives_a_power_failure(
    disk: Disk, counts: Counting, seed: int
) -> None:
    looked_up, gone, faults = power_failures(disk, 20, seed, OFTEN)
    assert looked_up > 500
    assert (gone, faults) == (0, 0)
    counts.add(images=20, acknowledged=looked_up, audits=20, lost=0, unbalanced=0)


@pytest.mark.soak
def test_what_was_acknowledged_outlives_more_than_a_thousand_power_failures(
    disk: Disk, counts: Counting, seed: int
) -> None:
    looked_up, gone, faults = power_failures(disk, 1500, seed + 1, OFTEN)
    assert (gone, faults) == (0, 0)
    counts.add(images=1500, acknowledged=looked_up, audits=1500, lost=0, unbalanced=0)


def test_power_failures_would_show_that_a_commit_did_not_wait_for_the_disk(
    disk: Disk, seed: int
) -> None:
    _, gone, faults = power_failures(disk, 20, seed, OFTEN, "synchronous = NORMAL")
    assert gone > 0
    assert faults == 0


def test_a_ledger_whose_making_was_cut_short_by_a_power_failure_is_made_by_the_next(
    tmp_path: Path, counts: Counting, seed: int
) -> None:
    folder, copy = tmp_path / "disk", tmp_path / "image"
    folder.mkdir()
    disk, chance = Disk(folder), Random(seed)
    LedgerStore.open(address(folder), dialect=on_disk(disk)).close()
    image, seen = Image({}), 0
    for point in sorted(chance.sample(range(len(disk.journal)), 25)):
        for event in disk.journal[seen:point]:
            image.see(event)
        seen = point
        shutil.rmtree(copy, ignore_errors=True)
        copy.mkdir()
        for name, data in image.left(chance).items():
            (copy / name).write_bytes(data)
        with LedgerStore.open(address(copy)) as store:
            assert agree(story()[0], Shell(store, policies()).execute(story()[0].commands))
            assert audit(store) == []
    disk.forget()
    counts.add(images=25, audits=25, unbalanced=0)


# Calls that fail


class Ward:
    """A ledger on a disk that fails, and what a crash right after each failure would leave."""

    def __init__(self, disk: Disk) -> None:
        self.disk = disk
        self.url = address(disk.folder)
        self.crashed = disk.folder.with_name("crashed")
        self.acknowledged: list[Transaction] = []
        self.failed = self.unknown = 0

    def fail(self, act: Act, calls: int) -> bool:
        """Fail a call of an act; tells whether the act is written."""
        with LedgerStore.open(self.url, dialect=on_disk(self.disk, OFTEN)) as store:
            start = standing(store)
            self.disk.fails_in = calls
            fault = None
            try:
                assert agree(act, Shell(store, policies()).execute(act.commands))
            except StoreFault as error:
                fault = error
            self.failed += self.disk.fails_in == 0
            self.disk.fails_in = 0
            left = self.left()
            assert fault is not None or left != start, act.name
            if isinstance(fault, OutcomeUnknown):
                self.unknown += 1
            elif fault is not None:
                assert "nothing was written" in str(fault), fault
                assert left == start, (act.name, calls, fault)
            # Who goes on in this process reads and writes a sound ledger.
            assert audit(store) == []
            assert lost(store, self.acknowledged) == []
        return fault is None

    def left(self) -> dict[str, int]:
        """Give where all wallets stand if this process ends now."""
        shutil.rmtree(self.crashed, ignore_errors=True)
        self.crashed.mkdir()
        for name in FILES:
            if (self.disk.folder / name).exists():
                shutil.copy(self.disk.folder / name, self.crashed / name)
        with LedgerStore.open(address(self.crashed)) as store:
            assert audit(store, and_rebuild=False) == []
            assert lost(store, self.acknowledged) == []
            return standing(store)


def calls_that_fail(disk: Disk, *names: str) -> Ward:
    ward = Ward(disk)
    for act in story():
        calls = 1
        while act.name in names and not ward.fail(act, calls):
            calls += 1
        with LedgerStore.open(ward.url) as store:
            assert agree(act, Shell(store, policies()).execute(act.commands))
        ward.acknowledged += act.answers
    return ward


def tally(ward: Ward, counts: Counting, name: str) -> None:
    counts.add(
        **{name: ward.failed},
        acknowledged=len(ward.acknowledged),
        audits=2 * ward.failed,
        lost=0,
        duplicated=0,
        unbalanced=0,
    )


def test_a_disk_that_fails_at_any_call_has_all_of_a_command_or_nothing(
    disk: Disk, counts: Counting
) -> None:
    ward = calls_that_fail(disk, "capture")
    assert ward.failed > 20
    # A sync that fails in a commit: nobody can say whether it will be there after a crash.
    assert ward.unknown > 0
    tally(ward, counts, "io_errors")


def test_a_disk_that_is_full_at_any_write_has_nothing_of_a_command(
    disk: Disk, counts: Counting
) -> None:
    disk.is_full = True
    ward = calls_that_fail(disk, "capture")
    assert ward.failed > 10
    assert ward.unknown == 0
    tally(ward, counts, "full_disks")


@pytest.mark.soak
@pytest.mark.parametrize("is_full", [False, True])
def test_a_disk_may_fail_at_any_call_of_any_kind_of_transaction(
    disk: Disk, counts: Counting, seed: int, is_full: bool
) -> None:
    disk.is_full = is_full
    names = some_acts(seed)
    ward = calls_that_fail(disk, *names)
    assert ward.failed > 10 * len(names)
    tally(ward, counts, "full_disks" if is_full else "io_errors")
