"""An auditor finds each way in which a book can be wrong, and nothing in a sound one."""

from dataclasses import replace

import pytest

from policyengine.ledger.book import Book
from policyengine.ledger.holds import Draw, Hold
from policyengine.ledger.invariants import faults_of
from policyengine.ledger.lots import Lot, LotTerms
from policyengine.ledger.subscriptions import Series, Subscription
from policyengine.values.amounts import AMOUNT_MICRO_MAX

LOT = Lot(LotTerms(1, 1, "grant", "api.grant", 100, 0, 1_000), remaining=60, held=30, consumed=10)
HOLD = Hold(2, (Draw(1, 30),), 500, 900)
SERIES = Series(1, 3, "api.grant", 5, 0, 700, 5_000)
PLAN = Subscription("pro", 1, 0, 0, 0, 0, 800)
SOUND = Book(
    "ana",
    "codeflicker",
    seq=4,
    settled_at=100,
    lots={1: LOT},
    holds={2: HOLD},
    series={1: SERIES},
    subscription=PLAN,
    gifts=("welcome",),
    lots_opened=1,
    series_opened=1,
    available_micro=60,
    recent_charges=(10,),
    due_at=500,
)


def test_a_sound_book_has_no_faults() -> None:
    assert faults_of(SOUND) == ()


def test_an_empty_book_has_no_faults() -> None:
    assert faults_of(Book("ana", "codeflicker")) == ()


@pytest.mark.parametrize(
    ("book", "fault"),
    [
        (replace(SOUND, lots={1: replace(LOT, consumed=11)}), "do not add up to the 100 granted"),
        (replace(SOUND, lots={2: LOT}), "calls itself 1"),
        (replace(SOUND, lots_opened=0), "lot 1 of 0 opened ones"),
        (replace(SOUND, available_micro=61), "61 are available, 60 remain in the lots"),
        (replace(SOUND, debt_micro=-1), "-1 are owed: out of bounds"),
        (replace(SOUND, debt_micro=AMOUNT_MICRO_MAX + 1), "are owed: out of bounds"),
        (replace(SOUND, holds={}), "holds draw 0 on lot 1, which has 30 held"),
        (
            replace(SOUND, holds={2: replace(HOLD, draws=(Draw(1, 29),))}),
            "holds draw 29 on lot 1, which has 30 held",
        ),
        (
            replace(SOUND, holds={2: replace(HOLD, draws=(Draw(1, 30), Draw(7, 5)))}),
            "holds draw 5 on lot 7, which has 0 held",
        ),
        (
            replace(SOUND, holds={2: replace(HOLD, draws=(Draw(1, 30), Draw(1, 0)))}),
            "a draw or a capture that is not above 0",
        ),
        (
            replace(SOUND, holds={2: replace(HOLD, captured_micro=-1)}),
            "a draw or a capture that is not above 0",
        ),
        (replace(SOUND, holds={3: HOLD}), "hold 3 calls itself 2"),
        (replace(SOUND, holds={5: replace(HOLD, seq=5)}), "hold 5 calls itself 5"),
        (replace(SOUND, due_at=501), "time changes the book at 500, before its `due_at` 501"),
        (
            replace(SOUND, subscription=replace(PLAN, starts_at=800)),
            "the cycle of plan `pro` ends before it starts",
        ),
        (replace(SOUND, gifts=("welcome", "welcome")), "a gift was given twice"),
        (replace(SOUND, series_opened=0), "series 1 of 0 opened ones calls itself 1"),
        (replace(SOUND, series={2: SERIES}), "calls itself 1"),
        (replace(SOUND, recent_charges=(1,) * 22), "the recent charges are too many"),
        (replace(SOUND, recent_charges=(0,)), "one is not above 0"),
    ],
)
def test_each_fault_is_named(book: Book, fault: str) -> None:
    found = faults_of(book)
    assert any(fault in each for each in found), found


def test_a_due_instant_that_is_too_early_is_only_cautious() -> None:
    assert faults_of(replace(SOUND, due_at=1)) == ()
