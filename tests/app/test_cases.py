"""Cases: priced again under the policy of their time, closed at once, the same when asked again."""

from dataclasses import replace

import pytest

from app.shops import Shop
from policyengine.app.cases import Case
from policyengine.app.reading import NotFound
from policyengine.app.repricing import StoredPolicies
from policyengine.ledger.changes import Charged
from policyengine.ledger.transactions import change_of

CREDIT = 1_000_000


def kinds(shop: Shop) -> list[str]:
    return [each.transaction.kind for each in shop.engine.entries("ana")]


def test_a_charge_at_its_price_is_explained_and_moves_nothing(shop: Shop) -> None:
    charge = shop.charge()
    before = shop.engine.balance("ana").available_micro
    case = shop.engine.report("ana", charge_id=charge.id, reason="so much?")
    assert (case.verdict, case.refunded_micro) == ("explained", 0)
    assert case.sentence == ("the charge priced again under version 1: 0.48 credits, as charged")
    assert shop.engine.balance("ana").available_micro == before
    assert kinds(shop)[-2:] == ["report", "resolve"]


def test_asked_again_it_is_the_same_case_whatever_the_reason(shop: Shop) -> None:
    charge = shop.charge()
    first = shop.engine.report("ana", charge_id=charge.id, reason="so much?")
    entries = len(kinds(shop))
    again = shop.engine.report("ana", charge_id=charge.id, reason="really?")
    assert (again.id, again.verdict, again.sentence) == (first.id, first.verdict, first.sentence)
    assert (first.was_known, again.was_known) == (False, True)
    assert len(kinds(shop)) == entries


def test_a_case_that_was_left_open_is_closed_when_it_is_asked_again(shop: Shop) -> None:
    charge = shop.charge()
    # A process that died right after the report: the same key, and nothing behind it.
    shop.engine.report_abnormal("ana", charge_id=charge.id, key=f"report:{charge.seq}").or_raise()
    case = shop.engine.report("ana", charge_id=charge.id)
    assert (case.was_known, case.verdict) == (True, "explained")
    assert kinds(shop)[-1] == "resolve"


def test_a_charge_that_repeats_another_one_is_given_back(shop: Shop) -> None:
    first = shop.charge(conversation="c-1", operation="op-1")
    second = shop.charge(conversation="c-1", operation="op-1")
    other = shop.charge(conversation="c-1", operation="op-2")
    case = shop.engine.report("ana", conversation="c-1")
    assert [each.kind for each in case.findings] == ["as_charged", "repeated", "as_charged"]
    assert [each.transaction.parent_seq for each in case.refunds] == [second.seq]
    assert case.refunded_micro == CREDIT * 48 // 100
    assert f"`{second.id}` repeats `{first.id}`" in case.sentence
    assert case.refunds[0].transaction.reason.startswith(f"case {case.id}: ")
    assert other.id not in case.sentence


def test_a_repeated_charge_is_found_when_it_alone_is_reported(shop: Shop) -> None:
    shop.charge(conversation="c-1", operation="op-1")
    second = shop.charge(conversation="c-1", operation="op-1")
    case = shop.engine.report("ana", charge_id=second.id)
    assert (case.verdict, case.refunded_micro) == ("refunded", CREDIT * 48 // 100)


def test_parts_of_one_hold_do_not_repeat_each_other(shop: Shop) -> None:
    hold = shop.engine.hold("ana", credits_held=5, conversation="c-1", operation="op-1").receipt
    for final in (False, True):
        shop.engine.capture(
            hold.id, model="large", counts={"text_input": 1200}, final=final
        ).or_raise()
    case = shop.engine.report("ana", conversation="c-1")
    assert (case.verdict, len(case.findings)) == ("explained", 2)


def test_all_of_it_is_given_back_on_request_once(shop: Shop) -> None:
    charge = shop.charge(conversation="c-1")
    shop.engine.refund(charge.id, "0.10").or_raise()
    shop.engine.report("ana", charge_id=charge.id)
    case = shop.engine.report("ana", charge_id=charge.id, refund_all=True)
    assert (case.verdict, case.refunded_micro) == ("refunded", CREDIT * 38 // 100)
    again = shop.engine.report("ana", charge_id=charge.id, refund_all=True)
    assert (again.id, again.refunded_micro) == (case.id, case.refunded_micro)
    assert shop.engine.balance("ana").available_micro == 1000 * CREDIT


def test_a_conversation_that_went_on_is_another_case(shop: Shop) -> None:
    shop.charge(conversation="c-1")
    first = shop.engine.report("ana", conversation="c-1")
    shop.charge(conversation="c-1")
    second = shop.engine.report("ana", conversation="c-1")
    assert first.id != second.id
    assert len(second.findings) == 2


def test_a_charge_is_priced_by_the_version_of_its_time(two_versions: Shop) -> None:
    shop = two_versions
    old = shop.charge()
    shop.clock.set("2026-02-11T00:00:00Z")
    new = shop.charge()
    late = shop.engine.charge(
        "ana", "large", {"text_input": 1200}, started_at="2026-02-09T00:00:00Z"
    ).or_raise()
    prices = [_case(shop, each).findings[0].repriced.price_micro for each in (old.id, new.id)]
    assert prices == [CREDIT * 48 // 100, CREDIT * 60 // 100]
    finding = _case(shop, late.id).findings[0]
    # Version 1 rated it and version 2 decided it: the ledger remembers both.
    assert (finding.kind, finding.repriced.charge.rated_by) == ("as_charged", 1)
    assert shop.engine.verify().is_sound


def _case(shop: Shop, charge_id: str) -> Case:
    return shop.engine.report("ana", charge_id=charge_id)


def test_what_cannot_be_priced_again_is_said_and_not_refunded(shop: Shop) -> None:
    charge = shop.charge()
    with shop.engine.shell.store.reading() as session:
        policies = StoredPolicies(session, {})
        late: Charged = change_of(charge, Charged)
        again = policies.reprice(charge, replace(late, rated_by=7))
        wrong = policies.reprice(charge, replace(late, price_micro=1))
        unknown = policies.reprice(charge, replace(late, model="gone"))
    assert (again.price_micro, again.why) == (None, "the ledger does not remember version 7")
    assert not wrong.is_as_charged
    assert "lists no model `gone`" in unknown.why


def test_an_amount_that_the_caller_gave_stands(shop: Shop) -> None:
    hold = shop.engine.hold("ana", credits_held=5).receipt
    captured = shop.engine.capture(hold.id, amount=2).or_raise()
    case = shop.engine.report("ana", charge_id=captured.id)
    assert (case.verdict, case.findings[0].kind) == ("explained", "as_charged")


def test_what_is_no_charge_is_refused(shop: Shop) -> None:
    case = shop.engine.report("ana", charge_id="ana:1")
    assert case.refusal is not None
    assert case.refusal.code == "not_refundable"
    assert case.findings == ()


@pytest.mark.parametrize("wallet", ["ana", "nobody"])
def test_a_conversation_without_a_charge_opens_no_case(shop: Shop, wallet: str) -> None:
    with pytest.raises(NotFound, match=f"wallet `{wallet}` has no charge in conversation `c-9`"):
        shop.engine.report(wallet, conversation="c-9")
    assert kinds(shop) == ["subscribe"]
