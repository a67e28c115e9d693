"""PE260 to PE279: the charge formula, tiers and flags."""

from collections.abc import Mapping
from typing import Final

from policyengine.policy.codes.info import CodeInfo

PRICE_CODES: Final[Mapping[str, CodeInfo]] = {
    "PE260": CodeInfo(
        title="a price below 0",
        what="Some request would have a negative price; the message names one.",
        why="a request never gives credits.",
        wrong="formula: tokens_at_rate * multiplier - 0.5",
        right="formula: max(0, tokens_at_rate * multiplier - 0.5)",
    ),
    "PE261": CodeInfo(
        title="rates that are never charged",
        what="The formula looks at no counts at all, or leaves out a measure that has rates.",
        why="what is counted and has a rate looks as if it cost something.",
        wrong="units:\n  tokens: {per: 1000000, input: {text_input: 100}}\n"
        "  searches: {per: 1, input: {search: 2}}\ncharge: {formula: tokens_at_rate}",
        right="units:\n  tokens: {per: 1000000, input: {text_input: 100}}\n"
        "  searches: {per: 1, input: {search: 2}}\n"
        "charge: {formula: tokens_at_rate + searches_at_rate}",
    ),
    "PE262": CodeInfo(
        title="multipliers without effect",
        what="Some model's multiplier is not 1, and the formula does not use `multiplier`.",
        why="the model list shows the multiplier, and the price does not follow it.",
        wrong="formula: tokens_at_rate",
        right="formula: tokens_at_rate * multiplier",
    ),
    "PE263": CodeInfo(
        title="price lines that cannot be told apart",
        what="`round_at` is `each_line`, and the formula is not a sum of what each unit costs: it "
        "uses `min`, `max`, `ceil`, `floor` or a condition over counts.",
        why="lines can only be rounded where the price is the sum of its lines.",
        wrong="credits: {round_at: each_line}\ncharge: {formula: 'max(0.05, tokens_at_rate)'}",
        right="credits: {round_at: each_request}\ncharge: {formula: 'max(0.05, tokens_at_rate)'}",
    ),
    "PE270": CodeInfo(
        title="a tier that no request meets",
        what="The condition of a tier holds for no counts.",
        why="the tier looks like a price and is none.",
        wrong="tiers:\n  - when: all_input > 200000 and all_input < 100000",
        right="tiers:\n  - when: all_input > 100000 and all_input < 200000",
    ),
    "PE271": CodeInfo(
        title="a tier that never decides",
        what="Whenever this tier holds, a later one holds as well, and the last tier that holds "
        "decides. Usually the thresholds are listed the wrong way round.",
        why="the tier looks like a price and is none.",
        wrong="tiers:\n  - when: all_input > 400000\n  - when: all_input > 200000",
        right="tiers:\n  - when: all_input > 200000\n  - when: all_input > 400000",
    ),
    "PE272": CodeInfo(
        title="a tier that every request meets",
        what="The condition of a tier holds for all counts.",
        why="the model's own multiplier, which the model list shows, is never used.",
        wrong="tiers:\n  - when: all_input >= 0",
        right="tiers:\n  - when: all_input > 200000",
    ),
    "PE273": CodeInfo(
        title="a tier that changes nothing",
        what="Every request that the tier decides would have the same multiplier without it.",
        why="the tier looks like a price of its own and is none.",
        wrong="frontier:\n  multiplier: 6\n  tiers:\n"
        "    - {when: all_input > 200000, multiplier: 6}",
        right="frontier:\n  multiplier: 6\n  tiers:\n"
        "    - {when: all_input > 200000, multiplier: 12}",
    ),
    "PE274": CodeInfo(
        title="a flag that does not look at the charge",
        what="The condition of an entry of `abnormal` uses neither `charge` nor `usual_charge`.",
        why="it would mark every charge, or none.",
        wrong="abnormal: [{when: 2 > 1, then: flag}]",
        right="abnormal: [{when: charge > 10 * usual_charge, then: flag}]",
    ),
}
