"""The constants that a policy may set in a published image formula."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from policyengine.policy.checks.findings import (
    found,
    pointer_to,
    unknown_name,
    written,
)
from policyengine.policy.document import PolicyDocument
from policyengine.policy.source import Source
from policyengine.values.diagnostics import Diagnostic

Kind: TypeAlias = Literal["tokens", "whole", "factor"]
"""A whole number from 0; a whole number from 1; a decimal above 0."""

_Constants: TypeAlias = Mapping[str, Kind]

_OPENAI_TILES: Final[_Constants] = {
    "base_tokens": "tokens",
    "tile_tokens": "tokens",
    "box_px": "whole",
    "short_side_px": "whole",
    "tile_px": "whole",
}
_OPENAI_PATCHES: Final[_Constants] = {
    "multiplier": "factor",
    "patch_px": "whole",
    "patches_max": "whole",
}
_CLAUDE_PATCHES: Final[_Constants] = {
    "side_px": "whole",
    "tokens_max": "whole",
    "patch_px": "whole",
}
_CLAUDE_AREA: Final[_Constants] = {
    "px_per_token": "whole",
    "side_px": "whole",
    "tokens_max": "whole",
}
_GEMINI_TILES: Final[_Constants] = {
    "tile_tokens": "tokens",
    "small_side_px": "whole",
    "divisor": "factor",
    "tile_px_min": "whole",
    "tile_px_max": "whole",
    "box_px": "whole",
    "low_tokens": "tokens",
    "medium_tokens": "tokens",
}
_GEMINI_BUDGET: Final[_Constants] = {
    "auto_tokens": "tokens",
    "low_tokens": "tokens",
    "medium_tokens": "tokens",
    "high_tokens": "tokens",
    "ultra_high_tokens": "tokens",
}
_QWEN_PATCHES: Final[_Constants] = {
    "patch_px": "whole",
    "patches_max": "whole",
    "patches_min": "whole",
    "frame_tokens": "tokens",
}

IMAGE_CONSTANTS: Final[Mapping[str, _Constants]] = MappingProxyType(
    {
        **dict.fromkeys(("gpt-4o", "gpt-4o-mini", "gpt-4.1", "gpt-5"), _OPENAI_TILES),
        **dict.fromkeys(("gpt-5.1", "o1", "o3"), _OPENAI_TILES),
        **dict.fromkeys(("gpt-4.1-mini", "gpt-4.1-nano", "gpt-5.2"), _OPENAI_PATCHES),
        **dict.fromkeys(("gpt-5.4", "gpt-5.5", "gpt-5.6"), _OPENAI_PATCHES),
        **dict.fromkeys(("gpt-5-mini", "gpt-5-nano", "o4-mini"), _OPENAI_PATCHES),
        **dict.fromkeys(("claude", "claude-standard"), _CLAUDE_PATCHES),
        "claude-area": _CLAUDE_AREA,
        **dict.fromkeys(("gemini-2", "gemini-2-bounded"), _GEMINI_TILES),
        "gemini-3": _GEMINI_BUDGET,
        **dict.fromkeys(("qwen2.5-vl", "qwen3-vl", "qwen-vl-max"), _QWEN_PATCHES),
        "qwen3-vl-high-resolution": _QWEN_PATCHES,
    }
)
"""The numbers in each model's formula, by the names that the room of tokens gives them."""

_LEAST: Final[Mapping[Kind, str]] = {
    "tokens": "a whole number, 0 or more",
    "whole": "a whole number, 1 or more",
    "factor": "more than 0",
}


def check_image_constants(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """A constant is one that its formula has, with a value that the formula can bear."""
    for name, counting in document.counting.items():
        formula = counting.image.formula
        known = IMAGE_CONSTANTS[formula]
        for constant, value in counting.image.constants.items():
            pointer = pointer_to("counting", name, "image", "constants", constant)
            if constant not in known:
                message = f"the formula `{formula}` has no constant `{constant}`"
                yield unknown_name(source, "PE205", pointer, message, constant, known, at_key=True)
            elif not _bears(known[constant], value):
                message = f"`{constant}` cannot be `{written(source, pointer)}`"
                help_ = f"write {_LEAST[known[constant]]}"
                yield found(source, "PE207", pointer, message, help_)


def _bears(kind: Kind, value: Decimal) -> bool:
    if kind == "factor":
        return value > 0
    return value == int(value) and value >= (1 if kind == "whole" else 0)
