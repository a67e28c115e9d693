"""Answers that ask for others: all of them are there, and none too many."""

import pytest

from policy.checks.acme import codes

TAKE = "after_request: take_what_is_left"
DEBT = "after_request: go_into_debt"
LIMIT = "debt: {limit: 50, at_renewal: kept}"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (TAKE, f"{DEBT}, {LIMIT}", []),
        (TAKE, DEBT, ["PE240"]),
        (TAKE, f"{TAKE}, {LIMIT}", ["PE241"]),
        ("expired_lot: stay_expired", "expired_lot: new_lot, new_lot_expires: 7 days", []),
        ("expired_lot: stay_expired", "expired_lot: new_lot", ["PE240"]),
        (
            "expired_lot: stay_expired",
            "expired_lot: stay_expired, new_lot_expires: 7 days",
            ["PE241"],
        ),
        ("low: 200, expected: 1000, high: 4000", "low: 7, expected: 7, high: 7", []),
        ("low: 200, expected: 1000, high: 4000", "low: 8, expected: 7, high: 7", ["PE245"]),
        ("low: 200, expected: 1000, high: 4000", "low: 9, expected: 8, high: 7", ["PE245"] * 2),
    ],
)
def test_answers_of_a_policy(old: str, new: str, expected: list[str]) -> None:
    assert expected == codes((old, new))


@pytest.mark.parametrize(
    ("alerts", "expected"),
    [
        ("[]", []),
        ("[{balance_below: 20%}, {expiring_within: 3 days}]", []),
        ("[{balance_below: 100%}]", []),
        ("[{balance_below: 0.0001%}]", []),
        ("[{balance_below: 100.0001%}]", ["PE244"]),
        ("[{balance_below: 0.00%}]", ["PE244"]),
        ("[{}]", ["PE243"]),
        ("[{balance_below: 0%, expiring_within: 3 days}]", ["PE243", "PE244"]),
    ],
)
def test_alerts_of_a_policy(alerts: str, expected: list[str]) -> None:
    assert expected == codes(("refunds:", f"alerts: {alerts}\nrefunds:"))


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("price: 9.99, currency: USD", []),
        ("price: 0, currency: EUR", []),
        ("price: 9.99", ["PE240"]),
        ("currency: USD", ["PE241"]),
    ],
)
def test_prices_in_money_have_a_currency_and_nothing_else_has(
    keys: str, expected: list[str]
) -> None:
    assert expected == codes(("{credits: 500,", f"{{credits: 500, {keys},"))
    lines = keys.replace(", ", "\n    ")
    assert expected == codes(("    cycle: 1 month", f"    {lines}\n    cycle: 1 month"))
