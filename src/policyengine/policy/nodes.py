"""The document as a tree of nodes, each with its place in the text."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeAlias

from policyengine.values.diagnostics import Span

Value: TypeAlias = str | int | Decimal | bool | None
"""What a scalar means; never a float."""

Style: TypeAlias = Literal["plain", "quoted", "block"]
"""How a scalar is written: bare, in quotes, or as lines under `|` or `>`."""

Plain: TypeAlias = "Value | list[Plain] | dict[str, Plain]"


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """A single value: what it means, and the text that the author wrote."""

    span: Span
    value: Value
    text: str
    style: Style


@dataclass(frozen=True, slots=True)
class ListNode:
    """A list, in the order written."""

    span: Span
    items: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of a mapping with its value."""

    key: ScalarNode
    value: "Node"


@dataclass(frozen=True, slots=True)
class MappingNode:
    """A mapping, its keys in the order written; no key occurs twice."""

    span: Span
    entries: tuple[Entry, ...]


Node: TypeAlias = ScalarNode | ListNode | MappingNode


def plain_of(node: Node) -> Plain:
    """Give a node as plain Python: dict, list, str, int, Decimal, bool or None; a fresh copy."""
    if isinstance(node, ScalarNode):
        return node.value
    if isinstance(node, ListNode):
        return [plain_of(each) for each in node.items]
    return {entry.key.text: plain_of(entry.value) for entry in node.entries}


def child_pointer(pointer: str, step: str | int) -> str:
    """Extend a JSON pointer by a key or an index (RFC 6901)."""
    if isinstance(step, int):
        return f"{pointer}/{step}"
    return f"{pointer}/{step.replace('~', '~0').replace('/', '~1')}"


def pointer_of(steps: Sequence[str | int]) -> str:
    """Write keys and indexes from the root on as a JSON pointer."""
    pointer = ""
    for step in steps:
        pointer = child_pointer(pointer, step)
    return pointer
