"""A report in one of the formats that machines and pages read."""

import json
from importlib.metadata import version
from typing import Literal, TypeAlias, assert_never

from policyengine.app.reports.github import annotations
from policyengine.app.reports.junit import junit_text
from policyengine.app.reports.markdown import markdown_text
from policyengine.app.reports.report import Report
from policyengine.app.reports.sarif import sarif_text
from policyengine.values.characters import escaped_json

MachineFormat: TypeAlias = Literal["json", "github", "sarif", "junit", "markdown"]


def report_text(report: Report, output: MachineFormat) -> str:
    """Write a report in a format, with a line end after it."""
    match output:
        case "json":
            return escaped_json(json.dumps(report.form, indent=2, ensure_ascii=False)) + "\n"
        case "github":
            return "".join(f"{each}\n" for each in annotations(report))
        case "sarif":
            return sarif_text(report, version("policyengine-credits"))
        case "junit":
            return junit_text(report)
        case "markdown":
            return markdown_text(report)
        case _:
            assert_never(output)
