"""What a policy says about counting, turned into counts of its units."""

from fractions import Fraction
from pathlib import Path

import pytest

from app.shops import Shop, policies_in, policy_text
from policyengine.app.counting import (
    CountingUnsaid,
    counting_of,
    image_unit,
    request_counts,
    text_counts,
    text_unit,
)
from policyengine.engine.estimating import Estimate
from policyengine.ledger.transactions import Refusal
from policyengine.policy.policy import Policy
from policyengine.tokens.formula import OpenAIPatches, OpenAITiles

CHAT = {"model": "any", "messages": [{"role": "user", "content": "hello world"}]}
PICTURE = {
    "messages": [
        {
            "role": "user",
            "content": [{"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}],
        }
    ]
}


def policy_with(folder: Path, old: str, new: str) -> Policy:
    text = policy_text()
    assert old in text
    (folder / "changed").mkdir()
    policies = policies_in(folder / "changed", text.replace(old, new))
    return policies.timelines["my_product"].policies[0]


def test_a_model_is_counted_by_the_entry_that_it_names(shop: Shop) -> None:
    counting = counting_of(shop.policy, "large")
    assert counting.text == "o200k_base"
    assert counting.image == OpenAITiles(base_tokens=85, tile_tokens=170)


def test_constants_of_the_policy_take_the_place_of_the_formula_s_own(tmp_path: Path) -> None:
    policy = policy_with(
        tmp_path,
        "image: {formula: gpt-4o}",
        "image: {formula: gpt-4o, constants: {base_tokens: 70, tile_tokens: 140.0}}",
    )
    assert counting_of(policy, "large").image == OpenAITiles(base_tokens=70, tile_tokens=140)


def test_a_decimal_constant_stays_exact(tmp_path: Path) -> None:
    policy = policy_with(
        tmp_path,
        "image: {formula: gpt-4o}",
        "image: {formula: gpt-4.1-mini, constants: {multiplier: 1.5}}",
    )
    image = counting_of(policy, "large").image
    assert isinstance(image, OpenAIPatches)
    assert image.multiplier == Fraction(3, 2)


def test_text_and_images_have_units_of_their_own(shop: Shop) -> None:
    assert (text_unit(shop.policy), image_unit(shop.policy)) == ("text_input", "image_input")


def test_without_a_unit_of_their_own_images_count_as_text(tmp_path: Path) -> None:
    policy = policy_with(tmp_path, ", image_input: 150", "")
    assert image_unit(policy) == "text_input"
    counts = request_counts(policy, "large", PICTURE, {"https://example.com/a.png": (512, 512)})
    # one tile of 170, 85 beside it, and 4 + 3 around the message and the request
    assert counts == {"text_input": 262}


def test_a_text_counts_as_it_is(shop: Shop) -> None:
    assert text_counts(shop.policy, "large", "hello world") == {"text_input": 2}


def test_a_request_counts_with_what_wraps_it(shop: Shop) -> None:
    assert request_counts(shop.policy, "large", CHAT) == {"text_input": 2 + 4 + 3}


def test_images_of_a_request_count_in_their_unit(shop: Shop) -> None:
    sizes = {"https://example.com/a.png": (512, 512)}
    assert request_counts(shop.policy, "large", PICTURE, sizes) == {
        "text_input": 7,
        "image_input": 255,
    }


def test_a_model_that_is_not_listed_or_says_nothing_is_an_error(tmp_path: Path, shop: Shop) -> None:
    with pytest.raises(CountingUnsaid, match="lists no model `huge`"):
        counting_of(shop.policy, "huge")
    policy = policy_with(tmp_path, "multiplier: 1, counted_as: usual", "multiplier: 1")
    with pytest.raises(CountingUnsaid, match="how the tokens of `standard` are counted"):
        counting_of(policy, "standard")


def test_an_engine_estimates_a_whole_request(shop: Shop) -> None:
    found = shop.engine.estimate_request("ana", "large", CHAT, output_tokens=1000)
    assert isinstance(found, Estimate)
    # (9 x 100 + 1,000 x 500) / 1,000,000 x 4 = 2.0036, up to 2.01
    assert found.expected_micro == 2_010_000
    refused = shop.engine.estimate_request("ana", "lagre", CHAT)
    assert isinstance(refused, Refusal)
    assert "did you mean `large`?" in refused.message
