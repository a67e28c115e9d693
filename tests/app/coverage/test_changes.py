"""Changes of facts: one step, another choice, another sign; never what was written already."""

from dataclasses import replace
from itertools import chain

import pytest

from app.coverage.shelves import REFERENCE
from policyengine.app.coverage.changes import changes_of
from policyengine.policy.document import PolicyDocument
from policyengine.policy.facts import Fact, facts_of
from policyengine.policy.load import load_policy


def read(*changes: tuple[str, str]) -> tuple[dict[str, Fact], PolicyDocument]:
    text = (REFERENCE / "v1.yaml").read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    loaded = load_policy(text, "v1.yaml")
    assert loaded.document is not None
    return {each.path: each for each in facts_of(loaded.source)}, loaded.document


@pytest.mark.parametrize(
    ("path", "changes"),
    [
        ("plans.pro.grants.monthly.credits", ("2020", "1980")),
        ("models.lite.multiplier", ("0.6", "0.4")),
        ("units.tokens.input.text_cached", ("11", "9")),
        ("charge.minimum", ("0.02", "0.00")),
        ("alerts.0.balance_below", ("21%", "19%")),
        ("charge.failed_request", ("input_only", "full")),
        ("charge.late_usage", ("8 days", "6 days")),
        ("plans.pro.cycle", ("2 months", "4 weeks")),
        (
            "plans.pro.grants.monthly.expires",
            ("never", "end_of_period", "1 month"),
        ),
        ("effective", ("2026-01-28T00:00:01Z", "2026-01-27T23:59:59Z")),
        (
            "models.frontier.tiers.0.when",
            (
                "all_input >= 200000",
                "all_input < 200000",
                "all_input > 200001",
                "all_input > 199999",
            ),
        ),
        ("charge.formula", ("tokens_at_rate + multiplier",)),
        ("changes.cancel.to", ("pro", "pro_plus")),
        ("packs.pack_500.sold_to.0", ("free", "pro_plus")),
        ("time.zone", ("UTC", "Pacific/Auckland")),
        ("models.lite.counted_as", ()),
        ("why", ()),
        ("policy", ()),
    ],
)
def test_a_fact_is_changed_by_a_step_or_to_another_choice(
    path: str, changes: tuple[str, ...]
) -> None:
    facts, document = read()
    assert changes_of(facts[path], document) == changes


def test_nothing_less_than_zero_is_tried() -> None:
    facts, document = read(("multiplier: 0.5", "multiplier: 0"))
    assert changes_of(facts["models.lite.multiplier"], document) == ("1",)


def test_names_of_one_formula_are_no_change() -> None:
    facts, document = read()
    found = changes_of(facts["counting.gpt_4o.image.formula"], document)
    assert "gpt-4.1" not in found
    assert "o1" in found


def test_a_currency_and_the_names_of_units_have_others() -> None:
    overage = (
        "shortfall: {before_request: refuse,",
        (
            "shortfall: {before_request: overage, overage: {price: 0.04, currency: USD, "
            "opt_in: required, limit: 500, plans: [pro]},"
        ),
    )
    only = (
        "given: once, expires: 1 month",
        "given: once, expires: 1 month, only_for: {models: [lite], units: [text_input]}",
    )
    facts, document = read(overage, only)
    assert changes_of(facts["shortfall.overage.currency"], document) == ("EUR",)
    assert changes_of(facts["shortfall.overage.plans.0"], document) == ("free", "pro_plus")
    welcome = "plans.free.grants.welcome.only_for"
    assert changes_of(facts[f"{welcome}.models.0"], document) == ("standard", "frontier")
    assert changes_of(facts[f"{welcome}.units.0"], document) == (
        "text_cached",
        "image_input",
        "text_output",
    )


def test_an_expression_that_cannot_be_read_has_no_changes() -> None:
    facts, document = read()
    broken = replace(facts["models.frontier.tiers.0.when"], text="all_input >= 1 €")
    assert changes_of(broken, document) == ()


def test_no_change_is_what_was_written() -> None:
    facts, document = read()
    every = chain.from_iterable(
        ((each.text, new) for new in changes_of(each, document)) for each in facts.values()
    )
    assert [old for old, new in every if old == new] == []
