"""A formula's constants are checked where it is made, so that the arithmetic never fails."""

from fractions import Fraction

import pytest

from policyengine.tokens.formula import (
    ClaudeArea,
    ClaudePatches,
    GeminiBudget,
    GeminiTiles,
    OpenAIPatches,
    OpenAITiles,
    PatchLimit,
    QwenPatches,
)

LIMIT = PatchLimit(side_px=2048)


def test_a_constant_that_is_divided_by_cannot_be_zero() -> None:
    with pytest.raises(ValueError, match="`tile_px` is `0` and must be at least 1"):
        OpenAITiles(base_tokens=85, tile_tokens=170, tile_px=0)
    with pytest.raises(ValueError, match="`patches` is `0`"):
        PatchLimit(side_px=1, patches=0)
    with pytest.raises(ValueError, match="`multiplier` is `0` and must be more than 0"):
        OpenAIPatches(Fraction(0), low=LIMIT, high=LIMIT)
    with pytest.raises(ValueError, match="`patch_px` is `-28`"):
        ClaudePatches(side_px=1568, tokens_max=1568, patch_px=-28)
    with pytest.raises(ValueError, match="`px_per_token` is `0`"):
        ClaudeArea(px_per_token=0)
    with pytest.raises(ValueError, match="`divisor` is `-1/2`"):
        GeminiTiles(divisor=Fraction(-1, 2))
    with pytest.raises(ValueError, match="`patches_max` is `0`"):
        QwenPatches(patch_px=32, patches_max=0)


def test_a_number_of_tokens_can_be_zero_and_not_less() -> None:
    assert OpenAITiles(base_tokens=0, tile_tokens=170).base_tokens == 0
    with pytest.raises(ValueError, match="`low_tokens` is `-1` and must be at least 0"):
        GeminiBudget(low_tokens=-1)


def test_auto_cannot_count_as_a_detail_that_is_not_there() -> None:
    with pytest.raises(ValueError, match="without a limit for `original`"):
        OpenAIPatches(Fraction(1), low=LIMIT, high=LIMIT, auto="original")
