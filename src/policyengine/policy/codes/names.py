"""PE200 to PE219: names that refer to nothing, stand twice, or are taken."""

from collections.abc import Mapping
from typing import Final

from policyengine.policy.codes.info import CodeInfo

NAME_CODES: Final[Mapping[str, CodeInfo]] = {
    "PE201": CodeInfo(
        title="a plan that does not exist",
        what="A pack, a cancellation, a modifier, a model, an entry of `pairs`, `after_cycles` or "
        "`replaces` names a plan that is not in `plans`.",
        why="credits would be sold to nobody, or a wallet would fall back to nothing.",
        wrong="plans: {free: {}, pro: {}}\npacks:\n  pack_500: {sold_to: [prof]}",
        right="plans: {free: {}, pro: {}}\npacks:\n  pack_500: {sold_to: [pro]}",
    ),
    "PE202": CodeInfo(
        title="a unit that does not exist",
        what="A model or a tier has a rate of its own, or a grant is only for, a unit not in "
        "`units`.",
        why="the rate would never be used, and the general one would be charged instead; the "
        "credits would pay for less than they seem to.",
        wrong="models:\n  standard: {multiplier: 1, rates: {text_cach: 50}}",
        right="models:\n  standard: {multiplier: 1, rates: {text_cached: 50}}",
    ),
    "PE203": CodeInfo(
        title="a way of counting that does not exist",
        what="A model is `counted_as` something that is not in `counting`.",
        why="a request could not be counted, and so not be estimated, before it runs.",
        wrong="models:\n  standard: {multiplier: 1, counted_as: gpt4o}\ncounting:\n  gpt_4o: {}",
        right="models:\n  standard: {multiplier: 1, counted_as: gpt_4o}\ncounting:\n  gpt_4o: {}",
    ),
    "PE204": CodeInfo(
        title="a way of counting that no model uses",
        what="An entry of `counting` is named by no model's `counted_as`.",
        why="it has no effect; often the line at the model was forgotten.",
        wrong="models:\n  standard: {multiplier: 1}\ncounting:\n  gpt_4o: {}",
        right="models:\n  standard: {multiplier: 1, counted_as: gpt_4o}\ncounting:\n  gpt_4o: {}",
    ),
    "PE205": CodeInfo(
        title="a constant that the image formula does not have",
        what="`constants` sets a number that does not occur in the formula.",
        why="the count of tokens would not change, though somebody meant it to.",
        wrong="image: {formula: gpt-4o, constants: {tile_token: 170}}",
        right="image: {formula: gpt-4o, constants: {tile_tokens: 170}}",
    ),
    "PE206": CodeInfo(
        title="a name that is listed twice",
        what="A list such as `sold_to` or `burn_order` holds the same name a second time.",
        why="the second one has no effect, so probably another name was meant.",
        wrong="sold_to: [pro, pro]",
        right="sold_to: [pro, pro_plus]",
    ),
    "PE207": CodeInfo(
        title="a constant that the image formula cannot bear",
        what="Sides, tiles and patches are whole numbers from 1, tokens whole numbers from 0, and "
        "factors more than 0.",
        why="the formula divides by such numbers, and tokens are counted whole.",
        wrong="constants: {tile_px: 0, tile_tokens: 170.5}",
        right="constants: {tile_px: 512, tile_tokens: 170}",
    ),
    "PE209": CodeInfo(
        title="a pack that does not exist",
        what="`top_up` names a pack that is not in `packs`.",
        why="nothing could be bought.",
        wrong="packs: {pack_500: {credits: 500}}\ntop_up: {pack: pack_50}",
        right="packs: {pack_500: {credits: 500}}\ntop_up: {pack: pack_500}",
    ),
    "PE210": CodeInfo(
        title="a unit that stands twice",
        what="The same unit is in two measures, or on two sides of one, such as `input` and "
        "`output`.",
        why="each count is priced once, and it must be clear by which rate.",
        wrong="tokens: {per: 1000000, input: {text: 100}, output: {text: 500}}",
        right="tokens: {per: 1000000, input: {text_input: 100}, output: {text_output: 500}}",
    ),
    "PE211": CodeInfo(
        title="a name that means something else already",
        what="A unit or measure is called like a name or word of expressions: `multiplier`, "
        "`all_input`, `tokens_at_rate`, `credits`, `min`, `if`. A measure `x` makes the names "
        "`all_x` and `x_at_rate`.",
        why="in a formula nobody could tell which of the two is meant.",
        wrong="tokens: {per: 1000000, input: {all_input: 100}}",
        right="tokens: {per: 1000000, input: {text_input: 100}}",
    ),
    "PE212": CodeInfo(
        title="a measure without units",
        what="A measure has neither `input` nor `output` nor `other`.",
        why="it measures nothing, and what it was written for would be free.",
        wrong="units:\n  requests: {per: 1}",
        right="units:\n  requests: {per: 1, input: {request: 5}}",
    ),
    "PE213": CodeInfo(
        title="nothing costs anything",
        what="Every rate of every unit is 0, for every model.",
        why="a policy of credits that charges none is rarely meant; a model alone is made free by "
        "`multiplier: 0`.",
        wrong="tokens: {per: 1000000, input: {text_input: 0}}",
        right="tokens: {per: 1000000, input: {text_input: 100}}",
    ),
    "PE214": CodeInfo(
        title="a rate that changes nothing",
        what="A model's own rate of a unit equals the rate in `units`.",
        why="it looks like a special price and is none; when the general rate changes, the model "
        "is silently left behind.",
        wrong="units:\n  tokens: {per: 1000000, input: {text_input: 100}}\n"
        "models:\n  standard: {multiplier: 1, rates: {text_input: 100}}",
        right="units:\n  tokens: {per: 1000000, input: {text_input: 100}}\n"
        "models:\n  standard: {multiplier: 1}",
    ),
    "PE216": CodeInfo(
        title="a model that does not exist",
        what="A modifier, `priced_as`, a fallback or a cap names a model that is not in `models`.",
        why="the modifier could be used with no model, nothing would be charged, or the cap would "
        "never count.",
        wrong="models: {frontier: {multiplier: 6}}\nmodifiers:\n"
        "  fast: {factor: 6, models: [frontire]}",
        right="models: {frontier: {multiplier: 6}}\nmodifiers:\n"
        "  fast: {factor: 6, models: [frontier]}",
    ),
    "PE225": CodeInfo(
        title="a grant that does not exist",
        what="A cap of scope `grant` names a grant that no plan has for which the cap holds.",
        why="the cap would never count anything.",
        wrong="caps: [{scope: grant, grants: [montly], credits: 20, within: 5 hours}]",
        right="caps: [{scope: grant, grants: [monthly], credits: 20, within: 5 hours}]",
    ),
    "PE217": CodeInfo(
        title="a modifier that does not exist",
        what="`not_with` names a modifier that is not in `modifiers`.",
        why="the two that were meant could be named together after all.",
        wrong="modifiers:\n  batch: {factor: 0.5, not_with: [faster]}\n  fast: {factor: 6}",
        right="modifiers:\n  batch: {factor: 0.5, not_with: [fast]}\n  fast: {factor: 6}",
    ),
    "PE218": CodeInfo(
        title="a measure that does not exist",
        what="A modifier's `measures` names a measure that is not in `units`.",
        why="the modifier would change no price.",
        wrong="units:\n  tokens: {per: 1000000, input: {text_input: 100}}\n"
        "modifiers: {batch: {factor: 0.5, measures: [token]}}",
        right="units:\n  tokens: {per: 1000000, input: {text_input: 100}}\n"
        "modifiers: {batch: {factor: 0.5, measures: [tokens]}}",
    ),
    "PE219": CodeInfo(
        title="a cohort that does not exist",
        what="A model has a multiplier for a cohort that is not in `cohorts`.",
        why="no wallet could be in it, and the multiplier would never be used.",
        wrong="cohorts: [annual]\nmodels:\n"
        "  opus: {multiplier: 3, multiplier_for_cohort: {anual: 27}}",
        right="cohorts: [annual]\nmodels:\n"
        "  opus: {multiplier: 3, multiplier_for_cohort: {annual: 27}}",
    ),
}
