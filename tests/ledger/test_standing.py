"""A wallet's standing: read back as it was written, folded change by change, audited."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from policyengine.ledger.book import Book
from policyengine.ledger.changes import CapCounted, OverageChanged, TopUpEnded, TopUpRequested
from policyengine.ledger.invariants import faults_of
from policyengine.ledger.lots import Lot, LotTerms
from policyengine.ledger.standing import (
    UNMARKED,
    CapUse,
    OverageDue,
    Standing,
    TopUp,
    standing_of,
    standing_text,
)
from policyengine.ledger.standing_fold import STANDING_FOLDS
from policyengine.values.calendar import NEVER

FULL = Standing(
    (CapUse("member per cycle", "mia ✓", 5, 6),),
    overage_on=True,
    overage_limit_micro=7,
    overage=(OverageDue("v1.shortfall.overage", "0.04", "USD", 8),),
    top_up_on=False,
    top_ups=(TopUp(9, 10, "pack", 11, 12, "failed"),),
    top_up_from=13,
    failures=14,
    seats=15,
    seats_given=16,
)
names = st.text(max_size=5)
standings = st.builds(
    Standing,
    st.lists(st.builds(CapUse, names, names, st.integers(0), st.integers(1))).map(tuple),
    st.none() | st.booleans(),
    st.none() | st.integers(0),
    st.lists(st.builds(OverageDue, names, names, names, st.integers(1))).map(tuple),
    st.none() | st.booleans(),
    seats=st.integers(1, 9),
)


def folded(standing: Standing, *changes: object, at: int = 0) -> Standing:
    for number, change in enumerate(changes, start=1):
        fold = STANDING_FOLDS[type(change)]  # type: ignore[index]  # a change
        standing = fold(standing, change, number, at)
    return standing


def test_the_usual_standing_takes_no_room() -> None:
    assert standing_text(UNMARKED) == ""
    assert standing_of("") is UNMARKED
    assert standing_of(standing_text(FULL)) == FULL


@given(standings)
def test_a_standing_reads_back_as_it_was_written(standing: Standing) -> None:
    assert standing_of(standing_text(standing)) == standing


def test_a_window_that_begins_anew_takes_the_place_of_the_one_before() -> None:
    first = CapCounted("k", "mia", 10, 3)
    assert folded(UNMARKED, first, first).uses == (CapUse("k", "mia", 10, 6),)
    cut = folded(UNMARKED, first, CapCounted("k", "mia", 20, 1))
    assert cut.uses == (CapUse("k", "mia", 20, 1),)
    over = folded(folded(UNMARKED, first), CapCounted("k", "noa", 30, 1), at=10)
    assert over.uses == (CapUse("k", "noa", 30, 1),)


def test_what_is_used_is_that_of_the_asked_window() -> None:
    standing = folded(UNMARKED, CapCounted("k", "mia", 10, 3))
    assert standing.used_micro("k", "mia", 10) == 3
    assert standing.used_micro("k", "mia", 20) == standing.used_micro("k", "noa", 10) == 0


def test_overage_is_due_per_rule_until_nothing_is_left() -> None:
    lent = OverageChanged("a", "1", "USD", 5, "lent")
    standing = folded(UNMARKED, lent, replace(lent, rule="b"), replace(lent, by_micro=-2))
    assert standing.overage_micro == 8
    assert (standing.overage_due("a"), standing.overage_due("c")) == (3, 0)
    assert folded(standing, replace(lent, by_micro=-3)).overage_due("a") == 0


def test_top_ups_are_forgotten_when_they_count_no_more_and_are_answered() -> None:
    asked = TopUpRequested(5, "p", 2, 10)
    two = folded(UNMARKED, asked, asked)
    assert (two.pending_micro, two.top_up_from) == (10, 2)
    answered = folded(two, TopUpEnded(1, "paid"), TopUpEnded(2, "failed", 7))
    assert (answered.pending_micro, answered.top_up_from, answered.failures) == (0, 7, 1)
    later = STANDING_FOLDS[TopUpRequested](answered, asked, 3, 10)
    assert [each.seq for each in later.top_ups] == [3]
    assert later.top_up(3) is not None
    assert later.top_up(1) is None
    kept = STANDING_FOLDS[TopUpRequested](two, asked, 3, 10)
    assert [each.seq for each in kept.top_ups] == [1, 2, 3]


def test_a_standing_that_cannot_be_is_found() -> None:
    def faults(standing: Standing) -> tuple[str, ...]:
        return faults_of(Book("ana", "p", standing=standing))

    assert faults(FULL) == ()
    use = CapUse("k", "mia", 5, -1)
    assert len(faults(Standing((use, use)))) == 2
    assert len(faults(Standing(overage=(OverageDue("r", "1", "USD", -1),)))) == 2
    assert faults(Standing(seats=0)) == ("there are too many top-ups, or no seat",)


def test_held_overage_that_is_not_due_is_found() -> None:
    terms = LotTerms(1, 1, "overage", "r", 5, 0, NEVER)
    standing = Standing(overage=(OverageDue("r", "1", "USD", 4),))
    book = Book("ana", "p", lots={1: Lot(terms, 0, 5)}, lots_opened=1, standing=standing)
    assert "holds have more overage under `r` than is due" in faults_of(book)
