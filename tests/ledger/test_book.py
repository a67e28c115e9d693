"""The fold: what fits the book is applied, and whatever does not is a fault, not a balance."""

from dataclasses import replace
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyengine.ledger.book import (
    RECENT_CHARGES_MAX,
    TRANSITIONS,
    Book,
    LedgerFault,
    apply,
    due_at,
    with_lots,
    without_closed_lots,
)
from policyengine.ledger.changes import (
    Change,
    Charged,
    DebtChanged,
    GiftGiven,
    GivenNoted,
    HoldClosed,
    HoldSet,
    LotEnded,
    LotOpened,
    Referenced,
    SeriesEnded,
    SeriesSet,
    SubscriptionSet,
)
from policyengine.ledger.holds import Draw, Hold
from policyengine.ledger.invariants import faults_of
from policyengine.ledger.lots import LotEnd, LotTerms
from policyengine.ledger.subscriptions import Given, Series, Subscription
from policyengine.ledger.transactions import Move, PolicyRef, Refusal, Transaction
from policyengine.values.amounts import AMOUNT_MICRO_MAX
from policyengine.values.calendar import NEVER

POTS: Final = ("issued", "available", "held", "consumed", "expired", "withdrawn")


def entry(
    seq: int, moves: tuple[Move, ...] = (), changes: tuple[Change, ...] = (), **more: Any
) -> Transaction:
    base = Transaction("ana", seq, "grant", 10, PolicyRef("p", 1, ""), str(seq), "", moves, changes)
    return replace(base, **more)


def opening(number: int = 1, amount: int = 100, expires_at: int = NEVER) -> LotOpened:
    return LotOpened(LotTerms(number, 1, "grant", "", amount, 10, expires_at))


def one_lot(amount: int = 100, expires_at: int = NEVER) -> Book:
    """A book with lot 1, opened and filled by transaction 1."""
    filled = entry(1, (Move(1, "issued", "available", amount),), (opening(1, amount, expires_at),))
    return apply(Book("ana", "p"), filled)


def test_a_transaction_moves_credits_and_the_clock() -> None:
    book = apply(one_lot(), entry(2, (Move(1, "available", "consumed", 30),), effective_at=20))
    assert (book.seq, book.settled_at, book.available_micro) == (2, 20, 70)
    assert (book.lots[1].remaining, book.lots[1].consumed) == (70, 30)


def test_a_refusal_moves_only_number_and_clock() -> None:
    before = one_lot()
    book = apply(before, entry(2, refusal=Refusal("c", "m"), effective_at=11))
    assert book == replace(before, seq=2, settled_at=11)


def test_the_book_that_was_is_never_altered() -> None:
    before = one_lot()
    apply(before, entry(2, (Move(1, "available", "consumed", 30),)))
    assert (before.lots[1].remaining, before.available_micro, before.seq) == (100, 100, 1)


@pytest.mark.parametrize(
    ("transaction", "message"),
    [
        (entry(1), "does not follow"),
        (entry(3), "does not follow"),
        (entry(2, wallet_id="bo"), "does not follow"),
        (entry(2, effective_at=9), "is earlier than the one before it"),
        (entry(2, (Move(1, "available", "consumed", 101),)), "has less than 101 in `available`"),
        (entry(2, (Move(1, "held", "consumed", 1),)), "has less than 1 in `held`"),
        (entry(2, (Move(1, "available", "consumed", 0),)), "no move of 0"),
        (entry(2, (Move(1, "available", "consumed", -1),)), "no move of -1"),
        (entry(2, (Move(9, "available", "consumed", 1),)), "lot 9 of wallet `ana` is not in its"),
        (
            entry(2, (), (LotEnded(9, LotEnd("expired", 10)),)),
            "lot 9 of wallet `ana` is not in its",
        ),
        (entry(2, (), (opening(3),)), "lot 3 does not follow lot 1"),
        (entry(2, (), (opening(1),)), "lot 1 does not follow lot 1"),
        (entry(2, (), (opening(2),)), "opens a lot that it does not fill"),
        (
            entry(2, (Move(2, "issued", "available", 99),), (opening(2),)),
            "opens a lot that it does not fill",
        ),
        (entry(2, (), (HoldClosed(1),)), "hold 1 is not open"),
        (entry(2, (), (SeriesEnded(1),)), "series 1 is not open"),
        (entry(2, (), (GiftGiven("g"), GiftGiven("g"))), "`g` was given before"),
        (entry(2, (), (DebtChanged(-1, "repaid"),)), "leaves an impossible balance"),
        (entry(2, (), (DebtChanged(AMOUNT_MICRO_MAX + 1, "lent"),)), "an impossible balance"),
        (
            entry(
                2,
                (Move(2, "issued", "available", AMOUNT_MICRO_MAX),),
                (opening(2, AMOUNT_MICRO_MAX),),
            ),
            "leaves an impossible balance",
        ),
    ],
)
def test_what_does_not_fit_the_book_is_a_fault(transaction: Transaction, message: str) -> None:
    with pytest.raises(LedgerFault, match=message):
        apply(one_lot(), transaction)


@pytest.mark.parametrize("source", POTS)
@pytest.mark.parametrize("target", POTS)
def test_credits_move_along_the_listed_ways_only(source: Any, target: Any) -> None:
    lot = replace(one_lot().lots[1], remaining=20, held=20, consumed=20, expired=20, withdrawn=20)
    book = replace(one_lot(), lots={1: lot}, available_micro=20)
    moving = entry(2, (Move(1, source, target, 5),))
    if (source, target) not in TRANSITIONS:
        with pytest.raises(LedgerFault, match=f"no move of 5 from `{source}` to `{target}`"):
            apply(book, moving)
    elif source != "issued":
        assert apply(book, moving).lots[1].is_balanced


HOLD: Final = Hold(2, (Draw(1, 40),), 50, 60)
SERIES: Final = Series(1, 2, "r", 5, 10, 70, NEVER)
CYCLE: Final = Subscription("pro", 1, 10, 10, 0, 10, 80)


def test_a_hold_is_set_replaced_and_closed() -> None:
    held = apply(one_lot(), entry(2, (Move(1, "available", "held", 40),), (HoldSet(HOLD),)))
    assert (held.held_micro, held.available_micro, held.due_at) == (40, 60, 50)
    longer = apply(held, entry(3, (), (HoldSet(replace(HOLD, expires_at=55)),)))
    assert longer.due_at == 55
    closed = apply(longer, entry(4, (Move(1, "held", "available", 40),), (HoldClosed(2),)))
    assert (closed.holds, closed.held_micro, closed.due_at) == ({}, 0, NEVER)


def test_a_series_and_a_subscription_are_set_and_counted() -> None:
    book = apply(one_lot(), entry(2, (), (SeriesSet(SERIES), SubscriptionSet(CYCLE))))
    assert (book.series, book.series_opened, book.subscription) == ({1: SERIES}, 1, CYCLE)
    assert book.due_at == 70
    ended = apply(book, entry(3, (), (SeriesEnded(1),)))
    assert (ended.series, ended.series_opened, ended.due_at) == ({}, 1, 80)
    again = apply(ended, entry(4, (), (SeriesSet(SERIES),)))
    assert again.series_opened == 1


def test_what_grants_have_given_is_noted_by_their_names() -> None:
    joined = SubscriptionSet(Subscription("pro", 1, 2, 3, 4, 5, 6, given=(Given("a", 1, 2),)))
    notes = (GivenNoted(Given("b", 1, 5)), GivenNoted(Given("a", 3, 4)))
    book = apply(one_lot(), entry(2, (), (joined, *notes)))
    assert book.subscription is not None
    assert book.subscription.given == (Given("b", 1, 5), Given("a", 3, 4))
    with pytest.raises(LedgerFault, match="has no plan that could give"):
        apply(one_lot(), entry(2, (), notes))


def test_gifts_debt_and_references_are_kept_or_only_written() -> None:
    changes = (GiftGiven("a"), DebtChanged(7, "lent"), Referenced("bill"))
    book = apply(one_lot(), entry(2, (), changes))
    assert (book.gifts, book.debt_micro) == (("a",), 7)
    assert apply(book, entry(3, (), (GiftGiven("b"),))).gifts == ("a", "b")
    with pytest.raises(LedgerFault, match="`a` was given before"):
        apply(book, entry(3, (), (GiftGiven("a"),)))


def test_the_latest_prices_are_kept_and_free_ones_are_not() -> None:
    book = one_lot()
    for number in range(RECENT_CHARGES_MAX + 5):
        priced = Charged("m", (), "succeeded", 10, 1, number, 0)
        book = apply(book, entry(number + 2, (), (priced,)))
    assert book.recent_charges == tuple(range(5, RECENT_CHARGES_MAX + 5))


def test_an_ended_lot_remembers_how() -> None:
    end = LotEnd("carried", 10, 99)
    book = apply(
        one_lot(), entry(2, (Move(1, "available", "withdrawn", 100),), (LotEnded(1, end),))
    )
    assert (book.lots[1].end, book.lots[1].has_ended(0)) == (end, True)


def test_the_next_thing_due_is_the_expiry_of_a_lot_with_something_left() -> None:
    book = one_lot(expires_at=30)
    assert (book.due_at, due_at(book)) == (30, 30)
    spent = apply(book, entry(2, (Move(1, "available", "consumed", 100),)))
    assert (spent.due_at, due_at(spent)) == (NEVER, NEVER)
    back = apply(spent, entry(3, (Move(1, "consumed", "available", 1),)))
    assert back.due_at == 30


steps = st.tuples(st.sampled_from(["hold", "close", "spend", "return"]), st.integers(1, 3))


def stepped(book: Book, step: str, number: int, ends_at: int) -> Transaction | None:
    """Give a transaction that touches one of three lots or holds; None where it does not fit."""
    lot, seq = book.lots[number], book.seq + 1
    match step:
        case "hold":
            return entry(seq, (), (HoldSet(Hold(number, (), ends_at, NEVER)),))
        case "close" if number in book.holds:
            return entry(seq, (), (HoldClosed(number),))
        case "spend" if lot.remaining:
            return entry(seq, (Move(number, "available", "consumed", lot.remaining),))
        case "return" if lot.consumed:
            return entry(seq, (Move(number, "consumed", "available", 1),))
    return None


@given(st.lists(st.tuples(steps, st.integers(20, 26)), max_size=20))
def test_what_is_due_next_is_known_after_every_step(
    taken: list[tuple[tuple[str, int], int]],
) -> None:
    lots = [opening(number, 1, 20 + 2 * number) for number in (1, 2, 3)]
    filled = tuple(Move(number, "issued", "available", 1) for number in (1, 2, 3))
    book = apply(Book("ana", "p"), entry(1, filled, tuple(lots)))
    for (step, number), ends_at in taken:
        transaction = stepped(book, step, number, ends_at)
        if transaction is not None:
            book = apply(book, transaction)
            assert due_at(book) == book.due_at


def test_a_lot_is_over_at_its_expiry_and_not_before() -> None:
    lot = one_lot(expires_at=30).lots[1]
    assert (lot.has_ended(29), lot.has_ended(30)) == (False, True)


def test_closed_lots_leave_a_book_and_named_ones_come_back() -> None:
    book = one_lot()
    assert without_closed_lots(book) is book
    spent = apply(book, entry(2, (Move(1, "available", "consumed", 100),)))
    pruned = without_closed_lots(spent)
    assert (pruned.lots, pruned.available_micro, faults_of(pruned)) == ({}, 0, ())
    assert with_lots(pruned, (spent.lots[1],)) == spent
    assert with_lots(spent, (spent.lots[1],)) is spent


def test_a_lot_in_the_book_is_newer_than_one_that_is_brought() -> None:
    book = one_lot()
    stale = replace(book.lots[1], remaining=50, consumed=50)
    assert with_lots(book, (stale,)).lots[1].remaining == 100
