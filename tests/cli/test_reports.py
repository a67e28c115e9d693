"""`validate` and `test` in CI: formats, files, summaries, exit codes."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from cli.terminal import Terminal
from policyengine.app.starter import packaged

POLICY = Path("policies/my_product/v1.yaml")
PROMISES = POLICY.parent / "scenarios/promises.yaml"


@pytest.fixture
def broken(terminal: Terminal) -> Terminal:
    """A folder in which a policy has an error and a scenario is not met."""
    PROMISES.write_text(PROMISES.read_text().replace("charged: 8", "charged: 9"))
    return terminal


def spoil() -> None:
    POLICY.write_text(POLICY.read_text().replace("multiplier: 4\n", "multiplir: 4\n"))


def test_in_a_github_workflow_annotations_and_a_summary_come_by_themselves(
    broken: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "summary.md")
    tested = broken.run("test")
    spoil()
    validated = broken.run("validate")
    assert (tested.code, validated.code) == (1, 1)
    assert tested.out.startswith("::error file=policies/my_product/scenarios/promises.yaml,line=15")
    assert "5 scenarios passed, 1 failed" in tested.out
    assert validated.out.startswith("::error file=policies/my_product/v1.yaml,line=40")
    assert [line for line in Path("summary.md").read_text().splitlines() if "###" in line] == [
        "### ❌ policyengine test",
        "### ❌ policyengine validate",
    ]
    assert broken.run("validate --format text").out.startswith("policies/my_product/v1.yaml:40")


def test_a_format_goes_into_a_file_and_the_text_to_the_terminal(broken: Terminal) -> None:
    answer = broken.run("test --format junit --output-file out/tests.xml")
    assert "FAILED a request costs" in answer.out
    assert "<testsuites" not in answer.out
    assert Path("out/tests.xml").read_text().startswith("<?xml")
    spoil()
    answer = broken.run("validate --format sarif --output-file out/found.sarif")
    assert "error[PE110]" in answer.out
    assert json.loads(Path("out/found.sarif").read_text())["version"] == "2.1.0"


def test_exit_codes_tell_findings_usage_and_nothing_apart(broken: Terminal) -> None:
    assert broken.run("test").code == 1
    assert broken.run("test --exit-zero").code == 0
    assert broken.run("validate").code == 0
    spoil()
    assert broken.run("validate").code == 1
    assert broken.run("validate --exit-zero").code == 0
    assert broken.run("validate nothing.yaml").code == 2
    assert broken.run("validate --format xml").code == 2
    Path("empty").mkdir()
    assert broken.run("validate empty --exit-zero").code == 5
    assert broken.run("test empty --exit-zero").code == 5


@pytest.mark.parametrize("output", ["json", "sarif", "junit", "markdown"])
def test_nothing_but_the_format_is_printed(broken: Terminal, output: str) -> None:
    for command in ("validate", "test"):
        printed = broken.run(f"{command} --format {output}").out
        first = {"json": "{", "sarif": "{", "junit": "<?xml", "markdown": "### "}[output]
        assert printed.startswith(first)
        assert " s)" not in printed


def test_what_was_measured_is_in_the_json_and_its_schema(terminal: Terminal) -> None:
    schema = json.loads((packaged("schemas") / "reports/test.schema.json").read_text())
    form = terminal.json("test --mutate")
    assert form["mutation"][0]["survived"]
    assert [each.message for each in Draft202012Validator(schema).iter_errors(form)] == []
