"""An editor without a plugin of ours: completion, hover and marks, from the first line of a file.

The language server is the one that editors bring; its version is locked in `package-lock.json`.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from editor.language_server import LanguageServer, installed
from policyengine.app.starter import starter_files
from policyengine.cli.main import run
from policyengine.policy.load import load_policy
from policyengine.values.diagnostics import Span

pytestmark = [
    pytest.mark.skipif(
        shutil.which("node") is None,
        reason="the YAML language server needs Node.js, which is not installed",
    ),
    pytest.mark.xdist_group("editor"),
]

POLICY = "policies/my_product/v1.yaml"
PROMISES = "policies/my_product/scenarios/promises.yaml"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LanguageServer]:
    server = LanguageServer(installed(), tmp_path_factory.mktemp("editor"))
    yield server
    server.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder as `init --template agent` writes it."""
    for path, content in starter_files("agent").items():
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return tmp_path


def changed(file: Path, old: str, new: str) -> None:
    """Replace a text that stands once in a file."""
    text = file.read_text()
    assert text.count(old) == 1, old
    file.write_text(text.replace(old, new))


def place_of(file: Path, text: str) -> tuple[int, int]:
    """Give line and column of a text that stands once in a file."""
    before, found, _ = file.read_text().partition(text)
    assert found
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def span_of(finding: dict[str, Any]) -> Span:
    """Give the range that is marked, counted from 1."""
    start, end = finding["range"]["start"], finding["range"]["end"]
    return Span(start["line"] + 1, start["character"] + 1, end["line"] + 1, end["character"] + 1)


def test_what_init_writes_has_no_marks(server: LanguageServer, folder: Path) -> None:
    assert server.open(folder / POLICY) == []
    assert server.open(folder / PROMISES) == []


def test_a_misspelt_key_is_marked_where_it_stands(server: LanguageServer, folder: Path) -> None:
    changed(folder / POLICY, "    multiplier: 5\n", "    multiplir: 5\n")
    line, column = place_of(folder / POLICY, "multiplir: 5")
    findings = server.open(folder / POLICY)
    marked = [each for each in findings if span_of(each).line == line]
    assert [span_of(each) for each in marked] == [
        Span(line, column, line, column + len("multiplir"))
    ]
    assert "multiplir" in marked[0]["message"]


@pytest.mark.parametrize(
    ("old", "wrong"),
    [
        ("fallback: {model: basic,", "basik"),
        ("cancel: {when: end_of_cycle, to: free,", "fere"),
        ("background: {factor: 0.5, not_with: [fast]", "fasd"),
        ("round: up,", "upwards"),
        ("minimum: 0.01 # the", "-1"),
    ],
)
def test_a_wrong_value_is_marked_where_it_stands(
    server: LanguageServer, folder: Path, old: str, wrong: str
) -> None:
    right = {"basik": "basic", "fere": "free", "fasd": "fast", "upwards": "up", "-1": "0.01"}[wrong]
    at = old.rindex(right)
    new = f"{old[:at]}{wrong}{old[at + len(right) :]}"
    changed(folder / POLICY, old, new)
    line, column = place_of(folder / POLICY, new)
    (finding,) = server.open(folder / POLICY)
    assert span_of(finding) == Span(line, column + at, line, column + at + len(wrong))


def test_a_mark_and_our_own_finding_are_at_the_same_place(
    server: LanguageServer, folder: Path
) -> None:
    changed(folder / POLICY, "fallback: {model: basic,", "fallback: {model: basik,")
    (ours,) = load_policy((folder / POLICY).read_bytes(), "v1.yaml").diagnostics
    (theirs,) = server.open(folder / POLICY)
    assert span_of(theirs) == ours.span


def test_names_of_the_policy_are_completed(server: LanguageServer, folder: Path) -> None:
    changed(folder / POLICY, "fallback: {model: basic,", "fallback: {model: ,")
    server.open(folder / POLICY)
    line, column = place_of(folder / POLICY, "fallback: {model: ,")
    offered = server.completions(folder / POLICY, line, column + len("fallback: {model: "))
    assert {"basic", "standard", "large"} <= offered


def test_keys_of_the_language_are_completed(server: LanguageServer, folder: Path) -> None:
    changed(folder / POLICY, "    multiplier: 5\n", "    multiplier: 5\n    \n")
    server.open(folder / POLICY)
    line, _ = place_of(folder / POLICY, "    multiplier: 5\n")
    offered = server.completions(folder / POLICY, line + 1, 5)
    assert {"rates", "counted_as", "round", "minimum"} <= offered
    assert "multiplier" not in offered  # it stands there already


def test_a_scenario_completes_models_plans_and_units(server: LanguageServer, folder: Path) -> None:
    file = folder / PROMISES
    file.write_text(
        f"{file.read_text().splitlines()[0]}\n"
        "about: Completion.\n"
        "scenarios:\n"
        "  - title: it is completed\n"
        "    given:\n"
        "      at: 2026-02-01T00:00:00Z\n"
        "      plan: \n"
        "    steps:\n"
        "      - charge:\n"
        "          model: \n"
        "          used:\n"
        "            \n"
    )
    server.open(file)
    assert {"free", "plus", "max"} <= server.completions(file, 7, 13)
    assert {"basic", "standard", "large"} <= server.completions(file, 10, 18)
    assert {"text_input", "web_search"} <= server.completions(file, 12, 13)


def test_a_key_is_explained_where_the_pointer_rests(server: LanguageServer, folder: Path) -> None:
    file = folder / POLICY
    server.open(file)
    line, column = place_of(file, "late_usage: 3 days")
    assert "how long after" in server.hover(file, line, column + 2).lower()
    line, column = place_of(file, "multiplier: 5")
    assert "the model's factor" in server.hover(file, line, column + 2).lower()


def test_a_new_name_is_known_after_the_schemas_are_written_again(
    server: LanguageServer, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    changed(
        folder / POLICY, "  basic: {title: Basic", "  tiny: {multiplier: 0}\n  basic: {title: Basic"
    )
    changed(folder / POLICY, "fallback: {model: basic,", "fallback: {model: tiny,")
    assert [each["message"] for each in server.open(folder / POLICY)] != []
    assert run(["schema", "--for", "policies", "--write"]) == 0
    again = LanguageServer(installed(), folder)
    assert again.open(folder / POLICY) == []
    again.close()
