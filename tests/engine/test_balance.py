"""Balance: what there is, in the order in which it will be spent, and what asks for care."""

from engine.wallets import CREDIT, DAY, START, Wallet, at, policy, spend
from policyengine.engine.balance import Alert, Balance, balance_of
from policyengine.engine.commands import Charge, GiveGrant, OpenHold, Subscribe
from policyengine.values.calendar import instant_text


def balance(wallet: Wallet, when: int = START) -> Balance:
    return balance_of(wallet.timeline.policies[0], wallet.book, when)


def test_a_balance_lists_open_lots_in_burn_order() -> None:
    wallet = Wallet()
    wallet.do(GiveGrant(5 * CREDIT, priority=60))
    wallet.do(GiveGrant(5 * CREDIT, priority=40))
    wallet.do(GiveGrant(5 * CREDIT, priority=1))
    wallet.do(GiveGrant(7 * CREDIT, effective_at=START + DAY))
    wallet.do(Charge(spend(5)))
    wallet.do(OpenHold(amount_micro=5 * CREDIT))
    found = balance(wallet)
    assert [lot.terms.no for lot in found.lots] == [3, 1, 2]
    assert (found.available_micro, found.held_micro, found.debt_micro) == (
        2005 * CREDIT,
        5 * CREDIT,
        0,
    )
    assert [each.amount_micro for each in found.scheduled] == [7 * CREDIT]
    assert (found.wallet_id, found.as_of, found.subscription) == (
        "ana",
        START,
        wallet.book.subscription,
    )
    assert found.alerts == ()


def test_less_than_a_share_of_what_was_granted_asks_for_care() -> None:
    wallet = Wallet()
    wallet.do(Charge(spend(1600)))
    assert balance(wallet).alerts == ()
    wallet.do(Charge(spend(1)))
    assert balance(wallet).alerts == (
        Alert("balance_below", "399.00 of 2,000.00 credits are left", "/alerts/0"),
    )


def test_a_wallet_without_open_lots_asks_for_care() -> None:
    wallet = Wallet(plan="")
    wallet.do(Subscribe("none"))
    assert balance(wallet).alerts == (Alert("balance_below", "no credits are left", "/alerts/0"),)


def test_credits_that_expire_soon_ask_for_care() -> None:
    wallet = Wallet()
    wallet.do(GiveGrant(5 * CREDIT, expires_at=START + 5 * DAY))
    wallet.do(GiveGrant(2 * CREDIT, expires_at=START + 6 * DAY))
    assert balance(wallet, START + 2 * DAY - 1).alerts == ()
    assert balance(wallet, START + 3 * DAY).alerts == (
        Alert(
            "expiring_within",
            f"7.00 credits expire soon, the first at {instant_text(START + 5 * DAY)}",
            "/alerts/1",
        ),
    )


def test_credits_that_never_expire_do_not_expire_soon() -> None:
    rules = policy({"alerts": [{"expiring_within": "100000 years"}]})
    wallet = Wallet(rules, plan="")
    wallet.do(Subscribe("none"))
    wallet.do(GiveGrant(CREDIT))
    assert balance(wallet, at("2026-02-02")).alerts == ()
