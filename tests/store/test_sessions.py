"""What is written is what is read back, and only what fits is written."""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policyengine.ledger.book import Book, LedgerFault, apply
from policyengine.ledger.lots import Lot
from policyengine.ledger.transactions import PolicyRef
from policyengine.store.batch import Entry
from policyengine.store.faults import StaleBook
from policyengine.store.store import LedgerStore
from policyengine.store.verify import verify
from store.ledgers import (
    CREDIT,
    HOUR,
    POLICY,
    REF,
    REF_2,
    SOURCE,
    START,
    Scribe,
    open_part,
    put,
    remember,
    save,
    story,
    wander,
)

KEY_IS_USED = "a key names one transaction|txn_key_is_once"
DRIVER_ERRORS = (sqlite3.IntegrityError, psycopg.IntegrityError)


def test_a_book_comes_back_as_it_was_with_open_lots_only(store: LedgerStore) -> None:
    scribe = story()
    save(store, scribe)
    with store.reading() as session:
        found = session.books(["ana", "nobody"])
    assert found == {"ana": open_part(scribe.book)}
    assert len(found["ana"].lots) < len(scribe.book.lots)


def test_lots_come_back_in_the_order_of_their_numbers(store: LedgerStore) -> None:
    scribe = Scribe("ana")
    for amount in range(1, 13):
        scribe.grant(amount)
    save(store, scribe)
    with store.reading() as session:
        assert list(session.books(["ana"])["ana"].lots) == list(range(1, 13))


@settings(max_examples=25)
@given(seed=st.integers(0, 10**6), splits=st.lists(st.integers(1, 9), min_size=1, max_size=6))
def test_however_a_history_is_cut_into_writes_the_book_is_the_same(
    seed: int, splits: list[int]
) -> None:
    whole = wander("ana", seed, sum(splits))
    transactions = whole.written
    book = Book("ana", POLICY)
    with LedgerStore.open("sqlite://") as store:
        while transactions:
            size = splits.pop() if splits else len(transactions)
            part, transactions = transactions[:size], transactions[size:]
            with store.writing() as session:
                remember(session)
                before = session.books(["ana"]).get("ana")
                assert before == (open_part(book) if book.seq else None)
                for each in part:
                    book = apply(book, each)
                session.write([Entry(before, book, tuple(part))])
        with store.reading() as session:
            assert session.books(["ana"]) == {"ana": open_part(whole.book)}
            assert verify(session).is_sound


def test_the_answer_to_a_key_comes_back_whole(store: LedgerStore) -> None:
    scribe, other = story("ana"), story("bob")
    written = list(scribe.written)
    save(store, scribe, other)
    keys = [("ana", each.key) for each in written]
    with store.reading() as session:
        found = session.answered(
            [*keys, ("ana", "new"), ("nobody", "charge-7"), ("bob", "grant-2")]
        )
    assert [found[key] for key in keys] == written
    assert set(found) == {*keys, ("bob", "grant-2")}


def test_a_named_transaction_comes_with_corrections_and_all_its_lots(store: LedgerStore) -> None:
    scribe = Scribe("ana")
    first, second = scribe.grant(5 * CREDIT), scribe.grant(9 * CREDIT)
    charge = scribe.charge(7 * CREDIT)
    refund = scribe.refund(charge, CREDIT)
    scribe.refuse("refund")
    scribe.charge(1 * CREDIT)
    last = scribe.refund(charge, CREDIT)
    scribe.charge(2 * CREDIT)
    save(store, scribe)
    with store.reading() as session:
        found = session.named([("ana", charge.seq), ("ana", 99), ("nobody", 1)])
        assert session.books(["ana"])["ana"].lots.keys() == {second}
    (named,) = found.values()
    assert list(found) == [("ana", charge.seq)]
    assert (named.transaction, named.corrections) == (charge, (refund, last))
    assert named.lots == (scribe.book.lots[first], scribe.book.lots[second])


def test_many_wallets_and_many_transactions_of_each_are_one_write(store: LedgerStore) -> None:
    scribes = [wander(f"w{number}", number, 9) for number in range(40)]
    save(store, *scribes)
    for scribe in scribes:
        scribe.at += HOUR
        scribe.grant(1)
        scribe.refuse()
    save(store, *scribes)
    with store.reading() as session:
        books = session.books([scribe.wallet_id for scribe in scribes])
        assert verify(session).is_sound
    assert books == {scribe.wallet_id: open_part(scribe.book) for scribe in scribes}


def test_one_session_may_write_again_and_sees_what_it_wrote(store: LedgerStore) -> None:
    scribe = Scribe("ana")
    with store.writing() as session:
        remember(session)
        for _ in range(3):
            scribe.grant(CREDIT)
            session.write([scribe.entry()])
            assert session.books(["ana"])["ana"] == scribe.book
        assert session.answered([("ana", "grant-2")])
    with store.reading() as session:
        assert verify(session).transactions == 3


def test_an_entry_without_transactions_writes_nothing(store: LedgerStore) -> None:
    with store.writing() as session:
        session.write([Entry(None, Book("ana", POLICY), ())])
        session.write([])
    with store.reading() as session:
        assert list(session.wallet_ids()) == []


def test_recorded_time_never_goes_back_within_a_wallet() -> None:
    times = iter([START + 9, START, START + 5, START + 20])
    with LedgerStore.open("sqlite://", clock=lambda: next(times)) as store:  # START + 9: creation
        scribe = Scribe("ana")
        for expected in (START, START + 5, START + 20):
            scribe.grant(1)
            save(store, scribe)
            with store.reading() as session:
                assert session.transactions("ana", limit=1)[0].recorded_at == expected
    times = iter([START, START + 9, START + 5])
    with LedgerStore.open("sqlite://", clock=lambda: next(times)) as store:
        scribe = Scribe("ana")
        for _ in range(2):
            scribe.grant(1)
            save(store, scribe)
        with store.reading() as session:
            recorded = [each.recorded_at for each in session.transactions("ana")]
            assert verify(session).is_sound
    assert recorded == [START + 9, START + 9]


def interrupted(store: LedgerStore, scribe: Scribe) -> None:
    with store.writing() as session:
        remember(session)
        session.write([scribe.entry()])
        raise KeyboardInterrupt


def granted(store: LedgerStore) -> Scribe:
    scribe = Scribe("ana")
    scribe.grant(10 * CREDIT)
    save(store, scribe)
    return scribe


def refused(store: LedgerStore, entry: Entry, error: type[Exception], message: str) -> None:
    """Check that an entry is refused, and that nothing of its session is kept."""
    with store.reading() as session:
        before = session.transactions("ana"), session.books(["ana", "bob"])
    bystander = Scribe("bob")
    bystander.grant(1)
    with pytest.raises(error, match=message):
        put(store, bystander.entry(), entry)
    with store.reading() as session:
        assert (session.transactions("ana"), session.books(["ana", "bob"])) == before
        assert verify(session).is_sound


def test_a_book_that_another_session_moved_on_is_stale(store: LedgerStore) -> None:
    late = granted(store)
    early = late.twin()
    early.charge(1)
    late.charge(2)
    save(store, early)
    refused(store, late.entry(), StaleBook, "`ana` was read at `1`; it has moved on since")


def test_a_wallet_that_another_session_opened_is_stale(store: LedgerStore) -> None:
    granted(store)
    late = Scribe("ana")
    late.grant(7)
    refused(store, late.entry(), StaleBook, "`ana` was read at `0`")


def test_a_wallet_that_is_not_there_is_stale(store: LedgerStore) -> None:
    scribe = Scribe("bob")
    scribe.grant(5)
    scribe.entry()
    scribe.grant(5)
    entry = scribe.entry()
    with pytest.raises(StaleBook, match="`bob` was read at `1`"):
        put(store, entry)


Wrong = Callable[[Entry], Entry]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda entry: replace(entry, transactions=entry.transactions[1:]),
        lambda entry: replace(entry, transactions=entry.transactions[:1]),
        lambda entry: replace(entry, transactions=entry.transactions[::-1]),
        lambda entry: replace(
            entry,
            transactions=(entry.transactions[0], replace(entry.transactions[1], wallet_id="bob")),
        ),
        lambda entry: replace(
            entry,
            transactions=(entry.transactions[0], replace(entry.transactions[1], debt_micro=1)),
        ),
        lambda entry: replace(entry, after=replace(entry.after, available_micro=1)),
        lambda entry: replace(entry, after=replace(entry.after, settled_at=START + HOUR)),
        lambda entry: replace(entry, after=replace(entry.after, policy="other")),
    ],
)
def test_transactions_that_do_not_lead_to_the_book_are_refused(
    store: LedgerStore, wrong: Wrong
) -> None:
    scribe = granted(store)
    scribe.charge(1)
    scribe.charge(2)
    refused(store, wrong(scribe.entry()), LedgerFault, "do not lead from its book at `1`")


def test_a_touched_lot_that_the_book_has_dropped_is_refused(store: LedgerStore) -> None:
    scribe = granted(store)
    scribe.charge(10 * CREDIT)
    entry = scribe.entry()
    dropped = replace(entry, after=open_part(entry.after))
    refused(store, dropped, LedgerFault, "lot 1 of wallet `ana` was touched, but the book does not")


def test_a_lot_that_is_not_balanced_is_refused_by_the_database(store: LedgerStore) -> None:
    scribe = granted(store)
    scribe.charge(1)
    entry = scribe.entry()
    lot: Lot = replace(entry.after.lots[1], consumed=2)
    wrong = replace(entry, after=replace(entry.after, lots={1: lot}))
    refused(store, wrong, LedgerFault, "lot_is_conserved")


def test_a_key_that_was_used_before_is_refused_by_the_database(store: LedgerStore) -> None:
    scribe = granted(store)
    scribe.write("report", key="grant-1")
    refused(store, scribe.entry(), LedgerFault, KEY_IS_USED)


def test_an_amount_beyond_64_bits_is_refused(store: LedgerStore) -> None:
    scribe = granted(store)
    scribe.write("report", available_micro=2**63)
    entry = scribe.entry()
    wrong = replace(entry, after=replace(entry.after, available_micro=2**63))
    with pytest.raises(LedgerFault, match=r"too large|out of range"), store.writing() as session:
        session.write([wrong])
    with store.reading() as session:
        assert session.books(["ana"])["ana"].seq == 1


def test_text_that_has_no_utf8_is_refused(store: LedgerStore) -> None:
    scribe = granted(store)
    scribe.write("report", reason="\ud800")
    with pytest.raises(LedgerFault, match="cannot hold"), store.writing() as session:
        session.write([scribe.entry()])
    with store.reading() as session:
        assert session.books(["ana"])["ana"].seq == 1


def test_a_wallet_has_one_entry_in_a_write(store: LedgerStore) -> None:
    scribe = granted(store)
    scribe.charge(1)
    first = scribe.entry()
    scribe.charge(1)
    second = scribe.entry()
    with pytest.raises(LedgerFault, match="more than one entry"), store.writing() as session:
        session.write([first, second])


def test_a_failed_write_is_not_committed_even_if_its_exception_is_caught(
    store: LedgerStore,
) -> None:
    scribe = granted(store)
    wrong = scribe.twin()
    wrong.write("report", key="grant-1")

    def write_on() -> None:
        with store.writing() as session:
            with pytest.raises(DRIVER_ERRORS, match=KEY_IS_USED):
                session.write([wrong.entry()])
            session.write([])

    with pytest.raises(LedgerFault, match="a write failed"):
        write_on()
    with store.reading() as session:
        assert session.books(["ana"])["ana"].seq == 1


def test_an_exception_in_a_session_keeps_nothing(store: LedgerStore) -> None:
    scribe = granted(store)
    scribe.charge(1)
    with pytest.raises(KeyboardInterrupt):
        interrupted(store, scribe)
    with store.reading() as session:
        assert session.books(["ana"])["ana"].seq == 1


def test_a_reader_sees_one_moment_whatever_is_written_meanwhile(store: LedgerStore) -> None:
    scribe = granted(store)
    with store.reading() as session:
        before = session.books(["ana"])
        scribe.charge(1)
        save(store, scribe)
        assert session.books(["ana"]) == before
        assert len(session.transactions("ana")) == 1
    with store.reading() as session:
        assert session.books(["ana"])["ana"].seq == 2


def test_a_policy_is_remembered_once_with_its_text(store: LedgerStore) -> None:
    for _ in range(2):
        with store.writing() as session:
            remember(session)
            remember(session)
            assert session.policy_source(REF) == SOURCE
    with store.reading() as session:
        assert session.driver.ask("SELECT count(*) FROM policy_version") == [(2,)]
        assert verify(session).is_sound


def test_another_text_under_the_same_reference_is_a_fault(store: LedgerStore) -> None:
    with store.writing() as session:
        session.remember_policy(REF, SOURCE)
    with (
        pytest.raises(LedgerFault, match="was remembered with another text"),
        store.writing() as session,
    ):
        session.remember_policy(REF, SOURCE + "# a comment\n")
    with store.reading() as session:
        assert session.policy_source(REF) == SOURCE


def test_a_policy_text_is_bounded(store: LedgerStore) -> None:
    with pytest.raises(LedgerFault, match="longer than 262144"), store.writing() as session:
        session.remember_policy(REF, "#" * 262_145)


def test_a_policy_that_is_not_remembered_cannot_decide(store: LedgerStore) -> None:
    scribe = Scribe("ana", policy=PolicyRef("other", 1, "0" * 64))
    scribe.grant(1)
    with (
        pytest.raises(LedgerFault, match=r"`other` version 1 .* does not remember it"),
        store.writing() as session,
    ):
        session.write([scribe.entry()])


def test_a_policy_of_a_session_that_failed_is_not_known_to_the_next(store: LedgerStore) -> None:
    """Its number was never committed, so it must not be used again from memory."""
    scribe = Scribe("ana", policy=REF_2)
    scribe.grant(1)
    with pytest.raises(KeyboardInterrupt):
        interrupted(store, scribe)
    other = Scribe("ana", policy=REF_2)
    other.grant(1)
    with store.writing() as session:
        session.remember_policy(REF_2, "policy: codeflicker\nversion: 2\n")
        session.write([other.entry()])
    with store.reading() as session:
        assert session.transactions("ana")[0].transaction.policy == REF_2
        assert verify(session).is_sound


def test_asking_for_an_unknown_policy_is_a_fault(store: LedgerStore) -> None:
    with store.reading() as session, pytest.raises(LedgerFault, match="does not remember"):
        session.policy_source(REF)


def test_the_file_is_the_ledger(open_copy: Callable[[Path], LedgerStore], told_file: Path) -> None:
    """Two stores opened on copies of a file give the same books and history."""
    first, second = open_copy(told_file), open_copy(told_file)
    with first.reading() as one, second.reading() as two:
        assert one.books(["ana", "bob"]) == two.books(["ana", "bob"])
        assert one.transactions("ana") == two.transactions("ana")
