"""What is written is what is read back, and only what fits is written."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
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
    remember,
    save,
    story,
    wander,
)

from policyengine.ledger.book import Book, LedgerFault
from policyengine.ledger.lots import Lot
from policyengine.ledger.transactions import PolicyRef
from policyengine.store.batch import Entry
from policyengine.store.faults import StaleBook
from policyengine.store.store import LedgerStore
from policyengine.store.verify import verify


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
    transactions = list(whole.written)
    scribe = Scribe("ana")
    with LedgerStore.open("sqlite://") as store:
        for size in [*splits, len(transactions)]:
            part, transactions = transactions[:size], transactions[size:]
            if not part:
                break
            with store.writing() as session:
                remember(session)
                scribe.start = session.books(["ana"]).get("ana")
                assert scribe.start == (None if scribe.start is None else open_part(scribe.book))
                for each in part:
                    scribe.write(
                        each.kind,
                        [(m.lot_no, m.source, m.target, m.amount_micro) for m in each.moves],
                        each.changes,
                        at=each.effective_at,
                        refusal=each.refusal,
                        parent_seq=each.parent_seq,
                        conversation_id=each.conversation_id,
                    )
                session.write([scribe.entry()])
        with store.reading() as session:
            assert session.books(["ana"]) == {"ana": open_part(whole.book)}
            assert verify(session).is_sound
