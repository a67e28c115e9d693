"""Setting one value of a policy file: that value changes, and no other character of the file."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from policyengine.app.inserting import inserted
from policyengine.policy.facts import path_of
from policyengine.policy.hints import nearest
from policyengine.policy.load import load_policy
from policyengine.policy.nodes import ListNode, MappingNode, Node, Plain, ScalarNode
from policyengine.policy.outline import Asked, Step
from policyengine.policy.rewriting import replaced, written
from policyengine.policy.scalars import LookAlike, typed
from policyengine.policy.shape import policy_form
from policyengine.policy.source import Source, load_source
from policyengine.policy.versions import load_timeline
from policyengine.values.diagnostics import Diagnostic, Span, drawn, has_errors

KEYS_SHOWN_MAX: Final = 12

_NEW: Final = ScalarNode(Span(1, 1, 1, 1), "", "", "plain")
"""What a value that was not there was written like."""
_NUMBER_LIKE: Final = re.compile(r"[\w.+%-]+")


class PathUnknown(ValueError):  # noqa: N818  # it says what is the matter
    """A path names no single value of a policy; `remedy` is what mends it."""

    def __init__(self, message: str, remedy: str) -> None:
        """Carry the message and the remedy."""
        super().__init__(message)
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Setting:
    """A file with one value set: `text` is its new content, in its own line ends.

    `old` is None where the key was not there. `findings` are what the content is refused for, and
    `lines` are those that they are drawn on.
    """

    path: str
    line: int
    old: str | None
    new: str
    text: str
    findings: tuple[Diagnostic, ...] = ()
    lines: tuple[str, ...] = ()

    def drawn(self) -> list[str]:
        """Draw each finding on its line of the new content."""
        return [drawn(each, self.lines) for each in self.findings]


def with_value(
    data: bytes, name: str, path: str, value: str, others: Sequence[tuple[str, bytes]] = ()
) -> Setting:
    """Give a policy file with one value set.

    Takes: its content and name; the path of a value, or of a key that may be there and is not; the
    value as it is typed; the other versions of the policy, with which it must still fit.
    Raises: PathUnknown for a path that names no value.
    """
    source, findings = load_source(data, name)
    if has_errors(findings) or source.root is None:
        return Setting(path, 1, None, value, "", findings, source.lines)
    steps, node = _found(source.root, path, ())
    text = data.decode("utf-8")
    if isinstance(node, ScalarNode):
        old, line, new = node.text, node.span.line, _written(_asked(steps), value, node)
        text = replaced(text, node.span, new + line_end(text, node.span))
    else:
        old, new = None, _written(_asked(steps), value, _NEW)
        order = tuple(_asked(steps[:-1]).keys)
        text, line = inserted(text, node, str(steps[-1]), new, order)
    return _checked(Setting(path_of(steps), line, old, new, text), source, steps, others)


def _found(
    node: Node, rest: str, steps: tuple[Step, ...]
) -> tuple[tuple[Step, ...], ScalarNode | MappingNode]:
    """Follow a path: to a value, or to the mapping that has no such key yet.

    Keys may have dots in them, as names of models do: the longest key that fits is taken.
    """
    if not rest:
        if isinstance(node, ScalarNode):
            return steps, node
        raise PathUnknown(f"`{path_of(steps)}` is no single value", _keys_of(node))
    if isinstance(node, ListNode):
        head, _, tail = rest.partition(".")
        if head.isdecimal() and int(head) < len(node.items):
            return _found(node.items[int(head)], tail, (*steps, int(head)))
    elif isinstance(node, MappingNode):
        for entry in sorted(node.entries, key=lambda each: -len(each.key.text)):
            key = entry.key.text
            if rest == key or rest.startswith(f"{key}."):
                return _found(entry.value, rest[len(key) + 1 :], (*steps, key))
        if _may_stand((*steps, rest)):
            return (*steps, rest), node
    raise PathUnknown(f"there is no `{path_of((*steps, rest))}`", _remedy(node, rest, steps))


def _may_stand(steps: tuple[Step, ...]) -> bool:
    """Tell whether a single value may stand at a place that the file does not have."""
    try:
        return _asked(steps).kind not in {"mapping", "list"}
    except KeyError:
        return False


def _asked(steps: tuple[Step, ...]) -> Asked:
    return policy_form().outline.asked_at(steps)


def _remedy(node: Node, rest: str, steps: tuple[Step, ...]) -> str:
    if isinstance(node, MappingNode):
        head, dot, tail = rest.partition(".")
        near = nearest(head, [entry.key.text for entry in node.entries])
        if near:
            return f"did you mean `{path_of((*steps, near))}{dot}{tail}`?"
    return _keys_of(node)


def _keys_of(node: Node) -> str:
    """Say what may follow a path."""
    if isinstance(node, ScalarNode):
        return "leave out what follows the value"
    if isinstance(node, ListNode):
        return f"name an entry by its place, from 0 to {len(node.items) - 1}"
    keys = [f"`{entry.key.text}`" for entry in node.entries]
    more = "" if len(keys) <= KEYS_SHOWN_MAX else " and more"
    return f"it has {', '.join(keys[:KEYS_SHOWN_MAX])}{more}"


def _written(asked: Asked, value: str, old: ScalarNode) -> str:
    """Write what was typed: a number as one; what is none is written so that it is refused."""
    if asked.kind not in {"number", "whole number"}:
        return written(value, old)
    meaning = typed(value)
    if isinstance(meaning, LookAlike) and _NUMBER_LIKE.fullmatch(value):
        return value
    return written(value if isinstance(meaning, LookAlike) else meaning, old)


def line_end(text: str, span: Span) -> str:
    """Give the line end that a text of several lines has taken with it."""
    if span.end_column > 1 or span.end_line == span.line:
        return ""
    return "\r\n" if text.split("\n")[span.line - 1].endswith("\r") else "\n"


def _checked(
    setting: Setting, before: Source, steps: tuple[Step, ...], others: Sequence[tuple[str, bytes]]
) -> Setting:
    """Check the new content, and that it says what the old one said but for the one value.

    Gives: with every error that the file has then, and those that the versions together did not
    have before.
    Raises: RuntimeError where something else would change: a fault of this module.
    """
    after = load_policy(setting.text, before.name)
    errors = [each for each in after.diagnostics if each.severity == "error"]
    if not errors:
        earlier = load_timeline([(before.name, before.text), *others]).diagnostics
        known = {(each.file, each.code, each.message) for each in earlier}
        errors = [
            each
            for each in load_timeline([(before.name, setting.text), *others]).diagnostics
            if each.severity == "error" and (each.file, each.code, each.message) not in known
        ]
    if not errors and _without(before.plain, steps) != _without(after.source.plain, steps):
        raise RuntimeError(f"`{setting.path}` cannot be set without changing something else")
    return replace(setting, findings=tuple(errors), lines=after.source.lines)


def _without(plain: Plain, steps: tuple[Step, ...]) -> Plain:
    """Give a document without one value."""
    part: Any = plain
    for step in steps[:-1]:
        part = part[step]
    if isinstance(part, dict):
        part.pop(steps[-1], None)
    else:
        part[steps[-1]] = None
    return plain
