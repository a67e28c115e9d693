"""A policy file as a source: its text, its tree, and the place of each value by JSON pointer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from policyengine.policy.compose import Composer, Place
from policyengine.policy.events import FAST_LOADER, Loader, scan
from policyengine.policy.nodes import MappingNode, Node, Plain, ScalarNode, plain_of
from policyengine.policy.repeats import with_edit
from policyengine.policy.text import START, Text, read_text
from policyengine.values.diagnostics import Diagnostic, Span, sorted_findings


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was read: `root` is None when no tree could be built from it.

    `doubtful` are pointers where the loader reported a value and put a guess in its place; the
    author will change it, so later checks keep quiet there and below.
    """

    name: str
    text: str
    lines: tuple[str, ...]
    root: Node | None = None
    doubtful: frozenset[str] = frozenset()
    places: Mapping[str, Place] = field(
        default_factory=lambda: MappingProxyType({}), repr=False, compare=False
    )

    @property
    def plain(self) -> Plain:
        """The document as dict, list, str, int, Decimal, bool and None; a fresh copy."""
        return None if self.root is None else plain_of(self.root)

    def node(self, pointer: str) -> Node | None:
        """Give the node at a pointer, or None."""
        place = self.places.get(pointer)
        return None if place is None else place.node

    def value_span(self, pointer: str) -> Span:
        """Give the place of a value, or of its nearest ancestor that exists."""
        place = self._nearest(pointer)
        return START if place is None else place.node.span

    def key_span(self, pointer: str) -> Span:
        """Give the place of the key of a value, or of its nearest ancestor that exists.

        A list item has no key: its own place is given. The root has none either: the place of
        its first key is given.
        """
        place = self._nearest(pointer)
        if place is None:
            return START
        if place.key is not None:
            return place.key.span
        node = place.node
        if node is self.root and isinstance(node, MappingNode) and node.entries:
            return node.entries[0].key.span
        return node.span

    def line(self, pointer: str) -> int:
        """Give the line of a key (or list item), as `explain` names it."""
        return self.key_span(pointer).line

    def span_within(self, pointer: str, start: int, end: int) -> Span:
        """Give the place of the characters `start` to `end` (excluded) of a text.

        Gives: the place of the whole text where its characters do not stand in the file as they
        are: in several lines, or with escapes.
        """
        span, node = self.value_span(pointer), self.node(pointer)
        if not isinstance(node, ScalarNode) or span.line != span.end_line:
            return span
        written = self.lines[span.line - 1][span.column - 1 : span.end_column - 1]
        margin = 0 if node.style == "plain" else 1
        if written[margin : len(written) - margin] != node.text:
            return span
        column = span.column + margin
        return Span(span.line, column + start, span.line, column + end)

    def _nearest(self, pointer: str) -> Place | None:
        while pointer and pointer not in self.places:
            pointer = pointer.rpartition("/")[0]
        return self.places.get(pointer)


def load_source(data: bytes | str, name: str) -> tuple[Source, tuple[Diagnostic, ...]]:
    """Read a YAML 1.2 core document strictly.

    Takes: the content of a file, of any size and kind, and the name to report it by.
    Gives: the source and all findings, sorted; the tree is whole where no finding is an error,
    and the best guess otherwise. Never raises.
    """
    return load_with(data, name, FAST_LOADER)


def load_with(
    data: bytes | str, name: str, loader: Loader
) -> tuple[Source, tuple[Diagnostic, ...]]:
    """Do what `load_source` does, with the given parser of PyYAML."""
    text, findings = read_text(data, name)
    if findings:
        return _unread(text, name), sorted_findings(findings)
    scanned = scan(text.text, text.lines, name, loader)
    if not scanned.events:
        return _unread(text, name), sorted_findings(scanned.findings or (_empty(name),))
    composer = Composer(scanned.events, name)
    root = composer.root()
    doubtful = composer.doubtful | {
        ""
        for each in scanned.findings
        if each.code == "PE024"  # what is missing is in the other
    }
    source = Source(
        name=name,
        text=text.text,
        lines=text.lines,
        root=root,
        doubtful=frozenset(doubtful),
        places=MappingProxyType(composer.places),
    )
    repeats = [with_edit(each, text.lines) for each in composer.repeats]
    return source, sorted_findings((*scanned.findings, *composer.findings, *repeats))


def _unread(text: Text, name: str) -> Source:
    return Source(name, text.text, text.lines)


def _empty(name: str) -> Diagnostic:
    return Diagnostic(
        code="PE006",
        message="the file is empty",
        file=name,
        span=START,
        help="write what belongs into it, or delete it",
    )
