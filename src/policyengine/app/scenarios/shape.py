"""The form of scenario files: what they look like, and what is said of their values."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Final

from policyengine.app.scenarios.document import ScenarioFile
from policyengine.app.scenarios.schema import scenario_schema
from policyengine.app.scenarios.words import NUMBER_MAX
from policyengine.policy import remarks
from policyengine.policy.document.words import INSTANT_PATTERN
from policyengine.policy.form import Fault, Form
from policyengine.policy.hints import nearest
from policyengine.policy.nodes import Node, ScalarNode
from policyengine.policy.outline import Asked, outline_of
from policyengine.policy.remarks import Remark
from policyengine.values.diagnostics import shown

_RULES: Final[Mapping[str, str]] = {
    "title": "letters, digits and spaces, with `,.;'%+=()&-` between them, a letter or digit first",
    "wallet": "letters, digits and `._@+-`, a letter or digit first",
}
_NOUNS: Final[Mapping[str, str]] = {
    "": "the file",
    "Scenario": "a scenario",
    "Step": "a step",
    "Excused": "an entry of `excused`",
    "LotSeen": "an entry of `lots`",
    "LineSeen": "an entry of `price_lines`",
    "WayOut": "an entry of `ways_out`",
    "HoldSeen": "an entry of `holds`",
    "DrawSeen": "an entry of `paid_by`",
    "ClockSeen": "an entry of `meanwhile`",
    "CapSeen": "an entry of `caps`",
    "TopUpSeen": "an entry of `top_ups`",
}
_NESTS: Final[Mapping[str, str]] = {"used": "counts of units go below `used`"}

_NO_FILE: Final = Remark(
    "SC100",
    "a scenario file is a mapping of keys and values",
    "begin with `about:` and the rule that the scenarios show",
)


@cache
def scenario_form() -> Form[ScenarioFile]:
    """Give the form of scenario files."""
    outline = outline_of(scenario_schema(), _NOUNS)
    return Form(ScenarioFile, outline, _NO_FILE, _NESTS, _remark_on)


def _remark_on(asked: Asked, node: Node, fault: Fault) -> Remark | None:
    """Remark on texts of our own, and on amounts, instants and spans by what their reader said."""
    if not isinstance(node, ScalarNode):
        return None
    if fault.kind == "string_pattern_mismatch" and asked.kind == "text":
        rule = _RULES.get(str(asked.steps[-1]), "one line, no spaces at its ends")
        return Remark("PE130", f"{shown(node.text)} does not suit {asked.noun}", f"write {rule}")
    if fault.kind != "value_error":
        return None
    if asked.kind == "number":
        return _no_amount(asked, node, fault.why)
    return _unreadable(asked, node, fault.why) if isinstance(node.value, str) else None


def _no_amount(asked: Asked, node: ScalarNode, why: str) -> Remark:
    if isinstance(node.value, str | bool):
        return remarks.wrong_kind(asked, node)
    if why == "is below 0":
        return remarks.out_of_bounds(asked, node)
    fault = why.partition("` ")[2]
    help_ = "a ledger counts millionths of a credit: write at most six decimals"
    if "decimals" not in fault:
        help_ = f"write a number up to {NUMBER_MAX:,}"
    return Remark("PE124", f"{shown(node.text)} {fault}", help_)


def _unreadable(asked: Asked, node: ScalarNode, why: str) -> Remark:
    """Remark on a text that is no instant and no span."""
    if "never" in asked.schema["pattern"]:
        if nearest(node.text, ("never",)):
            return Remark("PE132", f"{shown(node.text)} is not an instant", "write `never`")
        asked = replace(asked, schema={**asked.schema, "pattern": INSTANT_PATTERN})
    remark = remarks.wrong_form(asked, node.text)
    if remark.code != "PE130" and f"did you mean `{node.text}`?" not in remark.help:
        return remark
    return Remark("PE132", why.partition(";")[0], f"write for example `{asked.example}`")
