"""The JSON of `plan` as models: what machines may rely on, and the schema made from it."""

from typing import Literal

from pydantic import Field

from policyengine.app.diff_document import DiffReport
from policyengine.app.planning.guards.document import Consequence, Measure
from policyengine.app.planning.judging import Verdict
from policyengine.app.planning.trees import Fate
from policyengine.app.reports.document import (
    VERSION_SAID,
    Count,
    Finding,
    Position,
    ReportPart,
    report_schema_text,
)
from policyengine.app.simulation.document import Decimals, SimulationReport


class Against(ReportPart):
    """What was compared with: in words, and as a commit or path at which nothing moves."""

    words: str
    exactly: str
    is_commit: bool


class CheckedFiles(ReportPart):
    """The files that were checked; they have no errors."""

    files: Count
    policies: list[str]
    warnings: list[Finding]


class ScenarioNamed(ReportPart):
    """A scenario."""

    file: str
    line: Position
    title: str


class ScenarioEdited(ReportPart):
    """A scenario that the change adds, alters or takes away."""

    fate: Fate
    file: str
    title: str


class RefusedStep(ReportPart):
    """A step that is refused; step 0 is the wallet that is given."""

    step: Count
    code: str


class OutcomeOf(ReportPart):
    """What comes of a scenario under one version: credits, added up over its wallets."""

    charged: Decimals
    estimated: Decimals
    left: Decimals
    held: Decimals
    owed: Decimals
    refusals: list[RefusedStep]


class ScenarioPlayed(ScenarioNamed):
    """A scenario that comes out otherwise."""

    old: OutcomeOf
    new: OutcomeOf


class ScenariosOf(ReportPart):
    """Scenarios: run as `test` does, and played under the old and the new version."""

    run: Count
    unmet: list[ScenarioNamed]
    played: Count
    different: list[ScenarioPlayed]
    edited: list[ScenarioEdited]


class GuardJudged(ReportPart):
    """A guard, what was measured, and what follows."""

    guard: str
    line: Position
    verdict: Verdict
    measure: Measure
    models: list[str]
    plans: list[str]
    bound: str
    otherwise: Consequence
    measured: str | None = Field(description="The figure as text; null where it is not known.")
    kept: bool
    worst: str = Field(description="The worst case, in a sentence; may be empty.")
    doubt: str = Field(description="Why it is not known for certain; may be empty.")
    why: str | None


class GuardsOf(ReportPart):
    """The guards; `changed` tells that the change alters them."""

    file: str | None
    changed: bool
    judged: list[GuardJudged]


class PlanReport(ReportPart):
    """What `policyengine plan --format json` prints."""

    format: Literal["policyengine-plan"]
    version: Literal[1] = Field(description=VERSION_SAID)
    verdict: Verdict
    said: str
    different: bool
    policies: str
    against: Against
    checked: CheckedFiles
    diff: DiffReport
    scenarios: ScenariosOf
    simulation: SimulationReport | None
    guards: GuardsOf
    again: str = Field(description="The command that makes the same plan again.")


def schema_text() -> str:
    """Write the schema of the JSON of `plan` as it is checked in."""
    return report_schema_text(PlanReport, "plan")
