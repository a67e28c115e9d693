"""Money in stories: what cycles, upgrades and packs cost, and which sums are surely no more."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from engine.wallets import DAY, START, policy
from policyengine.engine.commands import BuyPack, Cancel, ChangePlan, Settle, Subscribe
from policyengine.policy.policy import Policy
from policyengine.policy.timeline import Timeline
from policyengine.simulate.paying import NOTHING, Paid, is_at_most, is_unpaid
from policyengine.simulate.stories import Play

PRICES: dict[str, Any] = {
    "plans/pro/price": Decimal(20),
    "plans/pro/currency": "USD",
    "plans/pro_plus/price": Decimal("49.99"),
    "plans/pro_plus/currency": "USD",
    "packs/pack_500/price": Decimal(6),
    "packs/pack_500/currency": "USD",
}


def play_of(found: Policy) -> Play:
    return Play(Timeline.of(found))


def test_a_cycle_a_renewal_and_a_pack_cost_their_prices() -> None:
    play = play_of(policy(PRICES))
    play.do("ana", START, Subscribe("pro"))
    play.do("ana", START, BuyPack("pack_500"))
    play.do("ana", START + 40 * DAY, Settle())
    assert {"USD": Fraction(46)} == play.paid("ana").known
    assert str(play.paid("ana")) == "46 USD"


def test_what_is_asked_for_the_end_of_the_cycle_costs_nothing_yet_and_a_free_plan_never() -> None:
    play = play_of(policy(PRICES))
    play.do("ana", START, Subscribe("pro"))
    play.do("ana", START, Cancel())
    assert str(play.paid("ana")) == "20 USD"
    play.do("ana", START + 40 * DAY, Settle())
    assert str(play.paid("ana")) == "20 USD"


def test_an_upgrade_that_starts_a_cycle_costs_the_whole_price() -> None:
    play = play_of(policy(PRICES))
    play.do("ana", START, Subscribe("pro"))
    play.do("ana", START + DAY, ChangePlan("pro_plus"))
    assert str(play.paid("ana")) == "69.99 USD"


@pytest.mark.parametrize(("prorated", "paid"), [(None, "49.99 USD"), ("by_second", "34.995 USD")])
def test_an_upgrade_that_gives_the_difference_costs_the_difference_or_its_share(
    prorated: str | None, paid: str
) -> None:
    rule = {
        "when": "now",
        "new_cycle": "keeps_date",
        "unused": "kept",
        "carried_expires": "as_before",
        "new_credits": "difference",
    }
    if prorated:
        rule["prorated"] = prorated
    play = play_of(policy({**PRICES, "changes/upgrade": rule}))
    play.do("ana", START, Subscribe("pro"))
    play.do("ana", START + 14 * DAY, ChangePlan("pro_plus"))  # half of February
    assert paid == str(play.paid("ana"))


def test_a_calendar_cycle_that_is_under_way_costs_its_share() -> None:
    changes = {
        **PRICES,
        "plans/pro/cycle_from": "calendar",
        "plans/pro/first_cycle": "prorated_by_second",
        "time/zone": "UTC",
    }
    play = play_of(policy(changes))
    play.do("ana", START + 14 * DAY, Subscribe("pro"))
    assert str(play.paid("ana")) == "10 USD"


def test_prices_that_are_not_known_stay_names() -> None:
    play = play_of(policy())
    play.do("ana", START, Subscribe("pro"))
    play.do("ana", START, BuyPack("pack_500"))
    play.do("ana", START + 40 * DAY, Settle())
    assert str(play.paid("ana")) == "2 x the price of plan pro + the price of pack pack_500"
    assert str(NOTHING) == "nothing"


def test_a_refused_command_costs_nothing() -> None:
    play = play_of(policy(PRICES))
    play.do("ana", START, Subscribe("free"))
    assert play.do("ana", START, BuyPack("pack_500")).refusal is not None
    assert play.paid("ana") == NOTHING


def test_unknown_prices_are_compared_by_the_order_of_the_plans_alone() -> None:
    rules = policy()
    pro, plus = Paid(plans={"pro": Fraction(1)}), Paid(plans={"pro_plus": Fraction(1)})
    assert is_at_most(rules, pro, plus)
    assert not is_at_most(rules, plus, pro)
    assert is_at_most(rules, plus, plus)
    assert not is_at_most(rules, plus, pro.plus(pro))
    assert not is_at_most(rules, Paid({"USD": Fraction(2)}), Paid({"USD": Fraction(1)}))
    assert not is_at_most(rules, Paid(packs={"pack_500": Fraction(1)}), plus)


def test_the_plan_after_a_cancellation_a_trial_and_a_price_of_0_are_unpaid() -> None:
    rules = policy({"plans/pro/after_cycles": {"count": 1, "to": "free"}})
    assert [is_unpaid(rules, plan) for plan in rules.plans.values()] == [True, True, False]
    priced = policy({"plans/pro_plus/price": Decimal(0), "plans/pro_plus/currency": "USD"})
    assert [is_unpaid(priced, plan) for plan in priced.plans.values()] == [True, False, True]


def test_a_price_in_money_changes_nothing_that_an_engine_decides_or_a_ledger_names() -> None:
    plain, priced = policy(), policy(PRICES)
    told = []
    for each in (plain, priced):
        play = play_of(each)
        play.do("ana", START, Subscribe("pro"))
        play.do("ana", START + DAY, ChangePlan("pro_plus"))
        play.do("ana", START + 40 * DAY, Settle())
        told.append([(line.transaction.moves, line.transaction.changes) for line in play.lines])
    assert told[0] == told[1]
