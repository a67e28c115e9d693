"""From YAML events to a tree of nodes: scalars typed, keys checked, each place remembered."""

from dataclasses import dataclass
from typing import Final

from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    Event,
    MappingStartEvent,
    ScalarEvent,
    SequenceStartEvent,
)

from policyengine.policy import faults
from policyengine.policy.events import TEXT_LENGTH_MAX, is_empty, span_of
from policyengine.policy.nodes import (
    Entry,
    ListNode,
    MappingNode,
    Node,
    ScalarNode,
    Style,
    child_pointer,
)
from policyengine.policy.repeats import Repeat
from policyengine.policy.scalars import LookAlike, number_of, typed
from policyengine.values.diagnostics import Diagnostic, Span

_STYLES: Final[dict[str | None, Style]] = {
    None: "plain",
    "": "plain",
    "'": "quoted",
    '"': "quoted",
    "|": "block",
    ">": "block",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value is, and the key it hangs on; the root and list items have no key."""

    key: ScalarNode | None
    node: Node


class Composer:
    """Builds one tree, collecting places and findings on the way.

    `doubtful` are pointers whose value the author will change in any case: a finding was made
    there, so that later checks keep quiet about it and what lies below.
    """

    def __init__(self, events: tuple[Event, ...], name: str) -> None:
        self._events = iter(events)
        self._name = name
        self.places: dict[str, Place] = {}
        self.findings: list[Diagnostic] = []
        self.doubtful: set[str] = set()
        self.repeats: list[Repeat] = []

    def root(self) -> Node:
        """Build the tree of the whole document; its depth was bounded by the scan."""
        node = self._node(next(self._events), "", None)
        if isinstance(node, ScalarNode) and node.style == "plain":
            self._check_lone_text(node, "")
        return node

    def _found(self, finding: Diagnostic | None, doubtful: str) -> bool:
        if finding is None:
            return False
        self.findings.append(finding)
        self.doubtful.add(doubtful)
        return True

    def _node(self, event: Event, pointer: str, key: ScalarNode | None) -> Node:
        node: Node
        if isinstance(event, MappingStartEvent):
            node = self._mapping(event, pointer)
        elif isinstance(event, SequenceStartEvent):
            node = self._list(event, pointer)
        else:
            node = self._scalar(event, pointer, key)
        self.places[pointer] = Place(key, node)
        return node

    def _list(self, event: SequenceStartEvent, pointer: str) -> ListNode:
        items: list[Node] = []
        while not isinstance(each := next(self._events), CollectionEndEvent):
            step = child_pointer(pointer, len(items))
            node = self._node(each, step, None)
            if isinstance(node, ScalarNode) and node.style == "plain":
                self._found(faults.wide_colon(self._name, node.text, node.span, step), step)
            items.append(node)
        return ListNode(_whole(event, each, items[-1].span if items else None), tuple(items))

    def _mapping(self, event: MappingStartEvent, pointer: str) -> MappingNode:
        entries: dict[str, Entry] = {}
        last: Span | None = None
        while not isinstance(each := next(self._events), CollectionEndEvent):
            if isinstance(each, ScalarEvent):
                last = self._entry(each, pointer, entries)
            else:
                last = self._entry_without_name(each, pointer)
        return MappingNode(_whole(event, each, last), tuple(entries.values()))

    def _entry(self, event: ScalarEvent, pointer: str, entries: dict[str, Entry]) -> Span:
        """Read a key and its value; keep the entry unless the key may not be there."""
        key = ScalarNode(span_of(event), event.value, event.value, _STYLES[event.style])
        step = child_pointer(pointer, key.text)
        first = entries.get(key.text)
        if first is not None:
            finding = faults.twice(self._name, key, first.key, step)
            skipped = self._skipped(next(self._events), key.span)
            self.repeats.append(Repeat(finding, first.value.span, skipped))
            return skipped
        if key.style == "plain" and key.text == "<<":
            self._found(faults.merge_key(self._name, key, step), pointer)
            return self._skipped(next(self._events), key.span)
        following = next(self._events)
        value = self._node(following, step, key)
        if _is_bare(key.span, following):
            before = next(reversed(entries.values())).value if entries else None
            self._found(faults.no_colon(self._name, key, step, before), pointer)
        else:
            self._check_key(key, step, pointer)
            self._check_value(key, value, step)
        entries[key.text] = Entry(key, value)
        return value.span

    def _entry_without_name(self, event: Event, pointer: str) -> Span:
        """Pass over an entry whose key is a list, a mapping or an alias."""
        span = self._skipped(event)
        if not isinstance(event, AliasEvent):  # the scan has reported aliases
            self.findings.append(faults.key_is_no_name(self._name, span, pointer))
        self.doubtful.add(pointer)
        return self._skipped(next(self._events), span)

    def _skipped(self, event: Event, key: Span | None = None) -> Span:
        """Pass over a node that is not kept, and give its place."""
        whole = _behind(key) if key and is_empty(event) else span_of(event)
        depth = int(isinstance(event, CollectionStartEvent))
        while depth:
            each = next(self._events)
            depth += isinstance(each, CollectionStartEvent) - isinstance(each, CollectionEndEvent)
            span = span_of(each)
            if span != _behind(span):  # the end of an indented collection has no width
                whole = _joined(whole, span)
        return whole

    def _scalar(self, event: Event, pointer: str, key: ScalarNode | None) -> ScalarNode:
        span = _behind(key.span) if key and is_empty(event) else span_of(event)
        if not isinstance(event, ScalarEvent):  # an alias
            self.doubtful.add(pointer)
            return ScalarNode(span, None, "", "quoted")
        text, style = event.value, _STYLES[event.style]
        if event.tag is not None or len(text) > TEXT_LENGTH_MAX:  # the scan has reported both
            self.doubtful.add(pointer)
            return ScalarNode(span, text, text, "quoted")
        if style != "plain":
            self._found(faults.unseen_escape(self._name, text, span, pointer), pointer)
            return ScalarNode(span, text, text, style)
        value = typed(text)
        if isinstance(value, LookAlike):
            self._found(faults.look_alike(self._name, value, span, pointer), pointer)
            value = number_of(value.meant) if value.meant else None
        elif not text.isascii():
            self._found(faults.wide_space_at_edge(self._name, text, span, pointer), pointer)
        return ScalarNode(span, value, text, style)

    def _check_key(self, key: ScalarNode, pointer: str, parent: str) -> None:
        if key.style != "plain":
            found = faults.unseen_escape(self._name, key.text, key.span, pointer)
            self._found(found, pointer)
        elif not isinstance(typed(key.text), str):
            found = faults.key_is_no_text(self._name, key.text, key.span, pointer)
            self._found(found, pointer)
        elif not key.text.isascii():
            found = faults.wide_sign_in_key(self._name, key.text, key.span, pointer)
            self._found(found, parent)

    def _check_value(self, key: ScalarNode, value: Node, pointer: str) -> None:
        if not isinstance(value, ScalarNode) or value.style != "plain":
            return
        if value.span.line > key.span.line:
            self._check_lone_text(value, pointer)

    def _check_lone_text(self, node: ScalarNode, pointer: str) -> None:
        """Look at text on a line of its own, where `key: value` was probably meant."""
        wide = faults.wide_colon(self._name, node.text, node.span, pointer)
        if not self._found(wide, pointer):
            near = faults.colon_without_space(self._name, node.text, node.span, pointer)
            self._found(near, pointer)


def _behind(span: Span) -> Span:
    return Span(span.end_line, span.end_column, span.end_line, span.end_column)


def _is_bare(key: Span, following: Event) -> bool:
    """Tell a lone word in `{...}`: YAML makes it a key with an empty value right behind it."""
    return is_empty(following) and span_of(following) == _behind(key)


def _joined(first: Span, last: Span) -> Span:
    return Span(first.line, first.column, last.end_line, last.end_column)


def _whole(start: CollectionStartEvent, end: Event, last: Span | None) -> Span:
    """Give the place of a list or mapping: a bracket ends it, or the end of its last value.

    The parsers put the end of an indented collection at the next thing that follows, which may
    be lines further down.
    """
    begun = span_of(start)
    if getattr(start, "flow_style", False) or last is None:
        return _joined(begun, span_of(end))
    return _joined(begun, last)
