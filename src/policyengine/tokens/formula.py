"""The constants of the published image formulas, one dataclass for each family of models.

The policy chooses a formula and may set any constant; `presets.py` holds those of current models
and `image.py` the arithmetic.
"""

from dataclasses import dataclass, fields
from fractions import Fraction
from typing import Final, Literal, TypeAlias

Detail: TypeAlias = Literal["auto", "low", "medium", "high", "ultra_high", "original"]
"""How closely the model looks: OpenAI's `detail`, Gemini's media resolution; others have none."""

DETAILS: Final[tuple[Detail, ...]] = ("auto", "low", "medium", "high", "ultra_high", "original")


@dataclass(frozen=True, slots=True)
class OpenAITiles:
    """Base tokens, and tokens for each tile of the image scaled into a box and to a short side.

    `low` costs the base tokens alone; `auto` counts as `high`.
    Source: developers.openai.com/api/docs/guides/images-vision, "Tile-based image tokenization".
    """

    base_tokens: int
    tile_tokens: int
    box_px: int = 2048
    short_side_px: int = 768
    tile_px: int = 512

    def __post_init__(self) -> None:
        _check_constants(self)


@dataclass(frozen=True, slots=True)
class PatchLimit:
    """What an image is scaled down to at one detail: its longer side, and a number of patches."""

    side_px: int
    patches: int | None = None

    def __post_init__(self) -> None:
        _check_constants(self)


@dataclass(frozen=True, slots=True)
class OpenAIPatches:
    """One token for each square patch, times the model's multiplier, rounded up.

    A detail without a limit is one that the model does not have. `auto` counts as another detail.
    Source: developers.openai.com/api/docs/guides/images-vision, "Patch-based image tokenization".
    """

    multiplier: Fraction
    low: PatchLimit
    high: PatchLimit
    original: PatchLimit | None = None
    auto: Literal["low", "high", "original"] = "high"
    patch_px: int = 32
    patches_max: int = 30_000
    """Above this the API refuses the image, whatever the detail."""

    def __post_init__(self) -> None:
        _check_constants(self)
        if self.auto == "original" and self.original is None:
            raise ValueError("`auto` cannot count as `original` without a limit for `original`")


@dataclass(frozen=True, slots=True)
class ClaudePatches:
    """One token for each square patch of the image scaled to a longer side and a token limit.

    Source: platform.claude.com/docs/en/build-with-claude/vision, "Resolution and token cost", and
    its reference implementation of the scaling under "Coordinates and bounding boxes".
    """

    side_px: int
    tokens_max: int
    patch_px: int = 28

    def __post_init__(self) -> None:
        _check_constants(self)


@dataclass(frozen=True, slots=True)
class ClaudeArea:
    """Width times height over 750, rounded up: what was published before patches were.

    Source: docs.anthropic.com/en/docs/vision, as it stood until 2025 (1568 px, "~1,600 tokens").
    """

    px_per_token: int = 750
    side_px: int = 1568
    tokens_max: int = 1600

    def __post_init__(self) -> None:
        _check_constants(self)


@dataclass(frozen=True, slots=True)
class GeminiTiles:
    """Tokens for each tile; the side of a tile is the shorter side over a divisor.

    `auto` and `high` count tiles; `low` and `medium` are fixed.
    Source: ai.google.dev/gemini-api/docs/image-understanding, "Token calculation"; and
    ai.google.dev/api/generate-content, `MediaResolution`, for `low` and `medium`.
    """

    tile_tokens: int = 258
    small_side_px: int = 384
    """An image with both sides up to this is one tile."""

    divisor: Fraction = Fraction(3, 2)
    tile_px_min: int = 1
    tile_px_max: int | None = None
    box_px: int | None = None
    """An image with a longer side is scaled down to it first."""

    low_tokens: int = 64
    medium_tokens: int = 256

    def __post_init__(self) -> None:
        _check_constants(self)


@dataclass(frozen=True, slots=True)
class GeminiBudget:
    """A number of tokens for each media resolution, whatever the size; an upper bound.

    Source: ai.google.dev/gemini-api/docs/media-resolution, "Token counts".
    """

    auto_tokens: int = 1120
    low_tokens: int = 280
    medium_tokens: int = 560
    high_tokens: int = 1120
    ultra_high_tokens: int = 2240

    def __post_init__(self) -> None:
        _check_constants(self)


@dataclass(frozen=True, slots=True)
class QwenPatches:
    """One token for each square patch of the image rounded to whole patches, and two around it.

    Source: help.aliyun.com/zh/model-studio/vision, "Calculate image tokens" (`smart_size`).
    """

    patch_px: int
    patches_max: int
    patches_min: int = 4
    frame_tokens: int = 2

    def __post_init__(self) -> None:
        _check_constants(self)


ImageFormula: TypeAlias = (
    OpenAITiles
    | OpenAIPatches
    | ClaudePatches
    | ClaudeArea
    | GeminiTiles
    | GeminiBudget
    | QwenPatches
)


def _check_constants(formula: object) -> None:
    """Refuse a constant that the arithmetic cannot bear: it divides by all but the token counts."""
    for field in fields(formula):  # type: ignore[arg-type]  # each caller is a dataclass
        value = getattr(formula, field.name)
        least = 0 if field.name.endswith("_tokens") else 1
        if isinstance(value, Fraction) and value <= 0:
            raise ValueError(f"`{field.name}` is `{value}` and must be more than 0")
        if isinstance(value, int) and value < least:
            raise ValueError(f"`{field.name}` is `{value}` and must be at least {least}")
