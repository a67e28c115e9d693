"""PE3xx: a formula or condition is not an expression that the gate lets through."""

from collections.abc import Mapping
from typing import Final

from policyengine.policy.codes.info import CodeInfo
from policyengine.policy.expressions.faults import FAULTS


def _page(code: str, why: str, wrong: str, right: str) -> CodeInfo:
    title, what = FAULTS[code]
    return CodeInfo(title=title, what=what, why=why, wrong=wrong, right=right)


EXPRESSION_CODES: Final[Mapping[str, CodeInfo]] = {
    "PE301": _page(
        "PE301",
        "a price that nobody wrote down would be 0 or refused, and neither was asked for.",
        'formula: " "',
        "formula: tokens_at_rate * multiplier",
    ),
    "PE302": _page(
        "PE302",
        "a rule that cannot be read in one look is not checked by anybody.",
        "when: all_input > 1000 and all_input < 2000 or all_input > 3000  # and so on",
        "tiers:  # one condition each\n  - when: all_input > 1000",
    ),
    "PE303": _page(
        "PE303",
        "look-alikes such as `×` and `·` are read differently by people and programs.",
        "formula: tokens_at_rate × multiplier",
        "formula: tokens_at_rate * multiplier",
    ),
    "PE304": _page(
        "PE304",
        "expressions are arithmetic and comparison; they define and import nothing.",
        "formula: lambda multiplier",
        "formula: tokens_at_rate * multiplier",
    ),
    "PE305": _page(
        "PE305",
        "`1,000` is a thousand for some readers and one for others.",
        "when: all_input > 200_000",
        "when: all_input > 200000",
    ),
    "PE306": _page(
        "PE306",
        "a bound keeps each price exact within 64 bits.",
        "formula: tokens_at_rate * 1.0000000000000000001",
        "formula: tokens_at_rate * 1.0001",
    ),
    "PE307": _page(
        "PE307",
        "a half-written rule has no result.",
        "formula: tokens_at_rate *",
        "formula: tokens_at_rate * multiplier",
    ),
    "PE308": _page(
        "PE308",
        "a bound keeps every rating fast, and every rule readable.",
        "formula: 1 + 1 + 1  # and so on, forty times",
        "formula: tokens_at_rate * multiplier",
    ),
    "PE309": _page(
        "PE309",
        "what can reach into objects or call anything could reach out of the policy.",
        "formula: tokens_at_rate.real",
        "formula: tokens_at_rate",
    ),
    "PE310": _page(
        "PE310",
        "in other systems a misspelt name is silently nothing, and the price with it.",
        "formula: tokens_at_rates * multiplier",
        "formula: tokens_at_rate * multiplier",
    ),
    "PE311": _page(
        "PE311",
        "a short list of functions, each exact, is enough for prices.",
        "formula: round(tokens_at_rate * multiplier)",
        "formula: ceil(tokens_at_rate * multiplier, 0.01)",
    ),
    "PE312": _page(
        "PE312",
        "the least of one value is that value: something was forgotten.",
        "formula: max(tokens_at_rate)",
        "formula: max(tokens_at_rate, 0.01)",
    ),
    "PE313": _page(
        "PE313",
        "a request must always have a price.",
        "formula: tokens_at_rate / multiplier",
        "formula: tokens_at_rate * multiplier / 2",
    ),
    "PE314": _page(
        "PE314",
        "sums and products that mean nothing are found before they charge somebody.",
        "formula: tokens_at_rate * tokens_at_rate",
        "formula: tokens_at_rate * multiplier",
    ),
    "PE315": _page(
        "PE315",
        "a price is a number of credits, and a condition holds or does not.",
        "when: all_input",
        "when: all_input > 200000",
    ),
}
