"""The stream of YAML events: parsed by PyYAML, bounded and checked before a tree is built."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import yaml
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    NodeEvent,
    ScalarEvent,
)

from policyengine.policy.syntax import reworded
from policyengine.values.diagnostics import Diagnostic, Span, shown

NODES_MAX: Final = 100_000
DEPTH_MAX: Final = 32
TEXT_LENGTH_MAX: Final = 4_000

Loader: TypeAlias = Any
"""One of PyYAML's loader classes; only its parser is used, never its constructor."""

PURE_LOADER: Final[Loader] = yaml.SafeLoader
FAST_LOADER: Final[Loader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


_PARSERS_DISAGREE = re.compile(r"\?|[|>][-+0-9]*#|(?:^|[\s\[{,:-])!", re.MULTILINE)
"""Where libyaml and pure PyYAML part ways: `?` in a text or before a key, `|#`, and tags."""


@dataclass(frozen=True, slots=True)
class Scan:
    """The events of one document, empty when none can be built from; and what was found."""

    events: tuple[Event, ...]
    findings: tuple[Diagnostic, ...]


def scan(text: str, lines: tuple[str, ...], name: str, loader: Loader = FAST_LOADER) -> Scan:
    """Read the events of a text within the bounds of this module; never raises.

    The C parser is asked first. Where it refuses a text, the pure one is asked again, and the
    few texts on which they disagree go to the pure one alone: the outcome does not depend on how
    PyYAML was built.
    """
    if _PARSERS_DISAGREE.search(text):
        loader = PURE_LOADER
    try:
        return _scanned(text, lines, name, loader)
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        # The pure parser raises the latter two on an escape beyond Unicode, such as "\UFFFFFFFF".
        if loader is not PURE_LOADER:
            return scan(text, lines, name, PURE_LOADER)
        return Scan((), (reworded(error, lines, name),))


def span_of(event: Any) -> Span:
    """Give the place of an event, counted from 1; a parser's event always has its marks."""
    start, end = event.start_mark, event.end_mark
    return Span(start.line + 1, start.column + 1, end.line + 1, end.column + 1)


def is_empty(event: Event) -> bool:
    """Tell a value that is not there. The parsers disagree on its place."""
    return isinstance(event, ScalarEvent) and not event.value and not event.style


def _scanned(text: str, lines: tuple[str, ...], name: str, loader: Loader) -> Scan:
    events: list[Event] = []
    findings: list[Diagnostic] = []
    documents, nodes, depth = 0, 0, 0
    for event in _parsed(text, loader):
        if isinstance(event, DocumentStartEvent):
            documents += 1
            findings += _directives(event, lines, name)
            if documents > 1:
                findings.append(_second_document(event, name))
                break
        elif isinstance(event, NodeEvent):
            nodes += 1
            depth += isinstance(event, CollectionStartEvent)
            if nodes > NODES_MAX or depth > DEPTH_MAX:
                return Scan((), (*findings, _out_of_bounds(event, nodes, name)))
            findings += _refused_features(event, lines, name)
            events.append(event)
        elif isinstance(event, CollectionEndEvent):
            depth -= 1
            events.append(event)
    if len(events) == 1 and is_empty(events[0]):
        events = []
    return Scan(tuple(events), tuple(findings))


def _parsed(text: str, loader: Loader) -> Iterator[Event]:
    parsed: Iterator[Event] = yaml.parse(text, Loader=loader)
    return parsed


def _out_of_bounds(event: Event, nodes: int, name: str) -> Diagnostic:
    if nodes > NODES_MAX:
        return Diagnostic(
            code="PE025",
            message=f"the file holds more than {NODES_MAX:,} keys and values",
            file=name,
            span=span_of(event),
            help="split the policy, or delete what is not sold any more",
        )
    return Diagnostic(
        code="PE026",
        message=f"lists and mappings are nested more than {DEPTH_MAX} deep",
        file=name,
        span=span_of(event),
        help="close the brackets that were opened by mistake; no part of a policy is that deep",
    )


def _directives(event: Any, lines: tuple[str, ...], name: str) -> list[Diagnostic]:
    """Find directives: lines that begin with `%`, before the first line of content."""
    last = event.end_mark.line + 1
    return [
        Diagnostic(
            code="PE023",
            message=f"the directive {shown(line)} changes how the file is read",
            file=name,
            span=Span(number, 1, number, len(line) + 1),
            help="delete the line; a policy is YAML 1.2 without directives",
        )
        for number, line in enumerate(lines[:last], start=1)
        if line.startswith("%")
    ]


def _second_document(event: Event, name: str) -> Diagnostic:
    return Diagnostic(
        code="PE024",
        message="a second document begins here",
        file=name,
        span=span_of(event),
        help="put it into a file of its own; one file is one policy version",
    )


def _refused_features(event: Any, lines: tuple[str, ...], name: str) -> list[Diagnostic]:
    findings: list[Diagnostic] = []
    if isinstance(event, AliasEvent):
        findings.append(_alias(event, name))
    elif event.anchor is not None:
        findings.append(_anchor(event, lines, name))
    if getattr(event, "tag", None) is not None:
        findings.append(_tag(event, lines, name))
    if isinstance(event, ScalarEvent) and len(event.value) > TEXT_LENGTH_MAX:
        findings.append(_too_long(event, name))
    return findings


def _alias(event: Any, name: str) -> Diagnostic:
    return Diagnostic(
        code="PE020",
        message=f"the alias {shown('*' + event.anchor)} stands for text from elsewhere",
        file=name,
        span=span_of(event),
        help="write the values out; or put the text in quotes if `*` was meant as such",
    )


def _anchor(event: Any, lines: tuple[str, ...], name: str) -> Diagnostic:
    sign = "&" + event.anchor
    return Diagnostic(
        code="PE020",
        message=f"the anchor {shown(sign)} marks text for use elsewhere",
        file=name,
        span=_property_span(event, sign, lines),
        help="delete it, and write the values out where they are used",
    )


def _tag(event: Any, lines: tuple[str, ...], name: str) -> Diagnostic:
    span = _property_span(event, "!", lines)
    line = lines[span.line - 1]
    written = line[span.column - 1 :].split(" ", 1)[0]
    written = written if written.startswith("!") else "!"
    end = span.column + len(written)
    return Diagnostic(
        code="PE021",
        message=f"the tag {shown(written)} changes what a value is",
        file=name,
        span=Span(span.line, span.column, span.line, end),
        help="delete it; or put the text in quotes if `!` was meant as such",
    )


def _property_span(event: Any, sign: str, lines: tuple[str, ...]) -> Span:
    """Find an anchor or tag in the line where its node begins, or a little before the node."""
    start = span_of(event)
    at = lines[start.line - 1].find(sign, start.column - 1)
    if at < 0:
        return Span(start.line, start.column, start.line, start.column + 1)
    return Span(start.line, at + 1, start.line, at + 1 + len(sign))


def _too_long(event: Event, name: str) -> Diagnostic:
    return Diagnostic(
        code="PE027",
        message=f"a text has more than {TEXT_LENGTH_MAX:,} characters",
        file=name,
        span=span_of(event),
        help="shorten it, or keep the long text elsewhere and name the place here",
    )
