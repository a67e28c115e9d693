"""Whether a document has the shape of a policy: models and JSON Schema, and findings in words."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cache
from typing import Any, Final

from jsonschema import Draft202012Validator
from pydantic import ValidationError

from policyengine.policy import remarks
from policyengine.policy.document import PolicyDocument
from policyengine.policy.hints import nearest_key
from policyengine.policy.nodes import ListNode, MappingNode, Node, ScalarNode, child_pointer
from policyengine.policy.outline import Asked, Step, asked_at, homes_of, key_pattern_at
from policyengine.policy.remarks import Remark, alternatives
from policyengine.policy.schema import policy_schema
from policyengine.policy.source import Source
from policyengine.values.diagnostics import Diagnostic, Edit, Span, shown, sorted_findings

FINDINGS_MAX: Final = 100
"""Faults of the shape that are put into words; a file with more gets a note that says so."""
WORDS_SHOWN_MAX: Final = 9
"""Keys that a message lists."""
EXAMPLES_SHOWN_MAX: Final = 3
"""Keys that a help writes out with a value, and places where a misplaced key may belong."""

_KEY = "[key]"  # how pydantic marks a fault of a mapping's key, behind the key itself


def check_shape(source: Source) -> tuple[PolicyDocument | None, tuple[Diagnostic, ...]]:
    """Check a document against the models and against the JSON Schema.

    Gives: the document if both accept it and the loader had no doubts; and all findings, sorted.
    Places that the loader has reported are passed over.
    """
    if source.root is None:
        return None, ()
    if not isinstance(source.root, MappingNode):
        findings: tuple[Diagnostic, ...] = (_no_policy(source),)
        document = None
    else:
        document, findings = _checked(source, source.root)
    if findings or source.doubtful:
        heard = (each for each in findings if not _is_doubtful(source, each.pointer))
        return None, _bounded(source, sorted_findings(heard))
    return document, ()


def _checked(
    source: Source, root: MappingNode
) -> tuple[PolicyDocument | None, tuple[Diagnostic, ...]]:
    document, faults = _validated(source)
    loose = dict(_loose(root, ()))
    findings = [_value_finding(source, steps, remark) for steps, remark in loose.items()]
    findings += _fault_findings(source, [each for each in faults if each[1] not in loose])
    if not findings:
        findings = list(schema_findings(source))
    return document, tuple(findings)


Fault = tuple[str, tuple[Step, ...]]
"""Pydantic's name of a fault, and its place; a missing or unknown key is part of the place."""


def _validated(source: Source) -> tuple[PolicyDocument | None, tuple[Fault, ...]]:
    try:
        return PolicyDocument.model_validate(source.plain), ()
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False, include_input=False)
        return None, tuple((each["type"], each["loc"]) for each in details)


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(_ended(policy_schema()))


def _ended(node: Any) -> Any:
    r"""End each pattern at the end of the text: Python's `$` lets a last line break pass."""
    if isinstance(node, list):
        return [_ended(each) for each in node]
    if not isinstance(node, dict):
        return node
    ended = {key: _ended(each) for key, each in node.items()}
    if isinstance(ended.get("pattern"), str):
        ended["pattern"] = ended["pattern"].removesuffix("$") + r"\Z"
    if "patternProperties" in ended:
        named = ended["patternProperties"].items()
        ended["patternProperties"] = {key.removesuffix("$") + r"\Z": each for key, each in named}
    return ended


def schema_findings(source: Source) -> Iterator[Diagnostic]:
    """Check a document against the JSON Schema alone, in the schema's own terms.

    The models and the schema agree, so that a document that gets here has no fault; where they
    should ever differ, the stricter one wins and says so.
    """
    for error in _validator().iter_errors(source.plain):
        steps = tuple(error.absolute_path)
        yield Diagnostic(
            code="PE120",
            message=f"{shown(_name_of(steps))} breaks the rule `{error.validator}` of the schema",
            file=source.name,
            span=source.value_span(_pointer(steps)),
            pointer=_pointer(steps),
            help="write the value as the policy schema describes it",
        )


def _name_of(steps: Sequence[Step]) -> str:
    return next((each for each in reversed(steps) if isinstance(each, str)), "policy")


def _pointer(steps: Sequence[Step]) -> str:
    pointer = ""
    for step in steps:
        pointer = child_pointer(pointer, step)
    return pointer


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


def _no_policy(source: Source) -> Diagnostic:
    return Diagnostic(
        code="PE100",
        message="a policy is a mapping of keys and values",
        file=source.name,
        span=source.value_span(""),
        help="begin with `format: 1` in a line of its own",
    )


def _loose(node: Node, steps: tuple[Step, ...]) -> Iterator[tuple[tuple[Step, ...], Remark]]:
    """Find what the models let pass and authors may not write.

    That is None where a key may be missing, and True and 1.0 where 1 is the only value.
    """
    try:
        asked = asked_at(steps)
    except KeyError:
        return  # an unknown key: reported as such
    if isinstance(node, ScalarNode):
        if node.value is None:
            yield steps, remarks.no_value(asked, is_required=_is_required(steps))
        elif isinstance(node.value, bool) or _is_broken(asked, node):
            yield steps, remarks.wrong_kind(asked, node)
    elif isinstance(node, ListNode) and asked.kind == "list":
        for index, item in enumerate(node.items):
            yield from _loose(item, (*steps, index))
    elif isinstance(node, MappingNode) and asked.kind == "mapping":
        for entry in node.entries:
            yield from _loose(entry.value, (*steps, entry.key.text))


def _is_broken(asked: Asked, node: ScalarNode) -> bool:
    return asked.kind == "whole number" and isinstance(node.value, Decimal)


def _is_required(steps: tuple[Step, ...]) -> bool:
    return steps[-1] in asked_at(steps[:-1]).schema.get("required", ())


def _fault_findings(source: Source, faults: Sequence[Fault]) -> list[Diagnostic]:
    unknown: dict[tuple[Step, ...], list[str]] = defaultdict(list)
    missing: dict[tuple[Step, ...], list[str]] = defaultdict(list)
    findings = []
    for fault, steps in faults:
        if fault == "extra_forbidden":
            unknown[steps[:-1]].append(str(steps[-1]))
        elif fault == "missing":
            missing[steps[:-1]].append(str(steps[-1]))
        elif steps[-1] == _KEY:
            findings.append(_name_finding(source, steps[:-1]))
        else:
            findings.append(_value_finding(source, steps, _remark(source, fault, steps)))
    for steps, keys in unknown.items():
        for key in keys:
            finding, meant = _unknown_key(source, asked_at(steps), key)
            findings.append(finding)
            if meant in missing[steps]:  # the misspelt key explains the missing one
                missing[steps].remove(meant)
    findings += [_missing(source, asked_at(steps), keys) for steps, keys in missing.items() if keys]
    return findings


def _remark(source: Source, fault: str, steps: tuple[Step, ...]) -> Remark:
    asked, node = asked_at(steps), source.places[_pointer(steps)].node
    if isinstance(node, ScalarNode):
        if fault == "literal_error" and isinstance(node.value, str) == (asked.kind == "word"):
            return remarks.wrong_word(asked, node)
        if fault == "string_pattern_mismatch":
            return remarks.wrong_form(asked, node.text)
        if fault in {"greater_than", "greater_than_equal", "less_than_equal"}:
            return remarks.out_of_bounds(asked, node)
    if fault in {"string_too_short", "string_too_long", "too_short", "too_long"}:
        return remarks.wrong_length(asked, node)
    return remarks.wrong_kind(asked, node)


def _value_finding(source: Source, steps: tuple[Step, ...], remark: Remark) -> Diagnostic:
    pointer = _pointer(steps)
    span = source.value_span(pointer)
    if (span.line, span.column) == (span.end_line, span.end_column):  # nothing to underline
        span = source.key_span(pointer)
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


def _name_finding(source: Source, steps: tuple[Step, ...]) -> Diagnostic:
    """Report a name that the author made for an entry, such as a plan's."""
    pointer = _pointer(steps)
    remark = remarks.wrong_form(key_pattern_at(steps[:-1]), str(steps[-1]))
    span = source.key_span(pointer)
    return Diagnostic(remark.code, remark.message, source.name, span, "error", pointer, remark.help)


def _unknown_key(source: Source, asked: Asked, key: str) -> tuple[Diagnostic, str]:
    """Report a key that the schema does not have, and give the key that was meant, if clear."""
    parent = _pointer(asked.steps)
    pointer = child_pointer(parent, key)
    absent = [name for name in asked.keys if child_pointer(parent, name) not in source.places]
    meant, is_certain = nearest_key(key, absent)
    span = source.key_span(pointer)
    finding = Diagnostic(
        code="PE110",
        message=f"unknown key {shown(key)} in {asked.noun}",
        file=source.name,
        span=span,
        pointer=pointer,
        help=_cure(key, meant, absent),
        edit=Edit(span, meant) if is_certain else None,
    )
    return finding, meant


def _cure(key: str, meant: str, absent: Sequence[str]) -> str:
    if meant:
        return f"did you mean `{meant}`?"
    homes = homes_of(key)
    if 0 < len(homes) <= EXAMPLES_SHOWN_MAX:
        return f"`{key}` belongs in {' or '.join(homes)}; check the indentation"
    if 0 < len(absent) <= WORDS_SHOWN_MAX:
        return f"delete it, or use {alternatives(absent)}"
    return "delete it"


def _missing(source: Source, asked: Asked, keys: Sequence[str]) -> Diagnostic:
    """Report the keys that a part of the policy lacks, all in one finding."""
    pointer = _pointer(asked.steps)
    listed = ", ".join(f"`{key}`" for key in keys[:WORDS_SHOWN_MAX])
    more = len(keys) - WORDS_SHOWN_MAX
    if more > 0:
        listed += f" and {more} more keys"
    return Diagnostic(
        code="PE111",
        message=f"{asked.noun} has no {listed}",
        file=source.name,
        span=source.key_span(pointer),
        pointer=pointer,
        help=_addition(asked, keys),
    )


def _addition(asked: Asked, keys: Sequence[str]) -> str:
    wanted = [asked_at((*asked.steps, key)) for key in keys[:EXAMPLES_SHOWN_MAX]]
    lines = ", ".join(f"`{remarks.line_of(each)}`" for each in wanted)
    if len(keys) == 1:
        return f"add {lines}: {wanted[0].description}"
    return f"add {lines}" + (" and so on" if len(keys) > len(wanted) else "")
