"""Whether a document has the shape of its kind of file: model and JSON Schema, findings in words.

Policies, scenarios and mappings are checked in this one way; each kind declares its `Form`.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Any, Final, TypeAlias

from pydantic import ValidationError

from policyengine.policy import remarks
from policyengine.policy.document import PolicyDocument
from policyengine.policy.form import Fault, Form, T
from policyengine.policy.keys import missing_keys, unknown_key
from policyengine.policy.nodes import ListNode, MappingNode, Node, ScalarNode, pointer_of
from policyengine.policy.outline import Asked, Outline, Step, below, outline_of
from policyengine.policy.remarks import Remark
from policyengine.policy.schema import Schema, policy_schema
from policyengine.policy.source import Source
from policyengine.policy.validation import schema_findings
from policyengine.values.diagnostics import Diagnostic, Edit, Span, sorted_findings

FINDINGS_MAX: Final = 100
"""Faults of the shape that are put into words; a file with more gets a note that says so."""

_KEY: Final = "[key]"  # how pydantic marks a fault of a mapping's key, behind the key itself
_BOUNDS: Final = {"greater_than", "greater_than_equal", "less_than_equal"}
_LENGTHS: Final = {"string_too_short", "string_too_long", "too_short", "too_long"}

_NOUNS: Final[Mapping[str, str]] = {
    "": "the policy",
    "Measure": "a measure",
    "Tier": "a tier",
    "Model": "a model",
    "Counting": "an entry of `counting`",
    "Grant": "a grant",
    "Plan": "a plan",
    "Pack": "a pack",
    "Alert": "an alert",
    "Abnormal": "an entry of `abnormal`",
    "Hours": "an entry of `hours`",
    "PlanPair": "an entry of `pairs`",
    "ForbiddenChange": "an entry of `forbidden`",
    "Keep": "an entry of `keep`",
}

_NO_POLICY: Final = Remark(
    "PE100",
    "a policy is a mapping of keys and values",
    "begin with `format: 1` in a line of its own",
)


@cache
def policy_form() -> Form[PolicyDocument]:
    """Give the form of policy files."""
    return Form(PolicyDocument, outline_of(policy_schema(), _NOUNS), _NO_POLICY)


def check_shape(source: Source) -> tuple[PolicyDocument | None, tuple[Diagnostic, ...]]:
    """Check whether a document has the shape of a policy, as `check_form` does."""
    return check_form(source, policy_form())


def check_form(source: Source, form: Form[T]) -> tuple[T | None, tuple[Diagnostic, ...]]:
    """Check a document against the model and against the JSON Schema of its kind of file.

    Gives: the document if both accept it and the loader had no doubts; and all findings, sorted.
    Places that the loader has reported are passed over.
    """
    if source.root is None:
        return None, ()
    document: T | None = None
    if isinstance(source.root, MappingNode):
        document, findings = _checked(source, form, source.root)
    else:
        findings = [_value_finding(source, (), form.no_mapping)]
    if findings or source.doubtful:
        heard = (each for each in findings if not _is_doubtful(source, each.pointer))
        return None, _bounded(source, sorted_findings(heard))
    return document, ()


def _checked(source: Source, form: Form[T], root: MappingNode) -> tuple[T | None, list[Diagnostic]]:
    document, faults = _validated(source, form)
    loose = dict(_loose(form.outline, form.outline.root, root, (), is_required=True))
    findings = [_value_finding(source, steps, remark) for steps, remark in loose.items()]
    findings += _fault_findings(source, form, [each for each in faults if each.steps not in loose])
    return document, findings or list(schema_findings(source, form.outline))


def _validated(source: Source, form: Form[T]) -> tuple[T | None, tuple[Fault, ...]]:
    try:
        return form.model.model_validate(source.plain), ()
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        return None, tuple(
            Fault(each["type"], each["loc"], str(each.get("ctx", {}).get("error", "")))
            for each in details
        )


def _is_doubtful(source: Source, pointer: str) -> bool:
    while pointer:
        if pointer in source.doubtful:
            return True
        pointer = pointer.rpartition("/")[0]
    return "" in source.doubtful


def _bounded(source: Source, findings: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    """Leave out what nobody will read, and say so at the end of the file."""
    more = len(findings) - FINDINGS_MAX
    if more <= 0:
        return findings
    end = len(source.lines)
    note = Diagnostic(
        code="PE102",
        message=f"{more:,} more findings are not shown",
        file=source.name,
        span=Span(end, 1, end, 1),
        help="mend those above first; many findings often have one cause",
    )
    return (*findings[:FINDINGS_MAX], note)


Found: TypeAlias = Iterator[tuple[tuple[Step, ...], Remark]]


def _loose(
    outline: Outline, schema: Schema, node: Node, steps: tuple[Step, ...], *, is_required: bool
) -> Found:
    """Find what the models let pass and authors may not write.

    That is None where a key may be missing, and True and 1.0 where 1 is the only value.
    """
    kind = schema["type"]
    if isinstance(node, ScalarNode):
        if node.value is None:
            asked = outline.asked(steps, schema)
            yield steps, remarks.no_value(asked, is_required=is_required)
        elif _is_let_pass(kind, node):
            yield steps, remarks.wrong_kind(outline.asked(steps, schema), node)
    elif isinstance(node, ListNode) and kind == "array":
        for index, item in enumerate(node.items):
            yield from _loose(outline, schema["items"], item, (*steps, index), is_required=False)
    elif isinstance(node, MappingNode) and kind == "object":
        yield from _loose_entries(outline, schema, node, steps)


def _loose_entries(
    outline: Outline, schema: Schema, node: MappingNode, steps: tuple[Step, ...]
) -> Found:
    required = schema.get("required", ())
    for entry in node.entries:
        key = entry.key.text
        try:
            inner = below(schema, key)
        except KeyError:
            continue  # an unknown key: reported as such
        is_required = key in required
        yield from _loose(outline, inner, entry.value, (*steps, key), is_required=is_required)


def _is_let_pass(kind: str, node: ScalarNode) -> bool:
    if isinstance(node.value, bool):
        return kind != "boolean"
    return kind == "integer" and isinstance(node.value, Decimal)


def _fault_findings(source: Source, form: Form[Any], faults: Sequence[Fault]) -> list[Diagnostic]:
    unknown: dict[tuple[Step, ...], list[str]] = defaultdict(list)
    missing: dict[tuple[Step, ...], list[str]] = defaultdict(list)
    findings = []
    for fault in faults:
        steps = fault.steps
        if fault.kind == "extra_forbidden":
            unknown[steps[:-1]].append(str(steps[-1]))
        elif fault.kind == "missing":
            missing[steps[:-1]].append(str(steps[-1]))
        elif steps[-1] == _KEY:
            findings.append(_name_finding(source, form, steps[:-1]))
        else:
            findings.append(_value_finding(source, steps, _remark(source, form, fault)))
    for steps, keys in unknown.items():
        for key in keys:
            finding, meant = unknown_key(source, form, form.outline.asked_at(steps), key)
            findings.append(finding)
            if meant in missing[steps]:  # the misspelt key explains the missing one
                missing[steps].remove(meant)
    for steps, keys in missing.items():
        if keys:
            findings.append(missing_keys(source, form, form.outline.asked_at(steps), keys))
    return findings


def _remark(source: Source, form: Form[Any], fault: Fault) -> Remark:
    node = source.places[pointer_of(fault.steps)].node
    asked = form.outline.asked_at(fault.steps)
    return form.remark_on(asked, node, fault) or _usual_remark(asked, node, fault.kind)


def _usual_remark(asked: Asked, node: Node, fault: str) -> Remark:
    if isinstance(node, ScalarNode):
        if fault == "literal_error" and isinstance(node.value, str) == (asked.kind == "word"):
            return remarks.wrong_word(asked, node)
        if fault == "string_pattern_mismatch":
            return remarks.wrong_form(asked, node.text)
        if fault in _BOUNDS:
            return remarks.out_of_bounds(asked, node)
    if fault in _LENGTHS:
        return remarks.wrong_length(asked, node)
    return remarks.wrong_kind(asked, node)


def _value_finding(source: Source, steps: tuple[Step, ...], remark: Remark) -> Diagnostic:
    pointer = pointer_of(steps)
    span = source.value_span(pointer)
    if (span.line, span.column) == (span.end_line, span.end_column):  # nothing to underline
        span = source.key_span(pointer)
    if remark.code == "PE101" and _is_comment(source, span):
        remark = replace(remark, help="put the text in quotes: `#` begins a comment")
    fits = remark.replacement is not None and span.line == span.end_line
    return Diagnostic(
        code=remark.code,
        message=remark.message,
        file=source.name,
        span=span,
        pointer=pointer,
        help=remark.help,
        edit=Edit(span, str(remark.replacement)) if fits else None,
    )


def _is_comment(source: Source, span: Span) -> bool:
    """Tell whether what follows a key on its line is a comment, such as `why: #1`."""
    behind = source.lines[span.end_line - 1][span.end_column - 1 :]
    return behind.lstrip(": ").startswith("#")


def _name_finding(source: Source, form: Form[Any], steps: tuple[Step, ...]) -> Diagnostic:
    """Report a name that the author made for an entry, such as a plan's."""
    pointer = pointer_of(steps)
    remark = remarks.wrong_form(form.outline.key_pattern_at(steps[:-1]), str(steps[-1]))
    span = source.key_span(pointer)
    return Diagnostic(remark.code, remark.message, source.name, span, "error", pointer, remark.help)
