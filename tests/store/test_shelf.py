"""A wallet that has not moved on is not read again, and one that has always is."""

from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policyengine.ledger.book import Book
from policyengine.ledger.lots import Lot, LotTerms
from policyengine.store.shelf import Shelf
from policyengine.store.store import LedgerStore
from store.ledgers import CREDIT, Scribe, save, step, story, wander

HEAD, OTHER = (b"a" * 32, None), (b"b" * 32, None)


def book(wallet_id: str, lots: int = 0) -> Book:
    terms = [LotTerms(no, 1, "grant", "g", 5, 0, 10) for no in range(1, lots + 1)]
    return Book(wallet_id, "p", 1, lots={each.no: Lot(each, 5) for each in terms})


def read(store: LedgerStore, *wallets: str) -> dict[str, Book]:
    with store.reading() as session:
        return session.books(wallets)


def without_shelf(store: LedgerStore, *wallets: str) -> dict[str, Book]:
    store._shelf.clear()
    return read(store, *wallets)


def test_a_book_is_found_by_the_state_of_its_wallet_only() -> None:
    shelf = Shelf()
    shelf.put(HEAD, book("ana"))
    assert shelf.find("ana", HEAD) == book("ana")
    assert shelf.find("ana", OTHER) is None
    assert shelf.find("bob", HEAD) is None
    assert shelf.find("ana", (HEAD[0], 1)) is None
    shelf.put(OTHER, book("ana", 1))
    assert shelf.find("ana", HEAD) is None
    assert shelf.find("ana", OTHER) == book("ana", 1)


def test_lots_that_are_closed_are_not_kept() -> None:
    closed = Lot(LotTerms(1, 1, "grant", "g", 5, 0, 10), 0, consumed=5)
    shelf = Shelf()
    shelf.put(HEAD, Book("ana", "p", 1, lots={1: closed}))
    assert shelf.find("ana", HEAD) == book("ana")


def test_the_wallets_used_longest_ago_make_room() -> None:
    shelf = Shelf(room_max=6)
    for name in ("ana", "bob", "cyd"):
        shelf.put(HEAD, book(name, 1))
    shelf.find("ana", HEAD)
    shelf.put(HEAD, book("dee", 1))
    assert [bool(shelf.find(name, HEAD)) for name in ("ana", "bob", "cyd", "dee")] == [
        True, False, True, True,
    ]  # fmt: skip
    shelf.put(HEAD, book("eve", 9))
    assert not any(shelf.find(name, HEAD) for name in ("ana", "cyd", "dee", "eve"))
    shelf.put(HEAD, book("ana", 5))
    assert shelf.find("ana", HEAD) == book("ana", 5)


def test_a_cleared_shelf_has_all_its_room_again() -> None:
    shelf = Shelf(room_max=2)
    shelf.put(HEAD, book("ana", 1))
    shelf.clear()
    shelf.put(HEAD, book("bob", 1))
    assert shelf.find("ana", HEAD) is None
    assert shelf.find("bob", HEAD) is not None


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), steps=st.integers(1, 30))
def test_a_book_that_was_written_is_the_one_that_would_be_read(seed: int, steps: int) -> None:
    with LedgerStore.open("sqlite://") as store:
        save(store, wander("bob", seed, steps), forget=False)
        kept = read(store, "bob")
        assert kept == without_shelf(store, "bob")
        assert list(kept["bob"].lots) == list(read(store, "bob")["bob"].lots)


def test_a_hold_that_is_open_is_not_read_to_be_captured() -> None:
    ana, asked = Scribe("ana"), list[str]()
    with LedgerStore.open("sqlite://") as store:
        ana.grant(9 * CREDIT)
        number = ana.hold(5 * CREDIT)
        save(store, ana, forget=False)
        ana.capture(number, CREDIT, final=False)
        save(store, ana, forget=False)
        with store.reading() as session:
            session.books(["ana"])
            session.driver.connection.set_trace_callback(asked.append)
            kept = session.named([("ana", number)])
            session.driver.connection.set_trace_callback(None)
        assert asked == []
        assert [each.seq for each in kept["ana", number].corrections] == [number + 1]


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), steps=st.lists(st.integers(1, 4), min_size=1, max_size=12))
def test_what_is_known_of_a_hold_is_what_would_be_read(seed: int, steps: list[int]) -> None:
    ana, random = Scribe("ana"), Random(seed)
    ana.grant(80 * CREDIT)
    with LedgerStore.open("sqlite://") as store:
        for count in steps:
            ana.hold(CREDIT)
            for _ in range(count):
                step(ana, random)
            save(store, ana, forget=False)
            with store.reading() as session:
                asked = [("ana", seq) for seq in range(1, session.books(["ana"])["ana"].seq + 1)]
                kept = session.named(asked)
                session.loader.shelf = Shelf()
                assert session.named(asked) == kept
            if random.random() < 0.2:
                store._shelf.clear()


def test_a_whole_story_is_read_as_it_was_written(store: LedgerStore) -> None:
    save(store, story("ana"), wander("bob", 1, 12), forget=False)
    assert read(store, "ana", "bob") == without_shelf(store, "ana", "bob")


def test_what_another_process_writes_is_read(store_file: LedgerStore, tmp_path: Path) -> None:
    ana = Scribe("ana")
    ana.grant(CREDIT)
    save(store_file, ana, forget=False)
    first = read(store_file, "ana")["ana"]
    with LedgerStore.open(f"sqlite:///{next(tmp_path.glob('*.db'))}") as other:
        ana.charge(1)
        save(other, ana)
    assert first.seq == 1
    assert read(store_file, "ana") == {"ana": ana.book}


def test_what_was_taken_back_is_not_found(store: LedgerStore) -> None:
    ana = Scribe("ana")
    ana.grant(CREDIT)
    save(store, ana, forget=False)
    before = read(store, "ana")
    ana.charge(1)

    def interrupted() -> None:
        with store.writing() as session:
            session.books(["ana"])
            session.write([ana.entry()])
            raise InterruptedError

    with pytest.raises(InterruptedError):
        interrupted()
    assert read(store, "ana") == before
