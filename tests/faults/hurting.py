"""Hurts a command at each of its steps in this process, and looks at the ledger each time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Final

from faults.auditing import audit, lost
from faults.story import Act, policies, story
from faults.striking import Moment, Strikes, struck
from policyengine.app.receipts import Receipt
from policyengine.app.shell import Shell
from policyengine.engine.commands import Settle
from policyengine.ledger.transactions import Transaction
from policyengine.store.dialect import Dialect
from policyengine.store.faults import StoreFault
from policyengine.store.opening import dialect_of
from policyengine.store.place import place_of
from policyengine.store.store import LedgerStore

STEPS_MAX: Final = 200
PATIENCE_MS: Final = 500


def agree(act: Act, receipts: list[Receipt]) -> bool:
    """Tell whether answers are those of a ledger in memory; to settle again does nothing."""
    return len(receipts) == len(act.answers) and all(
        receipt.transaction == answer
        for command, answer, receipt in zip(act.commands, act.answers, receipts, strict=True)
        if not isinstance(command.body, Settle)
    )


def standing(store: LedgerStore) -> dict[str, int]:
    """Give where all wallets stand."""
    with store.reading() as session:
        return {each: book.seq for each, book in session.books(session.wallet_ids()).items()}


@dataclass(frozen=True, slots=True)
class Hurt:
    """One strike: in which act, at which step and moment, and what became of the command.

    `fault` is None where the command was answered; `is_written` tells whether it is in the ledger.
    """

    act: str
    step: int
    moment: Moment
    said: str
    fault: StoreFault | None
    is_written: bool


@dataclass(slots=True)
class Patient:
    """A ledger whose commands are hurt; another store, which is not, looks at it."""

    url: str
    strikes: Strikes
    dialect: Dialect | None = None
    acknowledged: list[Transaction] = field(default_factory=list)
    audits: int = 0
    replayed: int = 0

    def live(
        self, *names: str, moments: tuple[Moment, ...], times: int = 1, stride: int = 1
    ) -> Iterator[Hurt]:
        """Execute the story, and hurt the named acts at each step.

        Takes: how many sessions in a row are struck; a stride where not every step is.
        """
        dialect = self.dialect or dialect_of(place_of(self.url))
        hurt = struck(dialect, self.strikes)
        with (
            LedgerStore.open(self.url, patience_ms=PATIENCE_MS) as well,
            LedgerStore.open(self.url, dialect=hurt, patience_ms=PATIENCE_MS) as ill,
        ):
            for act in story():
                if act.name in names:
                    steps = range(1, STEPS_MAX, stride)
                    shell = Shell(ill, policies())
                    yield from self._hurt(act, well, shell, product(steps, moments), times)
                receipts = Shell(well, policies()).execute(act.commands)
                assert agree(act, receipts), act.name
                self.replayed += sum(each.is_replay for each in receipts)
                self.acknowledged += act.answers
            self._look(well)

    def _hurt(
        self,
        act: Act,
        well: LedgerStore,
        ill: Shell,
        aims: Iterable[tuple[int, Moment]],
        times: int,
    ) -> Iterator[Hurt]:
        start = standing(well)
        for number, moment in aims:
            self.strikes.aim(number, moment, times)
            fault = None
            try:
                assert agree(act, ill.execute(act.commands))
            except StoreFault as error:
                fault = error
            said = self.strikes.steps[number - 1 : number]
            self.strikes.left = 0
            is_written = standing(well) != start
            self._look(well)
            yield from (Hurt(act.name, number, moment, each, fault, is_written) for each in said)
            if is_written:
                return
        raise AssertionError(act.name)

    def _look(self, store: LedgerStore) -> None:
        self.audits += 1
        assert audit(store, and_rebuild=False) == []
        assert lost(store, self.acknowledged) == []
