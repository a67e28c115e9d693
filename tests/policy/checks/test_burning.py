"""Burn orders: what is let through orders any two lots, by keys that all may decide."""

from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy.checks.acme import codes
from policyengine.policy.document.plans import BurnKey

KEYS = get_args(BurnKey)


def judged(order: list[str]) -> list[str]:
    return codes(("[priority, soonest_expiry, oldest]", f"[{', '.join(order)}]"))


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (["priority", "oldest"], []),
        (["newest"], ["PE253"]),
        (["priority"], ["PE251"]),
        (["oldest", "priority"], ["PE252"]),
        (["priority", "newest", "oldest"], ["PE250"]),
        (["priority", "oldest", "priority"], ["PE206"]),
        (["general_first", "priority", "restricted_first", "oldest"], ["PE250"]),
        (["priority", "pack_before_plan", "oldest", "plan_before_pack"], ["PE250"]),
        (["priority", "larger_first", "oldest"], []),
        (["priority", "larger_first", "smaller_first", "oldest"], ["PE250"]),
        (["oldest", "newest", "soonest_expiry"], ["PE253", "PE250", "PE252"]),
    ],
)
def test_burn_orders(order: list[str], expected: list[str]) -> None:
    assert expected == judged(order)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(KEYS), min_size=1, max_size=9))
def test_an_order_without_error_ends_in_age_and_says_everything_once(order: list[str]) -> None:
    if set(judged(order)) - {"PE253"}:
        return
    assert order[-1] in {"oldest", "newest"}
    assert len(set(order)) == len(order)
    assert not {"oldest", "newest"} & set(order[:-1])
