"""What callers put into a command is of the type that it claims: a wrong one is told at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, Final, Literal, TypeAlias, Union, get_args, get_origin, get_type_hints

from policyengine.engine.commands import Command

_WORDS: Final[Mapping[Any, str]] = {
    str: "a text",
    int: "a whole number",
    bool: "True or False",
    NoneType: "None",
}


@dataclass(frozen=True, slots=True)
class _Rule:
    """What a field takes, in words."""

    name: str
    expected: str


_Asked: TypeAlias = tuple[frozenset[type], Callable[[Any], bool] | None, _Rule]
"""Values of exactly these types, for some of which more is asked."""
_Reader: TypeAlias = tuple[Callable[[Any], tuple[Any, ...]], tuple[_Asked, ...]]

_READERS: Final[dict[type, _Reader]] = {}


def checked(command: Command) -> Command:
    """Give a command back whose values are of their declared types.

    A wrong one would be found when it is written, after others of the same commit were decided, or
    would be kept as something that nobody can read.

    Raises: TypeError naming the argument; ValueError for a word that is not in a closed list.
    """
    _check(command)
    return command


def _check(value: Any) -> None:
    read, rules = _READERS.get(type(value)) or _reader(type(value))
    for given, (types, more, rule) in zip(read(value), rules):  # noqa: B905  # as many as fields
        if type(given) not in types:
            raise TypeError(_message(rule, given))
        if more is not None and not more(given):
            raise (ValueError if type(given) is str else TypeError)(_message(rule, given))


def _message(rule: _Rule, given: Any) -> str:
    return f"`{rule.name.removesuffix('_id')}` is {given!r:.80}; give {rule.expected}"


def _reader(kind: type) -> _Reader:
    hints = get_type_hints(kind)
    names = [each.name for each in fields(kind)]
    rules = tuple(
        (frozenset(_types(hints[name])), _more(hints[name]), _Rule(name, _expected(hints[name])))
        for name in names
    )
    if len(names) > 1:
        found: _Reader = (attrgetter(*names), rules)
    else:
        found = (lambda value: tuple(getattr(value, name) for name in names), rules)
    _READERS[kind] = found
    return found


def _types(hint: Any) -> list[type]:
    """Give the types of a hint's values; no subclass is taken for its parent, nor True for 1."""
    origin, inside = get_origin(hint), get_args(hint)
    if origin in {Union, UnionType}:
        return [kind for each in inside for kind in _types(each)]
    if origin is Literal:
        return [str]
    return [origin or hint]


def _more(hint: Any) -> Callable[[Any], bool] | None:
    """Give what is asked of a value beyond its own type: what is in it, or which word it is."""
    origin, inside = get_origin(hint), get_args(hint)
    if origin is Literal:
        return frozenset(inside).__contains__
    if origin is tuple:
        part = inside[0]
        is_pairs = get_origin(part) is tuple
        return _are_pairs if is_pairs else _are_texts
    if any(is_dataclass(each) for each in _types(hint)):
        return _is_whole
    return None


def _are_texts(value: tuple[Any, ...]) -> bool:
    return all(type(each) is str for each in value)


def _are_pairs(value: tuple[Any, ...]) -> bool:
    for unit, count in value:  # noqa: SIM110  # every charge comes by: no generator
        if type(unit) is not str or type(count) is not int:
            return False
    return True


def _is_whole(value: Any) -> bool:
    if value is not None:
        _check(value)
    return True


def _expected(hint: Any) -> str:
    origin, inside = get_origin(hint), get_args(hint)
    if origin is Literal:
        return f"one of {', '.join(f'`{each}`' for each in inside)}"
    if origin in {Union, UnionType}:
        return " or ".join(_expected(each) for each in inside)
    if origin is tuple:
        return "texts" if inside[0] is str else "counts by unit"
    return _WORDS.get(hint) or f"a {hint.__name__}"
