"""New versions and their publication: texts in, texts out; nothing is written here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from policyengine.app.setting import line_end
from policyengine.policy.document.conduct import Keep
from policyengine.policy.load import Loaded
from policyengine.policy.nodes import MappingNode, ScalarNode
from policyengine.policy.rewriting import replaced, written
from policyengine.policy.source import Source, load_source
from policyengine.values.calendar import (
    Instant,
    datetime_of,
    instant_of,
    instant_text,
    parse_instant,
)

WHY_UNSAID: Final = "Say here what changes, and why."
_DECEMBER: Final = 12


class CannotVersion(ValueError):  # noqa: N818  # it says what is the matter
    """A version cannot be made or published; `remedy` is what mends it."""

    def __init__(self, message: str, remedy: str) -> None:
        """Carry the message and the remedy."""
        super().__init__(message)
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Draft:
    """A new version: its number, the instant from which it would count, and its file's text."""

    number: int
    effective_at: Instant
    text: str


def newest_of(loaded: Sequence[Loaded]) -> Loaded:
    """Give the version with the highest number.

    Raises: CannotVersion where a file cannot be read: it may be that version.
    """
    for each in loaded:
        if each.document is None:
            raise CannotVersion(
                f"{each.source.name} cannot be read",
                "mend it first; `policyengine validate` shows what is wrong",
            )
    return max(loaded, key=lambda each: each.document.version if each.document else 0)


def draft_after(newest: Loaded, now: Instant, effective: Instant | None, why: str) -> Draft:
    """Copy a version to the next one, as a draft; comments and layout stay.

    Takes: the newest version; an instant from which the draft shall count, or None for the first
    of the month after both the present and the newest version's start.
    Raises: CannotVersion where the newest version is a draft itself, or the instant is too early.
    """
    document = newest.document
    if document is None:
        raise CannotVersion(f"{newest.source.name} cannot be read", "mend it first")
    if document.status == "draft":
        raise CannotVersion(
            f"version {document.version} of `{document.policy}` is a draft already",
            f"edit {newest.source.name}, or publish it first",
        )
    before = parse_instant(document.effective)
    starts_at = _next_month(max(now, before)) if effective is None else effective
    if starts_at <= before:
        raise CannotVersion(
            f"version {document.version} itself comes into force at {document.effective}",
            "give a later instant with `--effective`",
        )
    number = document.version + 1
    values = {
        "/version": str(number),
        "/effective": instant_text(starts_at),
        "/status": "draft",
        "/why": why or WHY_UNSAID,
    }
    text = _with_values(newest.source.text, newest.source, values)
    return Draft(number, starts_at, _with_replaces(text, newest, number, starts_at))


def published(text: str) -> str:
    """Give a draft's text as that of a published version."""
    source, _ = load_source(text, "")
    return _with_values(source.text, source, {"/status": "published"})


def _next_month(instant: Instant) -> Instant:
    day = datetime_of(instant)
    later = (day.year + 1, 1) if day.month == _DECEMBER else (day.year, day.month + 1)
    return instant_of(datetime(*later, 1, tzinfo=UTC))


def _with_values(text: str, source: Source, values: Mapping[str, str]) -> str:
    """Set single values, the last one of the text first, so that places stay as they were read."""
    nodes = [(source.node(pointer), value) for pointer, value in values.items()]
    found = [(node, value) for node, value in nodes if isinstance(node, ScalarNode)]
    for node, value in sorted(found, key=lambda each: each[0].span, reverse=True):
        new = value if value.isdecimal() else written(value, node)
        text = replaced(text, node.span, new + line_end(text, node.span))
    return text


def _with_replaces(text: str, newest: Loaded, number: int, starts_at: Instant) -> str:
    """Say which version is replaced; what the version before promised for longer is kept."""
    document = newest.document
    was = None if document is None else document.replaces
    kept = [] if was is None else [each for each in was.keep if _lasts(each, starts_at)]
    if was is not None and kept == was.keep and not was.removed_plans:
        source, _ = load_source(text, "")
        return _with_values(text, source, {"/replaces/version": str(number - 1)})
    plans = "at_next_cycle" if was is None else was.plans
    block = [
        "replaces:",
        f"  version: {number - 1}",
        "  rates_and_models: from_effective",
        f"  plans: {plans}",
        "  packs: new_purchases",
    ]
    if kept:
        block.append("  keep:")
    block += [
        f"    - {{plan: {each.plan}, joined_before: {each.joined_before}, until: {each.until}}}"
        for each in kept
    ]
    return _in_place_of_replaces(text, block)


def _lasts(keep: Keep, starts_at: Instant) -> bool:
    return parse_instant(keep.until) > starts_at


def _in_place_of_replaces(text: str, block: Sequence[str]) -> str:
    """Put the lines of `replaces` where they stood, or at the end."""
    source, _ = load_source(text, "")
    lines = text.rstrip("\n").split("\n")
    root = source.root
    entries = root.entries if isinstance(root, MappingNode) else ()
    for index, entry in enumerate(entries):
        if entry.key.text == "replaces":
            first = entry.key.span.line - 1
            later = [each.key.span.line - 1 for each in entries[index + 1 :]]
            end = later[0] if later else len(lines)
            while end > first + 1 and _is_apart(lines[end - 1]):
                end -= 1
            return "\n".join([*lines[:first], *block, *lines[end:]]) + "\n"
    return "\n".join([*lines, "", *block]) + "\n"


def _is_apart(line: str) -> bool:
    """Tell a blank line or a comment at the margin: it belongs to what follows."""
    return not line.strip() or line.startswith("#")
