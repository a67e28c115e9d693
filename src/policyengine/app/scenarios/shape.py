"""Whether a file has the shape of a scenario file; what is wrong is said as of a policy file."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final

from pydantic import ValidationError

from policyengine.app.scenarios.document import ScenarioFile
from policyengine.app.scenarios.schema import scenario_schema
from policyengine.app.scenarios.words import NUMBER_MAX
from policyengine.policy import remarks
from policyengine.policy.document.words import INSTANT_PATTERN
from policyengine.policy.hints import nearest, nearest_key
from policyengine.policy.nodes import MappingNode, Node, ScalarNode, child_pointer
from policyengine.policy.outline import Asked, Step
from policyengine.policy.schema import REFERENCE, Schema
from policyengine.policy.source import Source
from policyengine.values.diagnostics import Diagnostic, Edit, shown, sorted_findings

_KEY: Final = "[key]"  # how pydantic marks a fault of a mapping's key, behind the key itself
WORDS_SHOWN_MAX: Final = 9
HOMES_SHOWN_MAX: Final = 3

_FORMS: Final[Mapping[str, str]] = {
    "title": "letters, digits and spaces, with `,.;'%+=()&-` between them, a letter or digit first",
    "wallet": "letters, digits and `._@+-`, a letter or digit first",
}
_NOUNS: Final[Mapping[str, str]] = {
    "": "the file",
    "Scenario": "a scenario",
    "Step": "a step",
    "LotSeen": "an entry of `lots`",
    "LineSeen": "an entry of `price_lines`",
    "WayOut": "an entry of `ways_out`",
    "HoldSeen": "an entry of `holds`",
    "DrawSeen": "an entry of `paid_by`",
    "ClockSeen": "an entry of `meanwhile`",
    "CapSeen": "an entry of `caps`",
    "TopUpSeen": "an entry of `top_ups`",
}


def check_shape(source: Source) -> tuple[ScenarioFile | None, tuple[Diagnostic, ...]]:
    """Check a file against the document models.

    Gives: the document, or what is wrong, sorted.
    """
    if not isinstance(source.root, MappingNode):
        finding = Diagnostic(
            "SC100",
            "a scenario file is a mapping of keys and values",
            source.name,
            source.value_span(""),
            help="begin with `about:` and the rule that the scenarios show",
        )
        return None, (finding,)
    empty = dict(_empty(source.root, ()))
    findings = [_of_value(source, steps, remark) for steps, remark in empty.items()]
    document = None
    try:
        document = ScenarioFile.model_validate(source.plain)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
        findings += _of_faults(source, [each for each in faults if each["loc"] not in empty])
    return (None if findings else document), sorted_findings(findings)


def _of_faults(source: Source, faults: Sequence[Mapping[str, Any]]) -> list[Diagnostic]:
    unknown = [each["loc"] for each in faults if each["type"] == "extra_forbidden"]
    findings = []
    explained: set[tuple[Step, ...]] = set()  # a misspelt key explains the missing one
    for steps in unknown:
        finding, meant = _unknown_key(source, steps)
        findings.append(finding)
        explained.add((*steps[:-1], meant))
    for fault in faults:
        if fault["type"] == "missing" and fault["loc"] not in explained:
            findings.append(_missing_key(source, fault["loc"]))
        elif fault["type"] not in {"missing", "extra_forbidden"}:
            findings.append(_of_fault(source, fault["type"], fault["loc"], fault))
    return findings


def _empty(node: Node, steps: tuple[Step, ...]) -> Iterator[tuple[tuple[Step, ...], Any]]:
    """Find keys without a value: the models take them for keys that are left out."""
    if isinstance(node, MappingNode):
        for entry in node.entries:
            yield from _empty(entry.value, (*steps, entry.key.text))
    elif isinstance(node, ScalarNode):
        if node.value is None and (asked := _asked(steps)) is not None:
            yield steps, remarks.no_value(asked, is_required=False)
    else:
        for index, item in enumerate(node.items):
            yield from _empty(item, (*steps, index))


def _of_fault(
    source: Source, kind: str, steps: tuple[Step, ...], fault: Mapping[str, Any]
) -> Diagnostic:
    if steps[-1] == _KEY:
        asked = Asked(steps[:-1], {"type": "string", "pattern": _key_pattern(steps[:-2])})
        remark = remarks.wrong_form(asked, str(steps[-2]))
        pointer = _pointer(steps[:-1])
        span = source.key_span(pointer)
        return Diagnostic(
            remark.code, remark.message, source.name, span, "error", pointer, remark.help
        )
    return _of_value(source, steps, _remark(source, kind, steps, fault))


def _remark(
    source: Source, kind: str, steps: tuple[Step, ...], fault: Mapping[str, Any]
) -> remarks.Remark:
    node = source.places[_pointer(steps)].node
    asked = _asked(steps) or Asked(steps, {"type": "string"})
    if kind == "bool_type":
        message = f"`{steps[-1]}` is either `true` or `false`"
        return remarks.Remark("PE120", message, "write one of the two, without quotes")
    if kind in {"string_too_short", "string_too_long", "too_short", "too_long"}:
        return remarks.wrong_length(asked, node)
    if isinstance(node, ScalarNode):
        return _of_scalar(asked, node, kind, fault)
    return remarks.wrong_kind(asked, node)


def _of_scalar(
    asked: Asked, node: ScalarNode, kind: str, fault: Mapping[str, Any]
) -> remarks.Remark:
    is_text = isinstance(node.value, str)
    if kind == "literal_error" and is_text:
        return remarks.wrong_word(asked, node)
    if kind == "string_pattern_mismatch":
        return _wrong_form(asked, node)
    if kind == "value_error" and (is_text or asked.schema["type"] == "number"):
        return _unread(asked, node, str(fault["ctx"]["error"]))
    if kind in {"greater_than", "greater_than_equal", "less_than_equal"}:
        return remarks.out_of_bounds(asked, node)
    return remarks.wrong_kind(asked, node)


def _wrong_form(asked: Asked, node: ScalarNode) -> remarks.Remark:
    if asked.kind != "text":
        return remarks.wrong_form(asked, node.text)
    rule = _FORMS.get(str(asked.steps[-1]), "one line, no spaces at its ends")
    message = f"{shown(node.text)} does not suit {asked.noun}"
    return remarks.Remark("PE130", message, f"write {rule}")


def _unread(asked: Asked, node: ScalarNode, why: str) -> remarks.Remark:
    """Remark on a value of ours, an amount, an instant or a span, by what its reader said."""
    is_amount = asked.schema["type"] == "number"
    return _no_amount(asked, node, why) if is_amount else _unreadable(asked, node, why)


def _no_amount(asked: Asked, node: ScalarNode, why: str) -> remarks.Remark:
    if isinstance(node.value, str | bool):
        return remarks.wrong_kind(asked, node)
    if why == "is below 0":
        return remarks.out_of_bounds(asked, node)
    fault = why.partition("` ")[2]
    help_ = "a ledger counts millionths of a credit: write at most six decimals"
    if "decimals" not in fault:
        help_ = f"write a number up to {NUMBER_MAX:,}"
    return remarks.Remark("PE124", f"{shown(node.text)} {fault}", help_)


def _unreadable(asked: Asked, node: ScalarNode, why: str) -> remarks.Remark:
    """Remark on a text that is no instant and no span."""
    if nearest(node.text, ("never",)) and "never" in asked.schema["pattern"]:
        return remarks.Remark("PE132", f"{shown(node.text)} is not an instant", "write `never`")
    if "never" in asked.schema["pattern"]:
        asked = Asked(asked.steps, {**asked.schema, "pattern": INSTANT_PATTERN})
    remark = remarks.wrong_form(asked, node.text)
    if remark.code != "PE130" and f"did you mean `{node.text}`?" not in remark.help:
        return remark
    return remarks.Remark("PE132", why.partition(";")[0], f"write for example `{asked.example}`")


def _of_value(source: Source, steps: tuple[Step, ...], remark: remarks.Remark) -> Diagnostic:
    pointer = _pointer(steps)
    span = source.value_span(pointer)
    if (span.line, span.column) == (span.end_line, span.end_column):  # nothing to underline
        span = source.key_span(pointer)
    fits = remark.replacement is not None and span.line == span.end_line
    return Diagnostic(
        remark.code,
        remark.message,
        source.name,
        span,
        pointer=pointer,
        help=remark.help,
        edit=Edit(span, str(remark.replacement)) if fits else None,
    )


def _unknown_key(source: Source, steps: tuple[Step, ...]) -> tuple[Diagnostic, str]:
    """Report a key that the schema does not have, and give the key that was meant, if clear."""
    key, parent, pointer = str(steps[-1]), steps[:-1], _pointer(steps)
    schema, part = _resolved_at(parent)
    known = schema.get("properties", {})
    absent = [name for name in known if child_pointer(_pointer(parent), name) not in source.places]
    meant, is_certain = nearest_key(key, absent)
    homes = _homes(key, part)
    if "used" in absent and not meant and not homes:
        meant, help_ = "used", f"counts of units go below `used`: `used: {{{key}: ...}}`"
    elif homes and not is_certain:
        help_ = f"`{key}` belongs in {' or '.join(homes[:HOMES_SHOWN_MAX])}; check the indentation"
    elif meant:
        help_ = f"did you mean `{meant}`?"
    elif 0 < len(absent) <= WORDS_SHOWN_MAX:
        help_ = f"delete it, or use {remarks.alternatives(absent)}"
    else:
        help_ = "delete it"
    span = source.key_span(pointer)
    finding = Diagnostic(
        "PE110",
        f"unknown key {shown(key)} in {_noun(part, parent)}",
        source.name,
        span,
        pointer=pointer,
        help=help_,
        edit=Edit(span, meant) if is_certain else None,
    )
    return finding, meant


def _missing_key(source: Source, steps: tuple[Step, ...]) -> Diagnostic:
    _, part = _resolved_at(steps[:-1])
    asked = _asked(steps) or Asked(steps, {})
    pointer = _pointer(steps[:-1])
    return Diagnostic(
        "PE111",
        f"{_noun(part, steps[:-1])} has no `{steps[-1]}`",
        source.name,
        source.key_span(pointer),
        pointer=pointer,
        help=f"add `{remarks.line_of(asked)}`: {asked.description}",
    )


def _noun(part: str, steps: tuple[Step, ...]) -> str:
    if part in _NOUNS and (part or not steps):
        return _NOUNS[part]
    return f"`{next((each for each in reversed(steps) if isinstance(each, str)), 'the file')}`"


def _homes(key: str, part: str) -> list[str]:
    """Name the parts that have a key of this name, besides the one where it stands."""
    return [
        _NOUNS.get(name) or f"`{_KEYS_OF_PARTS.get(name, name.removesuffix('Verb').lower())}`"
        for name, schema in _schema()["$defs"].items()
        if name != part and key in schema.get("properties", {})
    ]


_KEYS_OF_PARTS: Final = {"EstimateSeen": "estimated", "OnlyFor": "only_for"}


def _pointer(steps: tuple[Step, ...]) -> str:
    pointer = ""
    for step in steps:
        pointer = child_pointer(pointer, step)
    return pointer


@cache
def _schema() -> Schema:
    return scenario_schema()


def _asked(steps: tuple[Step, ...]) -> Asked | None:
    """Find what the schema asks at a place; None for a place that it does not know."""
    try:
        schema, part = _resolved_at(steps)
    except KeyError:
        return None
    return Asked(steps, schema, part)


def _resolved_at(steps: tuple[Step, ...]) -> tuple[Schema, str]:
    node, part = _schema(), ""
    for step in steps:
        node, part = _resolved(_below(node, step))
    return node, part


def _below(node: Schema, step: Step) -> Schema:
    if isinstance(step, int):
        below: Schema = node["items"]
    elif "patternProperties" in node:
        (below,) = node["patternProperties"].values()
    else:
        below = node["properties"][step]
    return below


def _key_pattern(steps: tuple[Step, ...]) -> str:
    (pattern,) = _resolved_at(steps)[0]["patternProperties"]
    return str(pattern)


def _resolved(node: Schema) -> tuple[Schema, str]:
    """Follow a reference; what stands beside it counts more than what it refers to."""
    if "$ref" not in node:
        return node, ""
    name = str(node["$ref"]).removeprefix(REFERENCE)
    beside = {key: each for key, each in node.items() if key != "$ref"}
    return {**_schema()["$defs"][name], **beside}, name
