"""Ledgers that the benchmark fills: wallets with a plan and lots, and what they are asked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from time import time_ns
from typing import Final

from policyengine.app.engine import Engine
from policyengine.engine.commands import Capture, Charge, Command, GiveGrant, OpenHold, Subscribe
from policyengine.store.happenings import Happening, Written
from tools.benchmarks.reference import FOLDER, START, USAGE

WALLETS: Final = 10_000
LOTS: Final = 5
HOT: Final = "hot"
CHARGE_MICRO: Final = 330_000
"""What the reference request costs; a run checks it."""
_OPENED_AT_ONCE: Final = 50


@dataclass(slots=True)
class Shop:
    """An open ledger, and what is known of its writes."""

    name: str
    engine: Engine
    numbers: Iterator[int]
    written: list[Written]

    def command(self, wallet_id: str, body: Charge | OpenHold | Capture) -> Command:
        """Give an attempt with a key of its own."""
        return Command(wallet_id, f"attempt-{next(self.numbers)}", START, body)

    def charges(self, wallets: Sequence[str], size: int) -> list[Command]:
        """Give charges that go round the wallets."""
        made = []
        for _ in range(size):
            number = next(self.numbers)
            body = Charge(USAGE, conversation_id=f"talk-{number % 7}")
            made.append(Command(wallets[number % len(wallets)], f"attempt-{number}", START, body))
        return made


def open_shop(name: str, url: str, *, is_watched: bool = False) -> Shop:
    """Open a ledger with group commit; its clock goes as the machine's does, from an hour on."""
    written: list[Written] = []

    def note(happening: Happening) -> None:
        if isinstance(happening, Written):
            written.append(happening)

    late = START - time_ns() // 1000 + 3_600_000_000
    engine = Engine.open(
        url,
        FOLDER,
        clock=lambda: time_ns() // 1000 + late,
        group_commit=True,
        observer=note if is_watched else None,
    )
    return Shop(name, engine, count(), written)


def names(wallets: int = WALLETS) -> list[str]:
    """Give the wallets' names."""
    return [f"wallet-{number:05}" for number in range(wallets)]


def fill(shop: Shop, wallets: Sequence[str]) -> None:
    """Open wallets, each with the lot of its plan and four more."""
    for start in range(0, len(wallets), _OPENED_AT_ONCE):
        commands = []
        for each in wallets[start : start + _OPENED_AT_ONCE]:
            commands.append(Command(each, "join", START, Subscribe("pro")))
            commands += [
                Command(each, f"grant-{number}", START, GiveGrant(10**15, priority=60 + number))
                for number in range(LOTS - 1)
            ]
        answers = shop.engine.shell.execute(commands)
        assert all(each.refusal is None for each in answers)
