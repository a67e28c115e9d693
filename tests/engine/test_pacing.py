"""Pacing: caps on what the credits of a grant pay, and what pays beyond them."""

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.limited import caps, limited
from engine.wallets import CREDIT, Wallet, spend
from policyengine.engine.caps import caps_in_use, grant_of, grant_states
from policyengine.engine.commands import BuyPack, Capture, Charge, OpenHold, Release
from policyengine.engine.pacing import paced_sources, sources_of_what_has_run
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
    now = paced_sources(rules, wallet.book, states)
    assert [(number, amount // CREDIT) for number, amount, _ in now] == [(1, 100), (2, 500)]
    run = sources_of_what_has_run(rules, wallet.book, states)
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
