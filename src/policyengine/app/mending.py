"""Edits that findings carry, applied to a file: each one only where the file proves it right."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from policyengine.policy.source import Source
from policyengine.values.diagnostics import Diagnostic, Edit, has_errors

EDITS_MAX: Final = 500
"""How many edits are made in one file; what is left is mended by the next run."""
TAB_WIDTHS: Final = (2, 4, 8)
"""How many spaces an author may have meant by a tab."""

_MARK: Final = "\ufeff"
_TAB: Final = "PE004"

Reader: TypeAlias = Callable[[str], tuple[Source, tuple[Diagnostic, ...]]]
"""Reads a file's text as what it is: a policy, scenarios, a mapping."""


@dataclass(frozen=True, slots=True)
class Mended:
    """A file's text after its edits, and the findings that are mended, each as it was found."""

    text: str
    findings: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class _Reading:
    text: str
    content: str
    is_whole: bool
    findings: tuple[Diagnostic, ...]

    @property
    def weight(self) -> Counter[tuple[str, str]]:
        return Counter((each.code, each.message) for each in self.findings)


def mended(text: str, read: Reader) -> Mended:
    """Apply the edits of a text's findings, one by one, reading it anew after each.

    An edit stays only where its finding is gone, nothing new is found that it could have caused,
    and a text that said something without errors still says the same. All other characters stay
    as they are, line ends and a byte order mark included.
    """
    mark = _MARK if text.startswith(_MARK) else ""
    now, done = _settled(_reading(text.removeprefix(_MARK), read), read)
    return Mended(mark + now.text, done)


def _settled(now: "_Reading", read: Reader) -> "tuple[_Reading, tuple[Diagnostic, ...]]":
    """Take one step after another until none is left."""
    done: list[Diagnostic] = []
    refused: set[Diagnostic] = set()
    while len(done) < EDITS_MAX:
        step = _next_step(now, read, refused)
        if step is None:
            break
        now, findings = step
        done += findings
    return now, tuple(done)


def _next_step(
    now: _Reading, read: Reader, refused: set[Diagnostic]
) -> tuple[_Reading, tuple[Diagnostic, ...]] | None:
    for finding in now.findings:
        if finding.edit is None or finding in refused:
            continue
        if finding.code == _TAB and _is_indentation(now.text, finding):
            without = _without_tabs(now, read)
            if without is not None:
                return without[0], (finding, *without[1])
        else:
            after = _reading(edited(now.text, finding.edit), read)
            if _is_better(now, after, finding):
                return after, (finding,)
        refused.add(finding)
    return None


def _reading(text: str, read: Reader) -> _Reading:
    source, findings = read(text)
    # As text, so that the order of keys counts: moving down the list of plans is an upgrade.
    return _Reading(text, repr(source.plain), source.root is not None, findings)


def edited(text: str, edit: Edit) -> str:
    """Replace the stretch that an edit names; lines end where the text says, also in two signs."""
    lines = text.split("\n")
    start = _offset(lines, edit.span.line, edit.span.column)
    end = _offset(lines, edit.span.end_line, edit.span.end_column)
    return text[:start] + edit.replacement + text[end:]


def _offset(lines: Sequence[str], line: int, column: int) -> int:
    return sum(len(each) + 1 for each in lines[: line - 1]) + column - 1


def _is_better(before: _Reading, after: _Reading, finding: Diagnostic) -> bool:
    """Tell whether an edit did what it should and nothing else."""
    if not has_errors(before.findings):
        return after.content == before.content and after.weight < before.weight
    if _same_place(after.findings, finding):
        return False
    fresh = [each for each in after.findings if (each.code, each.message) not in before.weight]
    assert finding.edit is not None  # noqa: S101  # only findings with an edit come here
    lines = range(finding.edit.span.line, finding.edit.span.end_line + 1)
    return not any(
        (each.span.line in lines and each.edit is None and not _is_above(each, finding))
        or not _was_hidden(before, finding, each)
        for each in fresh
    )


def _is_above(other: Diagnostic, finding: Diagnostic) -> bool:
    """Tell a finding about what holds the mended place, such as a plan that lacks a key."""
    return finding.pointer.startswith(f"{other.pointer}/")


def _same_place(findings: Sequence[Diagnostic], finding: Diagnostic) -> bool:
    return any(
        (each.code, each.message, each.span.line, each.span.column)
        == (finding.code, finding.message, finding.span.line, finding.span.column)
        for each in findings
    )


def _was_hidden(before: _Reading, mended_one: Diagnostic, fresh: Diagnostic) -> bool:
    """Tell a finding that could not be seen before from one that an edit has caused.

    Each hundred of codes is looked at when the one before is clean, and what lies below a key or
    value in doubt is not looked at either.
    """
    if not before.is_whole:
        return fresh.span.line >= mended_one.span.line or fresh.code[2] > mended_one.code[2]
    below = f"{mended_one.pointer.rpartition('/')[0]}/"
    return fresh.code[2] > mended_one.code[2] or fresh.pointer.startswith(below)


def _is_indentation(text: str, finding: Diagnostic) -> bool:
    line = text.split("\n")[finding.span.line - 1]
    return not line[: finding.span.column - 1].strip()


def _without_tabs(now: _Reading, read: Reader) -> tuple[_Reading, tuple[Diagnostic, ...]] | None:
    """Indent by spaces, where only one width of tabs gives a file that can be read.

    Where several do, they must say the same. Each is judged with its other faults mended: a file
    that cannot be read for another reason shows nothing.
    """
    tried = [_settled(_reading(_untabbed(now.text, width), read), read) for width in TAB_WIDTHS]
    whole = [each for each in tried if each[0].is_whole and not _stops(each[0])]
    if not whole:
        return None
    least = min(len(each.findings) for each, _ in whole)
    first, *others = [each for each in whole if len(each[0].findings) == least]
    return first if all(each[0].content == first[0].content for each in others) else None


def _stops(reading: _Reading) -> bool:
    return any(each.code.startswith("PE0") for each in reading.findings)


def _untabbed(text: str, width: int) -> str:
    return "\n".join(
        line[: len(line) - len(line.lstrip(" \t"))].replace("\t", " " * width) + line.lstrip(" \t")
        for line in text.split("\n")
    )
