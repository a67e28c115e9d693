"""The JSON Schema of scenario files, made from the document models."""

import json
import sys
from typing import Final

from policyengine.app.scenarios.document import ScenarioFile
from policyengine.policy.schema import Schema, schema_of

SCHEMA_ID: Final = "urn:policyengine-credits:scenario:1"
SCHEMA_TITLE: Final = "Scenarios of a credits policy"


def scenario_schema() -> Schema:
    """Make the schema that editors check scenario files with; a fresh copy."""
    return schema_of(ScenarioFile, SCHEMA_ID, SCHEMA_TITLE)


def schema_text() -> str:
    """Write the schema as it is checked in."""
    return json.dumps(scenario_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":  # `python -m policyengine.app.scenarios.schema > schemas/...`
    sys.stdout.write(schema_text())
