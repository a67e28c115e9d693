"""The image formulas of current models by name, and how a policy sets their constants."""

import re
from collections.abc import Mapping
from dataclasses import fields, replace
from difflib import get_close_matches
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from policyengine.tokens.formula import (
    ClaudeArea,
    ClaudePatches,
    GeminiBudget,
    GeminiTiles,
    ImageFormula,
    OpenAIPatches,
    OpenAITiles,
    PatchLimit,
    QwenPatches,
)

_LOW = PatchLimit(side_px=512)
_HIGH = PatchLimit(side_px=2048, patches=2500)
_ORIGINAL = PatchLimit(side_px=6000, patches=10_000)
_WIDE = PatchLimit(side_px=2048, patches=6144)
_NARROW = PatchLimit(side_px=2048, patches=1536)


def _narrow(multiplier: str) -> OpenAIPatches:
    return OpenAIPatches(Fraction(multiplier), low=_NARROW, high=_NARROW)


PRESETS: Final[Mapping[str, ImageFormula]] = MappingProxyType(
    {
        # OpenAI, developers.openai.com/api/docs/guides/images-vision, as published in autumn 2026.
        "gpt-4o": OpenAITiles(base_tokens=85, tile_tokens=170),
        "gpt-4o-mini": OpenAITiles(base_tokens=2833, tile_tokens=5667),
        "gpt-4.1": OpenAITiles(base_tokens=85, tile_tokens=170),
        "gpt-5": OpenAITiles(base_tokens=70, tile_tokens=140),
        "gpt-5.1": OpenAITiles(base_tokens=70, tile_tokens=140),
        "o1": OpenAITiles(base_tokens=75, tile_tokens=150),
        "o3": OpenAITiles(base_tokens=75, tile_tokens=150),
        "gpt-4.1-mini": OpenAIPatches(Fraction("1.62"), low=_WIDE, high=_WIDE),
        "gpt-5.2": OpenAIPatches(Fraction("1.2"), low=_WIDE, high=_WIDE),
        # At `low`, gpt-5.4 keeps more patches than at `high`: that is what the page says.
        "gpt-5.4": OpenAIPatches(Fraction("1.2"), low=_WIDE, high=_HIGH, original=_ORIGINAL),
        "gpt-5.5": OpenAIPatches(
            Fraction("1.2"), low=_LOW, high=_HIGH, original=_ORIGINAL, auto="original"
        ),
        "gpt-5.6": OpenAIPatches(
            Fraction("1.2"),
            low=_LOW,
            high=_HIGH,
            original=PatchLimit(side_px=65_535),
            auto="original",
        ),
        # The page still gives the multipliers of these deprecated models, but no limits any more;
        # the limits are those of its edition of spring 2026 (1,536 patches and 2048 px).
        "gpt-4.1-nano": _narrow("2.46"),
        "gpt-5-mini": _narrow("1.2"),
        "gpt-5-nano": _narrow("1.5"),
        "o4-mini": _narrow("1.72"),
        # Anthropic, platform.claude.com/docs/en/build-with-claude/vision, autumn 2026:
        # `claude` is the high-resolution tier (4.7 and later), `claude-standard` all before it.
        "claude": ClaudePatches(side_px=2576, tokens_max=4784),
        "claude-standard": ClaudePatches(side_px=1568, tokens_max=1568),
        "claude-area": ClaudeArea(),
        # Google, ai.google.dev/gemini-api/docs/image-understanding (2.0 and 2.5) and
        # .../media-resolution (3), autumn 2026.
        "gemini-2": GeminiTiles(),
        # The same models by firebase.google.com/docs/ai-logic/input-file-requirements, which bounds
        # the tile and the image: more tokens for a large image, fewer for a narrow one.
        "gemini-2-bounded": GeminiTiles(tile_px_min=256, tile_px_max=768, box_px=3072),
        "gemini-3": GeminiBudget(),
        # Alibaba, help.aliyun.com/zh/model-studio/vision, autumn 2026: the default `max_pixels` of
        # each family, and what `vl_high_resolution_images` sets in its place.
        "qwen2.5-vl": QwenPatches(patch_px=28, patches_max=1280),
        "qwen3-vl": QwenPatches(patch_px=32, patches_max=2560),
        "qwen-vl-max": QwenPatches(patch_px=32, patches_max=1280),
        "qwen3-vl-high-resolution": QwenPatches(patch_px=32, patches_max=16_384),
    }
)
"""Each family's formula with the constants of one model; where they come from stands beside it."""


_LIMITS: Final = ("low", "high", "original")
_DECIMAL: Final = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6})?")


class FormulaError(ValueError):
    """The name or a constant of a formula is wrong; the message says what there is instead."""


def formula_of(preset: str, constants: Mapping[str, object] | None = None) -> ImageFormula:
    """Give a preset's formula, with some constants set anew: how a policy states its own.

    Takes: a name in `PRESETS`; constants by their field names: whole numbers, exact decimals as
        text (`multiplier`, `divisor`), and for a patch limit `{side_px, patches}`.
    Raises: FormulaError.
    """
    if preset not in PRESETS:
        raise FormulaError(_unknown("formula", preset, PRESETS))
    formula = PRESETS[preset]
    known = {field.name for field in fields(formula)}
    changes: dict[str, object] = {}
    for name, value in (constants or {}).items():
        if name not in known:
            raise FormulaError(_unknown(f"constant of `{preset}`", name, known))
        changes[name] = _constant(name, value, getattr(formula, name))
    try:
        return replace(formula, **changes)  # type: ignore[arg-type]  # each is checked above
    except ValueError as fault:
        raise FormulaError(str(fault)) from fault


def _constant(name: str, value: object, now: object) -> object:
    if isinstance(now, Fraction) and isinstance(value, int | str) and not isinstance(value, bool):
        return _fraction(name, value)
    if isinstance(value, Mapping) and name in _LIMITS:
        return _limit(name, value)
    if name == "auto" and isinstance(value, str) and value in _LIMITS:
        return value
    if type(value) is int and name not in _LIMITS and not isinstance(now, str | Fraction):
        return value
    raise FormulaError(f"`{value!r}` is not a value for `{name}`; it is now `{now!r}`")


def _fraction(name: str, value: int | str) -> Fraction:
    if not _DECIMAL.fullmatch(str(value)):
        raise FormulaError(f"`{value}` is not a decimal for `{name}`; write it as `1.62`")
    return Fraction(value)


def _limit(name: str, value: Mapping[object, object]) -> PatchLimit:
    side_px, patches = value.get("side_px"), value.get("patches")
    if type(side_px) is not int or not (patches is None or type(patches) is int):
        raise FormulaError(f"`{name}` needs `side_px` and may have `patches`, both whole numbers")
    if unknown := set(value) - {"side_px", "patches"}:
        raise FormulaError(f"unknown key `{min(map(str, unknown))}` in `{name}`")
    try:
        return PatchLimit(side_px, patches)
    except ValueError as fault:
        raise FormulaError(f"in `{name}`, {fault}") from fault


def _unknown(kind: str, name: str, known: Mapping[str, object] | set[str]) -> str:
    close = get_close_matches(name, sorted(known), n=1)
    remedy = f"did you mean `{close[0]}`" if close else f"use one of {', '.join(sorted(known))}"
    return f"unknown {kind} `{name}`; {remedy}"
