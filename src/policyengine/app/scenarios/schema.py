"""The JSON Schema of scenario files, made from the document models."""

from typing import Final

from policyengine.app.scenarios.document import ScenarioFile
from policyengine.policy.schema import Schema, schema_of, text_of

SCHEMA_ID: Final = "urn:policyengine-credits:scenario:1"
SCHEMA_TITLE: Final = "Scenarios of a credits policy"


def scenario_schema() -> Schema:
    """Make the schema that editors check scenario files with; a fresh copy."""
    return schema_of(ScenarioFile, SCHEMA_ID, SCHEMA_TITLE)


def schema_text() -> str:
    """Write the schema of scenario files as it is checked in."""
    return text_of(scenario_schema())
