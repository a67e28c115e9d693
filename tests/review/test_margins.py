"""The least margin is that of the count that leaves least, and none of an unlisted cost."""

from fractions import Fraction
from typing import Any, Final

from hypothesis import given, settings
from hypothesis import strategies as st

from policyengine.ledger.transactions import Refusal
from policyengine.review.margins import Costs, Margin, margins, request_margins, unknown_costs
from policyengine.review.rises import UNBOUNDED, Scope
from policyengine.values.amounts import MICRO_PER_CREDIT
from review.probes import exact, is_free_of_errors, models, requests, tier
from review.wide import GONE, changed

CENT: Final = Fraction(1, 100)
MILLION: Final = 1_000_000
UNITS: Final = ("text_input", "text_cached", "text_output", "searches", "image")


def costs(model: str, **units: float) -> Costs:
    listed = {unit: Fraction(str(units.get(unit, 0))) for unit in UNITS}
    return Costs("USD", CENT, MILLION, {model: listed})


def least(found: list[Margin]) -> Margin:
    return min(found, key=lambda each: each.share)


@settings(max_examples=15, deadline=None)
@given(models.filter(is_free_of_errors), st.lists(requests, min_size=1, max_size=20))
def test_no_request_leaves_less_than_the_least_margin(
    model: dict[str, Any], samples: list[dict[str, int]]
) -> None:
    policy = changed(("models.probe", model))
    asked = costs("probe", text_input=0.5, text_cached=0.05, text_output=3)
    share = least(list(margins(policy, asked, Scope(("probe",))))).share
    for counts in samples:
        paid = exact(policy, counts) / MICRO_PER_CREDIT * CENT
        listed = asked.models["probe"]
        cost = sum(count * listed[unit] for unit, count in counts.items()) / MILLION
        assert share == -UNBOUNDED or paid - cost >= share * paid


def test_the_count_that_leaves_least_is_named_with_its_money() -> None:
    # 500 x 1 credits at a cent are 5 USD for a million answers, which cost 4: a fifth is left.
    found = least(list(margins(changed(), costs("standard", text_output=4), Scope(("standard",)))))
    assert (found.part, found.paid, found.cost, found.share) == (
        "text_output",
        Fraction(5),
        Fraction(4),
        Fraction(1, 5),
    )


def test_a_free_model_that_costs_something_has_no_end() -> None:
    policy = changed(("models.lite.multiplier", 0))
    found = list(margins(policy, costs("lite", text_input=0.1), Scope(("lite",))))
    assert least(found).share == -UNBOUNDED
    assert {each.share for each in margins(policy, costs("lite"), Scope(("lite",)))} == {1}


def test_a_plan_with_a_multiplier_of_its_own_has_a_margin_of_its_own() -> None:
    scope = Scope(("frontier",), ("free",))
    (audience,) = {each.audience for each in margins(changed(), costs("frontier"), scope)}
    assert audience == "on plan free"


def test_what_has_no_cost_is_named() -> None:
    known = Costs("USD", CENT, MILLION, {"lite": {"text_input": Fraction(1)}})
    found = list(unknown_costs(changed(), known, Scope(("lite", "standard"))))
    assert found[-1] == "standard"
    assert set(found[:-1]) == {f"{unit} of lite" for unit in UNITS} - {"text_input of lite"}


def test_one_request_is_priced_and_rounded_as_it_would_be_charged() -> None:
    # 1 token at x 1 is 0.0001 credits, rounded up to 0.01; a cent each: 0.0001 USD.
    asked = request_margins(changed(), costs("standard", text_input=50), Scope(), {"text_input": 1})
    found = [each for each in asked if isinstance(each, Margin) and each.model == "standard"]
    assert [(each.paid, each.cost, each.share) for each in found] == [
        (Fraction(1, 10_000), Fraction(50, MILLION), Fraction(1, 2))
    ]
    (refusal, *_) = request_margins(changed(), costs("lite"), Scope(), {"nothing": 1})
    assert isinstance(refusal, Refusal)


def test_what_is_no_plain_sum_is_looked_at_by_requests() -> None:
    curved = (
        ("charge.formula", "max(tokens_at_rate * multiplier, images_at_rate)"),
        ("modifiers", GONE),
        ("models.parts", GONE),
    )
    found = list(margins(changed(*curved), costs("lite", text_input=1), Scope(("lite",))))
    assert found
    assert not any(each.is_certain for each in found)
    names = ("text_input", "text_cached", "text_output", "searches")
    tiers = [tier(f"{name} > {n}", n + 20) for n in range(1, 5) for name in names]
    many = changed(("models.frontier.tiers", tiers))
    ranges = list(margins(many, costs("frontier"), Scope(("frontier",))))
    assert not any(each.is_certain for each in ranges)


def test_a_margin_is_that_of_the_hours_at_which_a_request_costs_least() -> None:
    (least,) = (
        each
        for each in margins(changed(), costs("lite", text_input=10), Scope(("lite",), ("free",)))
        if each.part == "text_input"
    )
    (plain,) = (
        each
        for each in margins(
            changed(("modifiers.night", GONE)),
            costs("lite", text_input=10),
            Scope(("lite",), ("free",)),
        )
        if each.part == "text_input"
    )
    assert (least.audience, least.paid) == ("on plan free at the hours of night", plain.paid / 2)
    assert plain.audience == "on plan free"  # not at the hours of `peak`: it costs more then


def test_a_request_is_asked_at_the_hours_at_which_it_costs_least() -> None:
    asked = request_margins(
        changed(),
        costs("lite", text_input=10),
        Scope(("lite",), ("free",)),
        {"text_input": MILLION},
    )
    (found,) = asked
    assert isinstance(found, Margin)
    assert found.audience == "on plan free at the hours of night"
