"""A model `probe` in the wide policy, made up anew for each example, and requests for it."""

from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from policyengine.engine.rating import exact_lines
from policyengine.policy.policy import Policy
from review.wide import changed


def tier(when: str, multiplier: float, applies_to: str = "whole_request") -> dict[str, Any]:
    """A tier with a multiplier of its own."""
    return {"when": when, "applies_to": applies_to, "multiplier": multiplier}


multipliers = st.sampled_from([0, 0.5, 1, 2, 3])
thresholds = st.sampled_from([0, 10, 1000])
tiers_ = st.lists(
    st.builds(
        lambda name, bound, factor: tier(f"{name} > {bound}", factor),
        st.sampled_from(["all_input", "text_output", "text_input"]),
        thresholds,
        multipliers,
    ),
    max_size=2,
)
requests = st.fixed_dictionaries(
    {
        "text_input": st.sampled_from([0, 1, 10, 11, 1001]),
        "text_cached": st.sampled_from([0, 1, 10, 1000]),
        "text_output": st.sampled_from([0, 10, 11, 1000, 1001]),
    }
)
models = st.fixed_dictionaries(
    {"multiplier": multipliers},
    optional={"tiers": tiers_, "rates": st.just({"text_input": 150})},
)


def exact(policy: Policy, counts: dict[str, int]) -> Fraction:
    """What a request for `probe` costs in micro-credits, before it is rounded."""
    model = policy.models["probe"]
    table = model.price
    for each in model.tiers:
        if each.holds(*(sum(counts.get(unit, 0) for unit in units) for units in each.sums)):
            table = each.price
    return sum(exact_lines(table, tuple(counts.items())), start=Fraction(0))


def is_free_of_errors(model: dict[str, Any]) -> bool:
    """Whether a policy may have such a model."""
    try:
        changed(("models.probe", model))
    except AssertionError:
        return False
    return True
