"""A usage file as what is simulated: read once, sorted by wallet, cut into buckets."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

from policyengine.app.replay.faults import ReplayError
from policyengine.app.replay.intake import Intake, Progress, read_rows
from policyengine.app.replay.placing import placing_of
from policyengine.app.replay.repeats import unrepeated
from policyengine.app.replay.replaying import check_instants
from policyengine.app.replay.row_commands import DIGEST_LENGTH
from policyengine.app.replay.sorting import SortedRows
from policyengine.app.replay.totals import Totals
from policyengine.app.replay.usage_rows import UsageRow
from policyengine.app.simulation.sides import Side, timeline_of
from policyengine.app.simulation.usage_buckets import UsageBucket, UsageTask, run_usage
from policyengine.simulate.tally import Pair
from policyengine.values.canonical import sha256_hex

ROWS_IN_BUCKET: Final = 4_000
"""A bucket is full with so many rows; a wallet is never cut, so one bucket may have many more."""


class UsageRecording:
    """The rows of a usage file, wallet by wallet."""

    def __init__(
        self,
        rows: SortedRows,
        totals: Totals,
        intake: Intake,
        mapping: bytes,
        sides: tuple[Side, Side],
    ) -> None:
        """Take rows that were read, and both policies.

        Raises: ReplayError without rows, or for rows from before a policy begins.
        """
        if rows.earliest is None or rows.latest is None:
            raise ReplayError(f"`{intake.file.path}` has no row that the mapping uses")
        document = intake.document
        placing = placing_of(document.time, rows.earliest)
        self.earliest_at = placing.instant(rows.earliest)
        self.latest_at = placing.instant(rows.latest)
        for side in sides:
            check_instants(timeline_of(side), self.earliest_at, self.latest_at)
        digest = intake.file.sha256
        old, new = sides
        self._task = UsageTask(old, new, mapping, placing, self.latest_at, digest[:DIGEST_LENGTH])
        self.content: Sequence[Any] = [
            "usage",
            digest,
            intake.rows_max,
            sha256_hex(mapping),
            ROWS_IN_BUCKET,
        ]
        self.sizes: Mapping[str, int] = rows.sizes()
        self._rows = rows
        self._totals = totals if document.skip_repeated else None

    @property
    def run(self) -> Callable[[UsageBucket], tuple[int, list[Pair]]]:
        """Give what runs a bucket."""
        return run_usage

    def buckets(self, taken: Collection[str]) -> Iterator[UsageBucket]:
        """Cut the wallets that were taken into buckets of about `ROWS_IN_BUCKET` rows."""
        rows = (row for row in self._rows.by_wallet() if row.wallet_id in taken)
        once = rows if self._totals is None else unrepeated(rows, self._totals)
        number, gathered = 0, list[UsageRow]()
        for _, of_wallet in groupby(once, attrgetter("wallet_id")):
            gathered += of_wallet
            if len(gathered) >= ROWS_IN_BUCKET:
                yield UsageBucket(number, self._task, gathered)
                number, gathered = number + 1, []
        if gathered:
            yield UsageBucket(number, self._task, gathered)


@contextmanager
def usage_recording(
    intake: Intake, mapping: bytes, sides: tuple[Side, Side], totals: Totals, progress: Progress
) -> Iterator[UsageRecording]:
    """Read a usage file; its rows are forgotten at the end.

    Takes: a mapping that suits both policies; totals, which count what is left out.
    Raises: ReplayError for a file that cannot be used.
    """
    with SortedRows(len(intake.document.units)) as rows:
        read_rows(intake, rows, totals, progress)
        yield UsageRecording(rows, totals, intake, mapping, sides)
