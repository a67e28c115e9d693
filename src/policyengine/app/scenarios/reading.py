"""Reading scenario files: strictly, with the line and column of every mistake."""

from typing import TypeAlias

from policyengine.app.scenarios.checks import check_meaning
from policyengine.app.scenarios.document import ScenarioFile
from policyengine.app.scenarios.shape import scenario_form
from policyengine.policy.reading import ReadFile, read_file

ReadScenarios: TypeAlias = ReadFile[ScenarioFile]


def read_scenarios(data: bytes | str, name: str) -> ReadScenarios:
    """Read a scenario file, as `read_file` does."""
    return read_file(data, name, scenario_form(), check_meaning)
