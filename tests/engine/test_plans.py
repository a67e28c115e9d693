"""Plans: joining, moving up and down in every mode, leaving and coming back, packs."""

from decimal import Decimal
from typing import Any

import pytest

from engine.wallets import CREDIT, DAY, START, Wallet, at, policy, spend
from policyengine.engine.commands import (
    BuyPack,
    Cancel,
    ChangePlan,
    Charge,
    OpenHold,
    Settle,
    Subscribe,
)
from policyengine.ledger.changes import Referenced
from policyengine.ledger.lots import Lot
from policyengine.ledger.subscriptions import PendingChange, Subscription
from policyengine.values.calendar import NEVER

MARCH = at("2026-03-01")
APRIL = at("2026-04-01")
MIDDLE = at("2026-02-15")


def subscription(wallet: Wallet) -> Subscription:
    found = wallet.book.subscription
    assert found is not None
    return found


def upgrades(**changes: str) -> dict[str, Any]:
    return {f"changes/upgrade/{key}": value for key, value in changes.items()}


def left(wallet: Wallet) -> list[tuple[str, int, int]]:
    """What remains: source, credits and expiry of each open lot."""
    return [
        (lot.terms.source, lot.remaining // CREDIT, lot.terms.expires_at)
        for lot in wallet.lots.values()
        if lot.remaining
    ]


def test_joining_a_plan_starts_a_cycle_with_its_credits() -> None:
    wallet = Wallet()
    assert subscription(wallet) == Subscription("pro", 1, START, START, 0, START, MARCH)
    terms = wallet.lots[1].terms
    assert (terms.source, terms.rule) == ("plan", "v1.plans.pro.grants.monthly")
    assert (terms.expires_at, terms.cycle_bound, terms.rolls) == (MARCH, True, False)


def test_a_plan_without_cycles_has_no_end() -> None:
    wallet = Wallet(plan="free")
    assert subscription(wallet).ends_at == NEVER
    assert left(wallet) == [("gift", 300, MARCH)]


def test_a_wallet_joins_once() -> None:
    wallet = Wallet()
    assert wallet.refused(Subscribe("pro_plus")) == "already_subscribed"
    assert wallet.refused(ChangePlan("gold")) == "unknown_plan"
    assert wallet.refused(ChangePlan("pro")) == "already_on_plan"


def test_changing_the_plan_of_a_wallet_without_one_is_joining() -> None:
    wallet = Wallet(plan="")
    assert wallet.refused(Subscribe("prp")) == "unknown_plan"
    answer = wallet.do(ChangePlan("pro"))
    assert (answer.kind, subscription(wallet).plan) == ("subscribe", "pro")


def test_an_upgrade_carries_unused_credits_into_the_new_cycle() -> None:
    wallet = Wallet()
    wallet.do(Charge(spend(500)))
    wallet.do(ChangePlan("pro_plus"), MIDDLE)
    end = at("2026-03-15")
    assert left(wallet) == [("carried", 1500, end), ("plan", 6000, end)]
    assert subscription(wallet) == Subscription("pro_plus", 1, MIDDLE, MIDDLE, 0, MIDDLE, end)
    wallet.do(Charge(spend(1)), end)
    assert left(wallet) == [("plan", 5999, at("2026-04-15"))]


def test_an_upgrade_touches_no_packs_and_no_gifts() -> None:
    wallet = Wallet(plan="free")
    wallet.do(ChangePlan("pro"), MIDDLE)
    wallet.do(BuyPack("pack_500"))
    wallet.do(ChangePlan("pro_plus"))
    assert left(wallet) == [
        ("gift", 300, MARCH),
        ("pack", 500, at("2027-02-15")),
        ("carried", 2000, at("2026-03-15")),
        ("plan", 6000, at("2026-03-15")),
    ]


def test_carried_credits_may_keep_their_expiry() -> None:
    wallet = Wallet(policy(upgrades(carried_expires="as_before")))
    wallet.do(ChangePlan("pro_plus"), MIDDLE)
    assert left(wallet) == [("carried", 2000, MARCH), ("plan", 6000, at("2026-03-15"))]


def test_an_upgrade_may_lose_or_leave_unused_credits() -> None:
    lost = Wallet(policy(upgrades(unused="lost")))
    lost.do(ChangePlan("pro_plus"), MIDDLE)
    assert left(lost) == [("plan", 6000, at("2026-03-15"))]
    assert lost.lots[1].expired == 2000 * CREDIT
    kept = Wallet(policy(upgrades(unused="kept")))
    kept.do(ChangePlan("pro_plus"), MIDDLE)
    assert left(kept) == [("plan", 2000, MARCH), ("plan", 6000, at("2026-03-15"))]
    kept.do(Settle(), MARCH)
    assert left(kept) == [("plan", 6000, at("2026-03-15"))]


def test_a_cycle_may_keep_its_date_at_an_upgrade() -> None:
    wallet = Wallet(policy(upgrades(new_cycle="keeps_date")))
    wallet.do(ChangePlan("pro_plus"), at("2026-03-15"))
    assert left(wallet) == [("carried", 2000, APRIL), ("plan", 6000, APRIL)]
    kept = subscription(wallet)
    assert (kept.anchor_at, kept.index, kept.starts_at, kept.ends_at) == (
        START,
        1,
        at("2026-03-15"),
        APRIL,
    )
    wallet.do(Settle(), APRIL)
    assert left(wallet) == [("plan", 6000, at("2026-05-01"))]


def test_an_upgrade_at_the_end_of_the_cycle_keeps_the_anchors_day() -> None:
    rules = upgrades(when="end_of_cycle", new_cycle="keeps_date")
    wallet = Wallet(policy(rules), start=at("2026-01-31"))
    wallet.do(ChangePlan("pro_plus"))
    wallet.do(Settle(), at("2026-02-28"))
    assert subscription(wallet).ends_at == at("2026-03-31")
    anew = Wallet(policy(upgrades(when="end_of_cycle")), start=at("2026-01-31"))
    anew.do(ChangePlan("pro_plus"))
    anew.do(Settle(), at("2026-02-28"))
    assert subscription(anew).ends_at == at("2026-03-28")


def test_a_plan_without_cycles_has_no_date_to_keep() -> None:
    wallet = Wallet(policy(upgrades(new_cycle="keeps_date")), plan="free")
    wallet.do(ChangePlan("pro"), MIDDLE)
    assert subscription(wallet).ends_at == at("2026-03-15")


def test_an_upgrade_to_a_plan_without_cycles_carries_for_ever() -> None:
    lifetime = {
        "grants": {"welcome": {"credits": 9, "given": "once", "expires": "never"}},
    }
    wallet = Wallet(policy({"plans/lifetime": lifetime}))
    wallet.do(ChangePlan("lifetime"), MIDDLE)
    assert left(wallet) == [("carried", 2000, NEVER), ("gift", 9, NEVER)]


def test_an_upgrade_may_wait_for_the_end_of_the_cycle_and_still_carry() -> None:
    wallet = Wallet(policy(upgrades(when="end_of_cycle")))
    wallet.do(Charge(spend(500)))
    wallet.do(ChangePlan("pro_plus"), MIDDLE)
    assert subscription(wallet).pending == PendingChange("pro_plus", "upgrade")
    assert wallet.available == 1500 * CREDIT
    wallet.do(Charge(spend(1)), MARCH)
    assert left(wallet) == [("carried", 1499, APRIL), ("plan", 6000, APRIL)]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"unused": "lost"}, [("plan", 6000, APRIL)]),
        ({"unused": "kept"}, [("plan", 6000, APRIL)]),
        ({"carried_expires": "as_before"}, [("plan", 6000, APRIL)]),
    ],
)
def test_an_upgrade_at_the_end_of_the_cycle_may_carry_nothing(
    changes: dict[str, str], expected: list[tuple[str, int, int]]
) -> None:
    for carry_over in ("none", "all"):
        rules = upgrades(when="end_of_cycle", **changes)
        wallet = Wallet(policy({**rules, "plans/pro/grants/monthly/carry_over": carry_over}))
        wallet.do(ChangePlan("pro_plus"), MIDDLE)
        wallet.do(Settle(), MARCH)
        assert left(wallet) == expected


def test_a_downgrade_waits_for_the_end_of_the_cycle() -> None:
    wallet = Wallet(plan="pro_plus")
    wallet.do(ChangePlan("pro"), MIDDLE)
    assert subscription(wallet).pending == PendingChange("pro", "downgrade")
    assert wallet.available == 6000 * CREDIT
    wallet.do(Settle(), MARCH)
    assert left(wallet) == [("plan", 2000, APRIL)]
    assert subscription(wallet).plan == "pro"
    assert subscription(wallet).joined_at == MARCH


@pytest.mark.parametrize(
    ("unused", "expected"),
    [
        ("lost", [("plan", 2000, at("2026-03-15"))]),
        ("kept", [("plan", 6000, MARCH), ("plan", 2000, at("2026-03-15"))]),
    ],
)
def test_a_downgrade_may_come_at_once(unused: str, expected: list[tuple[str, int, int]]) -> None:
    rules = policy({"changes/downgrade": {"when": "now", "unused": unused}})
    wallet = Wallet(rules, plan="pro_plus")
    wallet.do(ChangePlan("pro"), MIDDLE)
    assert left(wallet) == expected


def test_a_second_pending_change_replaces_the_first() -> None:
    wallet = Wallet(plan="pro_plus")
    wallet.do(ChangePlan("pro"))
    wallet.do(Cancel())
    assert subscription(wallet).pending == PendingChange("free", "cancel")
    wallet.do(ChangePlan("pro"))
    assert subscription(wallet).pending == PendingChange("pro", "downgrade")


def test_going_back_to_the_present_plan_drops_the_pending_change() -> None:
    wallet = Wallet()
    wallet.do(Cancel())
    wallet.do(ChangePlan("pro"), MIDDLE)
    assert subscription(wallet).pending is None
    wallet.do(Settle(), MARCH)
    assert left(wallet) == [("plan", 2000, APRIL)]


def test_an_upgrade_at_once_drops_a_pending_change() -> None:
    wallet = Wallet()
    wallet.do(Cancel())
    wallet.do(ChangePlan("pro_plus"), MIDDLE)
    assert subscription(wallet).pending is None


def test_a_cancelled_plan_ends_with_its_cycle_and_falls_back() -> None:
    wallet = Wallet()
    wallet.do(Cancel(), MIDDLE)
    assert wallet.available == 2000 * CREDIT
    wallet.do(Settle(), MARCH)
    assert subscription(wallet).plan == "free"
    assert left(wallet) == [("gift", 300, APRIL)]  # the welcome gift had not been given yet
    assert wallet.refused(Cancel()) == "nothing_to_cancel"


def test_cancelling_and_joining_again_gives_no_second_gift() -> None:
    wallet = Wallet(plan="free")
    wallet.do(ChangePlan("pro"), START + DAY)
    wallet.do(Cancel())
    wallet.do(Settle(), at("2026-03-02"))
    assert (subscription(wallet).plan, left(wallet)) == ("free", [])
    assert wallet.book.gifts == ("plans.free.grants.welcome",)


@pytest.mark.parametrize(("unused", "sums"), [("lost", [300]), ("kept", [2000, 300])])
def test_a_plan_may_be_cancelled_at_once(unused: str, sums: list[int]) -> None:
    wallet = Wallet(policy({"changes/cancel": {"when": "now", "to": "free", "unused": unused}}))
    wallet.do(Cancel(), MIDDLE)
    assert [credits_ for _, credits_, _ in left(wallet)] == sums


def test_a_wallet_without_a_plan_has_nothing_to_cancel() -> None:
    wallet = Wallet(plan="")
    wallet.refused(Subscribe("none"))
    assert wallet.refused(Cancel()) == "nothing_to_cancel"


def test_what_is_held_at_a_plan_change_stays_with_its_hold() -> None:
    wallet = Wallet(policy(upgrades(unused="lost")))
    wallet.do(OpenHold(amount_micro=2000 * CREDIT))
    wallet.do(ChangePlan("pro_plus"))
    lot: Lot = wallet.lots[1]
    assert (lot.held, lot.expired, wallet.available) == (2000 * CREDIT, 0, 6000 * CREDIT)


def test_a_pack_is_sold_to_its_plans_for_its_life() -> None:
    wallet = Wallet(plan="free")
    answer = wallet.do(BuyPack("pack_500"))
    assert answer.refusal is not None
    assert answer.refusal.code == "pack_not_sold"
    assert answer.refusal.message == (
        "pack `pack_500` is sold to pro, pro_plus; the plan is `free`"
    )
    assert wallet.refused(BuyPack("pack_50")) == "unknown_pack"
    wallet.do(ChangePlan("pro"))
    answer = wallet.do(BuyPack("pack_500", "pay_7"))
    assert answer.changes[-1] == Referenced("pay_7")
    assert wallet.lots[3].terms.rule == "v1.packs.pack_500"
    wallet.do(Charge(spend(2300)))
    wallet.do(Charge(spend(1)), at("2027-02-01") - 1)
    # On 1 February 2027 the cycle's credits are spent first; the pack expires unspent.
    wallet.do(Settle(), at("2027-02-01"))
    assert wallet.lots[3].expired > 0


def test_a_pack_may_last_for_ever() -> None:
    wallet = Wallet(policy({"packs/pack_500/expires": "never"}))
    wallet.do(BuyPack("pack_500"))
    assert wallet.lots[2].terms.expires_at == NEVER


def test_a_wallet_without_a_plan_buys_no_packs() -> None:
    wallet = Wallet(plan="")
    wallet.refused(Subscribe("none"))
    assert wallet.refused(BuyPack("pack_500")) == "pack_not_sold"


def test_a_plan_that_the_version_in_force_lacks_is_below_all_others() -> None:
    later = policy(
        {
            "plans/pro": None,
            "plans/starter": {"grants": {"s": {"credits": 1, "given": "once", "expires": "never"}}},
            "packs/pack_500/sold_to": ["pro_plus"],
            "replaces/plans": "new_subscribers_only",
            "changes/upgrade/unused": "lost",
            "credits/smallest": Decimal("0.01"),
        },
        version=2,
    )
    wallet = Wallet(policy(), later, start=at("2026-09-20"))
    wallet.do(ChangePlan("free"), at("2026-10-02"))
    assert subscription(wallet).plan == "free"  # up from nothing: at once


def test_nobody_makes_a_trial_longer_by_choosing_it_again() -> None:
    wallet = Wallet(policy({"plans/pro/after_cycles": {"count": 1, "to": "free"}}))
    ending = PendingChange("free", "after_cycles")
    assert subscription(wallet).pending == ending
    assert wallet.refused(ChangePlan("pro")) == "already_on_plan"
    wallet.do(Cancel())
    assert subscription(wallet).pending == PendingChange("free", "cancel")
    wallet.do(ChangePlan("pro"))
    assert subscription(wallet).pending == ending
    wallet.do(Settle(), MARCH)
    assert (subscription(wallet).plan, subscription(wallet).pending) == ("free", None)


def test_a_plan_that_ends_in_a_higher_one_is_an_upgrade() -> None:
    ending = {"plans/pro/after_cycles": {"count": 2, "to": "pro_plus"}}
    wallet = Wallet(policy(ending))
    assert subscription(wallet).pending is None
    wallet.do(Settle(), MARCH)
    assert subscription(wallet).pending == PendingChange("pro_plus", "after_cycles")
    wallet.do(Settle(), APRIL)
    assert left(wallet) == [
        ("carried", 2000, at("2026-05-01")),
        ("plan", 6000, at("2026-05-01")),
    ]


@pytest.mark.parametrize("carried_expires", ["as_before", "end_of_new_cycle"])
def test_credits_carried_down_to_a_plan_without_cycles_keep_their_expiry(
    carried_expires: str,
) -> None:
    rule = {"when": "now", "unused": "carry_over", "carried_expires": carried_expires}
    wallet = Wallet(policy({"changes/cancel": {**rule, "to": "free"}}))
    wallet.do(Cancel(), MIDDLE)
    assert left(wallet)[0] == ("carried", 2000, MARCH)


def test_a_downgrade_may_carry_credits_into_the_new_cycle() -> None:
    rule = {"when": "end_of_cycle", "unused": "carry_over", "carried_expires": "end_of_new_cycle"}
    wallet = Wallet(policy({"changes/downgrade": rule}), plan="pro_plus")
    wallet.do(ChangePlan("pro"))
    wallet.do(Settle(), MARCH)
    assert left(wallet) == [("carried", 6000, APRIL), ("plan", 2000, APRIL)]


def test_a_cancellation_may_be_forbidden() -> None:
    wallet = Wallet(policy({"changes/forbidden": [{"change": "cancel", "from": "pro"}]}))
    assert wallet.refused(Cancel()) == "change_forbidden"
    wallet.do(ChangePlan("pro_plus"))
    assert wallet.do(Cancel()).refusal is None
