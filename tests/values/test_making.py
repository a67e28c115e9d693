"""Making: an object that is made quickly is the same as one that is made slowly."""

import copy
import inspect
import pickle
from collections.abc import Callable, Mapping
from dataclasses import FrozenInstanceError, dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyengine.values.making import quickly_made


@dataclass(frozen=True, slots=True)
class Slow:
    """A value as the standard library makes it."""

    no: int
    words: tuple[str, ...] = ()
    notes: Mapping[str, int] = field(default_factory=dict)


@quickly_made
@dataclass(frozen=True, slots=True)
class Quick:
    """The same value, made quickly."""

    no: int
    words: tuple[str, ...] = ()
    notes: Mapping[str, int] = field(default_factory=dict)


FIELDS = st.fixed_dictionaries(
    {"no": st.integers()},
    optional={
        "words": st.lists(st.text()).map(tuple),
        "notes": st.dictionaries(st.text(), st.integers()),
    },
)


@given(FIELDS)
def test_what_is_made_quickly_has_the_fields_of_what_is_made_slowly(given: dict[str, int]) -> None:
    slow, quick = Slow(**given), Quick(**given)  # type: ignore[arg-type]  # each its own type
    assert repr(slow).removeprefix("Slow") == repr(quick).removeprefix("Quick")
    assert type(quick) is Quick
    assert Quick(slow.no, slow.words, slow.notes) == quick
    assert Quick(slow.no + 1, slow.words, slow.notes) != quick


def test_it_is_frozen_once_it_is_made() -> None:
    quick = Quick(1)
    with pytest.raises(FrozenInstanceError):
        quick.no = 2  # type: ignore[misc]  # as a caller who is not checked
    assert Quick(1) == quick


def test_a_factory_makes_a_default_for_each_object() -> None:
    assert Quick(1).notes is not Quick(1).notes


def test_equal_ones_have_equal_hashes() -> None:
    assert hash(Quick(1, ("a",), ())) == hash(Quick(1, ("a",), ()))  # type: ignore[arg-type]  # a hashable stand-in


@pytest.mark.parametrize(
    "copied",
    [
        lambda value: pickle.loads(pickle.dumps(value)),  # noqa: S301  # its own bytes
        copy.copy,
        copy.deepcopy,
        lambda value: replace(value, words=value.words),
    ],
)
def test_a_copy_is_equal_and_of_the_class(copied: Callable[[Quick], Quick]) -> None:
    quick = Quick(1, ("a",), {"b": 2})
    again = copied(quick)
    assert quick == again
    assert type(again) is Quick


def test_its_signature_is_that_of_the_dataclass() -> None:
    assert inspect.signature(Slow) == inspect.signature(Quick)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), r"missing 1 required positional argument: 'no'"),
        ((1, (), {}, 4), r"takes from 2 to 4 positional arguments but 5 were given"),
    ],
)
def test_wrong_arguments_are_told_as_python_does(
    arguments: tuple[object, ...], message: str
) -> None:
    with pytest.raises(TypeError, match=rf"__init__\(\) {message}"):
        Quick(*arguments)  # type: ignore[arg-type]  # the mistake


def test_nothing_inherits_from_it() -> None:
    with pytest.raises(TypeError, match="`Heir` inherits from a class whose objects are quickly"):
        type("Heir", (Quick,), {})


def _no_dataclass() -> type:
    return type("Plain", (), {})


def _without_slots() -> type:
    return dataclass(frozen=True)(type("Loose", (), {"__annotations__": {"no": int}}))


def _an_heir() -> type:
    made = type("Heir", (Slow,), {"__annotations__": {"more": int}, "more": 0})
    return dataclass(frozen=True, slots=True)(made)


def _with_a_step() -> type:
    body = {"__annotations__": {"no": int}, "__post_init__": lambda _: None}
    return dataclass(frozen=True, slots=True)(type("Step", (), body))


def _by_name_only() -> type:
    return dataclass(frozen=True, slots=True, kw_only=True)(
        type("Named", (), {"__annotations__": {"no": int}})
    )


def _with_a_field_of_its_own() -> type:
    body = {"__annotations__": {"no": int}, "no": field(init=False)}
    return dataclass(frozen=True, slots=True)(type("Own", (), body))


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (_no_dataclass, "must be called with a dataclass"),
        (_without_slots, "`Loose` inherits or has no slots"),
        (_an_heir, "`Heir` inherits or has no slots"),
        (_with_a_step, "`Step` needs more than its fields set in their order"),
        (_by_name_only, "`Named` needs more than its fields set in their order"),
        (_with_a_field_of_its_own, "`Own` needs more than its fields set in their order"),
    ],
)
def test_a_class_that_needs_more_is_refused(kind: Callable[[], type], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        quickly_made(kind())
