"""The JSON Schema of mapping files, made from the document models."""

from typing import Final

from policyengine.app.replay.mapping.document import MappingDocument
from policyengine.policy.schema import Schema, schema_of, text_of

SCHEMA_ID: Final = "urn:policyengine-credits:mapping:1"
SCHEMA_TITLE: Final = "Mapping of a usage file"


def mapping_schema() -> Schema:
    """Make the schema that editors check mapping files with; a fresh copy."""
    schema = schema_of(MappingDocument, SCHEMA_ID, SCHEMA_TITLE)
    # A decimal's default is written as text, which the schema itself would refuse.
    schema["$defs"]["Time"]["properties"]["stretch"]["default"] = 1
    return schema


def schema_text() -> str:
    """Write the schema of mapping files as it is checked in."""
    return text_of(mapping_schema())
