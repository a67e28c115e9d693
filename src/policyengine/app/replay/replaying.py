"""Replay: the rows of a usage file, charged in the order of time through a ledger.

Every command has a key made of the file's digest and the row's number. So a replay that is run
again gets the ledger's old answers for what it did before, takes the same ways out of a shortage
again, and charges nothing twice; one that was killed is simply run again.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from typing import Final, TypeVar

from policyengine.app.replay.charging import Charger, Due
from policyengine.app.replay.estimates import Estimator
from policyengine.app.replay.faults import ReplayError
from policyengine.app.replay.intake import Intake, Progress, read_rows
from policyengine.app.replay.mapping.document import MappingDocument
from policyengine.app.replay.placing import placing_of
from policyengine.app.replay.repeats import unrepeated
from policyengine.app.replay.row_commands import ACTOR, DIGEST_LENGTH, RowCommands
from policyengine.app.replay.sorting import SortedRows
from policyengine.app.replay.targets import Target
from policyengine.app.replay.totals import Totals
from policyengine.app.replay.usage_rows import UsageRow
from policyengine.engine.commands import Command, Settle
from policyengine.policy.timeline import Timeline
from policyengine.values.calendar import INSTANT_MAX, INSTANT_MIN, Instant, instant_text

BATCH: Final = 256
"""Rows in one durable step, as many as a group commit takes."""

_T = TypeVar("_T")


def _silent(_phase: str, _done: int, _total: int | None) -> None:
    """Tell nobody."""


def replay(
    intake: Intake,
    target: Target,
    timelines: Mapping[str, Timeline],
    *,
    with_estimates: bool = False,
    progress: Progress = _silent,
) -> Totals:
    """Charge the rows of a file.

    Takes: what to read, by which mapping; where to write; a mapping that suits the timelines.
    Raises: ReplayError for a file that cannot be used, before anything is written.
    """
    totals = Totals()
    with SortedRows(len(intake.document.units)) as rows:
        read_rows(intake, rows, totals, progress)
        if rows.earliest is None or rows.latest is None:
            return totals
        timeline = _timeline(intake.document, timelines)
        placing = placing_of(intake.document.time, rows.earliest)
        totals.earliest_at = placing.instant(rows.earliest)
        totals.latest_at = placing.instant(rows.latest)
        check_instants(timeline, totals.earliest_at, totals.latest_at)
        estimator = Estimator() if with_estimates else None
        charger = Charger(intake.document, timeline, totals, estimator)
        commands = RowCommands(intake.document, placing, intake.file.sha256[:DIGEST_LENGTH])
        run = _Run(target, charger, commands, progress)
        run.charge(rows)
        run.settle(totals.latest_at)
    return totals


def _timeline(document: MappingDocument, timelines: Mapping[str, Timeline]) -> Timeline:
    name = document.wallets.policy or next(iter(timelines), "")
    if name not in timelines:
        raise ReplayError(f"policy `{name}` is not loaded")
    return timelines[name]


def check_instants(timeline: Timeline, earliest: Instant, latest: Instant) -> None:
    """Make sure that a policy is in force for all rows.

    Raises: ReplayError that says how to shift the file.
    """
    if earliest < INSTANT_MIN or latest >= INSTANT_MAX:
        raise ReplayError(
            "rows would fall outside the years 1970 to 8999: check `unit` and `stretch` of `time`"
        )
    if earliest < timeline.starts[0]:
        raise ReplayError(
            f"the earliest row falls on {instant_text(earliest)}, before the first version of "
            f"`{timeline.name}` ({instant_text(timeline.starts[0])}): shift the file with "
            "`first_row_at` in the mapping's `time`"
        )


@dataclass(slots=True)
class _Run:
    """One pass over the sorted rows."""

    target: Target
    charger: Charger
    commands: RowCommands
    progress: Progress
    joined: set[str] = field(default_factory=set)

    def charge(self, rows: SortedRows) -> None:
        done = 0
        for batch in _chunks(self._rows_once(rows), BATCH):
            due = [self._due(row) for row in batch]
            commands = [each for one in due for each in (one.join, one.charge) if each is not None]
            with self.target.conversation(commands) as talk:
                for each in due:
                    self.charger.settle_row(talk, each)
            done += len(batch)
            self.progress("charging", done, rows.count)
        self.progress("charging", rows.count, rows.count)

    def settle(self, at: Instant) -> None:
        """Bring every wallet up to the last row's time: balances and expiries are of one instant.

        What time does to a wallet is the same whenever it is written, so this decides nothing.
        """
        done = 0
        for batch in _chunks(self.joined_in_order(), BATCH):
            commands = [Command(name, f"{ACTOR}:settle", at, Settle(), ACTOR) for name in batch]
            with self.target.conversation(commands) as talk:
                for command in commands:
                    self.charger.settle_wallet(talk, command)
            done += len(batch)
            self.progress("settling", done, len(self.joined))

    def joined_in_order(self) -> list[str]:
        return sorted(self.joined)

    def _rows_once(self, rows: SortedRows) -> Iterable[UsageRow]:
        if not self.charger.document.skip_repeated:
            return rows
        return unrepeated(rows, self.charger.totals)

    def _due(self, row: UsageRow) -> Due:
        join = None
        if row.wallet_id not in self.joined:
            self.joined.add(row.wallet_id)
            join = self.commands.join(row, self.charger.timeline.name)
        cost = Decimal(row.cost) if row.cost else Decimal(0)
        return Due(row, join, self.commands.charge(row), cost)


def _chunks(items: Iterable[_T], size: int) -> Iterator[list[_T]]:
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk
