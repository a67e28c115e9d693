"""Putting a new key into a mapping of a file, in the order of the language and its own layout."""

from collections.abc import Sequence

from policyengine.policy.nodes import Entry, ListNode, MappingNode, Node, ScalarNode
from policyengine.policy.rewriting import is_plain, replaced
from policyengine.values.diagnostics import Span


def inserted(
    text: str, mapping: MappingNode, key: str, new: str, order: Sequence[str]
) -> tuple[str, int]:
    """Give a text with a key and a value in a mapping, and the line that it stands in.

    Takes: a file's text as it is; a mapping in it; the value as it is written; the order in which
    the language lists the mapping's keys, empty where the author makes them.
    """
    pair = f"{key if is_plain(key) else repr(key)}: {new}"
    before = _before(mapping, key, order)
    if not mapping.entries or _is_flow(text, mapping):
        return _in_braces(text, mapping, pair, before)
    return _on_a_line(text, mapping, pair, before)


def _before(mapping: MappingNode, key: str, order: Sequence[str]) -> Entry | None:
    """Give the entry that the new one follows; None where it comes first."""
    if key not in order:
        return mapping.entries[-1] if mapping.entries else None
    earlier = order[: order.index(key)]
    found = [entry for entry in mapping.entries if entry.key.text in earlier]
    return found[-1] if found else None


def _is_flow(text: str, node: Node) -> bool:
    line = text.split("\n")[node.span.line - 1].removeprefix("\ufeff")
    return line[node.span.column - 1] in "{["


def _in_braces(text: str, mapping: MappingNode, pair: str, before: Entry | None) -> tuple[str, int]:
    if not mapping.entries:
        return replaced(text, mapping.span, f"{{{pair}}}"), mapping.span.line
    if before is None:
        span = mapping.entries[0].key.span
        return replaced(text, _start(span), f"{pair}, "), span.line
    span = before.value.span
    return replaced(text, _end(span), f", {pair}"), span.end_line


def _start(span: Span) -> Span:
    return Span(span.line, span.column, span.line, span.column)


def _end(span: Span) -> Span:
    return Span(span.end_line, span.end_column, span.end_line, span.end_column)


def _on_a_line(text: str, mapping: MappingNode, pair: str, before: Entry | None) -> tuple[str, int]:
    """Put a pair on a line of its own, below the entry that it follows."""
    lines = text.split("\n")
    first = mapping.entries[0]
    at = first.key.span.line - 1
    margin = first.key.span.column - 1
    if before is None and lines[at].removeprefix("\ufeff")[:margin].strip():
        before = first  # behind a dash: nothing can stand above
    if before is not None:
        at = _last_line(text, before.value)
    is_crlf = lines[0].endswith("\r")
    if at == len(lines):  # the last line has no end
        lines[-1] += "\r" * is_crlf
        lines.append(" " * margin + pair)
    else:
        lines.insert(at, " " * margin + pair + "\r" * is_crlf)
    return "\n".join(lines), at + 1


def _last_line(text: str, node: Node) -> int:
    """Give the last line of a value, without the blank lines and comments that follow it."""
    span = node.span
    if isinstance(node, ScalarNode):
        is_below = span.end_column == 1 and span.end_line > span.line
        return span.end_line - is_below
    if _is_flow(text, node):
        return span.end_line
    if isinstance(node, ListNode):
        return _last_line(text, node.items[-1])
    return _last_line(text, node.entries[-1].value)
