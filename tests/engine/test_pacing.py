"""Pacing: caps on what the credits of a grant pay, and what pays beyond them."""

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.limited import OVERAGE, TOP_UP, caps, limited
from engine.wallets import CREDIT, START, Wallet, spend
from policyengine.engine.burndown import Bill
from policyengine.engine.caps import caps_in_use, grant_of, grant_states
from policyengine.engine.commands import (
    BuyPack,
    Capture,
    ChangePlan,
    Charge,
    GiveGrant,
    OpenHold,
    Release,
    SetTopUp,
    Usage,
)
from policyengine.engine.estimating import Estimate, Range, estimate
from policyengine.engine.pacing import paced_sources, sources_of_what_has_run
from policyengine.ledger.lots import Restriction
from policyengine.policy.policy import Policy
from policyengine.values.calendar import SECOND

HOUR = 3600 * SECOND
PACE = {"scope": "grant", "grants": ["monthly"], "credits": 100, "within": "5 hours"}
DAILY = {"scope": "grant", "grants": ["monthly"], "credits": 150, "per": "1 day"}


def paced(*more: dict[str, object]) -> Policy:
    return limited(caps(PACE, *more))


def of_plan(wallet: Wallet) -> int:
    """Give what is left of the plan's own credits."""
    return sum(lot.remaining for lot in wallet.lots.values() if lot.terms.source == "plan")


def test_a_lot_is_of_the_grant_that_its_rule_names_and_a_pack_of_none() -> None:
    wallet = Wallet(paced())
    wallet.do(BuyPack("pack_500"))
    assert [grant_of(lot) for lot in wallet.lots.values()] == ["monthly", ""]


def test_what_is_beyond_its_pace_comes_last_and_only_for_what_has_run() -> None:
    rules = paced(DAILY)
    wallet = Wallet(rules)
    wallet.do(BuyPack("pack_500"))
    states = grant_states(rules, wallet.book, wallet.now)
    bill = Bill(3000 * CREDIT)
    now = paced_sources(rules, wallet.book, states, bill)
    assert [(number, amount // CREDIT) for number, amount, _ in now] == [(1, 100), (2, 500)]
    run = sources_of_what_has_run(rules, wallet.book, states, bill)
    assert [(number, amount // CREDIT) for number, amount, _ in run] == [
        (1, 100),
        (2, 500),
        (1, 1900),
    ]


def test_the_lowest_of_several_caps_on_a_grant_is_named() -> None:
    wallet = Wallet(paced(DAILY))
    wallet.do(Charge(spend(100)))
    wallet.do(Charge(spend(40)), wallet.now + 6 * HOUR)
    answer = wallet.do(Charge(spend(60)))
    assert answer.refusal is not None
    assert answer.refusal.details["pointer"] == "/caps/1"
    assert [each["left_micro"] // CREDIT for each in answer.refusal.details["caps"]] == [60, 10]


def test_more_than_the_wallet_has_at_all_still_names_what_holds_it_back() -> None:
    wallet = Wallet(paced())
    answer = wallet.do(Charge(spend(5000)))
    assert answer.refusal is not None
    assert answer.refusal.code == "cap_reached"
    assert answer.refusal.details["short_micro"] == 4900 * CREDIT


def test_a_hold_of_an_amount_is_paced_as_well() -> None:
    wallet = Wallet(paced())
    assert wallet.refused(OpenHold(101 * CREDIT)) == "cap_reached"
    hold = wallet.do(OpenHold(100 * CREDIT))
    (state,) = caps_in_use(wallet.timeline.policies[0], wallet.book, wallet.now)
    assert (state.held_micro, state.left_micro) == (100 * CREDIT, 0)
    wallet.do(Release(hold.seq))
    assert caps_in_use(wallet.timeline.policies[0], wallet.book, wallet.now) == ()


def test_a_cap_on_a_grant_says_nothing_of_plans_that_have_it_not() -> None:
    rules = paced()
    wallet = Wallet(rules, plan="free")
    assert wallet.do(Charge(spend(200))).refusal is None
    assert caps_in_use(rules, wallet.book, wallet.now) == ()


def of_two_plans(before: object, after: object) -> Wallet:
    """Give a wallet with credits of one name from two plans, each for something else."""
    rules = limited(
        caps({**PACE, "credits": 60}),
        {
            "plans/pro/grants/monthly/only_for": before,
            **({"plans/pro_plus/grants/monthly/only_for": after} if after else {}),
        },
    )
    wallet = Wallet(rules)
    wallet.do(ChangePlan("pro_plus"))
    return wallet


def test_what_a_lot_may_not_pay_takes_nothing_of_the_pace_of_another() -> None:
    """The carried credits come first, and are for lite only: all 60 are left to the new ones."""
    wallet = of_two_plans({"models": ["lite"]}, None)
    assert wallet.do(Charge(spend(60))).refusal is None
    assert wallet.remaining == {2: 2000 * CREDIT, 3: 5940 * CREDIT}
    assert wallet.refused(Charge(spend(2, "lite"))) == "cap_reached"


def mixed(text: int, image: int) -> Usage:
    """Give usage that costs so many credits for text, and so many for images."""
    counts = {"text_input": text * 10_000, "image_input": image * 10_000 * 2 // 3}
    return Usage.of("standard", counts)


def for_text(credits_: int) -> GiveGrant:
    return GiveGrant(
        credits_ * CREDIT, priority=90, restricted_to=Restriction(units=("text_input",))
    )


def test_the_pace_is_spent_where_a_request_needs_it() -> None:
    """Text comes first in the order, but others can pay it: all 60 are needed for the images."""
    wallet = of_two_plans({"units": ["text_input"]}, {"units": ["image_input"]})
    wallet.do(for_text(500))
    assert wallet.do(Charge(mixed(400, 60))).refusal is None
    assert wallet.remaining == {2: 2000 * CREDIT, 3: 5940 * CREDIT, 4: 100 * CREDIT}


def test_a_capture_spends_the_pace_on_what_its_hold_does_not_pay() -> None:
    """Images cost 540: 500 by the hold, 40 by the pace: 20 of the pace are left for text."""
    wallet = of_two_plans({"units": ["text_input"]}, {"units": ["image_input"]})
    wallet.do(BuyPack("pack_500"))
    wallet.do(for_text(500))
    hold = wallet.do(OpenHold(500 * CREDIT))
    wallet.do(Capture(hold.seq, usage=mixed(100, 540)))
    assert {no: left // CREDIT for no, left in wallet.remaining.items()} == {
        2: 1980,
        3: 5960,
        5: 420,
    }


def test_a_pace_that_other_credits_make_up_for_is_not_what_is_short() -> None:
    """Text is paid for either way; for images there is nothing, and no pace."""
    wallet = Wallet(
        limited(caps(PACE), {"plans/pro/grants/monthly/only_for": {"units": ["text_input"]}})
    )
    assert wallet.refused(Charge(mixed(100, 9))) == "insufficient_credits"
    assert wallet.refused(Charge(mixed(101, 9))) == "cap_reached"
    assert wallet.do(Charge(mixed(100, 0))).refusal is None


def ways_of(wallet: Wallet, credits_: int) -> list[dict[str, object]]:
    refusal = wallet.do(Charge(spend(credits_))).refusal
    assert refusal is not None
    assert refusal.code == "cap_reached"
    ways: list[dict[str, object]] = refusal.details["ways_out"]
    return ways


def test_a_refusal_by_a_pace_tells_what_helps() -> None:
    """In five hours 100 of the day's 150 less 100, at midnight in Shanghai 50 more of them."""
    wallet = Wallet(paced(DAILY))
    wallet.do(Charge(spend(100)))
    ways = ways_of(wallet, 60)
    assert [each["way"] for each in ways] == [
        "buy_pack",
        "upgrade",
        "wait",
        "wait",
        "wait",
        "use_model",
    ]
    waits = [each for each in ways if each["way"] == "wait"]
    assert waits == [
        {
            "way": "wait",
            "grant": "monthly",
            "until": "2026-02-01T05:00:00Z",
            "credits_micro": 50 * CREDIT,
        },
        {
            "way": "wait",
            "grant": "monthly",
            "until": "2026-02-01T16:00:00Z",
            "credits_micro": 50 * CREDIT,
        },
        {"way": "wait", "until": "2026-03-01T00:00:00Z", "credits_micro": 2000 * CREDIT},
    ]


def test_waiting_for_credits_that_will_have_expired_is_not_offered() -> None:
    """An hour before the cycle ends the window would last for four hours more."""
    wallet = Wallet(paced())
    moment = START + 28 * 24 * HOUR - HOUR
    wallet.do(Charge(spend(90)), moment)
    waits = [each for each in ways_of(wallet, 20) if each["way"] == "wait"]
    assert [each["until"] for each in waits] == ["2026-03-01T00:00:00Z"]


def test_waiting_is_offered_only_for_what_a_pace_holds_back() -> None:
    wallet = Wallet(paced())
    wallet.do(Charge(spend(100)))
    wallet.do(Charge(spend(1850), after_request=True))
    waits = [each for each in ways_of(wallet, 60) if each["way"] == "wait"]
    assert [each["credits_micro"] for each in waits] == [50 * CREDIT, 2000 * CREDIT]


def test_an_estimate_tells_to_wait_for_the_pace_as_well() -> None:
    wallet = Wallet(paced())
    wallet.do(Charge(spend(50)))

    def waits(low: int, high: int) -> list[str]:
        lengths = Range(0, low * 2000, high * 2000)
        found = estimate(
            wallet.timeline, wallet.book, "standard", {}, lengths, "caller", wallet.now
        )
        assert isinstance(found, Estimate)
        return [each["until"] for each in found.ways_out if each["way"] == "wait"]

    both = ["2026-02-01T05:00:00Z", "2026-03-01T00:00:00Z"]
    assert waits(51, 52) == both
    assert waits(50, 52) == both
    assert waits(50, 50) == []


def test_waiting_is_not_offered_for_more_than_a_window_ever_has() -> None:
    waits = [each for each in ways_of(Wallet(paced()), 101) if each["way"] == "wait"]
    assert [each["until"] for each in waits] == ["2026-03-01T00:00:00Z"]


def test_a_refusal_by_a_pace_asks_for_a_top_up_that_pays_beyond_it() -> None:
    """1,990 are left and 90 of them may be spent now, which is less than 100."""
    wallet = Wallet(limited(caps(PACE), TOP_UP))
    wallet.do(Charge(spend(10)))
    assert wallet.book.limits.pending_micro == 0
    decision = wallet.decide(Charge(spend(91)))
    assert [each.kind for each in decision.recorded] == ["top_up", "charge"]
    assert decision.answer.refusal is not None
    assert decision.answer.refusal.details["top_up"] == "ana:3"
    assert wallet.book.limits.pending_micro == 500 * CREDIT


def test_another_cap_asks_for_no_top_up_as_none_would_help() -> None:
    wallet = Wallet(limited(caps({"scope": "wallet", "credits": 100, "per": "1 day"}), TOP_UP))
    wallet.do(Charge(spend(50)))
    assert wallet.refused(Charge(spend(51))) == "cap_reached"
    assert wallet.book.limits.pending_micro == 0


def test_where_enough_may_be_spent_for_the_policy_no_top_up_is_asked_for() -> None:
    wallet = Wallet(limited(caps(PACE), TOP_UP))
    assert wallet.refused(Charge(spend(101))) == "cap_reached"
    assert wallet.book.limits.pending_micro == 0
    wallet.do(SetTopUp(on=False))
    wallet.do(Charge(spend(50)))
    assert wallet.refused(Charge(spend(51))) == "cap_reached"
    assert wallet.book.limits.pending_micro == 0


def test_overage_that_could_be_allowed_is_a_way_out_of_a_pace() -> None:
    wallet = Wallet(limited(caps(PACE), OVERAGE))
    assert "allow_overage" in {each["way"] for each in ways_of(wallet, 120)}


REQUESTS = st.tuples(
    st.sampled_from(["charge", "hold", "capture"]),
    st.integers(1, 60),
    st.integers(0, 3 * HOUR),
)


@settings(deadline=None)
@given(st.lists(REQUESTS, min_size=1, max_size=20))
def test_a_grant_never_pays_more_in_a_window_than_its_cap(
    requests: list[tuple[str, int, int]],
) -> None:
    rules = paced()
    wallet = Wallet(rules)
    wallet.do(BuyPack("pack_500"))
    paid: list[tuple[int, int]] = []
    opened = -10 * HOUR
    for kind, credits_, pause in requests:
        moment, before = wallet.now + pause, of_plan(wallet)
        if kind == "charge":
            wallet.do(Charge(spend(credits_)), moment)
        else:
            hold = wallet.do(OpenHold(credits_ * CREDIT), moment)
            if hold.refusal is not None:
                continue
            if kind == "hold":
                wallet.do(Release(hold.seq))
            else:
                wallet.do(Capture(hold.seq, amount_micro=credits_ * CREDIT))
        taken = before - of_plan(wallet)
        if taken and moment >= opened + 5 * HOUR:
            opened = moment
        paid.append((opened, taken))
        assert sum(each for start, each in paid if start == opened) <= 100 * CREDIT
