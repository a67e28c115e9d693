"""Caps: windows of the calendar, names counted once, the lowest one named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.limited import FALLBACK, caps, limited
from engine.wallets import CREDIT, DAY, Wallet, at, spend
from policyengine.engine import caps as caps_module
from policyengine.engine.caps import CapState, Whose, blocking, caps_in_use, window_end
from policyengine.engine.commands import Capture, ChangePlan, Charge, OpenHold, Refund
from policyengine.ledger.changes import CapCounted
from policyengine.policy.limits import UseCapRule
from policyengine.values.calendar import (
    INSTANT_MAX,
    NEVER,
    SECOND,
    CalendarSpan,
    datetime_of,
    parse_instant,
    parse_span,
)

MEMBER = {"scope": "member", "credits": 100, "per": "1 day"}
HOUR = 3600 * SECOND
UNITS = ("hour", "day", "week", "month")


@pytest.mark.parametrize(
    ("per", "zone", "moment", "end"),
    [
        ("1 hour", "UTC", "2026-02-01T10:59:59Z", "2026-02-01T11:00:00Z"),
        ("1 hour", "Asia/Kolkata", "2026-02-01T10:29:00Z", "2026-02-01T10:30:00Z"),
        ("1 day", "Asia/Shanghai", "2026-02-01T15:59:59Z", "2026-02-01T16:00:00Z"),
        ("1 day", "Europe/Berlin", "2026-03-29T00:30:00Z", "2026-03-29T22:00:00Z"),
        ("1 week", "UTC", "2026-02-01T23:00:00Z", "2026-02-02T00:00:00Z"),
        ("1 week", "UTC", "2026-02-02T00:00:00Z", "2026-02-09T00:00:00Z"),
        ("1 month", "UTC", "2026-01-31T00:00:00Z", "2026-02-01T00:00:00Z"),
        ("1 month", "UTC", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"),
        ("1 day", "Asia/Shanghai", "1970-01-01T00:00:00Z", "1970-01-01T16:00:00Z"),
    ],
)
def test_windows_are_those_of_the_calendar_in_the_policys_zone(
    per: str, zone: str, moment: str, end: str
) -> None:
    assert window_end(parse_span(per), zone, parse_instant(moment)) == parse_instant(end)


def test_the_last_window_of_the_calendar_never_ends() -> None:
    assert window_end(parse_span("1 month"), "UTC", INSTANT_MAX - 1) == NEVER


@given(
    st.sampled_from(UNITS),
    st.sampled_from(["UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu"]),
    st.integers(0, 4_000_000_000_000_000),
)
def test_a_window_contains_its_instant_and_its_end_begins_the_next(
    unit: str, zone: str, moment: int
) -> None:
    window = CalendarSpan(1, unit)  # type: ignore[arg-type]  # one of the four
    end = window_end(window, zone, moment)
    assert moment < end
    assert window_end(window, zone, end - 1) == end
    assert datetime_of(end).second == 0


def test_the_first_of_equally_low_caps_is_named() -> None:
    def state(used: int, pointer: str) -> CapState:
        return CapState(
            UseCapRule("k", "member", 10, "cycle", None, (), (), pointer), "", used, 0, 1
        )

    found = blocking([state(2, "a"), state(5, "b"), state(5, "c")], 6)
    assert found is not None
    assert found.rule.pointer == "b"
    assert blocking([state(2, "a")], 8) is None
    assert blocking([], 8) is None


def test_a_refused_cap_says_what_is_left_of_each() -> None:
    rules = limited(caps(MEMBER, {"scope": "wallet", "credits": 90, "per": "cycle"}))
    answer = Wallet(rules).do(Charge(spend(95), member="mia"))
    assert answer.refusal is not None
    assert answer.refusal.details["pointer"] == "/caps/1"
    assert [
        (each["scope"], each["left_micro"] // CREDIT) for each in answer.refusal.details["caps"]
    ] == [("member", 100), ("wallet", 90)]


def test_caps_that_count_alike_count_once() -> None:
    rules = limited(
        caps({**MEMBER, "plans": ["pro"]}, {**MEMBER, "plans": ["pro", "pro_plus"], "credits": 50})
    )
    answer = Wallet(rules).do(Charge(spend(10), member="mia"))
    assert sum(1 for each in answer.changes if isinstance(each, CapCounted)) == 1


def test_windows_that_are_over_are_forgotten() -> None:
    wallet = Wallet(limited(caps(MEMBER)))
    for name in ("mia", "noa", "ole"):
        wallet.do(Charge(spend(10), member=name))
    assert len(wallet.book.limits.uses) == 3
    wallet.do(Charge(spend(10), member="mia"), wallet.now + DAY)
    assert [(each.name, each.used_micro) for each in wallet.book.limits.uses] == [
        ("mia", 10 * CREDIT)
    ]


def test_names_beyond_the_most_are_charged_after_a_request_and_not_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(caps_module, "CAP_USES_MAX", 1)
    wallet = Wallet(limited(caps(MEMBER)))
    wallet.do(Charge(spend(10), member="mia"))
    assert wallet.refused(Charge(spend(10), member="noa")) == "too_many_counted"
    wallet.do(Charge(spend(10), member="noa", after_request=True))
    assert [each.name for each in wallet.book.limits.uses] == ["mia"]
    wallet.do(Charge(spend(10), member="mia"))
    assert wallet.book.limits.uses[0].used_micro == 20 * CREDIT


def test_a_hold_of_an_amount_has_no_model_to_count() -> None:
    rules = limited(caps({"scope": "model", "credits": 5, "per": "cycle", "models": ["frontier"]}))
    wallet = Wallet(rules)
    assert wallet.do(OpenHold(10 * CREDIT)).refusal is None
    assert wallet.refused(OpenHold(usage=spend(1, "frontier"))) == "cap_reached"


def test_caps_in_use_lists_who_has_used_or_holds_something() -> None:
    rules = limited(
        caps(MEMBER, {"scope": "wallet", "credits": 900, "per": "cycle", "plans": ["free"]})
    )
    wallet = Wallet(rules)
    wallet.do(Charge(spend(10), member="mia"))
    hold = wallet.do(OpenHold(20 * CREDIT, member="noa"))
    found = caps_in_use(rules, wallet.book, wallet.now)
    assert [(each.name, each.left_micro // CREDIT) for each in found] == [("mia", 90), ("noa", 80)]
    wallet.do(Capture(hold.seq, amount_micro=0))
    assert len(caps_in_use(rules, wallet.book, wallet.now)) == 1


def test_a_refund_of_all_leaves_no_trace_of_the_use() -> None:
    wallet = Wallet(limited(caps(MEMBER)))
    charge = wallet.do(Charge(spend(10), member="mia"))
    wallet.do(Refund(charge.seq, 4 * CREDIT))
    assert wallet.book.limits.uses[0].used_micro == 6 * CREDIT
    wallet.do(Refund(charge.seq))
    assert wallet.book.limits.uses == ()


def test_a_refund_of_a_cycle_that_was_cut_short_counts_nothing_back() -> None:
    wallet = Wallet(limited(caps({**MEMBER, "per": "cycle"})))
    first = wallet.do(Charge(spend(10), member="mia"))
    wallet.do(ChangePlan("pro_plus"), at("2026-02-10"))
    wallet.do(Charge(spend(30), member="mia"))
    wallet.do(Refund(first.seq))
    assert [each.used_micro for each in wallet.book.limits.uses] == [30 * CREDIT]


def test_a_fallback_is_counted_as_the_model_that_takes_over() -> None:
    rules = limited(FALLBACK, caps({"scope": "model", "credits": 1500, "per": "cycle"}))
    wallet = Wallet(rules)
    wallet.do(Charge(spend(2400)))
    assert [each.name for each in wallet.book.limits.uses] == ["lite"]
    assert wallet.book.limits.uses[0].used_micro == 1200 * CREDIT


def test_a_cap_per_cycle_of_a_plan_without_cycles_never_begins_anew() -> None:
    wallet = Wallet(limited(caps({**MEMBER, "per": "cycle"})), plan="free")
    wallet.do(Charge(spend(100), member="mia"))
    answer = wallet.do(Charge(spend(1), member="mia"), at("2026-02-20"))
    assert answer.refusal is not None
    assert answer.refusal.details["resets_at"] == "never"
    assert answer.refusal.message == "needs 1.00, 0.00 left of member `mia` of 100.00 per cycle"


def test_a_name_in_each_scope() -> None:
    whose = Whose("lite", "mia", "c")
    rules = [
        UseCapRule("k", scope, 1, "cycle", None, (), (), "")
        for scope in ("member", "conversation", "model", "wallet")
    ]
    assert [whose.in_scope(each) for each in rules] == ["mia", "c", "lite", ""]


@given(st.lists(st.integers(0, 12 * HOUR), min_size=1, max_size=8))
def test_a_window_from_the_first_use_on_contains_every_use_that_it_counts(
    pauses: list[int],
) -> None:
    within = {"scope": "member", "credits": 1000, "within": "5 hours"}
    wallet = Wallet(limited(caps(within)))
    opened, expected = wallet.now, 0
    for index, pause in enumerate(pauses):
        moment = wallet.now + pause
        if not index or moment >= opened + 5 * HOUR:
            opened, expected = moment, 0
        wallet.do(Charge(spend(10), member="mia"), moment)
        expected += 10 * CREDIT
        (use,) = wallet.book.limits.uses
        assert (use.ends_at, use.used_micro) == (opened + 5 * HOUR, expected)


def test_a_window_from_the_first_use_on_counts_days_by_the_policys_calendar() -> None:
    within = {"scope": "wallet", "credits": 1000, "within": "2 days"}
    rules = limited(caps(within), {"time/zone": "Europe/Berlin"})
    wallet = Wallet(rules, start=parse_instant("2026-03-28T12:00:00Z"))
    wallet.do(Charge(spend(10)))
    assert wallet.book.limits.uses[0].ends_at == parse_instant("2026-03-30T11:00:00Z")
