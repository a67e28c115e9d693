"""The JSON of a report as models: what machines may rely on, and the schemas made from it."""

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from policyengine.policy.schema import SCHEMA_DIALECT, text_of

Count = Annotated[int, Field(ge=0)]
Position = Annotated[int, Field(ge=1)]

SCHEMA_ID: Final = "urn:policyengine-credits:{}-report:1"


VERSION_SAID: Final = "The version of this form; keys are added, never renamed."


class ReportPart(BaseModel):
    """A part of a report: every key is named."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Place(ReportPart):
    """A stretch of a text; lines and columns count from 1, in characters; the end is excluded."""

    line: Position
    column: Position
    end_line: Position
    end_column: Position


class RelatedPlace(Place):
    """A second place that a finding speaks of."""

    file: str
    message: str


class EditAt(Place):
    """A replacement of a stretch of the text that would mend the finding."""

    replacement: str


class Finding(Place):
    """Something found in a file."""

    code: Annotated[str, Field(pattern="^[A-Z]{2}[0-9]{3}$")] = Field(
        description="Its stable code; `policyengine explain-code` prints its page."
    )
    severity: Literal["error", "warning"]
    message: str
    file: str
    pointer: str = Field(description="A JSON pointer into the file; empty for the whole of it.")
    help: str = Field(description="What mends it; may be empty.")
    related: list[RelatedPlace]
    edit: EditAt | None = Field(description="What `validate --fix` would write, if it is certain.")


class ValidateReport(ReportPart):
    """What `policyengine validate --format json` prints."""

    report: Literal["validate"]
    version: Literal[1] = Field(description=VERSION_SAID)
    files: Count
    policies: list[str]
    errors: Count
    warnings: Count
    findings: list[Finding]
    mended: list[Finding] | None = Field(default=None, description="What `--fix` has mended.")


class ScenarioOutcome(ReportPart):
    """What came of one scenario."""

    file: str
    line: Position
    title: str
    passed: bool
    expectations: Count
    failures: list[Finding]


class Fact(ReportPart):
    """A value of a policy."""

    version: Count
    file: str
    line: Position
    path: str
    kind: str
    value: str


class Change(Fact):
    """A change of a value."""

    new: str


class Survivor(Change):
    """A change that no scenario notices, and what would notice it."""

    asked: Count
    hint: str


class Excused(Change):
    """A change that need not be noticed, and why."""

    because: str
    excuse: str


class IdleExcuse(ReportPart):
    """An excuse for a change that is noticed, or that is none."""

    path: str
    new: str
    excuse: str


class CoverageOfPolicy(ReportPart):
    """Which facts of a policy scenarios exercise."""

    policy: str
    facts: Count
    exercised: Count
    percent: str
    missed: list[Fact]
    idle: list[Fact]


class MutationOfPolicy(ReportPart):
    """Which changes of a policy scenarios notice."""

    policy: str
    changes: Count
    noticed: Count
    percent: str
    invalid: Count
    survived: list[Survivor]
    excused: list[Excused]
    idle_excuses: list[IdleExcuse]


class ScenariosReport(ReportPart):
    """What `policyengine test --format json` prints."""

    report: Literal["test"]
    version: Literal[1] = Field(description=VERSION_SAID)
    files: Count
    passed: Count
    failed: Count
    findings: list[Finding] = Field(description="What keeps files from being run.")
    scenarios: list[ScenarioOutcome]
    coverage: list[CoverageOfPolicy] | None = Field(default=None, description="With `--coverage`.")
    mutation: list[MutationOfPolicy] | None = Field(default=None, description="With `--mutate`.")


def validate_schema_text() -> str:
    """Write the schema of the JSON of `validate` as it is checked in."""
    return report_schema_text(ValidateReport, "validate")


def scenarios_schema_text() -> str:
    """Write the schema of the JSON of `test` as it is checked in."""
    return report_schema_text(ScenariosReport, "test")


def report_schema_text(model: type[BaseModel], command: str) -> str:
    """Write the schema of a command's JSON as it is checked in."""
    made: dict[str, Any] = model.model_json_schema(mode="serialization")
    head = {"$schema": SCHEMA_DIALECT, "$id": SCHEMA_ID.format(command)}
    return text_of({**head, **made})
