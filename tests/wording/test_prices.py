"""What one model costs: for so many of a unit, and where its tiers say otherwise."""

from policyengine.wording.languages import ENGLISH
from policyengine.wording.rendering import rendered
from policyengine.wording.subjects.prices import exception_sentences, unit_cost
from wording.policies import REFERENCE, edited, policy_at

MILLION = 10**6


def test_a_unit_has_a_price_of_its_own_where_units_add_up() -> None:
    policy = policy_at("policies/codeflicker/v1.yaml")
    # 100 credits for a million of sent text, x 0.5, x 1 and x 6
    costs = {
        each.name: unit_cost(each.price, "text_input", MILLION) for each in policy.models.values()
    }
    assert costs == {"lite": 50, "standard": 100, "frontier": 600}


def test_a_unit_has_none_where_a_formula_weighs_it_with_others() -> None:
    text = (REFERENCE / "v1.yaml").read_text("utf-8")
    formula = ("formula: tokens_at_rate * multiplier", "formula: max(tokens_at_rate, 1)")
    model = edited(text, formula).models["standard"]
    assert unit_cost(model.price, "text_input", MILLION) is None


def test_tiers_are_the_exceptions_of_models() -> None:
    (said,) = exception_sentences(policy_at("policies/codeflicker/v1.yaml"))
    assert said.pointer == "/models/frontier/tiers/0"
    assert rendered(said, ENGLISH) == (
        "frontier, if what is sent is more than 200,000 tokens: × 12 for the whole request."
    )
