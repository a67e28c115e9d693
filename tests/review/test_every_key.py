"""Every key of the language: a change of it is said in words, and in the right class."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

from policyengine.policy.policy import Policy
from policyengine.policy.schema import REFERENCE, policy_schema
from policyengine.review.compare import compare
from policyengine.review.difference import KINDS, Difference
from policyengine.values.calendar import parse_instant
from review.wide import Change, changed, plain_of

NOW: Final = parse_instant("2026-01-01T00:00:00Z")

SINGLE_ANSWER: Final = {
    "format": "this language has one version",
    "time.month": "one way to count months",
    "abnormal[].then": "one thing that is done",
    "replaces.version": "always the version before",
    "replaces.rates_and_models": "one answer",
    "replaces.packs": "one answer",
}
"""Keys that have a single answer, so that they never change by themselves."""

ROWS: Final = Path(__file__).with_name("every_key.yaml")


@dataclass(frozen=True, slots=True)
class Row:
    """A key that changes: what both versions have, what the new one has, and what is said of it."""

    key: str
    both: tuple[Change, ...]
    new: tuple[Change, ...]
    kind: str
    says: str


def rows() -> Iterator[Row]:
    for each in plain_of(ROWS.read_text()):
        also = each.get("also", {})
        new = {**also, each["at"]: each["to"]} if "at" in each else also
        yield Row(
            each.get("key") or each["at"],
            tuple(each.get("both", {}).items()),
            tuple(new.items()),
            each["class"],
            each["says"],
        )


@cache
def unchanged() -> Policy:
    return changed()


def versions_of(row: Row) -> tuple[Policy, Policy]:
    return changed(*row.both) if row.both else unchanged(), changed(*row.both, *row.new)


def is_opposite(forth: tuple[Difference, ...], back: tuple[Difference, ...]) -> bool:
    """Tell whether a single fact turns round: what was dearer is cheaper then."""
    if len(forth) > 1 or forth[0].is_gone or forth[0].pointer == "/version":
        return True
    turned: dict[str, set[str]] = {"additive": {"dearer", "structural"}, "dearer": {"additive"}}
    return {each.kind for each in back} <= turned.get(forth[0].kind, {*KINDS})


def keys_of_the_schema() -> Iterator[str]:
    """Give each key as docs/language.md writes it: `plans.*.cycle`, `caps[].per`."""
    schema = policy_schema()

    def walk(node: Mapping[str, Any], path: str) -> Iterator[str]:
        if "$ref" in node:
            node = schema["$defs"][node["$ref"].removeprefix(REFERENCE)]
        if path:
            yield path
        for key, each in node.get("properties", {}).items():
            yield from walk(each, f"{path}.{key}" if path else key)
        for each in node.get("patternProperties", {}).values():
            if "$ref" in each or "properties" in each:
                yield from walk(each, f"{path}.*")
        if "items" in node and ("$ref" in node["items"] or "properties" in node["items"]):
            yield from walk(node["items"], f"{path}[]")

    return walk(schema, "")


NAMED: Final = {"units", "models", "counting", "modifiers", "plans", "packs", "conversions"}
_INNER: Final = re.compile(r"^plans\.\*\.grants\.[a-z_]+")


def written(path: str) -> str:
    """Write the path of a row as the schema's keys are written."""
    steps = path.split(".")
    if steps[0] in NAMED and len(steps) > 1:
        steps[1] = "*"
    words: list[str] = []
    for step in steps:
        if step.isdecimal():
            words[-1] += "[]"
        else:
            words.append(step)
    return _INNER.sub("plans.*.grants.*", ".".join(words))


def known_rows() -> Iterator[Row]:
    keys = set(keys_of_the_schema())
    return (each for each in rows() if written(each.key) in keys)


@pytest.mark.parametrize("row", list(known_rows()), ids=lambda row: f"{row.key}-{row.kind}")
def test_a_change_of_a_key_is_said_in_words_and_in_its_class(row: Row) -> None:
    old, new = versions_of(row)
    found = compare(old, new, now=NOW).differences
    fitting = [each for each in found if row.says in each.sentence and each.kind == row.kind]
    assert fitting, [(each.kind, each.sentence) for each in found]
    for each in found:
        assert "says something else" not in each.sentence
        assert each.old_line or each.new_line
        assert not each.sentence.endswith(".") or each.kind == "text"
    back = compare(new, old, now=NOW).differences
    assert back
    assert is_opposite(found, back), back


def test_two_equal_policies_have_no_difference() -> None:
    assert compare(changed(), changed(), now=NOW).differences == ()


def test_every_key_of_the_language_has_a_row() -> None:
    rows_ = {written(row.key) for row in rows()}
    missing = sorted(set(keys_of_the_schema()) - rows_ - set(SINGLE_ANSWER))
    assert missing == []
    assert rows_ - set(keys_of_the_schema()) == set()
    assert set(SINGLE_ANSWER) <= set(keys_of_the_schema())
