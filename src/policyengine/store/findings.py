"""What an audit of the ledger finds: each fault by name, with a sentence for people."""

from dataclasses import dataclass
from typing import Final

FAULTS_MAX: Final = 1_000
"""The most faults that one audit reports; more would tell nothing new."""


def shown(value: object) -> str:
    """Write a stored value in a sentence, even where its bytes were no text."""
    return str(value).encode("utf-8", "backslashreplace").decode()


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: in which table, which row of it, and what about it.

    `name` is the public one: `ana:17` for a transaction, `ana` for a wallet, `ana lot 3`.
    """

    table: str
    name: str
    sentence: str

    def __str__(self) -> str:
        """Write the fault on one line."""
        return f"{self.table} `{self.name}`: {self.sentence}"


@dataclass(frozen=True, slots=True)
class Report:
    """What was checked, and what was found; the first fault of a wallet is the one to look at."""

    wallets: int
    transactions: int
    moves: int
    faults: tuple[Fault, ...]

    @property
    def is_sound(self) -> bool:
        """Tell whether everything is as the transactions say."""
        return not self.faults
