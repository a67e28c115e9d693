"""Rows that stand twice in a file: the mapping says by which columns, and only one is charged."""

from collections.abc import Iterable, Iterator

from policyengine.app.replay.totals import Totals
from policyengine.app.replay.usage_rows import UsageRow


def unrepeated(rows: Iterable[UsageRow], totals: Totals) -> Iterator[UsageRow]:
    """Leave out rows that repeat another of the same time, and count them.

    Takes: rows in an order in which those of one time and wallet stand next to each other.
    """
    time: int | None = None
    seen: set[bytes] = set()
    for row in rows:
        if row.time != time:
            time = row.time
            seen.clear()
        if row.same in seen:
            totals.repeated += 1
            continue
        seen.add(row.same)
        yield row
