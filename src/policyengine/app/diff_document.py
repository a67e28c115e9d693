"""The JSON of `diff` as models: what machines may rely on, and the schema made from it."""

from typing import Literal

from pydantic import Field

from policyengine.app.reports.document import (
    VERSION_SAID,
    Count,
    Position,
    ReportPart,
    report_schema_text,
)
from policyengine.review.difference import Kind


class Compared(ReportPart):
    """A version that is compared."""

    policy: str
    version: Count
    status: str
    effective: str
    sha256: str
    file: str


class Fact(ReportPart):
    """One fact: `class` is its class; the lines are those of either file."""

    kind: Kind = Field(alias="class")
    sentence: str
    past: bool = Field(description="Whether it concerns what has been decided already.")
    pointer: str
    old_line: Position | None
    new_line: Position | None


class Note(ReportPart):
    """A policy or version that came or went."""

    kind: Kind = Field(alias="class")
    sentence: str
    past: bool


class Comparison(ReportPart):
    """Two versions, and what differs."""

    old: Compared
    new: Compared
    differences: list[Fact]


class DiffReport(ReportPart):
    """What `policyengine diff --format json` prints."""

    format: Literal[1] = Field(description=VERSION_SAID)
    old: str
    new: str
    differences: Count
    classes: dict[Kind, Count]
    gravest: Kind | None
    past: bool
    comparisons: list[Comparison]
    notes: list[Note]


def schema_text() -> str:
    """Write the schema of the JSON of `diff` as it is checked in."""
    return report_schema_text(DiffReport, "diff")
