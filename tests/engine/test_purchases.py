"""Purchases: a bonus with its own life, the most that may be held, old units once."""

import pytest

from engine.limited import CONVERSIONS, OF_PACKS, limited
from engine.wallets import CREDIT, Wallet, at, spend
from policyengine.engine import purchases
from policyengine.engine.commands import BuyPack, Charge, Convert
from policyengine.ledger.changes import Referenced
from policyengine.ledger.transactions import change_of
from policyengine.values.calendar import NEVER


def test_a_bonus_is_a_lot_of_its_own() -> None:
    wallet = Wallet(limited(OF_PACKS))
    wallet.do(BuyPack("pack_500", "pay_1"))
    pack, bonus = wallet.lots[2].terms, wallet.lots[3].terms
    assert (pack.source, pack.rule, pack.granted_micro) == (
        "pack",
        "v1.packs.pack_500",
        500 * CREDIT,
    )
    assert (bonus.source, bonus.rule, bonus.granted_micro) == (
        "bonus",
        "v1.packs.pack_500.bonus",
        25 * CREDIT,
    )
    assert bonus.expires_at == at("2026-03-01")


def test_a_pack_that_is_used_up_counts_no_more() -> None:
    wallet = Wallet(limited(OF_PACKS))
    wallet.do(BuyPack("pack_500"))
    wallet.do(BuyPack("pack_500"))
    assert wallet.refused(BuyPack("pack_500")) == "too_many_packs"
    wallet.do(Charge(spend(2050 + 500)))
    assert wallet.do(BuyPack("pack_500")).refusal is None


def test_old_units_become_a_lot_with_the_policys_life() -> None:
    wallet = Wallet(limited(CONVERSIONS))
    answer = wallet.do(Convert("messages", 3, "r"))
    terms = wallet.lots[2].terms
    assert (terms.source, terms.granted_micro, terms.expires_at) == (
        "conversion",
        4_500_000,
        at("2026-05-01"),
    )
    assert change_of(answer, Referenced) == Referenced("r")
    wallet.do(Convert("points", 3))
    assert wallet.lots[3].terms.expires_at == NEVER


def test_a_reference_is_used_once_per_unit() -> None:
    wallet = Wallet(limited(CONVERSIONS))
    wallet.do(Convert("messages", 3, "r"))
    assert wallet.refused(Convert("messages", 3, "r")) == "already_converted"
    assert wallet.do(Convert("points", 3, "r")).refusal is None


def test_conversions_of_a_wallet_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purchases, "CONVERSIONS_MAX", 1)
    wallet = Wallet(limited(CONVERSIONS))
    wallet.do(Convert("messages", 1, "a"))
    assert wallet.refused(Convert("messages", 1, "b")) == "already_converted"


@pytest.mark.parametrize("count", [0, -1, 10**12, 10**12 + 1])
def test_a_count_is_a_whole_number_that_a_ledger_can_hold(count: int) -> None:
    assert Wallet(limited(CONVERSIONS)).refused(Convert("messages", count)) == "invalid_count"


def test_a_policy_without_conversions_converts_nothing() -> None:
    answer = Wallet().do(Convert("messages", 1))
    assert answer.refusal is not None
    assert answer.refusal.message == "policy `codeflicker` converts nothing, not `messages`"
