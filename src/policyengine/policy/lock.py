"""`policies.lock`: which versions are published, each with the hash of what it says.

A text of lines `policy version sha256`; a `#` begins a comment. Lines are added, never changed.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from policyengine.policy.document.words import NAME_PATTERN
from policyengine.policy.text import read_text
from policyengine.values.diagnostics import Diagnostic, Span, shown

LOCK_NAME: Final = "policies.lock"
HEAD: Final = """\
# Published versions, each with the SHA-256 of what it says. Lines are added, never changed:
# `policyengine publish` writes them, `policyengine validate` holds the files to them.
"""

_LINE: Final = re.compile(rf"({NAME_PATTERN[1:-1]}) ([1-9][0-9]{{0,6}}) ([0-9a-f]{{64}})")


@dataclass(frozen=True, slots=True)
class Locked:
    """A version that is published for good, and the place of its line in the lock."""

    policy: str
    version: int
    sha256: str
    span: Span


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock file as far as it could be read; `name` is what to report it by."""

    name: str
    entries: tuple[Locked, ...]
    lines: tuple[str, ...] = ()

    def of(self, policy: str) -> dict[int, Locked]:
        """Give the locked versions of a policy by their numbers."""
        return {each.version: each for each in self.entries if each.policy == policy}


def load_lock(data: bytes | str, name: str) -> tuple[Lock, tuple[Diagnostic, ...]]:
    """Read a lock file.

    Gives: its entries, and a finding for each line that is none, or that says a thing twice.
    """
    text, findings = read_text(data, name)
    if findings:
        return Lock(name, (), text.lines), findings
    entries: list[Locked] = []
    found: list[Diagnostic] = []
    for number, line in enumerate(text.lines, start=1):
        words = line.strip()
        if not words or words.startswith("#"):
            continue
        span = Span(number, 1, number, len(line) + 1)
        match = _LINE.fullmatch(words)
        if match is None:
            found.append(_no_entry(name, words, span))
            continue
        entry = Locked(match[1], int(match[2]), match[3], span)
        if any((each.policy, each.version) == (entry.policy, entry.version) for each in entries):
            found.append(_twice(name, entry))
            continue
        entries.append(entry)
    return Lock(name, tuple(entries), text.lines), tuple(found)


def line_of(policy: str, version: int, sha256: str) -> str:
    """Write the line of a version."""
    return f"{policy} {version} {sha256}\n"


def changed_lines(old: Lock, new: Lock) -> Iterator[Diagnostic]:
    """Find the entries of an earlier lock that a later one lacks or has otherwise."""
    for entry in old.entries:
        now = new.of(entry.policy).get(entry.version)
        if now is None or now.sha256 != entry.sha256:
            verb = "is gone from" if now is None else "has another hash in"
            line = line_of(entry.policy, entry.version, entry.sha256).strip()
            yield Diagnostic(
                "PE415",
                f"version {entry.version} of `{entry.policy}` {verb} the lock",
                new.name,
                Span(1, 1, 1, 1) if now is None else now.span,
                help=f"put its line back: `{line}`",
            )


def _no_entry(name: str, line: str, span: Span) -> Diagnostic:
    return Diagnostic(
        "PE415",
        f"{shown(line)} is no line of a lock",
        name,
        span,
        help="take the lines as `policyengine publish` wrote them, such as from git",
    )


def _twice(name: str, entry: Locked) -> Diagnostic:
    return Diagnostic(
        "PE415",
        f"version {entry.version} of `{entry.policy}` is locked twice",
        name,
        entry.span,
        help="keep the line that is older",
    )


def absent_policies(lock: Lock, known: Sequence[str]) -> Iterator[Diagnostic]:
    """Find policies that are locked, and of which no file is there any more."""
    for policy in dict.fromkeys(each.policy for each in lock.entries):
        if policy not in known:
            first = next(iter(lock.of(policy).values()))
            yield Diagnostic(
                "PE414",
                f"`{policy}` is published, and none of its files is there",
                lock.name,
                first.span,
                help="put the files back, such as from git",
            )
