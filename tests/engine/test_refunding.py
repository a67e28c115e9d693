"""Refunds: back to the lots that paid, latest draw first, and where those lots' credits went."""

import pytest

from engine.wallets import CREDIT, DAY, START, Wallet, at, policy, spend
from policyengine.engine.commands import (
    BuyPack,
    ChangePlan,
    Charge,
    GiveGrant,
    Refund,
    Settle,
    VoidGrant,
)
from policyengine.ledger.lots import Restriction
from policyengine.ledger.transactions import Transaction
from policyengine.values.calendar import NEVER

MARCH = at("2026-03-01")
DEBT = {
    "shortfall/after_request": "go_into_debt",
    "shortfall/debt": {"limit": 50, "at_renewal": "kept"},
}
FORGIVEN = {**DEBT, "shortfall/debt/at_renewal": "forgiven"}


def moves(transaction: Transaction) -> list[tuple[int, str, str, int]]:
    return [
        (move.lot_no, move.source, move.target, move.amount_micro // CREDIT)
        for move in transaction.moves
    ]


def paid_by_two() -> Wallet:
    """Transaction 3 took 10 of lot 2, which expires in a day, and 5 of lot 1."""
    wallet = Wallet()
    wallet.do(GiveGrant(10 * CREDIT, expires_at=START + DAY))
    wallet.do(Charge(spend(15), conversation_id="c", operation_id="o"))
    return wallet


def test_a_refund_goes_back_latest_draw_first() -> None:
    wallet = paid_by_two()
    answer = wallet.do(Refund(3, 7 * CREDIT))
    assert moves(answer) == [(1, "consumed", "available", 5), (2, "consumed", "available", 2)]
    assert (answer.parent_seq, answer.conversation_id, answer.operation_id) == (3, "c", "o")


def test_a_whole_refund_gives_back_what_earlier_ones_left() -> None:
    wallet = paid_by_two()
    wallet.do(Refund(3, 7 * CREDIT))
    assert moves(wallet.do(Refund(3))) == [(2, "consumed", "available", 8)]
    assert wallet.remaining == {1: 2000 * CREDIT, 2: 10 * CREDIT}
    assert wallet.refused(Refund(3)) == "refund_exceeds_charge"


def test_refunds_never_give_back_more_than_was_taken() -> None:
    wallet = paid_by_two()
    wallet.do(Refund(3, 14 * CREDIT))
    answer = wallet.do(Refund(3, 2 * CREDIT))
    assert answer.refusal is not None
    assert answer.refusal.message == "`ana:3` has 1.00 left to refund, 2.00 was asked"
    assert answer.refusal.details == {"refundable_micro": CREDIT, "asked_micro": 2 * CREDIT}
    # A refused refund has given nothing back.
    assert wallet.do(Refund(3, CREDIT)).refusal is None


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (Refund(3, 0), "invalid_amount"),
        (Refund(3, -1), "invalid_amount"),
        (Refund(2), "not_refundable"),
        (Refund(1), "not_refundable"),
        (Refund(99), "unknown_transaction"),
    ],
)
def test_what_took_nothing_cannot_be_refunded(body: Refund, code: str) -> None:
    assert paid_by_two().refused(body) == code


def test_a_refused_charge_cannot_be_refunded() -> None:
    wallet = Wallet()
    refused = wallet.do(Charge(spend(9000)))
    assert wallet.refused(Refund(refused.seq)) == "not_refundable"


def test_a_free_charge_has_nothing_to_refund() -> None:
    wallet = Wallet()
    free = wallet.do(Charge(spend(9, outcome="failed")))
    assert wallet.refused(Refund(free.seq)) == "refund_exceeds_charge"


def test_a_refund_to_an_expired_lot_is_a_new_lot_for_a_while() -> None:
    wallet = paid_by_two()
    answer = wallet.do(Refund(3, 7 * CREDIT), START + DAY)
    assert moves(answer) == [
        (1, "consumed", "available", 5),
        (2, "consumed", "withdrawn", 2),
        (3, "issued", "available", 2),
    ]
    terms = wallet.lots[3].terms
    assert (terms.source, terms.rule) == ("refund", "api.grant")
    assert terms.expires_at == START + 8 * DAY


def test_a_refund_to_an_expired_lot_may_stay_expired() -> None:
    wallet = Wallet(policy({"refunds": {"expired_lot": "stay_expired"}}))
    wallet.do(GiveGrant(10 * CREDIT, expires_at=START + DAY))
    wallet.do(Charge(spend(10)))
    answer = wallet.do(Refund(3), START + DAY)
    assert moves(answer) == [(2, "consumed", "expired", 10)]
    assert wallet.available == 2000 * CREDIT


def test_a_new_lot_for_a_refund_pays_only_what_the_old_one_might() -> None:
    wallet = Wallet()
    only = Restriction(("lite",))
    wallet.do(GiveGrant(10 * CREDIT, priority=3, expires_at=START + DAY, restricted_to=only))
    wallet.do(Charge(spend(20, "lite")))
    wallet.do(Refund(3), START + 2 * DAY)
    terms = wallet.lots[3].terms
    assert (terms.restricted_to, terms.priority) == (only, 3)
    wallet.do(Charge(spend(2000)))
    assert wallet.refused(Charge(spend(1))) == "insufficient_credits"


def test_a_refund_to_credits_that_an_upgrade_carried_follows_them() -> None:
    wallet = Wallet(policy({"refunds": {"expired_lot": "stay_expired"}}))
    charge = wallet.do(Charge(spend(100)))
    wallet.do(ChangePlan("pro_plus"), START + DAY)
    answer = wallet.do(Refund(charge.seq))
    assert moves(answer) == [(1, "consumed", "withdrawn", 100), (4, "issued", "available", 100)]
    assert wallet.lots[4].terms.expires_at == wallet.lots[2].terms.expires_at
    assert wallet.lots[4].terms.source == "carried"


def test_a_refund_to_carried_credits_that_have_expired_is_one_to_an_expired_lot() -> None:
    wallet = Wallet()
    charge = wallet.do(Charge(spend(100)))
    wallet.do(ChangePlan("pro_plus"), START + DAY)
    wallet.do(Refund(charge.seq), START + 60 * DAY)
    assert list(wallet.lots.values())[-1].terms.source == "refund"


def test_a_refund_to_a_voided_grant_is_withdrawn() -> None:
    wallet = Wallet()
    bought = wallet.do(BuyPack("pack_500"))
    charge = wallet.do(Charge(spend(2100)))
    wallet.do(VoidGrant(bought.seq))
    answer = wallet.do(Refund(charge.seq))
    assert moves(answer) == [(2, "consumed", "withdrawn", 100), (1, "consumed", "available", 2000)]


def test_a_refund_of_what_was_lent_shrinks_the_debt() -> None:
    wallet = Wallet(policy(DEBT))
    charge = wallet.do(Charge(spend(2030), after_request=True))
    wallet.do(Refund(charge.seq, 20 * CREDIT))
    assert (wallet.available, wallet.book.debt_micro) == (0, 10 * CREDIT)
    answer = wallet.do(Refund(charge.seq, 15 * CREDIT))
    assert moves(answer) == [
        (2, "consumed", "withdrawn", 10),
        (1, "consumed", "available", 5),
    ]
    assert (wallet.available, wallet.book.debt_micro) == (5 * CREDIT, 0)


def test_a_refund_of_what_was_lent_and_paid_back_gives_credits() -> None:
    wallet = Wallet(policy(DEBT))
    charge = wallet.do(Charge(spend(2030), after_request=True))
    wallet.do(BuyPack("pack_500"))
    assert wallet.available == 470 * CREDIT
    wallet.do(Refund(charge.seq, 30 * CREDIT))
    assert (wallet.available, wallet.book.debt_micro) == (500 * CREDIT, 0)
    # what comes back lasts as long as the pack that paid
    assert wallet.lots[4].terms.expires_at == wallet.lots[3].terms.expires_at
    wallet.do(Refund(charge.seq, 10 * CREDIT))
    assert wallet.available == 510 * CREDIT  # the rest was paid by the plan: lot 1


def test_debt_that_was_paid_with_credits_that_would_be_over_comes_back_as_expired_ones_do() -> None:
    wallet = Wallet(policy({**DEBT, "refunds": {"expired_lot": "stay_expired"}}))
    charge = wallet.do(Charge(spend(2030), after_request=True))
    wallet.do(GiveGrant(30 * CREDIT, expires_at=START + DAY))
    assert (wallet.available, wallet.book.debt_micro) == (0, 0)
    answer = wallet.do(Refund(charge.seq, 30 * CREDIT), START + DAY)
    assert moves(answer) == [(2, "consumed", "expired", 30)]


def test_a_refund_gives_back_nothing_of_debt_that_was_forgiven() -> None:
    wallet = Wallet(policy(FORGIVEN))
    charge = wallet.do(Charge(spend(2030), after_request=True))
    wallet.do(Settle(), MARCH)
    assert (wallet.available, wallet.book.debt_micro) == (2000 * CREDIT, 0)
    answer = wallet.do(Refund(charge.seq, 30 * CREDIT))
    assert moves(answer) == [(2, "consumed", "withdrawn", 30)]
    assert wallet.available == 2000 * CREDIT


def test_a_refund_gives_back_what_an_invoice_took_and_it_does_not_expire() -> None:
    wallet = Wallet(policy({**DEBT, "shortfall/debt/at_renewal": "invoiced"}))
    charge = wallet.do(Charge(spend(2030), after_request=True))
    wallet.do(Settle(), MARCH)
    wallet.do(Refund(charge.seq, 30 * CREDIT))
    assert wallet.available == 2030 * CREDIT
    (given,) = (lot for lot in wallet.lots.values() if lot.terms.source == "refund")
    assert given.terms.expires_at == NEVER


def test_a_wallet_gets_back_no_more_debt_than_it_paid() -> None:
    wallet = Wallet(policy(FORGIVEN))
    first = wallet.do(Charge(spend(2030), after_request=True))
    wallet.do(GiveGrant(20 * CREDIT))
    wallet.do(Settle(), MARCH)  # forgives 10
    second = wallet.do(Charge(spend(2030), after_request=True))
    wallet.do(GiveGrant(5 * CREDIT))
    wallet.do(Settle(), at("2026-04-01"))  # forgives 25
    before = wallet.available
    wallet.do(Refund(first.seq, 30 * CREDIT))
    wallet.do(Refund(second.seq, 30 * CREDIT))
    assert wallet.available - before == 25 * CREDIT


def test_refunded_credits_pay_debt_unless_they_are_restricted() -> None:
    wallet = Wallet(policy(DEBT))
    first = wallet.do(Charge(spend(10)))
    wallet.do(GiveGrant(5 * CREDIT, restricted_to=Restriction(("lite",))))
    second = wallet.do(Charge(spend(10, "lite")))
    wallet.do(Charge(spend(2010), after_request=True))
    assert wallet.book.debt_micro == 20 * CREDIT
    wallet.do(Refund(second.seq))
    assert (wallet.available, wallet.book.debt_micro) == (5 * CREDIT, 20 * CREDIT)
    wallet.do(Refund(first.seq))
    assert (wallet.available, wallet.book.debt_micro) == (5 * CREDIT, 10 * CREDIT)


def test_a_refund_finds_lots_that_the_book_has_forgotten() -> None:
    wallet = Wallet()
    wallet.do(GiveGrant(CREDIT, expires_at=START + DAY))
    charge = wallet.do(Charge(spend(1)))
    for _ in range(40):
        wallet.do(GiveGrant(CREDIT, expires_at=START + DAY))
    wallet.do(Settle(), START + DAY)
    assert 2 not in wallet.book.lots
    wallet.do(Refund(charge.seq))
    assert wallet.lots[2].withdrawn == CREDIT
    assert wallet.refused(Refund(charge.seq)) == "refund_exceeds_charge"
