"""Differences on the screen, as Markdown for a pull request, and as plain data."""

from collections.abc import Iterator
from pathlib import PurePath
from typing import Any, Final

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from policyengine.app.diffing import Diff
from policyengine.cli.screen import NO_BREAK, QUIET, STRONG, console
from policyengine.policy.policy import Policy
from policyengine.review.compare import Compared
from policyengine.review.difference import KINDS, TITLES, Difference, Kind
from policyengine.values.calendar import instant_text

FORMAT: Final = 1
"""The version of the JSON that is printed."""

_SIGNS: Final[dict[Kind, str]] = {"structural": "~", "dearer": "-", "additive": "+", "text": " "}
_STYLES: Final[dict[Kind, str]] = {
    "structural": "yellow",
    "dearer": "red",
    "additive": "green",
    "text": "",
}
_GRAVEST_FIRST: Final = tuple(reversed(KINDS))
_NARROWEST: Final = 60


def diff_parts(found: Diff) -> Iterator[RenderableType]:
    """Draw the differences: each class under its title, a sign and a line of the file at each."""
    for index, one in enumerate(found.compared):
        if index:
            yield ""
        yield Text.assemble((_title(one), STRONG))
        yield from _groups(one)
    if found.notes:
        if found.compared:
            yield ""
        for note in found.notes:
            past = " (in the past)" if note.is_past else ""
            yield Text.assemble(
                (_SIGNS[note.kind], _STYLES[note.kind]), " ", f"{note.sentence}{past}"
            )
    if found.kinds:
        yield ""
    yield summary(found)


def _title(one: Compared) -> str:
    old, new = one.old, one.new
    if old.name != new.name:
        return f"{_about(old)} -> {_about(new)}"
    if old.version == new.version:
        return f"{_about(new)}, edited"
    return f"{old.name}: version {old.version} -> version {new.version}"


def _about(policy: Policy) -> str:
    return f"{policy.name} version {policy.version}"


def _groups(one: Compared) -> Iterator[RenderableType]:
    for kind in _GRAVEST_FIRST:
        differences = one.of(kind)
        if not differences:
            continue
        yield Text(f"  {TITLES[kind]}", style=QUIET)
        grid = Table.grid(padding=(0, 1, 0, 0), expand=console().width >= _NARROWEST)
        grid.add_column(no_wrap=True, width=3, justify="right")
        grid.add_column(overflow="fold", ratio=1)
        grid.add_column(no_wrap=True, style=QUIET, justify="right")
        for each in differences:
            grid.add_row(
                Text(_SIGNS[kind], style=_STYLES[kind]),
                _sentence(each),
                _place(one, each),
            )
        yield grid


def _sentence(each: Difference) -> Text:
    past = ("in the past: ", STRONG) if each.is_past else ""
    return Text.assemble(past, each.sentence.replace(" %", f"{NO_BREAK}%"))


def _place(one: Compared, each: Difference) -> str:
    """Name the line: in the newer file, or in the older one what only that has."""
    policy, line = (one.new, each.new_line) if each.new_line else (one.old, each.old_line)
    return f"{PurePath(policy.file).name}:{line}" if line and each.pointer else ""


def summary(found: Diff) -> str:
    """Count the facts by class, gravest first."""
    if not found.kinds:
        return "no difference"
    counts = [(kind, found.count(kind)) for kind in _GRAVEST_FIRST]
    words = ", ".join(f"{count} {TITLES[kind]}" for kind, count in counts if count)
    number = len(found.kinds)
    past = "; some reach into the past" if found.is_past else ""
    return f"{number} {'difference' if number == 1 else 'differences'}: {words}{past}"


def diff_markdown(found: Diff) -> str:
    """Write the differences for a pull request."""
    lines = []
    for one in found.compared:
        lines += [f"### {_title(one)}", ""]
        for kind in _GRAVEST_FIRST:
            differences = one.of(kind)
            if differences:
                lines += [f"**{TITLES[kind]}**", ""]
                lines += [_bullet(one, each) for each in differences]
                lines.append("")
    for note in found.notes:
        lines.append(f"- {'**in the past:** ' if note.is_past else ''}{note.sentence}")
    if found.notes:
        lines.append("")
    return "\n".join([*lines, summary(found)])


def _bullet(one: Compared, each: Difference) -> str:
    past = "**in the past:** " if each.is_past else ""
    place = _place(one, each)
    sentence = each.sentence.replace("<", "&lt;").replace("*", "\\*").replace("_", "\\_")
    return f"- {past}{sentence}" + (f" (`{place}`)" if place else "")


def diff_form(found: Diff) -> dict[str, Any]:
    """Give the differences as plain data."""
    return {
        "format": FORMAT,
        "old": found.old,
        "new": found.new,
        "differences": len(found.kinds),
        "classes": {kind: found.count(kind) for kind in _GRAVEST_FIRST},
        "gravest": found.gravest,
        "past": found.is_past,
        "comparisons": [
            {
                "old": _policy_form(one.old),
                "new": _policy_form(one.new),
                "differences": [_difference_form(each) for each in one.differences],
            }
            for one in found.compared
        ],
        "notes": [
            {"class": each.kind, "sentence": each.sentence, "past": each.is_past}
            for each in found.notes
        ],
    }


def _policy_form(policy: Policy) -> dict[str, Any]:
    return {
        "policy": policy.name,
        "version": policy.version,
        "status": policy.document.status,
        "effective": instant_text(policy.effective_at),
        "sha256": policy.sha256,
        "file": policy.file,
    }


def _difference_form(each: Difference) -> dict[str, Any]:
    return {
        "class": each.kind,
        "sentence": each.sentence,
        "past": each.is_past,
        "pointer": each.pointer,
        "old_line": each.old_line,
        "new_line": each.new_line,
    }
