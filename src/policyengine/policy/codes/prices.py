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
    "PE265": CodeInfo(
        title="a modifier that changes nothing",
        what="A modifier's factor is 1.",
        why="it looks like a price and is none.",
        wrong="modifiers: {batch: {factor: 1}}",
        right="modifiers: {batch: {factor: 0.5}}",
    ),
    "PE266": CodeInfo(
        title="a modifier that excludes itself",
        what="A modifier's `not_with` names that modifier itself.",
        why="a request names a modifier once or not at all, so probably another one was meant.",
        wrong="modifiers: {batch: {factor: 0.5, not_with: [batch]}, fast: {factor: 6}}",
        right="modifiers: {batch: {factor: 0.5, not_with: [fast]}, fast: {factor: 6}}",
    ),
    "PE267": CodeInfo(
        title="a measure that cannot be changed alone",
        what="A modifier has `measures`, and the formula is not a sum of what each unit costs.",
        why="there is no part of the price that belongs to the measure.",
        wrong="modifiers: {batch: {factor: 0.5, measures: [tokens]}}\n"
        "charge: {formula: 'max(0.05, tokens_at_rate)'}",
        right="modifiers: {batch: {factor: 0.5}}\ncharge: {formula: 'max(0.05, tokens_at_rate)'}",
    ),
    "PE268": CodeInfo(
        title="a cohort that pays like everyone",
        what="A cohort is listed, and no model has a multiplier for it.",
        why="it has no effect; often the line at the model was forgotten.",
        wrong="cohorts: [annual]\nmodels: {opus: {multiplier: 3}}",
        right="cohorts: [annual]\nmodels:\n"
        "  opus: {multiplier: 3, multiplier_for_cohort: {annual: 27}}",
    ),
    "PE269": CodeInfo(
        title="hours without length",
        what="A window of `hours` ends at the time at which it starts.",
        why="it could be nothing or a whole day.",
        wrong='modifiers: {night: {factor: 0.5, hours: [{from: "00:00", until: "00:00"}]}}',
        right='modifiers: {night: {factor: 0.5, hours: [{from: "00:00", until: "06:00"}]}}',
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
        what="The condition of a tier holds for all counts, or for every count of its unit.",
        why="the model's own multiplier, which the model list shows, is never used.",
        wrong="tiers:\n  - when: all_input >= 0",
        right="tiers:\n  - when: all_input > 200000",
    ),
    "PE273": CodeInfo(
        title="a tier that changes nothing",
        what="Every request or part that the tier decides would have the same price without it.",
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
    "PE275": CodeInfo(
        title="a graduated tier without a bound of one unit",
        what="A tier that applies to the `part_above` has a condition other than one unit above "
        "one number.",
        why="there is no part of a count that begins where such a condition begins to hold.",
        wrong="tiers:\n  - {when: all_input > 1000, applies_to: part_above, multiplier: 2}",
        right="tiers:\n  - {when: text_output > 1000, applies_to: part_above, multiplier: 2}",
    ),
    "PE276": CodeInfo(
        title="tiers of two kinds at one model",
        what="A model has tiers for the `whole_request` beside tiers for the `part_above`.",
        why="it would be open whether the one price is changed by the other, and in which order.",
        wrong="tiers:\n  - {when: all_input > 200000, applies_to: whole_request, multiplier: 2}\n"
        "  - {when: text_output > 1000, applies_to: part_above, multiplier: 3}",
        right="tiers:\n  - {when: text_output > 1000, applies_to: part_above, multiplier: 3}",
    ),
    "PE277": CodeInfo(
        title="a part of a price that is no sum",
        what="A tier applies to the `part_above`, and the formula is not a sum of what each unit "
        "costs: it uses `min`, `max`, `ceil`, `floor` or a condition over counts.",
        why="a part of a count has a price of its own only where prices are added up.",
        wrong="tiers: [{when: text_output > 1000, applies_to: part_above, multiplier: 2}]\n"
        "charge: {formula: 'max(0.05, tokens_at_rate)'}",
        right="tiers: [{when: text_output > 1000, applies_to: part_above, multiplier: 2}]\n"
        "charge: {formula: tokens_at_rate * multiplier, minimum: 0.05}",
    ),
    "PE278": CodeInfo(
        title="graduated tiers that do not ascend",
        what="Of two graduated tiers of one unit, the later one has no higher bound.",
        why="each prices the part from its bound to the next one, so they are read in order.",
        wrong="tiers:\n  - {when: text_output > 2000, applies_to: part_above, multiplier: 2}\n"
        "  - {when: text_output > 1000, applies_to: part_above, multiplier: 3}",
        right="tiers:\n  - {when: text_output > 1000, applies_to: part_above, multiplier: 3}\n"
        "  - {when: text_output > 2000, applies_to: part_above, multiplier: 2}",
    ),
    "PE279": CodeInfo(
        title="a rate of a unit that the tier does not price",
        what="A graduated tier has a rate for another unit than that of its bound.",
        why="only the counts above the bound have the tier's price, so the rate is never used.",
        wrong="when: text_output > 1000\nrates: {text_input: 200}",
        right="when: text_output > 1000\nrates: {text_output: 900}",
    ),
}
