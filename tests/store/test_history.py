"""Pages, conversations, earlier balances, charges, cases and due wallets, read back in order."""

import pytest

from policyengine.ledger.changes import Charged
from policyengine.ledger.transactions import change_of
from policyengine.store.history import (
    CHARGES_SOUGHT_MAX,
    PAGE_MAX,
    Balance,
    Conversation,
)
from policyengine.store.store import LedgerStore
from policyengine.values.calendar import NEVER
from store.ledgers import (
    CREDIT,
    HOUR,
    START,
    Scribe,
    save,
    story,
    wander,
)


@pytest.fixture
def ana(store: LedgerStore) -> Scribe:
    scribe = wander("ana", 3, 60)
    save(store, scribe)
    return scribe


def test_pages_go_back_from_the_newest(store: LedgerStore, ana: Scribe) -> None:
    seen: list[int] = []
    before: int | None = None
    with store.reading() as session:
        while page := session.transactions("ana", before_seq=before, limit=7):
            assert len(page) == min(7, ana.book.seq - len(seen))
            seen += [each.transaction.seq for each in page]
            before = seen[-1]
    assert seen == list(range(ana.book.seq, 0, -1))


def test_pages_go_on_from_the_oldest(store: LedgerStore, ana: Scribe) -> None:
    seen: list[int] = []
    with store.reading() as session:
        while page := session.transactions("ana", after_seq=len(seen), limit=7):
            seen += [each.transaction.seq for each in page]
    assert seen == list(range(1, ana.book.seq + 1))


def test_a_page_has_the_transactions_as_they_were_written(store: LedgerStore) -> None:
    scribe = story()
    written = list(scribe.written)
    save(store, scribe)
    with store.reading() as session:
        page = session.transactions("ana", after_seq=0)
    assert [each.transaction for each in page] == written


@pytest.mark.usefixtures("ana")
def test_a_page_may_be_of_one_conversation_and_of_some_kinds(store: LedgerStore) -> None:
    with store.reading() as session:
        talk = session.transactions("ana", conversation_id="talk")
        holds = session.transactions("ana", kinds=["hold", "capture"])
        both = session.transactions("ana", conversation_id="talk", kinds=["charge"], after_seq=0)
        none = session.transactions("ana", conversation_id="")
    assert {each.transaction.conversation_id for each in talk} == {"talk"}
    assert {each.transaction.kind for each in holds} == {"hold", "capture"}
    assert [each.transaction.seq for each in both] == sorted(
        each.transaction.seq for each in talk if each.transaction.kind == "charge"
    )
    assert none == []


def test_a_page_is_bounded(store: LedgerStore) -> None:
    scribe = Scribe("ana")
    for _ in range(PAGE_MAX + 1):
        scribe.refuse()
    save(store, scribe)
    with store.reading() as session:
        assert len(session.transactions("ana", limit=10**9)) == PAGE_MAX


def test_an_unknown_wallet_has_no_history(store: LedgerStore) -> None:
    with store.reading() as session:
        assert session.transactions("nobody") == []
        assert session.conversations("nobody") == []
        assert session.charge_history("nobody", "frontier") == []
        assert session.balance_at("nobody", START) is None


def test_a_conversation_has_what_it_cost(store: LedgerStore) -> None:
    scribe = Scribe("ana")
    scribe.grant(100 * CREDIT)
    scribe.charge(1 * CREDIT)
    first = scribe.charge(5 * CREDIT, conversation_id="talk")
    scribe.at += HOUR
    scribe.charge(7 * CREDIT, "lite", conversation_id="work")
    scribe.refuse(conversation_id="talk")
    scribe.charge(2 * CREDIT, "lite", conversation_id="talk")
    scribe.refund(first, 3 * CREDIT)
    save(store, scribe)
    with store.reading() as session:
        found = session.conversations("ana")
        second = session.conversations("ana", limit=1, before_seq=found[0].last_seq)
    talk = Conversation(
        "talk", 7 * CREDIT, 3 * CREDIT, 2, ("frontier", "lite"), (), START, START + HOUR, 7
    )
    work = Conversation("work", 7 * CREDIT, 0, 1, ("lite",), (), START + HOUR, START + HOUR, 4)
    assert (found, second) == ([talk, work], [work])


def test_pages_of_conversations_leave_none_out(store: LedgerStore) -> None:
    scribe = Scribe("ana")
    scribe.grant(100 * CREDIT)
    for number in range(40):
        scribe.charge(1, conversation_id=f"talk-{number * 7 % 11}")
    save(store, scribe)
    seen: list[str] = []
    before: int | None = None
    with store.reading() as session:
        while page := session.conversations("ana", before_seq=before, limit=3):
            seen += [each.conversation_id for each in page]
            before = page[-1].last_seq
    latest = [f"talk-{number * 7 % 11}" for number in range(39, 28, -1)]
    assert seen == latest


def test_flags_of_a_conversation_are_listed_once(store: LedgerStore) -> None:
    scribe = Scribe("ana")
    scribe.grant(100 * CREDIT)
    for flags in (("much",), ("much", "late")):
        charged = Charged("lite", (), "succeeded", START, 1, 1, 1, flags=flags)
        moves = [(1, "available", "consumed", 1)]
        scribe.write("charge", moves, [charged], conversation_id="talk")  # type: ignore[arg-type]
    save(store, scribe)
    with store.reading() as session:
        (found,) = session.conversations("ana")
    assert (found.flags, found.models, found.charges) == (("much", "late"), ("lite",), 2)


@pytest.mark.usefixtures("ana")
def test_a_balance_can_be_asked_of_any_instant(store: LedgerStore) -> None:
    with store.reading() as session:
        history = [each.transaction for each in session.transactions("ana", after_seq=0)]
        for asked in sorted({each.effective_at + step for each in history for step in (-1, 0, 1)}):
            last = [each for each in history if each.effective_at <= asked][-1:]
            expected = [
                Balance(each.available_micro, each.debt_micro, each.seq, each.effective_at)
                for each in last
            ]
            found = session.balance_at("ana", asked)
            assert ([] if found is None else [found]) == expected
        assert session.balance_at("ana", NEVER) == expected[0]


def test_charges_come_newest_first_by_wallet_and_model(store: LedgerStore) -> None:
    ana, bob = Scribe("ana"), Scribe("bob")
    for scribe in (ana, bob):
        scribe.grant(100 * CREDIT)
    for number in range(1, 6):
        ana.charge(number, "lite")
        ana.charge(number * 100, "frontier")
    save(store, ana)
    bob.charge(7, "lite")
    save(store, bob)
    with store.reading() as session:
        of = session.charge_history
        found = {
            "ana lite": [each.price_micro for each in of("ana", "lite", 3)],
            "lite": [each.price_micro for each in of(None, "lite", 3)],
            "ana": [each.price_micro for each in of("ana", None, 3)],
            "all": [each.price_micro for each in of(None, None, 3)],
            "unknown": of("ana", "unknown"),
        }
    assert found == {
        "ana lite": [5, 4, 3],
        "lite": [7, 5, 4],
        "ana": [500, 5, 400],
        "all": [7, 500, 5],
        "unknown": [],
    }


def test_charges_for_a_model_are_sought_only_so_far_back(store: LedgerStore) -> None:
    scribe = Scribe("ana")
    scribe.grant(100 * CREDIT)
    scribe.charge(1, "rare")
    for _ in range(CHARGES_SOUGHT_MAX - 1):
        scribe.refuse()
    save(store, scribe)
    with store.reading() as session:
        assert len(session.charge_history("ana", "rare")) == 1
    scribe.refuse()
    save(store, scribe)
    with store.reading() as session:
        assert session.charge_history("ana", "rare") == []


def test_a_charge_reads_back_as_it_was(store: LedgerStore) -> None:
    scribe = Scribe("ana")
    scribe.grant(100 * CREDIT)
    expected = change_of(scribe.charge(5), Charged)
    save(store, scribe)
    with store.reading() as session:
        assert session.charge_history("ana", "frontier") == [expected]


def test_open_cases_are_those_not_resolved(store: LedgerStore) -> None:
    scribe = Scribe("ana")
    scribe.grant(100 * CREDIT)
    charge = scribe.charge(5)
    cases = [scribe.report(charge) for _ in range(4)]
    scribe.refuse("report")
    scribe.resolve(cases[1])
    scribe.write("resolve", refusal=scribe.refuse().refusal, parent_seq=cases[2].seq)
    save(store, scribe)
    with store.reading() as session:
        found = session.open_cases()
        later = session.open_cases(after=found[0].number, limit=1)
    assert [each.report for each in found] == [cases[0], cases[2], cases[3]]
    assert [each.report for each in later] == [cases[2]]


def test_due_wallets_come_longest_due_first(store: LedgerStore) -> None:
    scribes = []
    for name, hours in (("ana", 5), ("bob", 2), ("cyd", 9), ("dee", 2)):
        scribe = Scribe(name)
        scribe.grant(CREDIT, START + hours * HOUR)
        scribes.append(scribe)
    never = Scribe("eve")
    never.grant(CREDIT)
    save(store, *scribes, never)
    with store.reading() as session:
        assert session.due_wallets(START + 2 * HOUR - 1) == []
        assert session.due_wallets(START + 2 * HOUR) == ["bob", "dee"]
        assert session.due_wallets(START + 9 * HOUR, limit=3) == ["bob", "dee", "ana"]
        assert list(session.wallet_ids()) == ["ana", "bob", "cyd", "dee", "eve"]
    scribes[1].expire(1)
    save(store, scribes[1])
    with store.reading() as session:
        assert session.due_wallets(START + 5 * HOUR) == ["dee", "ana"]


def test_wallets_with_a_versions_terms_come_in_the_order_of_their_opening(
    store: LedgerStore,
) -> None:
    scribes = [Scribe(name) for name in ("ana", "bob", "cyd")]
    for scribe in scribes:
        scribe.subscribe()
    without = Scribe("dee")
    without.grant(CREDIT)
    save(store, *scribes, without)
    policy, subscription = scribes[0].book.policy, scribes[0].book.subscription
    assert subscription is not None
    with store.reading() as session:
        found = session.subscribers(policy, 1, 0)
        assert [each.wallet_id for each in found] == ["ana", "bob", "cyd"]
        assert (found[0].plan, found[0].joined_at) == (subscription.plan, subscription.joined_at)
        assert session.subscribers(policy, 1, found[0].number, 1) == found[1:2]
        assert session.subscribers(policy, 1, found[-1].number) == []
        assert session.subscribers(policy, 2, 0) == []
        assert session.subscribers("another", 1, 0) == []


def test_less_than_none_is_none_and_not_everything(told: LedgerStore) -> None:
    with told.reading() as session:
        assert session.transactions("ana", limit=-1) == []
        assert session.conversations("ana", limit=-1) == []
        assert session.charge_history(None, None, -1) == []
        assert session.open_cases(limit=-1) == []
