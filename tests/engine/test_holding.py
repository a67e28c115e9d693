"""Holds: concrete lots set aside, captured in parts, given back where their credits belong."""

from typing import Any

import pytest

from engine.wallets import CREDIT, DAY, HOUR, MINUTE, START, Wallet, at, policy, spend
from policyengine.engine import holding
from policyengine.engine.commands import (
    BuyPack,
    Capture,
    ChangePlan,
    Charge,
    Extend,
    GiveGrant,
    OpenHold,
    Refund,
    Release,
    Settle,
    Usage,
    VoidGrant,
)
from policyengine.ledger.changes import Charged
from policyengine.ledger.holds import Draw, EstimateNote
from policyengine.ledger.lots import Restriction
from policyengine.ledger.transactions import Transaction, change_of
from policyengine.values.amounts import AMOUNT_MICRO_MAX
from policyengine.values.calendar import parse_span

LONG = {"estimate/hold": "40 days", "estimate/longest_hold": "90 days"}


def charged(transaction: Transaction) -> Charged:
    found = change_of(transaction, Charged)
    assert isinstance(found, Charged), transaction
    return found


def moves(transaction: Transaction) -> list[tuple[int, str, str, int]]:
    return [
        (move.lot_no, move.source, move.target, move.amount_micro // CREDIT)
        for move in transaction.moves
    ]


def two_lots(*rules: Any) -> Wallet:
    """Lot 1 of the plan, and lot 2 with 10 credits that expire a day after the start."""
    wallet = Wallet(*rules)
    wallet.do(GiveGrant(10 * CREDIT, expires_at=START + DAY))
    return wallet


def test_a_hold_sets_lots_aside_in_burn_order() -> None:
    wallet = two_lots()
    answer = wallet.do(OpenHold(amount_micro=15 * CREDIT, conversation_id="c", operation_id="o"))
    hold = wallet.book.holds[answer.seq]
    assert hold.draws == (Draw(2, 10 * CREDIT), Draw(1, 5 * CREDIT))
    assert (hold.expires_at, hold.latest_at) == (START + 15 * MINUTE, START + DAY)
    assert (wallet.available, wallet.book.held_micro) == (1995 * CREDIT, 15 * CREDIT)
    assert (answer.conversation_id, answer.operation_id) == ("c", "o")


def test_twenty_parallel_holds_of_75_on_500_credits_let_exactly_6_pass() -> None:
    wallet = Wallet(policy({"plans/free/grants/welcome/credits": 500}), plan="free")
    answers = [wallet.do(OpenHold(amount_micro=75 * CREDIT)) for _ in range(20)]
    assert sum(each.refusal is None for each in answers) == 6
    assert {each.refusal.code for each in answers if each.refusal} == {"insufficient_credits"}


def test_a_hold_for_usage_sets_its_price_aside() -> None:
    wallet = Wallet()
    hold = wallet.do(OpenHold(usage=spend(3, "frontier")))
    assert wallet.book.held_micro == 18 * CREDIT
    answer = wallet.do(Capture(hold.seq, usage=spend(3, "frontier")))
    assert moves(answer) == [(1, "held", "consumed", 18)]
    assert (charged(answer).charged_micro, wallet.book.holds) == (18 * CREDIT, {})


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (OpenHold(), "invalid_amount"),
        (OpenHold(amount_micro=1, usage=Usage("lite", ())), "invalid_amount"),
        (OpenHold(amount_micro=0), "invalid_amount"),
        (OpenHold(amount_micro=-5), "invalid_amount"),
        (OpenHold(usage=Usage("gpt", ())), "unknown_model"),
        (OpenHold(amount_micro=2001 * CREDIT), "insufficient_credits"),
        (OpenHold(amount_micro=1, life=parse_span("1441 minutes")), "hold_too_long"),
        (Capture(9, amount_micro=1), "unknown_hold"),
        (Capture(1, amount_micro=1), "unknown_hold"),
        (Release(2), "unknown_hold"),
        (Extend(0, parse_span("1 minute")), "unknown_hold"),
    ],
)
def test_what_no_hold_can_be_is_refused(body: Any, code: str) -> None:
    assert Wallet().refused(body) == code


def test_a_hold_may_last_as_long_as_the_policy_says() -> None:
    wallet = Wallet()
    hold = wallet.do(OpenHold(amount_micro=1, life=parse_span("24 hours")))
    assert wallet.book.holds[hold.seq].expires_at == START + DAY


def test_a_refused_hold_is_no_hold() -> None:
    wallet = Wallet()
    hold = wallet.do(OpenHold(amount_micro=2001 * CREDIT))
    assert wallet.refused(Release(hold.seq)) == "unknown_hold"


def test_open_holds_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holding, "OPEN_HOLDS_MAX", 2)
    wallet = Wallet()
    first = wallet.do(OpenHold(amount_micro=1))
    wallet.do(OpenHold(amount_micro=1))
    assert wallet.refused(OpenHold(amount_micro=1)) == "too_many_holds"
    wallet.do(Release(first.seq))
    assert wallet.do(OpenHold(amount_micro=1)).refusal is None


def test_a_capture_of_less_gives_the_rest_back() -> None:
    wallet = two_lots()
    hold = wallet.do(OpenHold(amount_micro=15 * CREDIT))
    answer = wallet.do(Capture(hold.seq, amount_micro=4 * CREDIT))
    assert moves(answer) == [
        (2, "held", "consumed", 4),
        (2, "held", "available", 6),
        (1, "held", "available", 5),
    ]
    assert wallet.remaining == {1: 2000 * CREDIT, 2: 6 * CREDIT}
    assert (answer.kind, answer.parent_seq) == ("capture", hold.seq)


def test_a_capture_of_more_takes_what_is_available_too() -> None:
    wallet = two_lots()
    hold = wallet.do(OpenHold(amount_micro=5 * CREDIT))
    answer = wallet.do(Capture(hold.seq, amount_micro=17 * CREDIT))
    assert moves(answer) == [
        (2, "held", "consumed", 5),
        (2, "available", "consumed", 5),
        (1, "available", "consumed", 7),
    ]
    assert charged(answer).charged_micro == 17 * CREDIT


def test_a_capture_of_more_than_there_is_follows_the_shortfall_after_a_request() -> None:
    wallet = Wallet()
    hold = wallet.do(OpenHold(amount_micro=5 * CREDIT))
    answer = wallet.do(Capture(hold.seq, amount_micro=2100 * CREDIT))
    assert (charged(answer).price_micro, charged(answer).charged_micro) == (
        2100 * CREDIT,
        2000 * CREDIT,
    )
    debt = {
        "shortfall/after_request": "go_into_debt",
        "shortfall/debt": {"limit": 50, "at_renewal": "kept"},
    }
    wallet = Wallet(policy(debt))
    hold = wallet.do(OpenHold(amount_micro=5 * CREDIT))
    answer = wallet.do(Capture(hold.seq, amount_micro=2100 * CREDIT))
    assert (charged(answer).charged_micro, wallet.book.debt_micro) == (2050 * CREDIT, 50 * CREDIT)


def test_a_refused_capture_changes_nothing_and_a_smaller_one_passes() -> None:
    wallet = Wallet(policy({"estimate/capture_above_hold": "refuse"}))
    hold = wallet.do(OpenHold(amount_micro=5 * CREDIT))
    wallet.do(Capture(hold.seq, amount_micro=2 * CREDIT, final=False))
    before = wallet.book.holds
    refusal = wallet.do(Capture(hold.seq, amount_micro=4 * CREDIT, final=False)).refusal
    assert refusal is not None
    assert (refusal.code, wallet.book.holds) == ("above_hold", before)
    assert refusal.message == "needs 4.00, 3.00 held for it, 1.00 short; the hold stays open"
    assert refusal.details == {
        "id": f"ana:{hold.seq}",
        "needed_micro": 4 * CREDIT,
        "held_micro": 3 * CREDIT,
        "short_micro": CREDIT,
    }
    assert wallet.do(Capture(hold.seq, amount_micro=3 * CREDIT)).refusal is None


def test_held_credits_that_may_not_pay_for_a_request_do_not_count_for_its_capture() -> None:
    wallet = Wallet(policy({"estimate/capture_above_hold": "refuse"}))
    wallet.do(GiveGrant(10 * CREDIT, restricted_to=Restriction(models=("lite",))))
    hold = wallet.do(OpenHold(usage=spend(10, "lite")))
    assert wallet.refused(Capture(hold.seq, usage=spend(1))) == "above_hold"


def test_a_capture_in_parts_keeps_the_rest_held_until_the_final_one() -> None:
    wallet = two_lots()
    hold = wallet.do(OpenHold(amount_micro=15 * CREDIT))
    wallet.do(Capture(hold.seq, amount_micro=12 * CREDIT, final=False))
    assert wallet.book.holds[hold.seq].draws == (Draw(1, 3 * CREDIT),)
    assert wallet.book.holds[hold.seq].captured_micro == 12 * CREDIT
    wallet.do(Capture(hold.seq, amount_micro=5 * CREDIT, final=False))  # 3 held and 2 more
    assert wallet.book.holds[hold.seq].captured_micro == 15 * CREDIT
    assert wallet.book.holds[hold.seq].draws == ()
    answer = wallet.do(Capture(hold.seq, amount_micro=0))
    assert (answer.moves, wallet.book.holds) == ((), {})
    assert wallet.available == 1993 * CREDIT
    assert wallet.refused(Capture(hold.seq, amount_micro=1)) == "hold_closed"


@pytest.mark.parametrize(
    "body",
    [
        Capture(2),
        Capture(2, usage=Usage("lite", ()), amount_micro=1),
        Capture(2, amount_micro=-1),
        Capture(2, amount_micro=AMOUNT_MICRO_MAX + 1),
    ],
)
def test_a_capture_is_of_an_amount_or_of_usage(body: Capture) -> None:
    wallet = Wallet()
    wallet.do(OpenHold(amount_micro=CREDIT))
    assert wallet.refused(body) == "invalid_amount"


def test_a_capture_whose_usage_has_no_price_leaves_the_hold() -> None:
    wallet = Wallet()
    hold = wallet.do(OpenHold(amount_micro=CREDIT))
    assert wallet.refused(Capture(hold.seq, usage=Usage("gpt", ()))) == "unknown_model"
    assert hold.seq in wallet.book.holds


def test_a_capture_is_priced_by_the_version_of_the_hold() -> None:
    noon = at("2026-10-01")
    wallet = Wallet(policy(), policy(version=2), start=at("2026-09-15"))
    note = EstimateNote(1, 2, 3)
    hold = wallet.do(OpenHold(usage=spend(1, "frontier"), estimate=note), noon - MINUTE)
    answer = wallet.do(Capture(hold.seq, usage=spend(1, "frontier")), noon + MINUTE)
    assert (charged(answer).rated_by, charged(answer).charged_micro) == (1, 6 * CREDIT)
    assert charged(answer).estimate == note
    hold = wallet.do(OpenHold(usage=spend(1, "frontier", started_at=noon - MINUTE)))
    answer = wallet.do(Capture(hold.seq, usage=spend(1, "frontier", started_at=noon)))
    assert (charged(answer).rated_by, charged(answer).charged_micro) == (2, 5 * CREDIT)


def test_a_hold_for_usage_that_will_start_in_a_moment_starts_now() -> None:
    wallet = Wallet()
    hold = wallet.do(OpenHold(usage=spend(1, started_at=START + MINUTE)))
    assert wallet.book.holds[hold.seq].started_at == START


def test_a_release_gives_everything_back_once() -> None:
    wallet = two_lots()
    hold = wallet.do(OpenHold(amount_micro=15 * CREDIT, conversation_id="c"))
    answer = wallet.do(Release(hold.seq))
    assert (answer.parent_seq, answer.conversation_id) == (hold.seq, "c")
    assert wallet.remaining == {1: 2000 * CREDIT, 2: 10 * CREDIT}
    assert wallet.refused(Release(hold.seq)) == "hold_closed"


def test_a_hold_times_out_by_itself_at_its_instant() -> None:
    wallet = Wallet()
    hold = wallet.do(OpenHold(amount_micro=5 * CREDIT))
    wallet.do(Settle(), START + 15 * MINUTE - 1)
    assert wallet.book.held_micro == 5 * CREDIT
    assert wallet.refused(Capture(hold.seq, amount_micro=1), START + 15 * MINUTE) == "hold_closed"
    time_out = wallet.transactions[-2]
    assert (time_out.kind, time_out.parent_seq) == ("time_out", hold.seq)
    assert (time_out.effective_at, wallet.available) == (START + 15 * MINUTE, 2000 * CREDIT)


def test_an_extension_moves_the_end_by_its_span_up_to_the_longest_life() -> None:
    wallet = Wallet()
    hold = wallet.do(OpenHold(amount_micro=5 * CREDIT))
    wallet.do(Extend(hold.seq, parse_span("45 minutes")), START + 10 * MINUTE)
    assert wallet.book.holds[hold.seq].expires_at == START + HOUR
    wallet.do(Extend(hold.seq, parse_span("23 hours")))
    assert wallet.refused(Extend(hold.seq, parse_span("1 second"))) == "hold_too_long"
    wallet.do(Capture(hold.seq, amount_micro=CREDIT), START + DAY - 1)
    assert wallet.available == 1999 * CREDIT


def test_held_credits_can_be_captured_after_their_lot_has_expired() -> None:
    wallet = two_lots(policy(LONG))
    hold = wallet.do(OpenHold(amount_micro=8 * CREDIT))
    wallet.do(Settle(), START + DAY)
    assert (wallet.lots[2].remaining, wallet.lots[2].expired, wallet.lots[2].held) == (
        0,
        2 * CREDIT,
        8 * CREDIT,
    )
    answer = wallet.do(Capture(hold.seq, amount_micro=3 * CREDIT))
    assert moves(answer) == [(2, "held", "consumed", 3), (2, "held", "expired", 5)]
    assert wallet.available == 2000 * CREDIT


def test_what_is_released_after_the_expiry_expires_at_once() -> None:
    wallet = two_lots()
    hold = wallet.do(OpenHold(amount_micro=8 * CREDIT), START + DAY - 1)
    assert moves(wallet.do(Release(hold.seq), START + DAY)) == [(2, "held", "expired", 8)]
    wallet = two_lots(policy(LONG))
    wallet.do(OpenHold(amount_micro=8 * CREDIT))
    wallet.do(Settle(), START + 41 * DAY)
    assert (wallet.lots[2].expired, wallet.lots[2].remaining) == (10 * CREDIT, 0)


def test_a_release_after_a_renewal_mints_nothing() -> None:
    wallet = Wallet(policy(LONG))
    hold = wallet.do(OpenHold(amount_micro=500 * CREDIT))
    wallet.do(Settle(), START + 30 * DAY)
    assert wallet.available == 2000 * CREDIT
    wallet.do(Release(hold.seq))
    assert wallet.available == 2000 * CREDIT
    assert wallet.lots[1].expired == 2000 * CREDIT


def test_what_is_released_after_an_upgrade_follows_the_carried_credits() -> None:
    wallet = Wallet(policy(LONG))
    hold = wallet.do(OpenHold(amount_micro=500 * CREDIT))
    wallet.do(ChangePlan("pro_plus"), START + DAY)
    assert wallet.remaining == {2: 1500 * CREDIT, 3: 6000 * CREDIT}
    wallet.do(Capture(hold.seq, amount_micro=200 * CREDIT))
    assert wallet.remaining == {2: 1500 * CREDIT, 3: 6000 * CREDIT, 4: 300 * CREDIT}
    assert wallet.lots[4].terms.expires_at == wallet.lots[2].terms.expires_at


def test_an_upgrade_carries_nothing_of_a_lot_that_is_held_whole() -> None:
    wallet = Wallet(policy(LONG))
    hold = wallet.do(OpenHold(amount_micro=2000 * CREDIT))
    wallet.do(ChangePlan("pro_plus"), START + DAY)
    assert wallet.remaining == {2: 6000 * CREDIT}
    wallet.do(Release(hold.seq))
    assert wallet.remaining == {2: 6000 * CREDIT, 3: 2000 * CREDIT}


def test_what_is_released_after_the_carried_credits_expired_expires() -> None:
    wallet = Wallet(policy(LONG))
    hold = wallet.do(OpenHold(amount_micro=500 * CREDIT))
    wallet.do(ChangePlan("pro_plus"), START + DAY)
    answer = wallet.do(Release(hold.seq), START + 35 * DAY)
    assert moves(answer) == [(1, "held", "expired", 500)]


def test_what_is_released_after_a_void_is_withdrawn() -> None:
    wallet = Wallet()
    bought = wallet.do(BuyPack("pack_500"))
    wallet.do(Charge(spend(2000)))
    hold = wallet.do(OpenHold(amount_micro=100 * CREDIT))
    wallet.do(VoidGrant(bought.seq))
    assert wallet.available == 0
    answer = wallet.do(Capture(hold.seq, amount_micro=30 * CREDIT))
    assert moves(answer) == [(2, "held", "consumed", 30), (2, "held", "withdrawn", 70)]
    assert wallet.lots[2].withdrawn == 470 * CREDIT


def test_a_hold_on_restricted_lots_is_captured_for_what_they_may_pay() -> None:
    wallet = Wallet()
    wallet.do(GiveGrant(10 * CREDIT, restricted_to=Restriction(("lite",))))
    hold = wallet.do(OpenHold(usage=spend(16, "lite")))  # half of 16
    assert wallet.book.holds[hold.seq].draws == (Draw(2, 8 * CREDIT),)
    answer = wallet.do(Capture(hold.seq, usage=spend(6, "standard")))
    assert moves(answer) == [(1, "available", "consumed", 6), (2, "held", "available", 8)]


def test_a_lot_for_images_pays_its_share_of_a_capture_and_no_other() -> None:
    wallet = Wallet()
    images = Restriction((), ("image_input",))
    wallet.do(GiveGrant(3 * CREDIT, priority=1, restricted_to=images))
    wallet.do(GiveGrant(9 * CREDIT, priority=2, restricted_to=images))
    both = Usage.of("standard", {"text_input": 30_000, "image_input": 20_000})  # 3 and 3
    hold = wallet.do(OpenHold(usage=both))
    assert wallet.book.holds[hold.seq].draws == (Draw(2, 3 * CREDIT), Draw(1, 3 * CREDIT))
    more = Usage.of("standard", {"text_input": 80_000, "image_input": 20_000})  # 8 and 3
    answer = wallet.do(Capture(hold.seq, usage=more))
    assert moves(answer) == [
        (2, "held", "consumed", 3),
        (1, "held", "consumed", 3),
        (1, "available", "consumed", 5),
    ]


def test_a_captured_hold_can_be_refunded() -> None:
    wallet = two_lots()
    hold = wallet.do(OpenHold(amount_micro=15 * CREDIT))
    capture = wallet.do(Capture(hold.seq, amount_micro=12 * CREDIT))
    answer = wallet.do(Refund(capture.seq, 3 * CREDIT))
    assert moves(answer) == [(1, "consumed", "available", 2), (2, "consumed", "available", 1)]


def test_a_hold_for_a_free_request_sets_nothing_aside() -> None:
    wallet = Wallet(policy({"models/lite/multiplier": 0}))
    hold = wallet.do(OpenHold(usage=spend(5, "lite")))
    assert wallet.book.holds[hold.seq].draws == ()
    assert charged(wallet.do(Capture(hold.seq, usage=spend(5, "lite")))).charged_micro == 0
