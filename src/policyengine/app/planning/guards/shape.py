"""The form of guards files: what they look like, and what is said of them."""

from functools import cache
from typing import Final

from policyengine.app.planning.guards.document import GuardsDocument
from policyengine.app.planning.guards.schema import guards_schema
from policyengine.policy.form import Form
from policyengine.policy.outline import outline_of
from policyengine.policy.remarks import Remark

_NO_GUARDS: Final = Remark(
    "GR100",
    "a guards file holds keys and values",
    "begin with `format: 1` in a line of its own",
)


@cache
def guards_form() -> Form[GuardsDocument]:
    """Give the form of guards files."""
    nouns = {"": "the guards file", "Guard": "a guard"}
    return Form(GuardsDocument, outline_of(guards_schema(), nouns), _NO_GUARDS)
