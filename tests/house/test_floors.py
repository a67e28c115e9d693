"""The import contracts of pyproject.toml: kept by a house in order, broken by each wrong import."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = [
    "values",
    "policy",
    "ledger",
    "tokens",
    "adapters",
    "engine",
    "simulate",
    "store",
    "linting",
    "proving",
    "app",
    "cli",
]
LINT = "from importlinter.cli import lint_imports_command as run; run()"


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603  # the interpreter that runs this test
        [
            sys.executable,
            "-c",
            LINT,
            "--no-cache",
            "--no-logo",
            "--config",
            ROOT / "pyproject.toml",
        ],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A house of the same rooms, empty, that is found before the real one."""
    for room in ("", *ROOMS):
        (tmp_path / "policyengine" / room).mkdir(exist_ok=True)
        (tmp_path / "policyengine" / room / "__init__.py").write_text("")
    return tmp_path


def write_import(house: Path, room: str, imported: str) -> None:
    (house / "policyengine" / room / "rule.py").write_text(f"import {imported}\n")


def test_a_house_in_order_keeps_every_contract(house: Path) -> None:
    write_import(house, "cli", "policyengine.app")
    write_import(house, "app", "policyengine.store")
    write_import(house, "store", "policyengine.engine, sqlalchemy")
    write_import(house, "engine", "policyengine.policy")
    write_import(house, "policy", "policyengine.values, yaml, pydantic, jsonschema, simpleeval")
    done = lint(house)
    assert (done.returncode, "3 kept, 0 broken" in done.stdout) == (0, True), done.stdout


@pytest.mark.parametrize(
    ("room", "imported"),
    [
        ("app", "policyengine.cli"),
        ("store", "policyengine.app"),
        ("simulate", "policyengine.store"),
        ("store", "policyengine.simulate"),
        ("simulate", "policyengine.linting"),
        ("linting", "policyengine.app"),
        ("linting", "policyengine.proving"),
        ("proving", "policyengine.linting"),
        ("engine", "policyengine.store"),
        ("ledger", "policyengine.engine"),
        ("ledger", "policyengine.policy"),
        ("tokens", "policyengine.ledger"),
        ("adapters", "policyengine.tokens"),
        ("values", "policyengine.tokens"),
        ("engine", "sqlmodel"),
        ("policy", "sqlalchemy"),
        ("values", "rich"),
        ("ledger", "alembic"),
        ("tokens", "typer"),
        ("policy", "pyarrow"),
        ("adapters", "sqlmodel"),
        ("engine", "yaml"),
        ("ledger", "simpleeval"),
        ("adapters", "jsonschema"),
        ("values", "jsonschema"),
    ],
)
def test_an_import_against_the_floors_is_refused(house: Path, room: str, imported: str) -> None:
    write_import(house, room, imported)
    done = lint(house)
    assert done.returncode == 1
    assert f"policyengine.{room}.rule -> {imported}" in done.stdout


def test_a_room_on_no_floor_is_refused(house: Path) -> None:
    (house / "policyengine/attic").mkdir()
    (house / "policyengine/attic/__init__.py").write_text("")
    done = lint(house)
    assert done.returncode == 1
    assert "attic" in done.stdout


def test_the_rooms_here_are_those_of_the_contract() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = " | ".join(contracts["contracts"][0]["layers"]).split(" | ")
    assert sorted(layers) == sorted(ROOMS)
