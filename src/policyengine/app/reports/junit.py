"""JUnit's XML, which build servers show as test results: a suite per file, a case per check."""

from itertools import groupby
from xml.etree import ElementTree as ET

from policyengine.app.reports.report import Case, Report
from policyengine.values.diagnostics import is_unseen


def junit_text(report: Report) -> str:
    """Write a report as test suites; warnings are the output of a case that passed."""
    root = ET.Element("testsuites", _counts(f"policyengine {report.command}", report.cases))
    for file, group in groupby(report.cases, key=lambda each: each.file):
        cases = tuple(group)
        suite = ET.SubElement(root, "testsuite", _counts(file, cases))
        for case in cases:
            _add(suite, case, report)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _counts(name: str, cases: tuple[Case, ...]) -> dict[str, str]:
    failures = sum(each.failed for each in cases)
    return {
        "name": _printable(name),
        "tests": str(len(cases)),
        "failures": str(failures),
        "errors": "0",
    }


def _add(suite: ET.Element, case: Case, report: Report) -> None:
    attributes = {
        "classname": _printable(case.file),
        "name": _printable(case.title),
        "file": _printable(case.file),
        "line": str(case.line),
    }
    element = ET.SubElement(suite, "testcase", attributes)
    errors = [each for each in case.findings if each.severity == "error"]
    warnings = [each for each in case.findings if each.severity == "warning"]
    if errors:
        first = errors[0]
        more = f" and {len(errors) - 1} more" if len(errors) > 1 else ""
        about = {"type": first.code, "message": _printable(f"{first.message}{more}")}
        failure = ET.SubElement(element, "failure", about)
        failure.text = _printable("\n\n".join(report.drawing(each) for each in errors))
    if warnings:
        output = ET.SubElement(element, "system-out")
        output.text = _printable("\n\n".join(report.drawing(each) for each in warnings))


def _printable(text: str) -> str:
    """Replace what XML cannot carry or nobody can see."""
    return "".join("\ufffd" if is_unseen(each) and each != "\n" else each for each in text)
