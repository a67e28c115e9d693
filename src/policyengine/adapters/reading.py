"""Reading a usage object by the form that its provider gives it: whole counts, none passed over."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from itertools import pairwise
from numbers import Number
from types import FunctionType, MappingProxyType, ModuleType
from typing import Final, Literal, TypeAlias

COUNT_MAX: Final = 10**12
"""The largest count of one quantity; the engine takes no larger one either."""

KEYS_MAX: Final = 200
"""The most keys of one object."""

ROWS_MAX: Final = 1_000
"""The most entries of one list, such as the iterations of a request."""

SHOWN_BITS_MAX: Final = 128
"""The most bits of a number that a message writes out; Python itself refuses very long ones."""

VALUES_MAX: Final = 1_000
"""How many values of an unknown field are looked at in search of a count."""

Kind: TypeAlias = Literal[
    "required",  # a count that must be there
    "count",  # a count; absent or null is none
    "word",  # a text that says what a count is of
    "ignored",  # no count: money, or what the provider's pages call informative
]


class UsageError(ValueError):
    """A provider's usage cannot be counted: which provider, which field, and what belongs there.

    `field` is the path of the field with `.` between names and places, `iterations.0.type`; it is
    empty where the whole is at fault.
    """

    def __init__(self, provider: str, field: str, message: str) -> None:
        place = f"usage of {provider}, `{field}`" if field else f"usage of {provider}"
        super().__init__(f"{place}: {message}")
        self.provider: Final = provider
        self.field: Final = field
        self.message: Final = message


@dataclass(frozen=True, slots=True)
class Shape:
    """The known fields of an object: counts, words, objects, and lists of objects."""

    fields: "Mapping[str, Kind | Shape | Rows]"


@dataclass(frozen=True, slots=True)
class Rows:
    """A list of objects of one shape."""

    shape: Shape


@dataclass(frozen=True, slots=True)
class UsageForm:
    """How a provider reports usage: its fields, and which part of a stream carries them.

    `spelling` turns a key as it was found into the key of the shape.
    """

    provider: str
    shape: Shape
    streamed: str
    spelling: Callable[[str], str] = str


@dataclass(frozen=True, slots=True)
class Figures:
    """What was read: every count of the shape by its path, None where the object has none.

    A path that the shape does not have is a mistake in an adapter and a KeyError.
    """

    provider: str
    place: str
    counts: Mapping[str, int | None]
    words: Mapping[str, str | None]
    rows: "Mapping[str, tuple[Figures, ...]]"

    def count(self, path: str) -> int:
        """Give a count, 0 where there is none."""
        return self.counts[path] or 0

    def sum_of(self, *paths: str) -> int:
        """Sum counts."""
        return sum(self.count(path) for path in paths)

    def agreed(self, *paths: str) -> int | None:
        """Give a count that is reported under several names; None where it is under none.

        Raises: UsageError at the first name that contradicts the one before it.
        """
        given = [(path, count) for path in paths if (count := self.counts[path]) is not None]
        for (first, expected), (path, found) in pairwise(given):
            if found != expected:
                raise self.fault(
                    path, f"{found} contradicts `{first}`, which is {expected}; they are the same"
                )
        return given[0][1] if given else None

    def fault(self, path: str, message: str) -> UsageError:
        """Say what is wrong with a field of these figures."""
        return UsageError(self.provider, f"{self.place}{path}", message)


def read(form: UsageForm, payload: object) -> Figures:
    """Read a usage object as a provider reports it.

    Takes: a mapping as decoded from JSON, or an object of the provider's SDK.
    Raises: UsageError for no usage, a count that is not a whole number from 0 to 10^12, a required
        one that is missing, and an unknown field that holds a number other than 0.
    """
    if payload is None:
        raise UsageError(form.provider, "", f"there is none here; {form.streamed}")
    found = as_mapping(payload)
    if found is None:
        name = type(payload).__name__
        raise UsageError(
            form.provider, "", f"found `{name}`; give a mapping or an object of the provider's SDK"
        )
    inner = next((key for key in ("usage", "usage_metadata", "usageMetadata") if key in found), "")
    kinds = (form.shape.fields.get(form.spelling(str(key))) for key in found)
    if inner and not any(kind in ("required", "count") for kind in kinds):
        raise UsageError(
            form.provider, inner, "this is the whole response; give what stands in this field"
        )
    return _Reader(form).figures(found, form.shape, "")


def as_mapping(value: object) -> Mapping[str, object] | None:
    """See an object of an SDK as a mapping; None for what has no fields."""
    if isinstance(value, Mapping):
        return value
    if isinstance(value, type | FunctionType | ModuleType):
        return None
    dump = getattr(value, "model_dump", None)
    if callable(dump) and isinstance(dumped := dump(), Mapping):
        return dumped
    if is_dataclass(value):
        return {each.name: getattr(value, each.name) for each in fields(value)}
    attributes = getattr(value, "__dict__", None)
    return attributes if isinstance(attributes, dict) else None


@dataclass(frozen=True, slots=True)
class _Reader:
    form: UsageForm

    def figures(self, found: Mapping[str, object], shape: Shape, place: str) -> Figures:
        counts: dict[str, int | None] = {}
        words: dict[str, str | None] = {}
        rows: dict[str, tuple[Figures, ...]] = {}
        self._walk(found, shape, (place, ""), (counts, words, rows))
        return Figures(
            self.form.provider,
            place,
            MappingProxyType(counts),
            MappingProxyType(words),
            MappingProxyType(rows),
        )

    def _walk(
        self,
        found: Mapping[str, object],
        shape: Shape,
        at: tuple[str, str],
        into: tuple[dict[str, int | None], dict[str, str | None], dict[str, tuple[Figures, ...]]],
    ) -> None:
        place, prefix = at
        counts, words, rows = into
        values = self._spelled(found, f"{place}{prefix}")
        for key, kind in shape.fields.items():
            path, value = f"{prefix}{key}", values.pop(key, None)
            where = f"{place}{path}"
            if isinstance(kind, Shape):
                self._walk(self._object(where, value), kind, (place, f"{path}."), into)
            elif isinstance(kind, Rows):
                rows[path] = self._rows(where, value, kind)
            elif kind == "word":
                words[path] = self._word(where, value)
            elif kind != "ignored":
                counts[path] = self._count(where, value, required=kind == "required")
        for key, value in values.items():
            if _holds_count(value):
                raise self._fault(
                    f"{place}{prefix}{key}",
                    "an unknown field with a count in it; what it overlaps is not known, "
                    "so the usage is not counted without it",
                )

    def _spelled(self, found: Mapping[str, object], where: str) -> dict[str, object]:
        if len(found) > KEYS_MAX:
            raise self._fault(where.rstrip("."), f"more than {KEYS_MAX} keys")
        values: dict[str, object] = {}
        for key, value in found.items():
            name = self.form.spelling(str(key))
            if values.get(name) is not None and value is not None:
                raise self._fault(f"{where}{name}", "given twice, in two spellings")
            values[name] = value if value is not None else values.get(name)
        return values

    def _object(self, where: str, value: object) -> Mapping[str, object]:
        if value is None:
            return {}
        found = as_mapping(value)
        if found is None:
            raise self._fault(where, f"an object belongs here, found {_shown(value)}")
        return found

    def _rows(self, where: str, value: object, rows: Rows) -> tuple[Figures, ...]:
        if value is None:
            return ()
        if not isinstance(value, list | tuple):
            raise self._fault(where, f"a list belongs here, found {_shown(value)}")
        if len(value) > ROWS_MAX:
            raise self._fault(where, f"more than {ROWS_MAX} entries")
        return tuple(
            self.figures(self._object(f"{where}.{place}", each), rows.shape, f"{where}.{place}.")
            for place, each in enumerate(value)
        )

    def _word(self, where: str, value: object) -> str | None:
        if value is not None and not isinstance(value, str):
            raise self._fault(where, f"a text belongs here, found {_shown(value)}")
        return value

    def _count(self, where: str, value: object, *, required: bool) -> int | None:
        if value is None and not required:
            return None
        if value is None:
            raise self._fault(where, "missing; a whole number belongs here")
        if type(value) is not int or not 0 <= value <= COUNT_MAX:
            raise self._fault(
                where, f"a whole number from 0 to 10^12 belongs here, found {_shown(value)}"
            )
        return value

    def _fault(self, field: str, message: str) -> UsageError:
        return UsageError(self.form.provider, field, message)


def _holds_count(value: object) -> bool:
    """Tell whether a value is, or contains, a number other than 0."""
    waiting = [value]
    for _ in range(VALUES_MAX):
        if not waiting:
            return False
        each = waiting.pop()
        if each is None or isinstance(each, str | bytes | bool):
            continue
        if isinstance(each, Number):
            if each:
                return True
        elif isinstance(each, list | tuple):
            waiting.extend(each)
        elif (found := as_mapping(each)) is not None:
            waiting.extend(found.values())
        else:
            break
    # What cannot be looked through is not called empty.
    return True


def _shown(value: object) -> str:
    if isinstance(value, int) and value.bit_length() > SHOWN_BITS_MAX:
        return f"a number of {value.bit_length()} bits"
    if isinstance(value, Number):
        return f"`{value}`"[:80]
    return f"the text `{value[:80]}`" if isinstance(value, str) else f"`{type(value).__name__}`"
