"""Leaving a plan: which rule of the policy says what becomes of it, and where it stands."""

from engine.wallets import policy
from policyengine.engine.leaving import upgrade_place, upgrade_rule

PAIR = {
    "from": "pro",
    "to": "pro_plus",
    "upgrade": {
        "when": "now",
        "new_cycle": "keeps_date",
        "unused": "carry_over",
        "carried_expires": "end_of_new_cycle",
    },
}


def test_what_a_pair_says_of_an_upgrade_comes_before_what_every_upgrade_says() -> None:
    rules = policy({"changes/pairs": [PAIR]})
    assert upgrade_place(rules, "pro", "pro_plus") == "changes.pairs.0.upgrade"
    assert upgrade_rule(rules, "pro", "pro_plus").new_cycle == "keeps_date"
    assert upgrade_place(rules, "free", "pro") == "changes.upgrade"
    assert upgrade_rule(rules, "free", "pro").new_cycle == "starts_now"
