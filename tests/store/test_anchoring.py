"""An anchor finds what an audit alone cannot: a past that was cut off, taken away or made anew."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from policyengine.ledger.anchors import BLOCK_MAX, Anchor, Anchored, packed, unpacked
from policyengine.ledger.book import LedgerFault
from policyengine.store import anchoring
from policyengine.store.anchoring import read_anchor
from policyengine.store.findings import Report
from policyengine.store.policies import policy_genesis
from policyengine.store.sessions import ReadSession
from policyengine.store.store import LedgerStore
from policyengine.store.verify import verify
from store.behind import Behind, behind
from store.ledgers import CREDIT, START, Scribe, content_hash, save, wander


def anchored(store: LedgerStore) -> Anchor:
    with store.reading() as session:
        return read_anchor(session, START)


def audit(session: ReadSession, anchor: Anchor | None = None) -> Report:
    return verify(session, content_hash=content_hash, anchor=anchor)


def faults(store: LedgerStore, anchor: Anchor) -> list[str]:
    with store.reading() as session:
        return [str(each) for each in audit(session, anchor).faults]


@contextmanager
def forged(anchor: Anchor | None, *scribes: Scribe) -> Iterator[LedgerStore]:
    """Write a ledger anew, under the name of another: sound in itself, whatever it says."""
    with LedgerStore.open("sqlite://", clock=lambda: START) as store:
        if anchor is not None:
            with store.writing() as session:
                driver, dialect = session.driver, session.statements.dialect
                (created_at,) = driver.ask("SELECT created_at FROM ledger")[0]
                genesis = policy_genesis(anchor.ledger_id, created_at).hex()
                with dialect.guards_off(driver):
                    driver.run(
                        f"UPDATE ledger SET ledger_id = '{anchor.ledger_id}',"  # noqa: S608  # our own
                        f" policies_hash = x'{genesis}'"
                    )
        save(store, *scribes)
        with store.reading() as session:
            assert audit(session).is_sound
        yield store


def spender(name: str, *amounts: int) -> Scribe:
    """Write a wallet that spends."""
    scribe = Scribe(name)
    scribe.grant(1_000 * CREDIT)
    for amount in amounts:
        scribe.charge(amount * CREDIT)
    return scribe


def three(last: int = 3) -> list[Scribe]:
    return [spender("ana", 1, 2), spender("bob", 5, 6), spender("cyd", 1, last)]


@pytest.fixture
def anchor() -> Anchor:
    """Where a ledger with three wallets of three transactions each stands."""
    with forged(None, *three()) as store:
        return anchored(store)


def test_a_ledger_is_where_it_was_anchored_and_may_grow(told: LedgerStore) -> None:
    anchor = anchored(told)
    with told.reading() as session:
        wallets, transactions, policies = (
            session.driver.ask(f"SELECT count(*) FROM {table}")[0][0]  # noqa: S608  # three names
            for table in ("wallet", "txn", "policy_version")
        )
    assert (anchor.wallets, anchor.transactions, anchor.policies) == (
        wallets,
        transactions,
        policies,
    )
    assert faults(told, anchor) == []
    save(told, spender("dee", 1), wander("eve", 4, 9))
    with told.writing() as session:
        book = session.books(["bob"])["bob"]
    more = Scribe("bob")
    more.book, more.start, more.at = book, book, book.settled_at + 1
    more.grant(CREDIT)
    save(told, more)
    assert faults(told, anchor) == []
    assert anchored(told).root != anchor.root


def test_what_is_under_way_while_an_anchor_is_made_comes_after_it(told: LedgerStore) -> None:
    """It has its numbers already, and others may have later ones that are in the anchor."""
    with told.writing() as session:
        session.write([spender("dee", 1).entry()])
        anchor = anchored(told)
    assert anchor.wallets == 3
    with told.reading() as session:
        assert session.books(["dee"])["dee"].seq == 2
    assert faults(told, anchor) == []
    assert anchored(told).wallets == 4


def test_the_same_history_written_again_is_the_same(anchor: Anchor) -> None:
    with forged(anchor, *three()) as store:
        assert faults(store, anchor) == []


def test_an_end_that_was_cut_off_and_hashed_anew_is_found(anchor: Anchor) -> None:
    short = [*three()[:2], spender("cyd", 1)]
    with forged(anchor, *short) as store:
        assert faults(store, anchor) == ["wallet `cyd`: has 2 transactions; the anchor has 3 of it"]


def test_a_past_that_was_written_anew_is_found(anchor: Anchor) -> None:
    with forged(anchor, *three(last=4)) as store:
        assert faults(store, anchor) == [
            "txn `cyd:3`: is not the last transaction that the anchor has of it"
        ]
    other = [spender("ana", 1, 3), *three()[1:]]
    longer = spender("cyd", 1, 3, 3, 3)
    with forged(anchor, *other[:2], longer) as store:
        assert faults(store, anchor) == [
            "txn `ana:3`: is not the last transaction that the anchor has of it"
        ]


def test_a_wallet_that_is_gone_is_found(anchor: Anchor) -> None:
    ana, _, cyd = three()
    with forged(anchor, ana, cyd) as store:
        assert faults(store, anchor) == [
            "txn `cyd:3`: is not the last transaction that the anchor has of it",
            "wallet `number 3`: is not there; the anchor has 3 transactions of it",
        ]
    ana, _, cyd = three()
    with forged(anchor, ana, spender("dee", 5, 6), cyd) as store:
        assert faults(store, anchor) == [
            "txn `dee:3`: is not the last transaction that the anchor has of it"
        ]


def test_a_wallet_that_was_taken_out_of_a_database_is_found(told: LedgerStore) -> None:
    """On a server nothing but an anchor shows it: its numbers have gaps anyhow."""
    anchor = anchored(told)
    with told.writing() as session:
        Behind(session).open_up()
    with behind(told) as back:
        back.execute("DELETE FROM move WHERE txn IN (SELECT id FROM txn WHERE wallet = 3)")
        for table in ("series", "hold_draw", "hold", "lot", "txn"):
            back.execute(f"DELETE FROM {table} WHERE wallet = 3")  # noqa: S608  # five names
        back.execute("DELETE FROM wallet WHERE id = 3")
        if back.is_server:
            assert audit(back.session).is_sound
        named = {each.name for each in audit(back.session, anchor).faults if each.table == "wallet"}
    assert "number 3" in named


def test_policies_that_were_exchanged_are_found(anchor: Anchor) -> None:
    with forged(anchor, *three()) as store:
        for wrong in (
            replace(anchor, policies=0),
            replace(anchor, policies=7),
            replace(anchor, policies_head=b"h" * 32),
        ):
            sentence = f"its first {wrong.policies} policy versions are not those of the anchor"
            assert faults(store, wrong) == [f"ledger `{anchor.ledger_id}`: {sentence}"]


def test_a_ledger_without_policies_and_wallets_has_an_anchor(store: LedgerStore) -> None:
    anchor = anchored(store)
    assert (anchor.wallets, anchor.transactions, anchor.policies, anchor.blocks) == (0, 0, 0, ())
    assert faults(store, anchor) == []
    save(store, spender("ana", 1))
    assert faults(store, anchor) == []


def test_an_anchor_of_another_ledger_is_told(anchor: Anchor) -> None:
    with forged(None, *three()) as store:
        (fault,) = faults(store, anchor)
        assert fault.endswith(f"the anchor is of another ledger: `{anchor.ledger_id}`")


def test_marks_that_a_forger_could_hit_are_not_all_that_is_compared(anchor: Anchor) -> None:
    """A mark has 32 bits, which can be hit by trying; the root cannot."""
    with forged(anchor, *three(last=4)) as store:
        (mine,) = anchored(store).blocks
        hit = replace(anchor, blocks=(mine,))
        assert faults(store, hit) == [
            f"ledger `{anchor.ledger_id}`: the heads of its wallets are not those of the anchor"
        ]


def test_wallets_are_listed_in_blocks(anchor: Anchor, monkeypatch: pytest.MonkeyPatch) -> None:
    assert BLOCK_MAX > 3
    monkeypatch.setattr(anchoring, "BLOCK_MAX", 2)
    with forged(anchor, *three()) as store:
        apart = anchored(store)
        assert [len(list(unpacked(each))) for each in apart.blocks] == [2, 1]
        assert apart.root == anchor.root
        assert faults(store, apart) == []


def test_some_wallets_are_audited_and_the_anchor_is_held_to_whole(anchor: Anchor) -> None:
    with forged(anchor, *three(last=4)) as store, store.reading() as session:
        report = verify(session, wallet_ids=["ana"], anchor=anchor)
    assert report.wallets == 1
    assert [each.name for each in report.faults] == ["cyd:3"]


def test_a_ledger_without_its_name_has_no_anchor(told: LedgerStore) -> None:
    anchor = anchored(told)
    with told.writing() as session:
        Behind(session).open_up()
    with behind(told) as back:
        back.execute("DELETE FROM ledger")
        with pytest.raises(LedgerFault, match="not there"):
            read_anchor(back.session, START)
        names = [each.table for each in audit(back.session, anchor).faults]
    assert names[0] == "ledger"


def test_numbers_far_apart_are_asked_for_by_themselves(anchor: Anchor) -> None:
    """Who was committed later, with a number between those of the anchor, is no fault."""
    with forged(anchor, *three()) as store:
        (block,) = anchored(store).blocks
        ana, _, cyd = unpacked(block)
        without = replace(anchor, blocks=(packed([ana, Anchored(3, cyd.seq, cyd.mark)]),))
        found = faults(store, without)
    assert found == [
        f"ledger `{anchor.ledger_id}`: the heads of its wallets are not those of the anchor"
    ]
