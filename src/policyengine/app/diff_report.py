"""Differences in words and as plain data: titles, places, Markdown for a pull request, JSON."""

from pathlib import PurePath
from typing import Any, Final

from policyengine.app.diffing import Diff
from policyengine.policy.policy import Policy
from policyengine.review.compare import Compared
from policyengine.review.difference import KINDS, TITLES, Difference
from policyengine.values.calendar import instant_text

FORMAT: Final = 1
"""The version of the JSON that is printed."""

GRAVEST_FIRST: Final = tuple(reversed(KINDS))


def title_of(one: Compared) -> str:
    """Name the two versions that are compared."""
    old, new = one.old, one.new
    if old.name != new.name:
        return f"{_about(old)} -> {_about(new)}"
    if old.version == new.version:
        return f"{_about(new)}, edited"
    return f"{old.name}: version {old.version} -> version {new.version}"


def _about(policy: Policy) -> str:
    return f"{policy.name} version {policy.version}"


def place_of(one: Compared, each: Difference) -> str:
    """Name the line: in the newer file, or in the older one what only that has."""
    policy, line = (one.new, each.new_line) if each.new_line else (one.old, each.old_line)
    return f"{PurePath(policy.file).name}:{line}" if line and each.pointer else ""


def summary(found: Diff) -> str:
    """Count the facts by class, gravest first."""
    if not found.kinds:
        return "no difference"
    counts = [(kind, found.count(kind)) for kind in GRAVEST_FIRST]
    words = ", ".join(f"{count} {TITLES[kind]}" for kind, count in counts if count)
    number = len(found.kinds)
    past = "; some reach into the past" if found.is_past else ""
    return f"{number} {'difference' if number == 1 else 'differences'}: {words}{past}"


def diff_markdown(found: Diff, level: int = 3, *, with_summary: bool = True) -> str:
    """Write the differences for a pull request, under headings of a level."""
    lines = []
    for one in found.compared:
        lines += [f"{'#' * level} {title_of(one)}", ""]
        for kind in GRAVEST_FIRST:
            differences = one.of(kind)
            if differences:
                lines += [f"**{TITLES[kind]}**", ""]
                lines += [_bullet(one, each) for each in differences]
                lines.append("")
    for note in found.notes:
        lines.append(f"- {'**in the past:** ' if note.is_past else ''}{note.sentence}")
    if found.notes:
        lines.append("")
    return "\n".join([*lines, summary(found)] if with_summary else lines).rstrip()


def _bullet(one: Compared, each: Difference) -> str:
    past = "**in the past:** " if each.is_past else ""
    place = place_of(one, each)
    sentence = each.sentence.replace("<", "&lt;").replace("*", "\\*").replace("_", "\\_")
    return f"- {past}{sentence}" + (f" (`{place}`)" if place else "")


def diff_form(found: Diff) -> dict[str, Any]:
    """Give the differences as plain data."""
    return {
        "format": FORMAT,
        "old": found.old,
        "new": found.new,
        "differences": len(found.kinds),
        "classes": {kind: found.count(kind) for kind in GRAVEST_FIRST},
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
