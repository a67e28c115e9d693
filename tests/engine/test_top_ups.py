"""Top-ups: asked for once, answered once, never a storm; the engine takes no money."""

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.limited import OF_PACKS, TOP_UP, limited
from engine.wallets import CREDIT, DAY, HOUR, MINUTE, START, Wallet, at, policy, spend
from policyengine.engine.commands import (
    BuyPack,
    Charge,
    FailTopUp,
    GiveGrant,
    PayTopUp,
    Settle,
    SetTopUp,
    VoidGrant,
)
from policyengine.ledger.changes import TopUpRequested
from policyengine.ledger.limit_state import TOP_UPS_MAX
from policyengine.ledger.transactions import change_of
from policyengine.policy.policy import Policy
from policyengine.values.amounts import AMOUNT_MICRO_MAX

UP_TO = {
    "top_up": {
        "below": 100,
        "up_to": 500,
        "expires": "2 months",
        "cooldown": "1 hour",
        "at_most": {"count": 3, "per": "1 month"},
        "opt_in": "not_needed",
    }
}


def asked(wallet: Wallet) -> list[int]:
    return [each.seq for each in wallet.transactions if change_of(each, TopUpRequested) is not None]


def test_the_charge_that_falls_below_asks() -> None:
    wallet = Wallet(limited(TOP_UP))
    wallet.do(Charge(spend(1900)))
    assert asked(wallet) == []
    answer = wallet.do(Charge(spend(1)))
    assert change_of(answer, TopUpRequested).amount_micro == 500 * CREDIT


def test_up_to_an_amount_asks_for_what_is_missing() -> None:
    wallet = Wallet(limited(UP_TO))
    answer = wallet.do(Charge(spend(1930)))
    assert change_of(answer, TopUpRequested).amount_micro == 430 * CREDIT
    wallet.do(PayTopUp(answer.seq, "pay"))
    assert wallet.available == 500 * CREDIT
    lot = wallet.lots[2]
    assert (lot.terms.source, lot.terms.rule) == ("pack", "v1.top_up")
    assert lot.terms.expires_at == at("2026-04-01")


def test_what_a_top_up_bought_can_be_voided() -> None:
    wallet = Wallet(limited(UP_TO))
    answer = wallet.do(Charge(spend(1930)))
    paid = wallet.do(PayTopUp(answer.seq))
    wallet.do(VoidGrant(paid.seq))
    assert wallet.available == 70 * CREDIT


def test_a_paid_top_up_that_is_still_too_little_asks_again_after_the_cooldown() -> None:
    small = {"packs/pack_500/credits": 20}
    wallet = Wallet(limited(TOP_UP, small))
    first = wallet.do(Charge(spend(1980)))
    assert change_of(wallet.do(PayTopUp(first.seq)), TopUpRequested) is None
    assert change_of(wallet.do(Charge(spend(1)), wallet.now + HOUR), TopUpRequested) is not None


def test_a_pack_that_may_not_be_held_any_more_is_not_asked_for() -> None:
    wallet = Wallet(limited(TOP_UP, OF_PACKS, {"packs/pack_500/credits": 10}))
    wallet.do(BuyPack("pack_500"))
    wallet.do(BuyPack("pack_500"))
    wallet.do(Charge(spend(1990)))
    assert asked(wallet) == []


def test_a_refusal_asks_once_and_names_what_was_asked_for() -> None:
    wallet = Wallet(limited({"top_up": {**TOP_UP["top_up"], "opt_in": "required"}}))
    wallet.do(Charge(spend(1990)))
    wallet.do(SetTopUp(on=True))
    assert asked(wallet) == [3]
    wallet.do(FailTopUp(3))
    decision = wallet.decide(Charge(spend(500)), START + 3 * HOUR)
    assert [each.kind for each in decision.recorded] == ["top_up", "charge"]
    assert decision.answer.refusal is not None
    assert decision.answer.refusal.details["top_up"] == "ana:5"
    again = wallet.decide(Charge(spend(500)))
    assert [each.kind for each in again.recorded] == ["charge"]


def test_another_refusal_asks_for_nothing() -> None:
    wallet = Wallet(limited(TOP_UP), plan="pro")
    wallet.do(SetTopUp(on=False))
    wallet.do(Charge(spend(1990)))
    assert wallet.refused(BuyPack("x")) == "unknown_pack"
    assert wallet.refused(Charge(spend(500))) == "insufficient_credits"
    assert asked(wallet) == []


def test_a_policy_without_top_ups_has_none_to_allow() -> None:
    assert Wallet().refused(SetTopUp(on=True)) == "not_offered"


def test_time_alone_asks_for_nothing() -> None:
    wallet = Wallet(limited(TOP_UP), plan="free")
    wallet.do(Settle(), START + 90 * DAY)
    assert asked(wallet) == []


def test_without_a_plan_that_may_buy_the_pack_nothing_is_asked_for() -> None:
    wallet = Wallet(limited(TOP_UP), plan="free")
    wallet.do(Charge(spend(290)))
    assert asked(wallet) == []


def test_no_more_are_remembered_than_a_wallet_may_have() -> None:
    often = {"top_up": {**UP_TO["top_up"], "at_most": {"count": 50, "per": "1 hour"}}}
    rules = limited(often, {"top_up/cooldown": "1 second"}, {"top_up/up_to": 100})
    wallet = Wallet(rules)
    wallet.do(Charge(spend(1990)))
    for number in range(1, 130):
        wallet.do(Charge(spend(1), after_request=True), START + number * 2 * HOUR)
        wallet.do(GiveGrant(CREDIT))
    assert len(wallet.book.limits.top_ups) <= TOP_UPS_MAX


def test_a_wallet_that_can_hold_no_more_asks_for_nothing() -> None:
    wallet = Wallet(limited(TOP_UP, {"packs/pack_500/credits": AMOUNT_MICRO_MAX // CREDIT}))
    wallet.do(Charge(spend(1990)))
    assert asked(wallet) == []
    wallet.do(Charge(spend(10)))
    assert asked(wallet) == [3]


def test_terms_are_those_of_the_version_that_asked() -> None:
    first = limited(TOP_UP)
    second = policy({**TOP_UP, "packs/pack_500/credits": 900}, version=2)
    wallet = Wallet(first, second, start=at("2026-09-30"))
    answer = wallet.do(Charge(spend(1990)))
    assert change_of(answer, TopUpRequested).amount_micro == 500 * CREDIT
    wallet.do(PayTopUp(answer.seq), at("2026-10-02"))
    assert wallet.available == 510 * CREDIT


def test_a_failure_under_a_policy_without_top_ups_sets_no_time() -> None:
    wallet = Wallet(limited(TOP_UP), policy(version=2), start=at("2026-09-30"))
    answer = wallet.do(Charge(spend(1990)))
    wallet.do(FailTopUp(answer.seq), at("2026-10-02"))
    assert wallet.book.limits.top_up_from == at("2026-10-02")


moves = st.lists(
    st.tuples(st.integers(1, 300), st.integers(0, 50_000), st.sampled_from("cccpfx")),
    min_size=5,
    max_size=40,
)


@settings(max_examples=60)
@given(moves, st.sampled_from(["pack", "up_to"]))
def test_random_charges_never_make_a_storm(steps: list[tuple[int, int, str]], way: str) -> None:
    rules: Policy = limited(TOP_UP if way == "pack" else UP_TO)
    wallet = Wallet(rules)
    times: list[int] = []
    for number, wait, what in steps:
        wallet.now += wait * MINUTE // 10
        before = wallet.book.limits
        pending = [each.seq for each in before.top_ups if each.state == "pending"]
        if what == "p" and pending:
            decision = wallet.decide(PayTopUp(pending[0]))
        elif what == "f" and pending:
            decision = wallet.decide(FailTopUp(pending[0]))
        else:
            decision = wallet.decide(Charge(spend(number * (7 if what == "x" else 1))))
        for each in decision.recorded:
            if change_of(each, TopUpRequested) is not None:
                times.append(each.effective_at)
                still = [top_up for top_up in wallet.book.limits.top_ups if top_up.seq in pending]
                waiting = sum(each.amount_micro for each in still if each.state == "pending")
                assert wallet.book.available_micro + waiting < 100 * CREDIT
    assert all(later - earlier >= HOUR for earlier, later in itertools.pairwise(times))
    assert all(
        later - earlier >= 28 * DAY for earlier, later in zip(times, times[3:], strict=False)
    )
