"""What upgrades, downgrades and cancellations change."""

from collections.abc import Iterator
from typing import Final, TypeAlias

from policyengine.policy.document import PolicyDocument
from policyengine.policy.document.plans import (
    Cancel,
    Changes,
    Downgrade,
    ForbiddenChange,
    Upgrade,
)
from policyengine.review.difference import Difference, gone, said
from policyengine.review.grants import percents
from policyengine.review.saying import choice, quantity, text
from policyengine.review.words import listed

_Change: TypeAlias = Upgrade | Downgrade | Cancel

_WHEN: Final = {"now": "at once", "end_of_cycle": "at the end of the cycle"}
_CYCLE: Final = {"starts_now": "starts anew", "keeps_date": "keeps its date"}
_UNUSED: Final = {"carry_over": "carried over", "lost": "lost", "kept": "kept as they are"}
_UNUSED_RANKS: Final = (("lost",), ("carry_over", "kept"))
_CARRIED: Final = {
    "end_of_new_cycle": "until the end of the new cycle",
    "as_before": "as long as before",
}
_NEW: Final = {
    "full": "all that the new plan gives",
    "difference": "the difference to the old plan",
    "less_used": "all less what was used",
}
_NEW_RANKS: Final = (("difference", "less_used"), ("full",))
_EARLIER_USE: Final = {
    "as_charged": "what was charged",
    "re_rated": "what they cost on the new plan",
}
_FORBIDDEN: Final = {
    "upgrade": "upgrades",
    "downgrade": "downgrades",
    "cancel": "cancellations",
    "any": "changes of plan",
}
_PRORATED: Final = {
    "": "whole",
    "by_day": "by the days that are left",
    "by_second": "by the seconds that are left",
}
_PRORATED_RANKS: Final = (("by_second",), ("by_day",), ("",))


def changing_differences(old: PolicyDocument, new: PolicyDocument) -> Iterator[Difference]:
    """Compare what a change of plan does."""
    was, now = old.changes, new.changes
    yield from _upgrade("/changes/upgrade", "an upgrade", was.upgrade, now.upgrade)
    yield from _pairs(old, new)
    yield from _common("/changes/downgrade", "a downgrade", was.downgrade, now.downgrade)
    yield from _common("/changes/cancel", "a cancellation", was.cancel, now.cancel)
    yield from _forbidden(was, now)
    subject = "a cancelled wallet falls back to"
    yield from text("/changes/cancel/to", subject, (was.cancel.to, now.cancel.to), "structural")


def _forbidden(was: Changes, now: Changes) -> Iterator[Difference]:
    for index, each in enumerate(now.forbidden):
        if each not in was.forbidden:
            yield said("dearer", f"/changes/forbidden/{index}", f"forbidden: {_what(each)}")
    for index, each in enumerate(was.forbidden):
        if each not in now.forbidden:
            sentence = f"no longer forbidden: {_what(each)}"
            yield gone("additive", f"/changes/forbidden/{index}", sentence)


def _what(rule: ForbiddenChange) -> str:
    before = "" if rule.from_ is None else f" from {rule.from_}"
    after = "" if rule.to is None else f" to {rule.to}"
    return f"{_FORBIDDEN[rule.change]}{before}{after}"


def _pairs(old: PolicyDocument, new: PolicyDocument) -> Iterator[Difference]:
    """Compare pairs of plans by what their upgrade does, wherever that is said."""
    groups: dict[tuple[str, Upgrade, Upgrade], list[tuple[str, str]]] = {}
    pairs = [(each.from_, each.to) for each in (*new.changes.pairs, *old.changes.pairs)]
    for pair in dict.fromkeys(pairs):
        before, _ = _upgrade_of(old, pair)
        after, pointer = _upgrade_of(new, pair)
        groups.setdefault((pair[0], before, after), []).append((pair[1], pointer))
    for (from_, before, after), targets in groups.items():
        to = listed([each for each, _ in targets])
        yield from _upgrade(targets[0][1], f"an upgrade from {from_} to {to}", before, after)


def _upgrade_of(document: PolicyDocument, pair: tuple[str, str]) -> tuple[Upgrade, str]:
    for index, each in enumerate(document.changes.pairs):
        if (each.from_, each.to) == pair:
            return each.upgrade, f"/changes/pairs/{index}/upgrade"
    return document.changes.upgrade, "/changes/upgrade"


def _upgrade(pointer: str, subject: str, was: Upgrade, now: Upgrade) -> Iterator[Difference]:
    yield from _common(pointer, subject, was, now)
    yield from choice(
        f"{pointer}/new_cycle",
        f"the cycle of {subject}",
        (was.new_cycle, now.new_cycle),
        _CYCLE,
    )
    yield from choice(
        f"{pointer}/new_credits",
        f"{subject} gives",
        (was.new_credits, now.new_credits),
        _NEW,
        _NEW_RANKS,
        absent="full",
    )
    yield from choice(
        f"{pointer}/prorated",
        f"new credits of {subject} are given",
        (was.prorated, now.prorated),
        _PRORATED,
        _PRORATED_RANKS,
    )
    yield from choice(
        f"{pointer}/earlier_use",
        f"requests of the cycle before {subject} cost",
        (_earlier_use(was), _earlier_use(now)),
        _EARLIER_USE,
    )


def _earlier_use(rule: Upgrade) -> str:
    return rule.earlier_use or "as_charged"


def _common(pointer: str, subject: str, was: _Change, now: _Change) -> Iterator[Difference]:
    yield from choice(f"{pointer}/when", f"{subject} happens", (was.when, now.when), _WHEN)
    yield from choice(
        f"{pointer}/unused",
        f"unused credits at {subject} are",
        (was.unused, now.unused),
        _UNUSED,
        _UNUSED_RANKS,
    )
    carried = f"of unused credits is carried over at {subject}"
    words = (f"a larger share {carried}", f"a smaller share {carried}")
    shares = percents(was.carried_share), percents(now.carried_share)
    yield from quantity(f"{pointer}/carried_share", words, shares, "more", unit=" %")
    if was.carried_expires is None and now.carried_expires is None:
        return
    carries = "carry_over" in {was.unused, now.unused}
    values = was.carried_expires or "not", now.carried_expires or "not"
    texts = tuple(_CARRIED.get(each, "not at all") for each in values)
    subject = f"credits carried at {subject} last" + ("" if carries else ", though none are")
    yield from text(
        f"{pointer}/carried_expires",
        subject,
        (texts[0], texts[1]),
        "structural" if carries else "text",
    )
