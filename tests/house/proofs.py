"""What the documents name as proofs: scenarios by title and file, tests by name."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import yaml

ROOT: Final = Path(__file__).parents[2]

TEST: Final = re.compile(r"`(test_\w+)`")
SCENARIO: Final = re.compile(r"\[([^\]]+)\]\(((?:[\w.]+/)*scenarios/[\w.-]+\.yaml)\)")


@cache
def titles(file: Path) -> frozenset[str]:
    """Give the titles of a scenario file."""
    plain = yaml.safe_load(file.read_text(encoding="utf-8"))
    return frozenset(each["title"] for each in plain["scenarios"])


@cache
def names_of_tests() -> frozenset[str]:
    """Give the names of all tests."""
    return frozenset(name for file in (ROOT / "tests").rglob("test_*.py") for name in _tests(file))


def missing_proofs(text: str, folder: Path) -> list[str]:
    """Name the scenarios and tests of a text that do not exist; links start from a folder."""
    scenarios = [
        title
        for title, link in SCENARIO.findall(text)
        if title not in titles((folder / link).resolve())
    ]
    return scenarios + sorted(set(TEST.findall(text)) - names_of_tests())


def _tests(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node.name
