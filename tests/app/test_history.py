"""History: operations as they belong together, statements whose lines add up."""

import pytest

from app.shops import Shop
from policyengine.app.history import Operation
from policyengine.app.reading import NotFound

CREDIT = 1_000_000


def operations(shop: Shop, conversation: str = "c-1") -> list[Operation]:
    return list(shop.engine.operations("ana", conversation))


def test_a_hold_and_what_came_of_it_are_one_operation(shop: Shop) -> None:
    hold = shop.engine.hold("ana", credits_held=5, conversation="c-1").receipt
    shop.engine.extend(hold.id, "1 minute").or_raise()
    captured = shop.engine.capture(hold.id, model="large", counts={"text_input": 1200}).or_raise()
    shop.engine.refund(captured.id, "0.08").or_raise()
    (operation,) = operations(shop)
    kinds = [each.kind for each in operation.transactions]
    assert kinds == ["hold", "extend", "capture", "refund"]
    assert (operation.charged_micro, operation.refunded_micro) == (480_000, 80_000)
    assert (operation.status, operation.name) == ("charged", "")


def test_what_has_one_operation_id_is_one_operation(shop: Shop) -> None:
    shop.charge(conversation="c-1", operation="op-1")
    shop.charge(conversation="c-1", operation="op-2")
    shop.charge(conversation="c-1", operation="op-1")
    found = operations(shop)
    assert [(each.name, len(each.charges)) for each in found] == [("op-1", 2), ("op-2", 1)]


def test_how_an_operation_ended_is_one_word(shop: Shop) -> None:
    engine, sent = shop.engine, {"text_input": 1200}
    charged = shop.charge(conversation="c-1", operation="1")
    engine.refund(charged.id).or_raise()
    shop.charge(conversation="c-1", operation="2")
    engine.charge("ana", "large", sent, outcome="failed", conversation="c-1", operation="3")
    engine.hold("ana", credits_held=1, conversation="c-1", operation="4").receipt.or_raise()
    gone = engine.hold("ana", credits_held=1, conversation="c-1", operation="5").receipt
    engine.release(gone.id).or_raise()
    engine.charge("ana", "nothing", sent, conversation="c-1", operation="6")
    assert [each.status for each in operations(shop)] == [
        "refunded",
        "charged",
        "free",
        "held",
        "released",
        "refused",
    ]
    assert [each.held_micro for each in operations(shop)][3] == CREDIT


def test_a_hold_that_timed_out_is_released(shop: Shop) -> None:
    shop.engine.hold("ana", credits_held=1, conversation="c-1").receipt.or_raise()
    shop.clock.set("2026-02-01T09:15:00Z")
    assert [each.status for each in operations(shop)] == ["released"]


def test_every_line_of_a_statement_leads_to_the_balance_on_it(shop: Shop) -> None:
    shop.charge()
    hold = shop.engine.hold("ana", credits_held=5).receipt
    shop.engine.capture(hold.id, amount=2).or_raise()
    shop.engine.grant("ana", 7, expires_at="2026-02-05T00:00:00Z").or_raise()
    shop.engine.change_plan("ana", "max").or_raise()
    shop.clock.set("2026-05-05T00:00:00Z")
    available = 0
    entries = shop.engine.entries("ana", limit=100)
    for entry in entries:
        available += entry.change_micro
        assert entry.transaction.available_micro == available
    assert available == shop.engine.balance("ana").available_micro
    # due: the grant's expiry, and three times the cycle's expiry (twice lots) and renewal
    due = [each.transaction.kind for each in entries if each.is_due]
    assert due.count("renew") == 3


def test_what_is_due_is_what_the_next_command_writes(shop: Shop) -> None:
    shop.clock.set("2026-04-05T00:00:00Z")
    due = [each.transaction for each in shop.engine.entries("ana") if each.is_due]
    shop.engine.settle("ana")
    written = [each.transaction for each in shop.engine.entries("ana")][-len(due) :]
    assert written == due


def test_entries_name_the_lots_that_they_touched_closed_ones_too(shop: Shop) -> None:
    shop.clock.set("2026-03-05T00:00:00Z")
    rules = [[lot.rule for lot in each.lots] for each in shop.engine.entries("ana")]
    shop.engine.settle("ana")
    assert rules == [["v1.plans.plus.grants.monthly"]] * 3
    assert [[lot.rule for lot in each.lots] for each in shop.engine.entries("ana")] == rules


def test_pages_of_a_statement_follow_each_other(shop: Shop) -> None:
    for _ in range(5):
        shop.charge()
    last = shop.engine.entries("ana", limit=2)
    before = shop.engine.entries("ana", limit=2, before=last[0].transaction.seq)
    assert [each.transaction.seq for each in (*before, *last)] == [3, 4, 5, 6]


def test_conversations_come_latest_first(shop: Shop) -> None:
    for name in ("c-1", "c-2", "c-1"):
        shop.charge(conversation=name)
    found = shop.engine.conversations("ana")
    assert [(each.conversation_id, each.charges) for each in found] == [("c-1", 2), ("c-2", 1)]


def test_what_does_not_exist_is_said(shop: Shop) -> None:
    with pytest.raises(NotFound, match="there is no wallet `ben`"):
        shop.engine.conversations("ben")
    with pytest.raises(NotFound, match="there is no wallet `ben`"):
        shop.engine.entries("ben")
    with pytest.raises(NotFound, match="wallet `ana` has no conversation `c-9`"):
        shop.engine.operations("ana", "c-9")
    with pytest.raises(NotFound, match="there is no transaction `ana:9`"):
        shop.engine.find("ana:9")
