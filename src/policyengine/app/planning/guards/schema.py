"""The JSON Schema of guards files, made from the document models."""

from typing import Final

from policyengine.app.planning.guards.document import GuardsDocument
from policyengine.policy.schema import Schema, schema_of, text_of

SCHEMA_ID: Final = "urn:policyengine-credits:guards:1"
SCHEMA_TITLE: Final = "Guards for changes of policies"


def guards_schema() -> Schema:
    """Make the schema that editors check guards files with; a fresh copy."""
    return schema_of(GuardsDocument, SCHEMA_ID, SCHEMA_TITLE)


def schema_text() -> str:
    """Write the schema of guards files as it is checked in."""
    return text_of(guards_schema())
