"""What happens in an open ledger, told to an observer and to the log: no wallet, no amount."""

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from threading import current_thread, main_thread
from typing import Final, TypeAlias

from policyengine.ledger.transactions import TransactionKind

LOGGER: Final = logging.getLogger("policyengine")
"""The one logger of this library."""
LOGGER.addHandler(logging.NullHandler())  # who does not listen is told nothing, not even on stderr


@dataclass(frozen=True, slots=True)
class Answered:
    """A command has its answer, and what it did is durable.

    `refusal` is its code, empty where the command was accepted; `is_replay` where the answer was
    given before.
    """

    kind: TransactionKind
    refusal: str
    is_replay: bool


@dataclass(frozen=True, slots=True)
class Written:
    """A write of the database has ended: committed, or given up.

    `fault` is the class of the exception that ended it, empty where it was committed.
    `waited_seconds` is what it took to get connections and locks, and `commit_seconds` the commit;
    both are part of `seconds`.
    """

    fault: str
    transactions: int
    wallets: int
    seconds: float
    waited_seconds: float
    commit_seconds: float


@dataclass(frozen=True, slots=True)
class Viewed:
    """A view of the ledger was read; `fault` is the class of the store's fault, or empty."""

    fault: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Retried:
    """Commands are decided anew, after an exception of the class `fault` that wrote nothing."""

    fault: str
    commands: int


@dataclass(frozen=True, slots=True)
class Batched:
    """A batch of the group commit was answered.

    `waited_seconds` is how long its first command had waited, `waiting` how many commands were left
    in the queue as it began, `failed` how many got an exception instead of an answer, and `late`
    how many of these because they had waited for longer than they may.
    """

    size: int
    seconds: float
    waited_seconds: float
    waiting: int
    failed: int
    late: int


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """A command was not taken into the queue: too many wait."""

    waiting: int


Happening: TypeAlias = Answered | Written | Viewed | Retried | Batched | TurnedAway
Observer: TypeAlias = Callable[[Happening], None]

_BUSY: Final = {"LedgerBusy", "LedgerContended"}
_NAMES: Final = {
    Answered: "answered",
    Written: "written",
    Viewed: "viewed",
    Retried: "retried",
    Batched: "batched",
    TurnedAway: "turned_away",
}


def level_of(happening: Happening) -> int:
    """Give the level at which a happening is logged: routine is for those who look for a fault."""
    match happening:
        case Written(fault=fault) | Viewed(fault=fault) if fault:
            return logging.WARNING if fault in _BUSY else logging.ERROR
        case Retried():
            return logging.INFO
        case TurnedAway():
            return logging.WARNING
        case Batched(failed=failed) if failed:
            return logging.WARNING
        case _:
            return logging.DEBUG


def log(happening: Happening) -> None:
    """Write a happening to the log: as `key=value`, and each as an attribute of the record."""
    level = level_of(happening)
    if not LOGGER.isEnabledFor(level):
        return
    fields = {"event": _NAMES[type(happening)], **asdict(happening)}
    words = [f"{key}={_value_text(value)}" for key, value in fields.items()]
    LOGGER.log(level, " ".join(words), extra=fields)


def _value_text(value: object) -> str:
    return f"{value:.6f}" if isinstance(value, float) else str(value)


class Teller:
    """Tells an observer and the log what happens; nothing that they raise reaches the ledger.

    An observer runs on the thread that wrote, after the commit and outside the ledger's locks; in
    a group commit others wait behind it. What it raises is logged: the first time, and then at
    each doubling, so that a broken observer does not fill a disk.
    """

    __slots__ = ("_failures", "_listeners", "_observer")

    def __init__(self, observer: Observer | None = None) -> None:
        """Take who is told; the log is told anyhow."""
        self._observer = observer
        self._listeners: tuple[Observer, ...] = (log,) if observer is None else (log, observer)
        self._failures = 0

    @property
    def hears_all(self) -> bool:
        """Tell whether anybody listens to what is routine, so that it is worth saying."""
        return self._observer is not None or LOGGER.isEnabledFor(logging.DEBUG)

    def __call__(self, happening: Happening) -> None:
        """Tell everybody."""
        for listener in self._listeners:
            try:
                listener(happening)
            except BaseException as error:  # a `SystemExit` would end the committer
                is_users = (
                    isinstance(error, KeyboardInterrupt) and current_thread() is main_thread()
                )
                if is_users:
                    raise  # meant for the program, wherever it happens to be
                self._report(happening, error)

    def _report(self, happening: Happening, error: BaseException) -> None:
        self._failures += 1
        if self._failures & (self._failures - 1):
            return
        with suppress(Exception):  # the log may be what is broken
            fields = {
                "event": "observer_failed",
                "happening": _NAMES[type(happening)],
                "fault": type(error).__name__,
                "failures": self._failures,
            }
            words = " ".join(f"{key}={value}" for key, value in fields.items())
            LOGGER.error(words, exc_info=error, extra=fields)


UNOBSERVED: Final = Teller()
"""Tells the log alone."""
