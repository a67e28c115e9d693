"""The formulas meet the providers' published examples, and what the providers publish as code."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyengine.tokens.formula import (
    DETAILS,
    Detail,
    GeminiTiles,
    ImageFormula,
    OpenAIPatches,
    PatchLimit,
    QwenPatches,
)
from policyengine.tokens.image import DetailUnsupportedError, ImageTooLargeError, count_image
from policyengine.tokens.presets import PRESETS
from policyengine.tokens.size import SIDE_PX_MAX, Size

SIDES = st.integers(1, SIDE_PX_MAX) | st.integers(1, 5_000)


def tokens(preset: str, width: int, height: int, detail: Detail = "high") -> int:
    return count_image(Size(width, height), detail, PRESETS[preset])


# "Tile-based image tokenization": 1024 x 1024 scales to 768 x 768, 4 tiles; 2048 x 4096 fits as
# 1024 x 2048 and scales to 768 x 1536, 6 tiles; low is the base alone, whatever the size.
@pytest.mark.parametrize(
    ("preset", "width", "height", "detail", "expected"),
    [
        ("gpt-4o", 1024, 1024, "high", 85 + 4 * 170),
        ("gpt-4o", 2048, 4096, "high", 85 + 6 * 170),
        ("gpt-4o", 4096, 8192, "low", 85),
        ("gpt-4o", 1024, 1024, "auto", 765),
        ("gpt-4o", 512, 512, "high", 85 + 170),  # a small image is not enlarged
        ("gpt-4o-mini", 1024, 1024, "high", 2833 + 4 * 5667),
        ("gpt-4o-mini", 1024, 1024, "low", 2833),
        ("gpt-5", 1024, 1024, "high", 70 + 4 * 140),
        ("o3", 1024, 1024, "high", 75 + 4 * 150),
    ],
)
def test_openai_tiles_meet_the_published_examples(
    preset: str, width: int, height: int, detail: Detail, expected: int
) -> None:
    assert expected == tokens(preset, width, height, detail)


# Billed by the API and reported at community.openai.com/t/1281361, less 8 tokens of text: the box
# rounds to the nearest pixel, 512.75 up to a second row of tiles and 512.4995 down to one row.
@pytest.mark.parametrize(("width", "expected"), [(2049, 1453 - 8), (2050, 773 - 8)])
def test_openai_tiles_meet_what_was_billed_at_the_edge_of_a_tile(width: int, expected: int) -> None:
    assert expected == tokens("gpt-4.1", width, 513)


# "Patch-based image tokenization": gpt-5.4 at high has 2,048 px, 2,500 patches, a factor of 1.2.
# 1024 x 1024 is 32 x 32 patches; 2048 x 2048 shrinks to 50 x 50.
@pytest.mark.parametrize(
    ("preset", "width", "height", "detail", "expected"),
    [
        ("gpt-5.4", 1024, 1024, "high", 1229),
        ("gpt-5.4", 2048, 2048, "high", 3000),
        ("gpt-5.4", 2048, 2048, "auto", 3000),
        ("gpt-5.4", 2048, 2048, "low", 4916),  # 4,096 patches: `low` may cost more than `high`
        ("gpt-5.5", 4032, 3024, "auto", 11_868),  # 115 x 86 patches within 10,000
        ("gpt-5.5", 3840, 2160, "original", 9792),  # 120 x 68
        ("gpt-5.5", 4032, 3024, "low", 231),  # 512 x 384: 16 x 12 patches
        ("gpt-5.6", 4032, 3024, "auto", 14_364),  # 126 x 95, no budget
        ("gpt-5-mini", 512, 512, "high", 308),
        ("gpt-5-mini", 2048, 768, "high", 1844),
        ("gpt-4.1-mini", 4000, 1474, "high", 2489),  # 64 x 24 patches; billed as 2,488
    ],
)
def test_openai_patches_meet_the_published_and_the_billed_figures(
    preset: str, width: int, height: int, detail: Detail, expected: int
) -> None:
    assert expected == tokens(preset, width, height, detail)


# The page's edition of spring 2026, for a budget of 1,536 patches: 1800 x 2400 shrinks to
# 1056 x 1408, which is 33 x 44 patches.
@pytest.mark.parametrize(("width", "height", "patches"), [(1024, 1024, 1024), (1800, 2400, 1452)])
def test_openai_patches_before_the_multiplier_meet_the_older_examples(
    width: int, height: int, patches: int
) -> None:
    limit = PatchLimit(side_px=2048, patches=1536)
    plain = OpenAIPatches(Fraction(1), low=limit, high=limit)

    assert patches == count_image(Size(width, height), "high", plain)
    assert math.ceil(patches * Fraction("1.72")) == tokens("o4-mini", width, height)


# "Resolution and token cost" prints this table for the two tiers.
@pytest.mark.parametrize(
    ("width", "height", "standard", "high_resolution"),
    [
        (200, 200, 64, 64),
        (1000, 1000, 1296, 1296),
        (1092, 1092, 1521, 1521),
        (1920, 1080, 1560, 2691),
        (2000, 1500, 1564, 3888),
        (3840, 2160, 1560, 4784),
        (1075, 1520, 33 * 47, 39 * 55),  # "Coordinates and bounding boxes": resized to 924 x 1307
    ],
)
def test_claude_patches_meet_the_published_table(
    width: int, height: int, standard: int, high_resolution: int
) -> None:
    assert standard == tokens("claude-standard", width, height)
    assert high_resolution == tokens("claude", width, height)


@pytest.mark.parametrize(
    ("width", "height", "expected"),
    [(200, 200, 54), (1000, 1000, 1334), (1092, 1092, 1590), (3840, 2160, 1600), (3136, 750, 784)],
)
def test_claude_by_area_meets_the_older_table_and_its_limits(
    width: int, height: int, expected: int
) -> None:
    assert expected == tokens("claude-area", width, height)


# 960 x 540: a crop unit of floor(540 / 1.5) = 360, and 3 x 2 tiles.
@pytest.mark.parametrize(
    ("preset", "width", "height", "detail", "expected"),
    [
        ("gemini-2", 384, 384, "auto", 258),
        ("gemini-2", 385, 384, "auto", 2 * 2 * 258),  # a unit of 256
        ("gemini-2", 960, 540, "auto", 6 * 258),
        ("gemini-2", 960, 540, "low", 64),
        ("gemini-2", 960, 540, "medium", 256),
        ("gemini-2", 4000, 3000, "high", 4 * 258),
        ("gemini-2-bounded", 960, 540, "auto", 6 * 258),
        ("gemini-2-bounded", 4000, 3000, "auto", 4 * 3 * 258),  # 3072 x 2304 in tiles of 768
        ("gemini-2-bounded", 3000, 30, "auto", 12 * 258),  # tiles of no less than 256
        ("gemini-3", 10, 10, "auto", 1120),
        ("gemini-3", 10, 10, "low", 280),
        ("gemini-3", 10, 10, "medium", 560),
        ("gemini-3", 10, 10, "high", 1120),
        ("gemini-3", 10, 10, "ultra_high", 2240),
    ],
)
def test_gemini_meets_the_published_examples(
    preset: str, width: int, height: int, detail: Detail, expected: int
) -> None:
    assert expected == tokens(preset, width, height, detail)


@pytest.mark.parametrize(
    ("preset", "width", "height", "expected"),
    [
        ("qwen2.5-vl", 1024, 768, 37 * 27 + 2),  # 1036 x 756
        ("qwen3-vl", 1024, 768, 32 * 24 + 2),
        ("qwen3-vl", 10, 10, 4 + 2),  # never fewer than 4 patches
        ("qwen3-vl", 8000, 8000, 50 * 50 + 2),  # floor(sqrt(2560)) = 50
        ("qwen3-vl-high-resolution", 8000, 8000, 128 * 128 + 2),
    ],
)
def test_qwen_is_whole_patches_within_its_bounds_and_two_tokens_around(
    preset: str, width: int, height: int, expected: int
) -> None:
    assert expected == tokens(preset, width, height)


@given(width=st.integers(10, 6_000), height=st.integers(10, 6_000))
def test_qwen_agrees_with_the_published_code(width: int, height: int) -> None:
    """The page's `smart_size`, in floating point as it is printed there."""
    factor, most, least = 32, 2560 * 32 * 32, 4 * 32 * 32
    down, across = round(height / factor) * factor, round(width / factor) * factor
    if down * across > most:
        beta = math.sqrt((height * width) / most)
        down = math.floor(height / beta / factor) * factor
        across = math.floor(width / beta / factor) * factor
    elif down * across < least:
        beta = math.sqrt(least / (height * width))
        down = math.ceil(height * beta / factor) * factor
        across = math.ceil(width * beta / factor) * factor
    published = max(1, down // factor) * max(1, across // factor) + 2

    # Floating point may land just beside a whole number of patches, on either side.
    assert abs(tokens("qwen3-vl", width, height) - published) <= max(down, across) // factor


@given(width=st.integers(1, 20_000), height=st.integers(1, 20_000), patches=st.integers(16, 3_000))
def test_a_patch_budget_is_met_and_nearly_used(width: int, height: int, patches: int) -> None:
    limit = PatchLimit(side_px=SIDE_PX_MAX, patches=patches)
    counted = count_image(Size(width, height), "high", OpenAIPatches(Fraction(1), limit, limit))
    whole = -(-width // 32) * -(-height // 32)

    if whole <= patches:
        assert whole == counted
    elif max(width, height) <= 2 * min(width, height):
        assert patches - 4 * math.isqrt(patches) <= counted <= patches


@given(
    preset=st.sampled_from(sorted(PRESETS)),
    width=SIDES,
    height=SIDES,
    detail=st.sampled_from(DETAILS),
)
def test_a_count_is_a_positive_int_and_the_same_for_a_turned_image(
    preset: str, width: int, height: int, detail: Detail
) -> None:
    try:
        counted = tokens(preset, width, height, detail)
    except (DetailUnsupportedError, ImageTooLargeError):
        return

    assert type(counted) is int
    assert counted > 0
    assert counted == tokens(preset, height, width, detail)


@given(width=st.integers(1, 9_000), height=st.integers(1, 9_000))
def test_claude_stays_within_the_tokens_of_its_tier(width: int, height: int) -> None:
    assert 1 <= tokens("claude-standard", width, height) <= 1568
    assert tokens("claude-standard", width, height) <= tokens("claude", width, height) <= 4784


@pytest.mark.parametrize(
    ("preset", "detail", "known"),
    [
        ("gpt-4o", "original", "low, high or auto"),
        ("gpt-4o", "medium", "low, high or auto"),
        ("gpt-4.1-mini", "original", "low, high or auto"),
        ("gpt-5.5", "medium", "low, high, original or auto"),
        ("gemini-2", "ultra_high", "low, medium, high or auto"),
        ("gemini-3", "original", "low, medium, high, ultra_high or auto"),
    ],
)
def test_a_detail_that_a_model_has_not_is_refused_with_those_it_has(
    preset: str, detail: Detail, known: str
) -> None:
    with pytest.raises(DetailUnsupportedError, match=f"detail `{detail}` .* use {known}"):
        tokens(preset, 10, 10, detail)


@pytest.mark.parametrize("preset", ["claude", "claude-area", "qwen3-vl"])
@pytest.mark.parametrize("detail", DETAILS)
def test_models_without_details_count_every_detail_alike(preset: str, detail: Detail) -> None:
    assert tokens(preset, 900, 700, "auto") == tokens(preset, 900, 700, detail)


def test_an_image_beyond_what_the_provider_accepts_has_no_count() -> None:
    # 200 x 150 patches are the 30,000 that are accepted.
    assert tokens("gpt-5.6", 6400, 4800, "original") == 36_000
    with pytest.raises(ImageTooLargeError, match="needs 30200 patches and 30000 are accepted"):
        tokens("gpt-5.6", 6400, 4801, "original")


@pytest.mark.parametrize(
    "formula",
    [
        OpenAIPatches(Fraction(1), PatchLimit(512, 1), PatchLimit(SIDE_PX_MAX, 1)),
        GeminiTiles(tile_px_max=1, box_px=1, small_side_px=1),
        QwenPatches(patch_px=28, patches_max=1, patches_min=1),
    ],
)
@given(width=SIDES, height=SIDES)
def test_no_shape_of_image_divides_by_nothing(
    formula: ImageFormula, width: int, height: int
) -> None:
    try:
        assert count_image(Size(width, height), "high", formula) > 0
    except ImageTooLargeError:
        assert max(width, height) > 32
