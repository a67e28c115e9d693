"""Explanations of grants that gave less than their rule says: each answer that may have cut it."""

from typing import Any

from engine.wallets import DAY, START, Wallet, at, policy, spend
from policyengine.engine.commands import BuyPack, ChangePlan, Charge, GiveGrant, Settle
from policyengine.engine.explaining import explain
from policyengine.ledger.transactions import Transaction
from policyengine.policy.timeline import Timeline

IN_FULL = ("in full, the grant gives", "2,000.00", "/plans/pro/grants/monthly/credits")
MONTHLY = "plans/pro/grants/monthly"


def told(wallet: Wallet, transaction: Transaction) -> list[tuple[str, str, str]]:
    """Give what stands below a move: label, value and pointer."""
    steps = explain(wallet.timeline, transaction, wallet.lots).steps
    below = [each for step in steps for each in step.steps if step.label.startswith("granted")]
    return [(each.label, each.value, each.place.pointer if each.place else "") for each in below]


def changed(**changes: Any) -> Wallet:
    plain = {key.replace("__", "/"): value for key, value in changes.items()}
    return Wallet(policy(plain), plan="free")


def test_what_was_given_in_full_needs_no_reason() -> None:
    wallet = Wallet()
    assert told(wallet, wallet.transactions[0]) == []


def test_a_first_cycle_names_its_share() -> None:
    wallet = changed(plans__pro__cycle_from="calendar", plans__pro__first_cycle="prorated_by_day")
    answer = wallet.do(ChangePlan("pro"), START + 20 * DAY)
    place = "/plans/pro/first_cycle"
    assert told(wallet, answer) == [IN_FULL, ("in a cycle under way", "prorated_by_day", place)]


def test_caps_name_what_they_leave() -> None:
    clock = {"credits": 2000, "given": "each_period", "every": "1 week", "expires": "never"}
    wallet = changed(
        plans__pro__grants__monthly={**clock, "at_most": {"credits": 3000, "per": "cycle"}},
        plans__pro__balance_at_most=5000,
    )
    wallet.do(ChangePlan("pro"), START)
    wallet.do(Settle(), START + 7 * DAY)
    assert told(wallet, wallet.transactions[-1]) == [
        IN_FULL,
        ("at most", "3,000.00", "/plans/pro/grants/monthly/at_most"),
        ("balance at most", "5,000.00", "/plans/pro/balance_at_most"),
    ]


def test_what_was_filled_up_names_the_least() -> None:
    kept = {"plans/pro/grants/monthly/carry_over": "some", f"{MONTHLY}/rollover": {"at_least": 70}}
    wallet = Wallet(policy(kept))
    wallet.do(Charge(spend(2000)))
    wallet.do(Settle(), at("2026-03-01"))
    least = ("filled up to", "70.00", "/plans/pro/grants/monthly/rollover/at_least")
    assert told(wallet, wallet.transactions[-1]) == [IN_FULL, least]


def test_an_upgrade_names_its_rule_and_the_pair_that_may_have_decided() -> None:
    rule = {
        "when": "now",
        "new_cycle": "keeps_date",
        "unused": "kept",
        "carried_expires": "as_before",
        "new_credits": "difference",
    }
    pairs = [
        {"from": "pro", "to": "pro_plus", "upgrade": {**rule, "prorated": "by_second"}},
        {"from": "free", "to": "pro", "upgrade": rule},
    ]
    wallet = Wallet(policy({"changes/pairs": pairs}))
    answer = wallet.do(ChangePlan("pro_plus"))
    pair = "/changes/pairs/0/upgrade"
    assert told(wallet, answer) == [
        ("in full, the grant gives", "6,000.00", "/plans/pro_plus/grants/monthly/credits"),
        ("at an upgrade", "difference", f"{pair}/new_credits"),
        ("at an upgrade", "by_second", f"{pair}/prorated"),
    ]


def test_packs_and_grants_by_hand_need_no_reason() -> None:
    wallet = Wallet()
    for body in (BuyPack("pack_500"), GiveGrant(5)):
        assert told(wallet, wallet.do(body)) == []


def test_a_grant_of_a_version_that_is_not_loaded_has_none() -> None:
    leaving = {"replaces/plans": "new_subscribers_only", "replaces/keep": []}
    second = policy(leaving, version=2)
    wallet = Wallet(policy(), second, start=at("2026-09-10"))
    wallet.do(Settle(), at("2026-10-10"))
    renewed = wallet.transactions[-1]
    assert (renewed.policy.version, wallet.lots[2].terms.rule[:2]) == (2, "v1")
    alone = explain(Timeline.of(second), renewed, wallet.lots)
    assert all(step.steps == () for step in alone.steps)
