"""An answer is given once, to all who wait for it and all who asked to be called."""

import threading
from collections.abc import Callable
from concurrent.futures import CancelledError

import pytest

from app.test_committing import command, receipt
from policyengine.app.answers import Answer, taken
from policyengine.store.faults import LedgerBusy

GIVEN = receipt(command("k"))


def answer() -> Answer:
    return Answer(command("k"), None, 0)


def test_threads_that_wait_and_those_that_come_later_get_the_receipt() -> None:
    asked, given = answer(), GIVEN
    got: list[object] = []
    threads = [threading.Thread(target=lambda: got.append(asked.result(10))) for _ in range(8)]
    for thread in threads:
        thread.start()
    assert not asked.done()
    asked.give(given)
    for thread in threads:
        thread.join()
    assert [*got, asked.result(), asked.done()] == [given] * 9 + [True]


def test_a_failure_is_raised_to_whoever_asks() -> None:
    asked = answer()
    asked.fail(LedgerBusy("busy"))
    for _ in range(2):
        with pytest.raises(LedgerBusy, match="busy"):
            asked.result()
    assert asked.done()


def test_whoever_waits_for_too_long_is_told_and_may_ask_again() -> None:
    asked, given = answer(), GIVEN
    with pytest.raises(TimeoutError):
        asked.result(0.001)
    asked.give(given)
    assert asked.result(0.001) == given


@pytest.mark.parametrize("end", [lambda each: each.cancel(), lambda each: each.give(GIVEN)])
def test_each_is_called_once_before_or_after_and_a_broken_one_does_not_matter(
    end: Callable[[Answer], object], caplog: pytest.LogCaptureFixture
) -> None:
    asked, called = answer(), list[tuple[str, Answer]]()

    def break_down(_: Answer) -> None:
        raise ValueError("broken")

    asked.add_done_callback(break_down)
    asked.add_done_callback(lambda each: called.append(("before", each)))
    assert called == []
    end(asked)
    asked.add_done_callback(lambda each: called.append(("after", each)))
    assert called == [("before", asked), ("after", asked)]
    assert [each.getMessage() for each in caplog.records] == ["event=callback_failed"]


def test_what_is_cancelled_is_not_taken_and_what_is_taken_is_not_cancelled() -> None:
    first, second = answer(), answer()
    assert first.cancel()
    assert taken([first, second]) == [second]
    assert not second.cancel()
    assert first.cancel()  # still is
    with pytest.raises(CancelledError):
        first.result()
    second.give(GIVEN)
    assert second.result() == GIVEN


def test_nobody_is_missed_or_called_twice_where_all_come_at_once() -> None:
    """Eight threads ask to be called and wait while another one answers, two thousand times."""
    turns, threads = 2_000, 8
    asked = [answer() for _ in range(turns)]
    called = [[0] * threads for _ in range(turns)]
    start = threading.Barrier(threads + 1)

    def ask(number: int) -> None:
        for turn, each in enumerate(asked):

            def note(_: Answer, turn: int = turn) -> None:
                called[turn][number] += 1

            start.wait()
            each.add_done_callback(note)
            assert each.result(10) == GIVEN

    workers = [threading.Thread(target=ask, args=(number,)) for number in range(threads)]
    for worker in workers:
        worker.start()
    for each in asked:
        start.wait()
        each.give(GIVEN)
    for worker in workers:
        worker.join()
    assert called == [[1] * threads] * turns
