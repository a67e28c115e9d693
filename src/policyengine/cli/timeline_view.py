"""Versions on a line of time: which is in force when, what is to come, who keeps what."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from rich.console import RenderableType
from rich.text import Text

from policyengine.app.sentences import clock_text, time_text
from policyengine.cli.screen import NO_BREAK, QUIET, STRONG, headline, indented, table
from policyengine.policy.document.policy import PolicyDocument
from policyengine.policy.load import Loaded, content_hash
from policyengine.policy.lock import LOCK_NAME, Lock
from policyengine.review.version import keep_text
from policyengine.values.calendar import Instant, instant_text, parse_instant

BAR_WIDTH: Final = 18
_FULL, _OPEN, _DRAFT, _END, _NOW = "━", "─", "┄", "▶", "┃"


@dataclass(frozen=True, slots=True)
class Drawn:
    """The versions of a policy by number, their locks, and the present."""

    loaded: Sequence[Loaded]
    locks: Sequence[Lock]
    now: Instant

    @property
    def documents(self) -> list[PolicyDocument]:
        """Give the documents."""
        return [each.document for each in self.loaded if each.document is not None]

    def is_locked(self, document: PolicyDocument) -> bool:
        """Tell whether a lock names the version with what it says."""
        entries = [lock.of(document.policy).get(document.version) for lock in self.locks]
        return any(each is not None and each.sha256 == content_hash(document) for each in entries)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A version and the time it is in force; `until` is None for the last one."""

    document: PolicyDocument
    starts_at: Instant
    until: Instant | None

    def state(self, now: Instant) -> str:
        """Say what it is at present."""
        if self.document.status == "draft":
            return "draft"
        if self.starts_at > now:
            return "to come"
        return "in force" if self.until is None or self.until > now else "over"


def _stretches(drawn: Drawn) -> list[_Stretch]:
    """Give each version its time; a draft cuts off drafts before it, but nothing published."""
    found = []
    documents = drawn.documents
    for index, each in enumerate(documents):
        later = [
            other
            for other in documents[index + 1 :]
            if other.status == "published" or each.status == "draft"
        ]
        until = parse_instant(later[0].effective) if later else None
        found.append(_Stretch(each, parse_instant(each.effective), until))
    return found


def timeline_parts(drawn: Drawn) -> Iterator[RenderableType]:
    """Draw each version as a row with its stretch of the line, then who keeps old terms."""
    stretches = _stretches(drawn)
    yield headline(
        "plain",
        (drawn.documents[0].policy, STRONG),
        (f"  as of {time_text(drawn.now)}", QUIET),
    )
    yield ""
    rows = table(["version", "from (UTC)", "until (UTC)", "", "time"])
    scale = _Scale.of(stretches, drawn.now)
    for each in stretches:
        state = each.state(drawn.now)
        rows.add_row(
            Text(str(each.document.version), style=STRONG if state == "in force" else ""),
            clock_text(each.starts_at),
            "" if each.until is None else clock_text(each.until),
            state,
            scale.bar(each, drawn.now),
        )
    yield indented(rows)
    yield from _notes(drawn)


def _notes(drawn: Drawn) -> Iterator[RenderableType]:
    lines: list[str] = []
    for each in drawn.documents:
        replaces = each.replaces
        if replaces is None:
            continue
        found = [keep_text(keep) for keep in replaces.keep]
        if replaces.plans == "new_subscribers_only":
            found.append("its plans are for new subscribers; others keep theirs")
        if replaces.plans == "at_once":
            found.append("existing subscribers get its plans at once")
        found += [
            f"{plan} is gone; its subscribers move to {target}"
            for plan, target in replaces.removed_plans.items()
        ]
        lines += [f"version {each.version}: {text}" for text in found]
    if drawn.locks:
        lines += [
            f"version {each.version}: published, and not in {LOCK_NAME}"
            for each in drawn.documents
            if each.status == "published" and not drawn.is_locked(each)
        ]
    if lines:
        yield ""
    for line in lines:
        yield indented(line)


@dataclass(frozen=True, slots=True)
class _Scale:
    """The columns of the line: as wide as the time from the first start to a little after now."""

    first: Instant
    last: Instant

    @classmethod
    def of(cls, stretches: Sequence[_Stretch], now: Instant) -> "_Scale":
        starts = [each.starts_at for each in stretches]
        first, last = min(*starts, now), max(*starts, now)
        steps = [after - before for before, after in pairwise(sorted({*starts, now}))]
        return cls(first, last + max([*steps, 1]) // 2)

    def column(self, instant: Instant) -> int:
        return (instant - self.first) * (BAR_WIDTH - 1) // (self.last - self.first)

    def bar(self, stretch: _Stretch, now: Instant) -> Text:
        start = self.column(stretch.starts_at)
        end = BAR_WIDTH - 1 if stretch.until is None else self.column(stretch.until)
        state = stretch.state(now)
        sign = {"draft": _DRAFT, "in force": _FULL}.get(state, _OPEN)
        cells = [" "] * BAR_WIDTH
        cells[start : max(end, start + 1)] = sign * (max(end, start + 1) - start)
        if stretch.until is None:
            cells[-1] = _END
        at = self.column(now)
        cells[at] = _NOW
        return Text("".join(cells).replace(" ", NO_BREAK))


def timeline_form(drawn: Drawn) -> dict[str, Any]:
    """Give the versions as plain data."""
    return {
        "policy": drawn.documents[0].policy,
        "at": instant_text(drawn.now),
        "versions": [
            {
                "version": each.document.version,
                "status": each.document.status,
                "state": each.state(drawn.now).replace(" ", "_"),
                "from": instant_text(each.starts_at),
                "until": None if each.until is None else instant_text(each.until),
                "locked": drawn.is_locked(each.document),
                "sha256": content_hash(each.document),
                "why": each.document.why,
                "replaces": None
                if each.document.replaces is None
                else each.document.replaces.model_dump(),
            }
            for each in _stretches(drawn)
        ],
    }
