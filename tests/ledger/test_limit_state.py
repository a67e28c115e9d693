"""A wallet's limits: read back as it was written, folded change by change, audited."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from policyengine.ledger.book import Book
from policyengine.ledger.changes import (
    CapCounted,
    OverageChanged,
    ReRated,
    ReRateNoted,
    TopUpEnded,
    TopUpRequested,
)
from policyengine.ledger.invariants import faults_of
from policyengine.ledger.limit_fold import LIMIT_FOLDS
from policyengine.ledger.limit_state import (
    UNTOUCHED,
    CapUse,
    LimitState,
    OverageDue,
    ReRate,
    TopUp,
    limit_state_of,
    limit_state_text,
)
from policyengine.ledger.lots import Lot, LotTerms
from policyengine.values.calendar import NEVER

FULL = LimitState(
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
    re_rates=(ReRate("pro", 17, -18, settled=True, let_go_micro=19),),
)
names = st.text(max_size=5)
states = st.builds(
    LimitState,
    st.lists(st.builds(CapUse, names, names, st.integers(0), st.integers(1))).map(tuple),
    st.none() | st.booleans(),
    st.none() | st.integers(0),
    st.lists(st.builds(OverageDue, names, names, names, st.integers(1))).map(tuple),
    st.none() | st.booleans(),
    seats=st.integers(1, 9),
)


def folded(limits: LimitState, *changes: object, at: int = 0) -> LimitState:
    for number, change in enumerate(changes, start=1):
        fold = LIMIT_FOLDS[type(change)]  # type: ignore[index]  # a change
        limits = fold(limits, change, number, at)
    return limits


def test_untouched_limits_take_no_room() -> None:
    assert limit_state_text(UNTOUCHED) == ""
    assert limit_state_of("") is UNTOUCHED
    assert limit_state_of(limit_state_text(FULL)) == FULL


@given(states)
def test_limits_read_back_as_they_were_written(limits: LimitState) -> None:
    assert limit_state_of(limit_state_text(limits)) == limits


def test_a_window_that_begins_anew_takes_the_place_of_the_one_before() -> None:
    first = CapCounted("k", "mia", 10, 3)
    assert folded(UNTOUCHED, first, first).uses == (CapUse("k", "mia", 10, 6),)
    cut = folded(UNTOUCHED, first, CapCounted("k", "mia", 20, 1))
    assert cut.uses == (CapUse("k", "mia", 20, 1),)
    over = folded(folded(UNTOUCHED, first), CapCounted("k", "noa", 30, 1), at=10)
    assert over.uses == (CapUse("k", "noa", 30, 1),)


def test_what_is_used_is_that_of_the_asked_window() -> None:
    limits = folded(UNTOUCHED, CapCounted("k", "mia", 10, 3))
    assert limits.used_micro("k", "mia", 10) == 3
    assert limits.used_micro("k", "mia", 20) == limits.used_micro("k", "noa", 10) == 0


def test_overage_is_due_per_rule_until_nothing_is_left() -> None:
    lent = OverageChanged("a", "1", "USD", 5, "lent")
    limits = folded(UNTOUCHED, lent, replace(lent, rule="b"), replace(lent, by_micro=-2))
    assert limits.overage_micro == 8
    assert (limits.overage_due("a"), limits.overage_due("c")) == (3, 0)
    assert folded(limits, replace(lent, by_micro=-3)).overage_due("a") == 0


def test_top_ups_are_forgotten_when_they_count_no_more_and_are_answered() -> None:
    asked = TopUpRequested(5, "p", 2, 10)
    two = folded(UNTOUCHED, asked, asked)
    assert (two.pending_micro, two.top_up_from) == (10, 2)
    answered = folded(two, TopUpEnded(1, "paid"), TopUpEnded(2, "failed", 7))
    assert (answered.pending_micro, answered.top_up_from, answered.failures) == (0, 7, 1)
    later = LIMIT_FOLDS[TopUpRequested](answered, asked, 3, 10)
    assert [each.seq for each in later.top_ups] == [3]
    assert later.top_up(3) is not None
    assert later.top_up(1) is None
    kept = LIMIT_FOLDS[TopUpRequested](two, asked, 3, 10)
    assert [each.seq for each in kept.top_ups] == [1, 2, 3]


def test_what_is_noted_adds_up_until_it_is_settled() -> None:
    note = ReRateNoted("pro", 10, 5)
    noted = folded(UNTOUCHED, note, replace(note, plan="max"), replace(note, by_micro=-2))
    assert (noted.re_rate("pro", 10), noted.re_rate("max", 10)) == (3, 5)
    assert noted.re_rate("pro", 20) == 0
    assert noted.settled_re_rate(10) is None
    settled = folded(noted, ReRated("pro", 10, 3, 1, "r"))
    assert settled.re_rates == (
        ReRate("pro", 10, 3, settled=True, let_go_micro=2),
        ReRate("max", 10, 5),
    )
    assert settled.re_rate("pro", 10) == 0
    assert folded(noted, replace(note, by_micro=-3)).re_rates == (ReRate("max", 10, 5),)


def test_what_is_noted_of_a_cycle_is_forgotten_with_it_and_what_was_settled_is_not() -> None:
    before = folded(UNTOUCHED, ReRateNoted("max", 10, 5), ReRated("pro", 10, 0, 0, "r"))
    after = folded(before, ReRateNoted("max", 20, 7), at=10)
    assert after.re_rates == (ReRate("pro", 10, 0, settled=True), ReRate("max", 20, 7))


def test_limits_that_cannot_be_are_found() -> None:
    def faults(limits: LimitState) -> tuple[str, ...]:
        return faults_of(Book("ana", "p", limits=limits))

    assert faults(FULL) == ()
    use = CapUse("k", "mia", 5, -1)
    assert len(faults(LimitState((use, use)))) == 2
    assert len(faults(LimitState(overage=(OverageDue("r", "1", "USD", -1),)))) == 2
    again = (ReRate("pro", 5, 1), ReRate("pro", 5, 2))
    assert faults(LimitState(re_rates=again)) == ("a cycle is re-rated twice, or too many are",)
    assert faults(LimitState(debt_paid_micro=-1)) == ("refunds gave back more debt than was paid",)
    assert faults(LimitState(seats=0)) == ("there are too many top-ups, or no seat",)


def test_held_overage_that_is_not_due_is_found() -> None:
    terms = LotTerms(1, 1, "overage", "r", 5, 0, NEVER)
    limits = LimitState(overage=(OverageDue("r", "1", "USD", 4),))
    book = Book("ana", "p", lots={1: Lot(terms, 0, 5)}, lots_opened=1, limits=limits)
    assert "holds have more overage under `r` than is due" in faults_of(book)
