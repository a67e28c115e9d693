"""SARIF 2.1.0, the format in which code scanners exchange findings (an OASIS standard)."""

import json
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from policyengine.app.codes import ALL_CODES
from policyengine.app.reports.report import Report
from policyengine.values.characters import escaped_json
from policyengine.values.diagnostics import Diagnostic, Edit, Span

VERSION: Final = "2.1.0"


def sarif_text(report: Report, program_version: str) -> str:
    """Write a report as a SARIF log with one run."""
    codes = sorted({each.code for each in report.findings})
    run = {
        "tool": {
            "driver": {
                "name": "policyengine",
                "version": program_version,
                "rules": [_rule(code) for code in codes],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [_result(each, codes.index(each.code)) for each in report.findings],
    }
    log = {"version": VERSION, "runs": [run]}
    return escaped_json(json.dumps(log, indent=2, ensure_ascii=False)) + "\n"


def _rule(code: str) -> dict[str, Any]:
    page = ALL_CODES[code]
    return {
        "id": code,
        "shortDescription": {"text": page.title},
        "fullDescription": {"text": page.what},
        "help": {"text": page.explanation},
    }


def _result(finding: Diagnostic, rule: int) -> dict[str, Any]:
    help_ = f" ({finding.help})" if finding.help else ""
    result = {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": finding.severity,
        "message": {"text": f"{finding.message}{help_}"},
        "locations": [{"physicalLocation": _place(finding.file, finding.span)}],
    }
    if finding.related:
        result["relatedLocations"] = [
            {
                "id": number,
                "physicalLocation": _place(each.file or finding.file, each.span),
                "message": {"text": each.message},
            }
            for number, each in enumerate(finding.related, start=1)
        ]
    if finding.edit is not None:
        result["fixes"] = [_fix(finding.file, finding.edit, finding.help)]
    return result


def _fix(file: str, edit: Edit, help_: str) -> dict[str, Any]:
    replacement: dict[str, Any] = {"deletedRegion": _region(edit.span)}
    if edit.replacement:
        replacement["insertedContent"] = {"text": edit.replacement}
    return {
        "description": {"text": help_},
        "artifactChanges": [{"artifactLocation": _uri(file), "replacements": [replacement]}],
    }


def _place(file: str, span: Span) -> dict[str, Any]:
    return {"artifactLocation": _uri(file), "region": _region(span)}


def _uri(file: str) -> dict[str, str]:
    path = Path(file)
    return {"uri": path.as_uri() if path.is_absolute() else quote(path.as_posix())}


def _region(span: Span) -> dict[str, int]:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }
