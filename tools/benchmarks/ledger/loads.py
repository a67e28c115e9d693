"""What a ledger is put under: streams, a steady rate, holds with captures, many on one wallet."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from time import perf_counter, process_time, sleep
from typing import Final

from policyengine.app.answers import Answer
from policyengine.engine.commands import Capture, Charge, Command, GiveGrant, OpenHold, Subscribe
from tools.benchmarks.ledger.shops import CHARGE_MICRO, Shop
from tools.benchmarks.reference import START, USAGE

IN_FLIGHT: Final = 1024
"""How many commands are under way at a time: two batches in each of two lanes."""
SUBMITTED_AT_ONCE: Final = 64
WRITERS: Final = 64
CHARGES_PER_WRITER: Final = 40


@dataclass(frozen=True, slots=True)
class Flow:
    """How many were answered, in which time, with how much of this process's processor."""

    count: int
    seconds: float
    processor_seconds: float

    @property
    def rate(self) -> float:
        """Give answers per second."""
        return self.count / self.seconds

    @property
    def processor_micros(self) -> float:
        """Give microseconds of this process's processor for each."""
        return self.processor_seconds / self.count * 1e6


def stream(shop: Shop, wallets: Sequence[str], seconds: float) -> Flow:
    """Charge as fast as the ledger takes it, through the group commit."""
    began, spent, count = perf_counter(), process_time(), 0
    waiting: deque[Answer] = deque()
    while perf_counter() - began < seconds or waiting:
        if perf_counter() - began < seconds:
            waiting.extend(map(_submit(shop), shop.charges(wallets, SUBMITTED_AT_ONCE)))
        while waiting and (len(waiting) > IN_FLIGHT or perf_counter() - began >= seconds):
            assert waiting.popleft().result().refusal is None
            count += 1
    return Flow(count, perf_counter() - began, process_time() - spent)


def batches(shop: Shop, wallets: Sequence[str], seconds: float, size: int = 256) -> Flow:
    """Charge in batches that are handed over whole, one after the other."""
    began, spent, count = perf_counter(), process_time(), 0
    while perf_counter() - began < seconds:
        answers = shop.engine.shell.now(shop.charges(wallets, size))
        assert all(each.refusal is None for each in answers)
        count += size
    return Flow(count, perf_counter() - began, process_time() - spent)


def holds(shop: Shop, wallets: Sequence[str], seconds: float) -> Flow:
    """Hold for a request and capture it; counts pairs of the two."""
    began, spent, count = perf_counter(), process_time(), 0
    held: deque[Answer] = deque()
    captured: deque[Answer] = deque()
    submit, number = _submit(shop), 0
    while perf_counter() - began < seconds or held or captured:
        if perf_counter() - began < seconds:
            for _ in range(SUBMITTED_AT_ONCE):
                number += 1
                body = OpenHold(usage=USAGE)
                held.append(submit(shop.command(wallets[number % len(wallets)], body)))
        is_over = perf_counter() - began >= seconds
        while held and (len(held) > IN_FLIGHT // 4 or is_over):
            hold = held.popleft().result().transaction
            assert hold.refusal is None, hold.refusal
            captured.append(submit(shop.command(hold.wallet_id, Capture(hold.seq, USAGE))))
        while captured and (len(captured) > IN_FLIGHT // 4 or is_over):
            assert captured.popleft().result().refusal is None
            count += 1
    return Flow(count, perf_counter() - began, process_time() - spent)


def steady(shop: Shop, wallets: Sequence[str], rate: float, seconds: float) -> list[float]:
    """Charge at a steady rate; gives, sorted, the seconds from when each was due to its answer.

    Answers are let go as they come, as a service does: kept, they would be what Python's search for
    garbage walks through.
    """
    taken: list[tuple[float, bool]] = []
    submit, asked = _submit(shop), deque(shop.charges(wallets, int(rate * seconds)))
    count, began = len(asked), perf_counter()
    for place in range(count):
        due = began + place / rate
        if (early := due - perf_counter()) > 0:
            sleep(early)
        submit(asked.popleft()).add_done_callback(partial(_note, taken, due))
    while len(taken) < count:
        sleep(1e-3)
    assert all(is_accepted for _, is_accepted in taken)
    return sorted(seconds for seconds, _ in taken)


def _note(taken: list[tuple[float, bool]], due: float, answer: Answer) -> None:
    taken.append((perf_counter() - due, answer.result().refusal is None))


@dataclass(frozen=True, slots=True)
class Contest:
    """What many writers of one wallet got: charges each, what there was, and what is left."""

    charges: tuple[int, ...]
    given_micro: int
    left_micro: int
    seconds: float

    @property
    def is_exact(self) -> bool:
        """Tell whether what was accepted is exactly what the balance had room for."""
        taken = sum(self.charges) * CHARGE_MICRO
        return taken + self.left_micro == self.given_micro and self.left_micro < CHARGE_MICRO

    @property
    def fairness(self) -> float:
        """Give the most that one writer got over the least."""
        return max(self.charges) / max(1, min(self.charges))


def contest(shop: Shop, wallet_id: str) -> Contest:
    """Let 64 threads charge one wallet until each is refused."""
    opening = [
        Command(wallet_id, "join", START, Subscribe("free")),
        Command(wallet_id, "grant", START, GiveGrant(WRITERS * CHARGES_PER_WRITER * CHARGE_MICRO)),
    ]
    shop.engine.shell.execute(opening)
    given = shop.engine.balance(wallet_id).available_micro
    got = [0] * WRITERS
    start = threading.Barrier(WRITERS + 1)

    def write(place: int) -> None:
        start.wait()
        while shop.engine.shell.one(shop.command(wallet_id, Charge(USAGE))).refusal is None:
            got[place] += 1

    threads = [threading.Thread(target=write, args=(place,)) for place in range(WRITERS)]
    for each in threads:
        each.start()
    start.wait()
    began = perf_counter()
    for each in threads:
        each.join()
    seconds = perf_counter() - began
    left = shop.engine.balance(wallet_id).available_micro
    return Contest(tuple(got), given, left, seconds)


def _submit(shop: Shop) -> Callable[[Command], Answer]:
    committer = shop.engine.shell.committer
    assert committer is not None
    return committer.submit
