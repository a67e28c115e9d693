"""Quantities folded onto the units that a policy counts, by stated rules and never silently."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, TypeAlias

from policyengine.adapters.counts import CACHE_WRITES, QUANTITIES, Counts, Quantity

Target: TypeAlias = str | None
"""A unit of the policy; None leaves the quantity uncharged."""

FOLDS: Final[Mapping[Quantity, tuple[Target, ...]]] = MappingProxyType(
    {
        "image_input": ("text_input",),
        "video_input": ("image_input", "text_input"),
        "document_input": ("image_input", "text_input"),
        "tool_input": ("text_input",),
        "text_cached": ("text_input",),
        "image_cached": ("text_cached", "image_input", "text_input"),
        "audio_cached": ("audio_input",),
        "video_cached": ("text_cached", "video_input", "image_input", "text_input"),
        "document_cached": ("text_cached", "document_input", "image_input", "text_input"),
        "cache_write": ("text_input",),
        "cache_write_5m": ("cache_write", "text_input"),
        "cache_write_30m": ("cache_write", "text_input"),
        "cache_write_1h": ("cache_write", "text_input"),
        "cache_write_12h": ("cache_write", "text_input"),
        "reasoning_output": ("text_output",),
        # Providers charge nothing for these beyond the tokens, which are counted.
        "web_fetch": (None,),
        "tool_search": (None,),
    }
)
"""Where a quantity goes that a policy does not count: the first of these that it does.

A cache write goes to `text_input` only where the policy counts no cache writes at all; where it
does, an hour's price must not become the price of no cache. Audio, and images that the model
makes, cost many times what text does: they go nowhere by default.
"""

NO_FOLDS: Final[Mapping[Quantity, Target]] = MappingProxyType({})


class UnfoldableError(ValueError):
    """A policy counts no unit for some quantities, and no rule says where they go."""

    def __init__(self, missing: Mapping[Quantity, int], units: frozenset[str]) -> None:
        counts = ", ".join(f"{count} of `{quantity}`" for quantity, count in missing.items())
        first = next(iter(missing))
        known = ", ".join(f"`{unit}`" for unit in sorted(units)) or "none"
        super().__init__(
            f"no unit of the policy counts {counts}; its units are {known}; add a unit, or say "
            f"where it goes, as in `folds={{'{first}': 'text_input'}}`, None for uncharged"
        )
        self.missing: Final = MappingProxyType(dict(missing))


@dataclass(frozen=True, slots=True)
class Fold:
    """A quantity that went to another unit; None says that it is not charged."""

    quantity: Quantity
    unit: Target
    count: int


@dataclass(frozen=True, slots=True)
class Folded:
    """Counts by the policy's units, ready to be charged, and everything that was folded."""

    used: Mapping[str, int]
    folds: tuple[Fold, ...]


def fold(
    counts: Counts, units: Iterable[str], folds: Mapping[Quantity, Target] = NO_FOLDS
) -> Folded:
    """Map quantities onto the units of a policy: by its own name, else by rule.

    Takes: the names of the units that the policy counts; `folds`, where a quantity goes whatever
        else holds, None to leave it uncharged.
    Gives: counts by unit that sum to the counts given, less what is uncharged.
    Raises: UnfoldableError naming every quantity that has no place; ValueError for a rule about
        something that is no quantity, or to a unit that the policy does not count.
    """
    known = frozenset(units)
    _check_rules(folds, known)
    used: dict[str, int] = {}
    moved: list[Fold] = []
    missing: dict[Quantity, int] = {}
    for quantity, count in counts.quantities.items():
        places = _places(quantity, known, folds)
        if not places:
            missing[quantity] = count
            continue
        if (unit := places[0]) is not None:
            used[unit] = used.get(unit, 0) + count
        if unit != quantity:
            moved.append(Fold(quantity, unit, count))
    if missing:
        raise UnfoldableError(missing, known)
    return Folded(MappingProxyType(used), tuple(moved))


def _check_rules(folds: Mapping[Quantity, Target], units: frozenset[str]) -> None:
    for quantity, unit in folds.items():
        if quantity not in QUANTITIES:
            raise ValueError(f"`{quantity}` is no quantity; use one of {', '.join(QUANTITIES)}")
        if unit is not None and unit not in units:
            raise ValueError(
                f"`{quantity}` cannot go to `{unit}`, which the policy does not count; "
                f"use one of {', '.join(sorted(units))}"
            )


def _places(
    quantity: Quantity, units: frozenset[str], folds: Mapping[Quantity, Target]
) -> tuple[Target, ...]:
    """Give where a quantity may go, the place that is taken first."""
    if quantity in folds:
        return (folds[quantity],)
    if quantity in units:
        return (quantity,)
    prices_writes = quantity in CACHE_WRITES and not units.isdisjoint(CACHE_WRITES)
    return tuple(
        place
        for place in FOLDS.get(quantity, ())
        if place is None or (place in units and not (prices_writes and place == "text_input"))
    )
