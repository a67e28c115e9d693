"""docs/library.md: every verb, refusal and exception is listed, and nothing that is not there."""

import re
from dataclasses import fields
from importlib import import_module
from pathlib import Path
from typing import Final, get_args

import pytest

from policyengine.adapters.usage import PROVIDERS
from policyengine.app.engine import Engine
from policyengine.engine.refusals import CODES
from policyengine.store.happenings import Happening

ROOT: Final = Path(__file__).parents[2]
TEXT: Final = (ROOT / "docs" / "library.md").read_text(encoding="utf-8")

_CODE: Final = re.compile(r"^\| `([a-z_]+)`( \*)? \| (.+) \|$", re.MULTILINE)
_VERB: Final = re.compile(r"^\| `([a-z_]+)\(", re.MULTILINE)
_ERROR: Final = re.compile(r"^\| ((?:`\w+`(?:, )?)+) \| `?([\w.]*)`? \|", re.MULTILINE)


def part(title: str) -> str:
    """Give the text of a section."""
    _, _, rest = TEXT.partition(f"\n## {title}\n")
    return rest.partition("\n## ")[0]


def test_every_refusal_is_listed_in_the_order_of_the_engine() -> None:
    assert [match[1] for match in _CODE.finditer(part("Refusals"))] == list(CODES)


def test_the_starred_refusals_are_those_that_have_no_place_in_a_ledger() -> None:
    starred = {match[1] for match in _CODE.finditer(part("Refusals")) if match[2]}
    with Engine.open("sqlite://", ROOT / "policies" / "codeflicker") as engine:
        engine.subscribe("ana", "free", key="join")
        receipts = [
            engine.cancel("bo"),
            engine.subscribe("b o", "free"),
            engine.subscribe("bo", "free", policy="acme"),
            engine.cancel("ana", key="join"),
            engine.cancel("ana", key=""),
            engine.buy_pack("ana", "p" * 256),
        ]
    assert {each.refusal.code for each in receipts if each.refusal and not each.id} == starred


def test_every_verb_of_the_engine_is_listed_once() -> None:
    verbs = {
        name
        for name in dir(Engine)
        if not name.startswith("_") and callable(getattr(Engine, name)) and name != "open"
    }
    listed = [match[1] for match in _VERB.finditer(part("Verbs"))]
    assert sorted(listed) == sorted(verbs)


def test_every_provider_with_an_adapter_is_named() -> None:
    named = part("A request").partition("There are adapters for ")[2].partition(". ")[0]
    assert tuple(re.findall(r"`(\w+)`", named)) == PROVIDERS


ERRORS: Final = [
    (match[2], name)
    for match in _ERROR.finditer(part("Errors"))
    for name in re.findall(r"\w+", match[1])
]


def test_exceptions_are_listed() -> None:
    assert len(ERRORS) > 10


@pytest.mark.parametrize(("module", "name"), ERRORS)
def test_an_exception_is_where_the_table_says(module: str, name: str) -> None:
    found = getattr(import_module(module or "builtins"), name)
    assert issubclass(found, Exception)


def test_every_fault_of_the_store_is_listed() -> None:
    faults = import_module("policyengine.store.faults")
    there = {
        name
        for name, each in vars(faults).items()
        if isinstance(each, type) and issubclass(each, faults.StoreFault)
    }
    assert there - {name for _, name in ERRORS} == set()


def test_every_happening_is_listed_with_its_fields_in_order() -> None:
    listed = {
        match[1]: re.findall(r"`(\w+)`", match[2])
        for match in re.finditer(
            r"^\| `(\w+)` \| [^|]+ \| (.+) \|$", part("Watching"), re.MULTILINE
        )
    }
    happenings = get_args(Happening)
    assert listed == {each.__name__: [field.name for field in fields(each)] for each in happenings}
