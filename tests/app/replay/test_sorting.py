"""Rows come out in the order of time, whatever order and number they came in."""

from hypothesis import given
from hypothesis import strategies as st

from policyengine.app.replay import sorting
from policyengine.app.replay.sorting import SortedRows
from policyengine.app.replay.usage_rows import UsageRow

TIMES = st.lists(st.integers(-(10**18), 10**18), max_size=40)


def row_of(time: int, number: int) -> UsageRow:
    counts = (number, time % 1000, 10**12)
    return UsageRow(
        time, number, f"w{number}", "standard", "failed", "c", "", b"\x00\xff", 7, "0.10", counts
    )


@given(TIMES)
def test_rows_come_out_by_time_and_then_by_their_number(times: list[int]) -> None:
    rows = [row_of(time, number) for number, time in enumerate(times, start=1)]
    with SortedRows(units=3) as waiting:
        for row in rows:
            waiting.add(row)
        assert sorted(rows, key=lambda row: (row.time, row.number)) == list(waiting)
        assert list(waiting) == list(waiting)
        assert waiting.count == len(rows)
        assert waiting.earliest == min(times, default=None)
        assert waiting.latest == max(times, default=None)


def test_more_rows_than_fit_into_memory_are_sorted_likewise() -> None:
    count = 5 * sorting.ROWS_AT_ONCE
    with SortedRows(units=3) as waiting:
        waiting._connection.execute("PRAGMA cache_size = -16")
        for number in range(count):
            waiting.add(row_of(number * 7919 % count, number))
        assert list(range(count)) == [row.time for row in waiting]
