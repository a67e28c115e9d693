"""The form of mapping files: what they look like, and what is said of them."""

from functools import cache
from typing import Final

from policyengine.app.replay.mapping.document import MappingDocument
from policyengine.app.replay.mapping.schema import mapping_schema
from policyengine.policy.form import Form
from policyengine.policy.outline import outline_of
from policyengine.policy.remarks import Remark

_NO_MAPPING: Final = Remark(
    "MP100",
    "a mapping file holds keys and values",
    "begin with `format: 1` in a line of its own",
)


@cache
def mapping_form() -> Form[MappingDocument]:
    """Give the form of mapping files."""
    return Form(MappingDocument, outline_of(mapping_schema(), {"": "the mapping"}), _NO_MAPPING)
