"""A policy names a preset and may set its constants; a wrong name or value says what there is."""

import pytest

from policyengine.tokens.formula import OpenAIPatches, OpenAITiles
from policyengine.tokens.image import count_image
from policyengine.tokens.presets import PRESETS, FormulaError, formula_of
from policyengine.tokens.size import Size

SQUARE = Size(1024, 1024)


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_counts_an_image_with_no_detail_given(preset: str) -> None:
    assert formula_of(preset) == PRESETS[preset]
    assert count_image(SQUARE, "auto", PRESETS[preset]) > 0


def test_a_policy_sets_a_constant_and_keeps_the_others() -> None:
    formula = formula_of("gpt-4o", {"tile_tokens": 200})

    assert formula == OpenAITiles(base_tokens=85, tile_tokens=200)
    assert count_image(SQUARE, "high", formula) == 85 + 4 * 200


def test_a_multiplier_is_exact_decimal_text_and_a_limit_is_an_object() -> None:
    formula = formula_of(
        "gpt-5.4",
        {"multiplier": "1.62", "high": {"side_px": 512, "patches": 100}, "auto": "original"},
    )

    # 512 x 512 is 16 x 16 patches; 100 of them leave 10 x 10; 100 * 1.62 = 162.
    assert count_image(SQUARE, "high", formula) == 162
    assert isinstance(formula, OpenAIPatches)
    assert formula.auto == "original"
    assert formula_of("gpt-5.4", {"multiplier": 2, "low": {"side_px": 64}}) != formula


@pytest.mark.parametrize(
    ("preset", "constants", "complaint"),
    [
        ("gpt-4", {}, "unknown formula `gpt-4`; did you mean `gpt-4o`"),
        ("zzz", {}, "unknown formula `zzz`; use one of claude"),
        ("gpt-4o", {"tile_token": 1}, "unknown constant of `gpt-4o` `tile_token`; did you mean"),
        ("gpt-4o", {"tile_px": 0}, "`tile_px` is `0` and must be at least 1"),
        ("gpt-4o", {"tile_px": 1.5}, "`1.5` is not a value for `tile_px`; it is now `512`"),
        ("gpt-4o", {"tile_px": True}, "`True` is not a value for `tile_px`"),
        ("gpt-4o", {"tile_px": "512"}, "`'512'` is not a value for `tile_px`"),
        ("gpt-5.4", {"multiplier": "1e9"}, "`1e9` is not a decimal for `multiplier`"),
        ("gpt-5.4", {"multiplier": "0"}, "`multiplier` is `0` and must be more than 0"),
        ("gpt-5.4", {"multiplier": True}, "`True` is not a value for `multiplier`"),
        ("gpt-5.4", {"multiplier": 1.2}, "`1.2` is not a value for `multiplier`"),
        ("gpt-5.4", {"high": 5}, "`5` is not a value for `high`"),
        ("gpt-5.4", {"high": {}}, "`high` needs `side_px`"),
        ("gpt-5.4", {"high": {"side_px": 5, "patches": "7"}}, "both whole numbers"),
        ("gpt-5.4", {"high": {"side_px": 5, "patch": 7}}, "unknown key `patch` in `high`"),
        ("gpt-5.4", {"high": {"side_px": -5}}, "in `high`, `side_px` is `-5`"),
        ("gpt-5.4", {"auto": "medium"}, "`'medium'` is not a value for `auto`"),
        ("gpt-5.4", {"auto": 7}, "`7` is not a value for `auto`"),
        ("gpt-5.2", {"auto": "original"}, "without a limit for `original`"),
    ],
)
def test_a_wrong_name_or_constant_is_refused_in_the_policys_words(
    preset: str, constants: dict[str, object], complaint: str
) -> None:
    with pytest.raises(FormulaError) as refused:
        formula_of(preset, constants)

    assert complaint in str(refused.value)
