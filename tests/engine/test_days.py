"""Grants that come with the calendar's days beside cycles that begin at the hour of joining."""

from typing import Any, Final

from engine.wallets import CREDIT, Wallet, at, policy
from policyengine.engine.commands import ChangePlan, Settle
from policyengine.policy.policy import Policy

DAILY: Final[dict[str, Any]] = {
    "credits": 5,
    "given": "each_period",
    "every": "1 day",
    "every_from": "calendar",
    "expires": "end_of_period",
}
JOINED: Final = at("2026-02-05T15:30:00")
RENEWED: Final = at("2026-03-05T15:30:00")
SECOND_AT: Final = "2026-03-01T00:00:00Z"


def rules(version: int = 1, zone: str = "UTC", **daily: Any) -> Policy:
    grants = {"plans/pro/grants/daily": {**DAILY, **daily}, "plans/pro_plus/grants/daily": DAILY}
    head = {"effective": SECOND_AT} if version > 1 else {}
    return policy({"time/zone": zone, **grants, **head}, version)


def given(wallet: Wallet, since: int) -> list[tuple[int, int]]:
    """When daily credits came, and how many."""
    lots = [each.terms for each in wallet.lots.values() if each.terms.rule.endswith("daily")]
    return [
        (each.effective_at, each.granted_micro)
        for each in lots
        if each.source == "plan" and each.effective_at >= since
    ]


def test_days_begin_at_midnight_of_the_policys_zone() -> None:
    ana = Wallet(rules(zone="Asia/Shanghai"), start=JOINED)
    ana.do(Settle(), at("2026-02-07T12:00:00"))
    assert [each for each, _ in given(ana, 0)] == [
        JOINED,
        at("2026-02-05T16:00:00"),
        at("2026-02-06T16:00:00"),
    ]


def test_a_day_that_goes_on_over_a_renewal_is_given_once() -> None:
    ana = Wallet(rules(), start=JOINED)
    ana.do(Settle(), at("2026-03-06T12:00:00"))
    midnights = [at("2026-03-05"), at("2026-03-06")]
    assert given(ana, midnights[0]) == [(each, 5 * CREDIT) for each in midnights]


def test_new_terms_give_their_amount_from_the_next_day_on() -> None:
    ana = Wallet(rules(), rules(2, credits=9), start=JOINED)
    ana.do(Settle(), at("2026-03-06T12:00:00"))
    assert given(ana, at("2026-03-05")) == [
        (at("2026-03-05"), 5 * CREDIT),
        (at("2026-03-06"), 9 * CREDIT),
    ]


def test_a_renewal_gives_the_day_where_the_days_were_others_before() -> None:
    ana = Wallet(rules(every_from="cycle_start"), rules(2), start=JOINED)
    ana.do(Settle(), at("2026-03-06T12:00:00"))
    assert [each for each, _ in given(ana, at("2026-03-05"))] == [RENEWED, at("2026-03-06")]


def test_a_renewal_at_midnight_gives_the_new_day() -> None:
    ana = Wallet(rules(), start=at("2026-02-05"))
    ana.do(Settle(), at("2026-03-05T12:00:00"))
    assert given(ana, at("2026-03-05")) == [(at("2026-03-05"), 5 * CREDIT)]


def test_another_plan_gives_its_day_at_once() -> None:
    ana = Wallet(rules(), start=JOINED)
    upgraded = at("2026-02-10T09:00:00")
    ana.do(ChangePlan("pro_plus"), upgraded)
    assert given(ana, upgraded) == [(upgraded, 5 * CREDIT)]
