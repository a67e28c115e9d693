"""The arithmetic of the published image formulas: from a size and a detail to tokens.

All of it is on integers and fractions. Where a page prints a rounding it is followed; the
providers call the results estimates themselves, and say that a bill may differ by one token.
"""

from fractions import Fraction
from math import ceil, isqrt
from typing import assert_never

from policyengine.tokens.formula import (
    ClaudeArea,
    ClaudePatches,
    Detail,
    GeminiBudget,
    GeminiTiles,
    ImageFormula,
    OpenAIPatches,
    OpenAITiles,
    QwenPatches,
)
from policyengine.tokens.size import Size


class DetailUnsupportedError(ValueError):
    """The formula's models have no such detail; the message names those that they have."""


class ImageTooLargeError(ValueError):
    """The provider refuses an image of that size, so it has no count."""


def count_image(size: Size, detail: Detail, formula: ImageFormula) -> int:
    """Count the tokens of one image.

    Takes: the image's size; the detail that the request asks for. Claude and Qwen have no detail,
        and pass over it as their APIs do.
    Gives: whole tokens; the same for an image turned by a quarter.
    Raises: DetailUnsupportedError, ImageTooLargeError.
    """
    match formula:
        case OpenAITiles():
            tokens = _openai_tiles(size, detail, formula)
        case OpenAIPatches():
            tokens = _openai_patches(size, detail, formula)
        case ClaudePatches():
            tokens = _claude_patches(size, formula)
        case ClaudeArea():
            tokens = _claude_area(size, formula)
        case GeminiTiles():
            tokens = _gemini_tiles(size, detail, formula)
        case GeminiBudget():
            tokens = _gemini_budget(detail, formula)
        case QwenPatches():
            tokens = _qwen_patches(size, formula)
        case _:  # pragma: no cover  # the union is closed
            assert_never(formula)
    return tokens


def _openai_tiles(size: Size, detail: Detail, formula: OpenAITiles) -> int:
    if detail == "low":
        return formula.base_tokens
    if detail not in ("high", "auto"):
        raise _unsupported(detail, "low, high or auto")
    width, height = _fitted(size.width_px, size.height_px, formula.box_px)
    short = min(width, height)
    if short > formula.short_side_px:
        # The other side is rounded down; the short one comes out exact.
        width = width * formula.short_side_px // short
        height = height * formula.short_side_px // short
    tiles = _covering(width, formula.tile_px) * _covering(height, formula.tile_px)
    return formula.base_tokens + tiles * formula.tile_tokens


def _openai_patches(size: Size, detail: Detail, formula: OpenAIPatches) -> int:
    wanted = formula.auto if detail == "auto" else detail
    limits = {"low": formula.low, "high": formula.high, "original": formula.original}
    limit = limits.get(wanted)
    if limit is None:
        known = [name for name, each in limits.items() if each is not None]
        raise _unsupported(detail, f"{', '.join(known)} or auto")
    width, height = _fitted(size.width_px, size.height_px, limit.side_px)
    patches = _patches(width, height, formula.patch_px)
    if limit.patches is not None and patches > limit.patches:
        width, height = _shrunk(width, height, limit.patches, formula.patch_px)
        patches = _patches(width, height, formula.patch_px)
    if patches > formula.patches_max:
        raise ImageTooLargeError(
            f"an image of {size.width_px} x {size.height_px} pixels needs {patches} patches and "
            f"{formula.patches_max} are accepted; send it smaller"
        )
    return ceil(patches * formula.multiplier)


def _shrunk(width: int, height: int, budget: int, patch_px: int) -> tuple[int, int]:
    """Scale an image down to a budget of patches, so that one side is a whole number of patches.

    The page's `shrink_factor` and its adjustment, without square roots: the scaled image is
    `across` patches wide and `down` high before the adjustment, and the adjustment makes whole
    the side that loses more of itself by that.
    """
    across = max(1, isqrt(budget * width // height))
    down = max(1, isqrt(budget * height // width))
    if across * height <= down * width:
        return across * patch_px, max(1, across * patch_px * height // width)
    return max(1, down * patch_px * width // height), down * patch_px


def _claude_patches(size: Size, formula: ClaudePatches) -> int:
    short, long = sorted((size.width_px, size.height_px))

    def tokens(across: int) -> int | None:
        """Count the patches when the long side is `across`; None when that is too large."""
        # Halves go to the even neighbour, as in the API.
        other = max(1, round(Fraction(across * short, long)))
        count = _patches(across, other, formula.patch_px)
        padded = _covering(across, formula.patch_px) * formula.patch_px
        return count if padded <= formula.side_px and count <= formula.tokens_max else None

    fitting, above = 0, long + 1  # the largest long side that fits, found by halving
    while fitting + 1 < above:
        middle = (fitting + above) // 2
        fitting, above = (middle, above) if tokens(middle) is not None else (fitting, middle)
    return tokens(fitting) or 1


def _claude_area(size: Size, formula: ClaudeArea) -> int:
    area = Fraction(size.width_px * size.height_px)
    long = max(size.width_px, size.height_px)
    if long > formula.side_px:
        area *= Fraction(formula.side_px, long) ** 2
    return min(formula.tokens_max, ceil(area / formula.px_per_token))


def _gemini_tiles(size: Size, detail: Detail, formula: GeminiTiles) -> int:
    if detail == "low":
        return formula.low_tokens
    if detail == "medium":
        return formula.medium_tokens
    if detail not in ("high", "auto"):
        raise _unsupported(detail, "low, medium, high or auto")
    width, height = size.width_px, size.height_px
    if max(width, height) <= formula.small_side_px:
        return formula.tile_tokens
    if formula.box_px is not None:
        width, height = _fitted(width, height, formula.box_px)
    side = max(formula.tile_px_min, min(width, height) // formula.divisor)
    if formula.tile_px_max is not None:
        side = min(side, formula.tile_px_max)
    return _patches(width, height, side) * formula.tile_tokens


def _gemini_budget(detail: Detail, formula: GeminiBudget) -> int:
    budgets: dict[Detail, int] = {
        "auto": formula.auto_tokens,
        "low": formula.low_tokens,
        "medium": formula.medium_tokens,
        "high": formula.high_tokens,
        "ultra_high": formula.ultra_high_tokens,
    }
    if detail not in budgets:
        raise _unsupported(detail, "low, medium, high, ultra_high or auto")
    return budgets[detail]


def _qwen_patches(size: Size, formula: QwenPatches) -> int:
    factor, width, height = formula.patch_px, size.width_px, size.height_px
    across = round(Fraction(width, factor))
    down = round(Fraction(height, factor))
    if across * down > formula.patches_max:
        # floor(side / beta / factor), beta = sqrt(width * height / pixels), without the root
        across = isqrt(formula.patches_max * width // height)
        down = isqrt(formula.patches_max * height // width)
    elif across * down < formula.patches_min:
        across = _root_up(formula.patches_min * width, height)
        down = _root_up(formula.patches_min * height, width)
    return max(1, across) * max(1, down) + formula.frame_tokens


def _root_up(numerator: int, denominator: int) -> int:
    """Give the square root of a positive fraction, rounded up."""
    return isqrt(_covering(numerator, denominator) - 1) + 1


def _covering(length: int, step: int) -> int:
    return -(-length // step)


def _patches(width: int, height: int, side: int) -> int:
    return _covering(width, side) * _covering(height, side)


def _fitted(width: int, height: int, box_px: int) -> tuple[int, int]:
    """Scale an image down into a square box, to the nearest whole pixels; never up."""
    long = max(width, height)
    if long <= box_px:
        return width, height
    nearest = [max(1, (2 * side * box_px + long) // (2 * long)) for side in (width, height)]
    return nearest[0], nearest[1]


def _unsupported(detail: str, known: str) -> DetailUnsupportedError:
    return DetailUnsupportedError(f"detail `{detail}` is not one of this model's; use {known}")
