"""Comparing what is expected with what is seen: one mismatch for each key that differs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from policyengine.app.scenarios.seen import Seen, read
from policyengine.app.scenarios.then import Then
from policyengine.engine.derivation import exact_text, factor_text
from policyengine.policy.document.words import Part
from policyengine.policy.nodes import child_pointer
from policyengine.values.amounts import credits_plain, credits_text
from policyengine.values.calendar import instant_text

ENTRIES_SHOWN_MAX: Final = 10

_COUNTS: Final = {"accepted", "count", "decided_by", "plan_version", "priority", "rated_by"}
_INSTANTS: Final = {"at", "cycle_end", "cycle_start", "expires", "until"}


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A key of `then` that is not met; `pointer` is its place below the step."""

    key: str
    pointer: str
    message: str
    help: str = ""


def mismatches(then: Then, seen: Seen) -> Iterator[Mismatch]:
    """Compare every key that a scenario gives, in the order of the language."""
    for key in _given(then):
        yield from _compare(key, getattr(then, key), read(seen, key), f"/then/{key}")


def count_of(then: Then | None) -> int:
    """Count the expectations of a step."""
    return 0 if then is None else len(_given(then))


def _given(part: Part) -> list[str]:
    return [name for name in type(part).model_fields if name in part.model_fields_set]


def _compare(key: str, wanted: Any, found: Any, pointer: str) -> Iterator[Mismatch]:
    if isinstance(wanted, Part):
        wanted = {name: getattr(wanted, name) for name in _given(wanted)}
    if isinstance(wanted, Mapping):
        for name, each in wanted.items():
            place = child_pointer(pointer, name)
            yield from _compare(name, each, (found or {}).get(name), place)
    elif isinstance(wanted, list) and not _is_words(wanted, found):
        yield from _compare_lists(key, wanted, found, pointer)
    elif wanted != found:
        yield Mismatch(key, pointer, _difference(key, wanted, found))


def _is_words(wanted: Sequence[Any], found: Sequence[Any] | None) -> bool:
    return all(isinstance(each, str) for each in (*wanted, *(found or ())))


def _compare_lists(
    key: str, wanted: Sequence[Part], found: Sequence[Mapping[str, Any]] | None, pointer: str
) -> Iterator[Mismatch]:
    if found is None or len(found) != len(wanted):
        count = "nothing" if found is None else _entries(len(found))
        message = f"`{key}` has {count}, the scenario expects {len(wanted)}"
        yield Mismatch(key, pointer, message, _listed(found or ()))
        return
    for index, (want, have) in enumerate(zip(wanted, found, strict=True)):
        yield from _compare(key, want, have, f"{pointer}/{index}")


def _entries(count: int) -> str:
    return "1 entry" if count == 1 else f"{count} entries"


def _listed(found: Sequence[Mapping[str, Any]]) -> str:
    if not found:
        return "there is none"
    shown = [_written(each) for each in found[:ENTRIES_SHOWN_MAX]]
    more = len(found) - len(shown)
    return "there are " + ", ".join(shown) + (f" and {more} more" if more else "")


def _written(entry: Mapping[str, Any]) -> str:
    """Write an entry as a scenario would."""
    return "{" + ", ".join(f"{key}: {_plain(key, each)}" for key, each in entry.items()) + "}"


def _plain(key: str, value: Any) -> str:
    return credits_plain(value) if _is_amount(key, value) else shown_value(key, value)


def _difference(key: str, wanted: Any, found: Any) -> str:
    expected = shown_value(key, wanted)
    if key == "refused" and found == "nothing":
        return f"nothing is refused, the scenario expects {expected}"
    if found is None:
        return f"there is no `{key}` here, the scenario expects {expected}"
    return f"`{key}` is {shown_value(key, found)}, the scenario expects {expected}"


def _is_amount(key: str, value: Any) -> bool:
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return is_whole and key not in _COUNTS and key not in _INSTANTS


def shown_value(key: str, value: Any) -> str:
    """Write a value as people read it: amounts in credits, instants as in a policy."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal | Fraction):
        write = exact_text if key == "credits" else factor_text
        return write(Fraction(value))
    if isinstance(value, list):
        return f"[{', '.join(map(str, value))}]" if value else "none"
    if isinstance(value, int):
        return _whole_text(key, value)
    return f"`{value}`" if key == "message" else str(value)


def _whole_text(key: str, value: int) -> str:
    if key in _INSTANTS:
        return instant_text(value)
    return f"{value:,}" if key in _COUNTS else credits_text(value)
