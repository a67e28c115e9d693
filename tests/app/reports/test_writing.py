"""Every format carries every finding, and each is what its readers expect."""

import json
from pathlib import Path
from typing import Any, get_args
from xml.etree import ElementTree as ET

import pytest
from jsonschema import Draft202012Validator

from app.reports.found import POLICY, PROMISES, broken_files, every_golden, unmet_scenarios
from policyengine.app.mending import edited
from policyengine.app.reports.github import ANNOTATIONS_MAX
from policyengine.app.reports.markdown import ROWS_MAX
from policyengine.app.reports.report import Report
from policyengine.app.reports.writing import MachineFormat, report_text
from policyengine.app.starter import packaged
from policyengine.values.diagnostics import Edit, Span

SARIF = Draft202012Validator(
    json.loads((Path(__file__).parent / "sarif_log.schema.json").read_text())
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def _sarif(report: Report) -> Any:
    log = json.loads(report_text(report, "sarif"))
    assert [each.message for each in SARIF.iter_errors(log)] == []
    return log["runs"][0]


def _published(command: str) -> Draft202012Validator:
    schema = json.loads((packaged("schemas") / f"reports/{command}.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.mark.parametrize("output", get_args(MachineFormat))
def test_every_format_names_every_finding_and_ends_its_last_line(output: MachineFormat) -> None:
    for report in (broken_files(), unmet_scenarios()):
        text = report_text(report, output)
        assert report.findings
        assert text.endswith("\n")
        for finding in report.findings:
            assert finding.code in text


def test_json_is_what_the_published_schemas_say() -> None:
    for report in (broken_files(), unmet_scenarios()):
        schema = _published(report.command)
        form = json.loads(report_text(report, "json"))
        assert [each.message for each in schema.iter_errors(form)] == []
        assert not schema.is_valid({**form, "fles": 1})
        assert not schema.is_valid({**form, "version": 2})


def test_sarif_of_every_code_keeps_to_the_standard() -> None:
    run = _sarif(every_golden())
    rules = run["tool"]["driver"]["rules"]
    assert len(rules) > 130
    assert all(rules[each["ruleIndex"]]["id"] == each["ruleId"] for each in run["results"])
    assert any("relatedLocations" in each for each in run["results"])


def test_a_fix_in_sarif_mends_the_file() -> None:
    report = broken_files()
    (result,) = [each for each in _sarif(report)["results"] if "fixes" in each]
    change = result["fixes"][0]["artifactChanges"][0]
    region = change["replacements"][0]["deletedRegion"]
    text = change["replacements"][0]["insertedContent"]["text"]
    keys = ("startLine", "startColumn", "endLine", "endColumn")
    edit = Edit(Span(*(region[key] for key in keys)), text)
    path = Path(change["artifactLocation"]["uri"])
    assert "sold_to: [plus, max]" in edited(path.read_text(), edit)


def test_a_path_in_sarif_is_an_address(tmp_path: Path) -> None:
    report = broken_files()
    (finding,) = [each for each in report.findings if each.severity == "error"]
    odd = "policies/my prices é/v1.yaml"
    for name in (odd, str(tmp_path / odd)):
        moved = Report(
            "validate", "", (), (type(finding)("PE110", "so", name, finding.span),), {}, {}
        )
        place = _sarif(moved)["results"][0]["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"].endswith("policies/my%20prices%20%C3%A9/v1.yaml")


def test_junit_has_a_suite_per_file_and_a_case_per_check() -> None:
    root = ET.fromstring(report_text(broken_files(), "junit"))  # noqa: S314  # our own text
    assert [suite.get("name") for suite in root] == [str(POLICY), str(PROMISES)]
    assert root.attrib | {"name": ""} == {"name": "", "tests": "2", "failures": "1", "errors": "0"}
    failure = root.find(".//failure")
    assert failure is not None
    assert failure.get("type") == "PE201"
    assert "[pluss, max]" in (failure.text or "")
    assert "warning[" in (root.findtext(".//system-out") or "")


def test_junit_has_each_scenario_and_each_file_that_cannot_be_run() -> None:
    report = unmet_scenarios()
    root = ET.fromstring(report_text(report, "junit"))  # noqa: S314  # our own text
    cases = root.findall(".//testcase")
    failed = [case.get("name") for case in cases if case.find("failure") is not None]
    assert len(cases) == len(report.cases) == 7
    assert failed == [
        "the file can be run",
        "a request costs its tokens at their rates times the multiplier",
    ]
    assert root.get("failures") == "2"


def test_junit_can_carry_what_every_bad_file_holds() -> None:
    root = ET.fromstring(report_text(every_golden(), "junit"))  # noqa: S314  # our own text
    assert len(root) > 200


def test_markdown_counts_and_shows_what_to_do() -> None:
    text = report_text(broken_files(), "markdown")
    assert text.startswith(
        "### ❌ policyengine validate\n\n2 files, 1 policy, 1 error, 1 warning\n"
    )
    assert (
        "| `policies/my_product/v1.yaml:77:79` | error PE201: there is no plan `pluss` "
        "| did you mean `plus`? |"
    ) in text
    assert "- a request costs its tokens at their rates times the multiplier (`" in report_text(
        unmet_scenarios(), "markdown"
    )


def test_markdown_stays_a_table_of_bounded_length() -> None:
    report = every_golden()
    text = report_text(report, "markdown")
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    assert len(rows) == ROWS_MAX
    assert all(line.replace("\\|", "").count("|") == 4 for line in rows)
    assert f"and {len(report.findings) - ROWS_MAX:,} more" in text


def test_github_is_told_errors_first_and_how_many_it_does_not_show() -> None:
    report = every_golden()
    notes = report_text(report, "github").splitlines()
    errors = [each for each in notes if each.startswith("::error ")]
    warnings = [each for each in notes if each.startswith("::warning ")]
    assert notes == errors + warnings
    assert (len(errors), len(warnings)) == (ANNOTATIONS_MAX, ANNOTATIONS_MAX)
    more = sum(each.severity == "error" for each in report.findings) - ANNOTATIONS_MAX
    assert errors[-1].endswith(f"%0A{more} more of them are in the log")
    assert not any("more of them" in each for each in errors[:-1])


def test_without_findings_every_format_says_so() -> None:
    empty = Report("test", "no scenarios found", (), (), {}, {"report": "test"})
    assert report_text(empty, "github") == ""
    assert report_text(empty, "markdown") == "### ✅ policyengine test\n\nno scenarios found\n"
    assert 'tests="0"' in report_text(empty, "junit")
    assert _sarif(empty)["results"] == []
