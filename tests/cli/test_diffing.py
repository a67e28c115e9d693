"""`diff`: one fact a line at width 80, exit codes for CI, and the same as JSON and Markdown."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from cli.terminal import Terminal
from policyengine.app.starter import packaged, starter_files

FIRST = Path("policies/codeflicker/v1.yaml")


@pytest.fixture
def shop(empty: Terminal) -> Terminal:
    """A terminal in a folder with the reference policy."""
    for path, content in starter_files("codeflicker").items():
        target = empty.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return empty


def test_what_differs_is_one_fact_a_line(shop: Terminal, transcript: Any) -> None:
    script = """
    diff codeflicker@1 codeflicker@2
    diff codeflicker@1 policies/codeflicker/v1.yaml
    diff codeflicker@1 codeflicker@2 --format markdown
    diff codeflicker@2 codeflicker@1
    diff codeflicker@1
    diff codeflicker@1 codeflicker@3
    """
    lines = "\n".join(line.strip() for line in script.strip().splitlines())
    assert shop.play(lines) == transcript


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ("codeflicker@1 codeflicker@2", 0),
        ("codeflicker@1 codeflicker@2 --fail-on text", 1),
        ("codeflicker@1 codeflicker@2 --fail-on dearer", 1),
        ("codeflicker@1 codeflicker@2 --fail-on structural", 0),
        ("codeflicker@1 codeflicker@2 --fail-on past", 0),
        ("codeflicker@1 codeflicker@2 --detailed-exitcode", 2),
        ("codeflicker@1 codeflicker@2 --detailed-exitcode --fail-on structural", 2),
        ("codeflicker@1 codeflicker@2 --detailed-exitcode --fail-on dearer", 1),
        ("codeflicker@1 codeflicker@1 --detailed-exitcode", 0),
        ("codeflicker@1 nowhere", 2),
        ("codeflicker@1 nowhere --detailed-exitcode", 1),
        ("codeflicker@1 codeflicker@2 --against main", 2),
        ("codeflicker --fail-on dearer", 1),
    ],
)
def test_exit_codes_tell_ci_what_happened(shop: Terminal, options: str, code: int) -> None:
    assert shop.run(f"diff {options}").code == code


def test_machines_get_every_fact_with_class_and_lines(shop: Terminal) -> None:
    plain = shop.json("diff codeflicker@1 codeflicker@2")
    assert (plain["format"], plain["gravest"], plain["past"]) == (1, "dearer", False)
    assert plain["classes"] == {"structural": 0, "dearer": 1, "additive": 3, "text": 4}
    (one,) = plain["comparisons"]
    assert (one["old"]["version"], one["new"]["version"]) == (1, 2)
    assert one["differences"][0] == {
        "class": "dearer",
        "sentence": "credits of pack_500 last less long: 12 months -> 6 months",
        "past": False,
        "pointer": "/packs/pack_500/expires",
        "old_line": 54,
        "new_line": 54,
    }


def test_machines_get_what_the_published_schema_says(shop: Terminal) -> None:
    schema = json.loads((packaged("schemas") / "reports/diff.schema.json").read_text())
    validator = Draft202012Validator(schema)
    for line in ("diff codeflicker@1 codeflicker@2", "diff codeflicker@1 codeflicker@1"):
        assert [each.message for each in validator.iter_errors(shop.json(line))] == []


def test_a_file_with_errors_is_not_compared(shop: Terminal) -> None:
    FIRST.write_text(FIRST.read_text().replace("multiplier: 6", "multiplir: 6"))
    answer = shop.run("diff codeflicker")
    assert answer.code == 1
    assert "error[PE110]" in answer.err


def test_an_edited_published_version_is_named_as_reaching_back(shop: Terminal) -> None:
    old = Path("before.yaml")
    old.write_bytes(FIRST.read_bytes())
    FIRST.write_text(FIRST.read_text().replace("multiplier: 6", "multiplier: 9"))
    answer = shop.run(f"diff {old} {FIRST} --fail-on past")
    assert answer.code == 1
    assert "in the past: version 1 is published and was edited" in answer.out
    assert "some reach into the past" in answer.out
