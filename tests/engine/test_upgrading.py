"""Upgrading now: what is compared, what counts as used, and what is left of a cycle."""

import pytest

from engine.wallets import CREDIT, Wallet, at, policy, spend
from policyengine.engine.commands import ChangePlan, Charge, OpenHold, Refund, Release, Settle
from policyengine.policy.policy import Policy

MIDDLE = at("2026-02-15")
MARCH = at("2026-03-01")


def upgrades(**changes: str) -> Policy:
    return policy({f"changes/upgrade/{key}": value for key, value in changes.items()})


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"new_credits": "full", "unused": "kept"}, 1500 + 6000),
        ({"new_credits": "difference", "unused": "kept"}, 1500 + 4000),
        ({"new_credits": "difference", "unused": "carry_over"}, 1500 + 4000),
        ({"new_credits": "less_used", "unused": "lost"}, 5500),
        ({"prorated": "by_second", "unused": "lost"}, 3000),
        ({"prorated": "by_day", "unused": "kept"}, 1500 + 3000),
        ({"new_credits": "difference", "prorated": "by_day", "unused": "kept"}, 1500 + 2000),
    ],
)
def test_what_is_there_after_an_upgrade_in_the_middle(
    changes: dict[str, str], expected: int
) -> None:
    wallet = Wallet(upgrades(new_cycle="keeps_date", **changes))
    wallet.do(Charge(spend(500)))
    wallet.do(ChangePlan("pro_plus"), MIDDLE)
    assert wallet.available == expected * CREDIT
    assert wallet.book.due_at == MARCH
    wallet.do(Settle(), MARCH)
    assert wallet.available == 6000 * CREDIT


def test_a_grant_without_a_counterpart_is_given_in_full() -> None:
    extra = {"credits": 70, "given": "each_cycle", "expires": "end_of_cycle", "carry_over": "none"}
    rules = {"new_cycle": "keeps_date", "unused": "kept", "new_credits": "difference"}
    changes = {f"changes/upgrade/{key}": value for key, value in rules.items()}
    wallet = Wallet(policy({**changes, "plans/pro_plus/grants/extra": extra}))
    wallet.do(ChangePlan("pro_plus"), MIDDLE)
    assert wallet.available == (2000 + 4000 + 70) * CREDIT


def test_who_has_used_more_than_the_new_plan_gives_gets_nothing_and_owes_nothing() -> None:
    changes = {"new_cycle": "keeps_date", "unused": "lost", "new_credits": "less_used"}
    small = {"plans/pro_plus/grants/monthly/credits": 100}
    rules = {f"changes/upgrade/{key}": value for key, value in changes.items()}
    wallet = Wallet(policy({**rules, **small}))
    wallet.do(Charge(spend(500)))
    wallet.do(ChangePlan("pro_plus"), MIDDLE)
    assert (wallet.available, wallet.book.debt_micro) == (0, 0)


def test_use_that_nobody_noted_counts_from_the_plans_amount() -> None:
    counting = {
        "replaces/keep": [],
        "changes/upgrade/new_credits": "less_used",
        "changes/upgrade/unused": "lost",
    }
    wallet = Wallet(policy(), policy(counting, version=2), start=at("2026-09-20"))
    wallet.do(Charge(spend(500)))
    wallet.do(ChangePlan("pro_plus"), at("2026-10-05"))
    assert wallet.available == 5500 * CREDIT


def test_what_is_refunded_before_the_upgrade_was_not_used() -> None:
    rules = upgrades(new_cycle="keeps_date", unused="lost", new_credits="less_used")
    wallet = Wallet(rules)
    charge = wallet.do(Charge(spend(500)))
    wallet.do(Refund(charge.seq))
    wallet.do(ChangePlan("pro_plus"), MIDDLE)
    assert wallet.available == 6000 * CREDIT


def test_what_was_kept_counts_as_given_for_a_later_upgrade_that_counts_use() -> None:
    upgrade = {"when": "now", "new_cycle": "keeps_date", "carried_expires": "as_before"}
    pairs = [
        {"from": "pro", "to": "pro_plus", "upgrade": {**upgrade, "unused": "kept"}},
        {
            "from": "pro_plus",
            "to": "max",
            "upgrade": {**upgrade, "unused": "lost", "new_credits": "less_used"},
        },
    ]
    grant = {"credits": 10000, "given": "each_cycle", "expires": "end_of_cycle"}
    plan = {"cycle": "1 month", "grants": {"monthly": {**grant, "carry_over": "none"}}}
    wallet = Wallet(policy({"changes/pairs": pairs, "plans/max": plan}))
    wallet.do(Charge(spend(500)))
    wallet.do(ChangePlan("pro_plus"), MIDDLE)
    wallet.do(Charge(spend(300)))
    assert wallet.available == 7200 * CREDIT
    wallet.do(ChangePlan("max"))
    assert wallet.available == 9200 * CREDIT


def carried_after(share: str, spent: int, **changes: str) -> Wallet:
    wallet = Wallet(upgrades(unused="carry_over", carried_share=share, **changes))
    wallet.do(Charge(spend(spent)))
    wallet.do(ChangePlan("pro_plus"), MIDDLE)
    return wallet


def test_a_share_of_unused_credits_is_carried_and_the_rest_expires() -> None:
    wallet = carried_after("50%", 500)
    assert wallet.available == (750 + 6000) * CREDIT
    assert sum(lot.expired for lot in wallet.book.lots.values()) == 750 * CREDIT
    assert carried_after("33%", 1999).available == (0 + 6000) * CREDIT + 330_000
    assert carried_after("0.0001%", 1999).available == 6000 * CREDIT
    assert carried_after("100%", 500).available == 7500 * CREDIT


def test_what_a_hold_gives_back_is_not_carried_where_a_share_is() -> None:
    wallet = Wallet(upgrades(unused="carry_over", carried_share="50%"))
    hold = wallet.do(OpenHold(amount_micro=1000 * CREDIT))
    wallet.do(ChangePlan("pro_plus"))
    wallet.do(Release(hold.seq))
    assert wallet.available == (500 + 6000) * CREDIT


def test_a_share_is_carried_down_as_well() -> None:
    down = {
        "changes/downgrade": {
            "when": "now",
            "unused": "carry_over",
            "carried_expires": "as_before",
            "carried_share": "10%",
        }
    }
    wallet = Wallet(policy(down), plan="pro_plus")
    wallet.do(ChangePlan("pro"))
    assert wallet.available == (600 + 2000) * CREDIT
    wallet.do(Settle(), MARCH)
    assert wallet.available == 2000 * CREDIT
