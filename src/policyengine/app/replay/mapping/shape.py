"""Whether a file has the shape of a mapping; what is wrong is said as of a policy file."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final

from pydantic import ValidationError

from policyengine.app.replay.mapping.document import MappingDocument
from policyengine.app.replay.mapping.schema import mapping_schema
from policyengine.policy import remarks
from policyengine.policy.hints import nearest_key
from policyengine.policy.nodes import MappingNode, Node, ScalarNode, child_pointer
from policyengine.policy.outline import Asked, Step
from policyengine.policy.remarks import Remark
from policyengine.policy.schema import REFERENCE, Schema
from policyengine.policy.source import Source
from policyengine.values.diagnostics import Diagnostic, shown, sorted_findings

WORDS_SHOWN_MAX: Final = 9
_KEY: Final = "[key]"  # how pydantic marks a fault of a mapping's key, behind the key itself
_BOUNDS: Final = {"greater_than", "greater_than_equal", "less_than_equal"}
_LENGTHS: Final = {"string_too_short", "string_too_long", "too_short", "too_long"}

_Steps = tuple[Step, ...]


def check_shape(source: Source) -> tuple[MappingDocument | None, tuple[Diagnostic, ...]]:
    """Check a file against the document models.

    Gives: the document, or what is wrong, sorted.
    """
    if not isinstance(source.root, MappingNode):
        finding = Diagnostic(
            "MP100",
            "a mapping file holds keys and values",
            source.name,
            source.value_span(""),
            help="begin with `format: 1` in a line of its own",
        )
        return None, (finding,)
    empty = dict(_empty(source.root, ()))
    findings = [_of_value(source, steps, remark) for steps, remark in empty.items()]
    document = None
    try:
        document = MappingDocument.model_validate(source.plain)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False, include_context=False)
        findings += _of_faults(source, [each for each in faults if each["loc"] not in empty])
    return (None if findings else document), sorted_findings(findings)


def _empty(node: Node, steps: _Steps) -> Iterator[tuple[_Steps, Remark]]:
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


def _of_faults(source: Source, faults: Sequence[Mapping[str, Any]]) -> list[Diagnostic]:
    findings = []
    explained: set[_Steps] = set()  # a misspelt key explains the missing one
    for steps in [each["loc"] for each in faults if each["type"] == "extra_forbidden"]:
        finding, meant = _unknown_key(source, steps)
        findings.append(finding)
        explained.add((*steps[:-1], meant))
    for fault in faults:
        kind, steps = fault["type"], fault["loc"]
        if kind == "missing" and steps not in explained:
            findings.append(_missing_key(source, steps))
        elif kind not in {"missing", "extra_forbidden"} and steps[-1] == _KEY:
            findings.append(_of_name(source, steps[:-1]))
        elif kind not in {"missing", "extra_forbidden"}:
            findings.append(_of_value(source, steps, _remark(source, kind, steps)))
    return findings


def _remark(source: Source, kind: str, steps: _Steps) -> Remark:
    node = source.places[_pointer(steps)].node
    asked = Asked(steps, *_resolved_at(steps))
    if kind in _LENGTHS:
        return remarks.wrong_length(asked, node)
    if isinstance(node, ScalarNode):
        if kind == "literal_error" and isinstance(node.value, str):
            return remarks.wrong_word(asked, node)
        if kind == "string_pattern_mismatch":
            return remarks.wrong_form(asked, node.text)
        if kind in _BOUNDS:
            return remarks.out_of_bounds(asked, node)
    return remarks.wrong_kind(asked, node)


def _of_value(source: Source, steps: _Steps, remark: Remark) -> Diagnostic:
    pointer = _pointer(steps)
    span = source.value_span(pointer)
    if (span.line, span.column) == (span.end_line, span.end_column):  # nothing to underline
        span = source.key_span(pointer)
    return Diagnostic(
        remark.code, remark.message, source.name, span, pointer=pointer, help=remark.help
    )


def _of_name(source: Source, steps: _Steps) -> Diagnostic:
    """Report a name that the author made, such as a column's."""
    (pattern,) = _resolved_at(steps[:-1])[0]["patternProperties"]
    remark = remarks.wrong_form(
        Asked(steps, {"type": "string", "pattern": pattern}), str(steps[-1])
    )
    span = source.key_span(_pointer(steps))
    pointer = _pointer(steps)
    return Diagnostic(remark.code, remark.message, source.name, span, "error", pointer, remark.help)


def _unknown_key(source: Source, steps: _Steps) -> tuple[Diagnostic, str]:
    """Report a key that the schema does not have, and give the key that was meant, if clear."""
    key, parent = str(steps[-1]), _pointer(steps[:-1])
    known = _resolved_at(steps[:-1])[0].get("properties", {})
    absent = [name for name in known if child_pointer(parent, name) not in source.places]
    meant, _ = nearest_key(key, absent)
    if meant:
        help_ = f"did you mean `{meant}`?"
    elif 0 < len(absent) <= WORDS_SHOWN_MAX:
        help_ = f"delete it, or use {remarks.alternatives(absent)}"
    else:
        help_ = "delete it"
    message = f"unknown key {shown(key)} in {_noun(steps[:-1])}"
    pointer = _pointer(steps)
    span = source.key_span(pointer)
    return Diagnostic("PE110", message, source.name, span, pointer=pointer, help=help_), meant


def _missing_key(source: Source, steps: _Steps) -> Diagnostic:
    asked = Asked(steps, *_resolved_at(steps))
    pointer = _pointer(steps[:-1])
    return Diagnostic(
        "PE111",
        f"{_noun(steps[:-1])} has no `{steps[-1]}`",
        source.name,
        source.key_span(pointer),
        pointer=pointer,
        help=f"add `{remarks.line_of(asked)}`: {asked.description}",
    )


def _noun(steps: _Steps) -> str:
    names = [each for each in steps if isinstance(each, str)]
    if not names:
        return "the mapping"
    return f"`{names[-1]}`" if names[-1] == steps[-1] else f"an entry of `{names[-1]}`"


def _pointer(steps: _Steps) -> str:
    pointer = ""
    for step in steps:
        pointer = child_pointer(pointer, step)
    return pointer


@cache
def _schema() -> Schema:
    return mapping_schema()


def _asked(steps: _Steps) -> Asked | None:
    """Find what the schema asks at a place; None for a place that it does not know."""
    try:
        return Asked(steps, *_resolved_at(steps))
    except KeyError:
        return None


def _resolved_at(steps: _Steps) -> tuple[Schema, str]:
    node = _schema()
    for step in steps:
        node = _resolved(_below(node, step))
    return node, ""


def _below(node: Schema, step: Step) -> Schema:
    if isinstance(step, int):
        below: Schema = node["items"]
    elif "patternProperties" in node:
        (below,) = node["patternProperties"].values()
    else:
        below = node["properties"][step]
    return below


def _resolved(node: Schema) -> Schema:
    """Follow a reference; what stands beside it counts more than what it refers to."""
    if "$ref" not in node:
        return node
    beside = {key: each for key, each in node.items() if key != "$ref"}
    return {**_schema()["$defs"][str(node["$ref"]).removeprefix(REFERENCE)], **beside}
