"""What a grant changes: how much, how often, for how long, for what, and what is kept of it."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from policyengine.policy.document.granting import Between, GrantCap, KeptCredits, OnlyFor
from policyengine.policy.document.plans import Grant
from policyengine.review.difference import Difference, gone, said
from policyengine.review.saying import choice, kind_of, members, quantity, span, text
from policyengine.review.words import (
    counted,
    credits_text,
    instant,
    is_same_span,
    listed,
    number,
    seconds_of,
)
from policyengine.values.calendar import parse_instant

PRIORITY_USUAL: Final = 50
_ALL: Final = Decimal(100)
_FOR_EVER: Final = 10**15
_GIVEN: Final = {
    "once": "once in a wallet's life",
    "each_cycle": "each cycle",
    "each_period": "each period of its own clock",
}
_KEPT: Final = {"none": "nothing", "some": "a part", "all": "all"}
_LASTS: Final = {
    "never": "for ever",
    "end_of_cycle": "until the end of the cycle",
    "end_of_period": "until the end of the period",
}
_EVENTS: Final = frozenset({"end_of_cycle", "end_of_period"})


def grant_text(grant: Grant) -> str:
    """Describe a grant in a few words."""
    when = f"every {grant.every}" if grant.every else _GIVEN[grant.given]
    when += " by the calendar" if grant.every_from == "calendar" else ""
    seat = " for each seat" if grant.for_each else ""
    only = "" if grant.only_for is None else f", only for {_only(grant.only_for)}"
    return f"{credits_text(grant.credits)}{seat} {when}, {lasting(grant.expires)}{only}"


def lasting(expires: str) -> str:
    """Say how long credits last."""
    return _LASTS.get(expires, f"for {expires}")


def grant_differences(
    pointer: str, about: str, was: Grant, now: Grant, cycles: tuple[str | None, str | None]
) -> Iterator[Difference]:
    """Compare a grant; `about` names it and its plan, `cycles` are those of the plan."""
    yield from quantity(
        f"{pointer}/credits",
        (f"{about} gives more", f"{about} gives less"),
        (was.credits, now.credits),
        "more",
    )
    subject = f"credits of {about}"
    yield from choice(
        f"{pointer}/given",
        f"{subject} are given",
        (was.given, now.given),
        _GIVEN,
        (("once",), ("each_cycle", "each_period")),
    )
    if was.every is not None and now.every is not None:
        words = (f"{subject} are given less often", f"{subject} are given more often")
        yield from span(f"{pointer}/every", words, (was.every, now.every), "less")
    elif was.every != now.every and was.given == now.given:
        yield from text(f"{pointer}/every", f"{subject} have a clock", (was.every, now.every))
    before, after = (each.every_from or "cycle_start" for each in (was, now))
    if before != after and was.every is not None and now.every is not None:
        begin = "with the calendar" if after == "calendar" else "with the cycle"
        yield said("structural", f"{pointer}/every_from", f"periods of {subject} begin {begin}")
    yield from _cap(pointer, subject, was.at_most, now.at_most)
    yield from _between(pointer, subject, was.between, now.between)
    if was.expires != now.expires:
        yield _expiry(pointer, subject, (was.expires, now.expires), cycles)
    yield from _kept(pointer, subject, was, now)
    if was.for_each != now.for_each:
        if now.for_each:
            yield said("additive", f"{pointer}/for_each", f"{subject} are given for each seat")
        else:
            sentence = f"{subject} are given once for all seats together"
            yield gone("dearer", f"{pointer}/for_each", sentence)
    yield from _priority(pointer, subject, was.priority, now.priority)
    yield from _only_for(pointer, subject, was.only_for, now.only_for)


def _cap(
    pointer: str, subject: str, was: GrantCap | None, now: GrantCap | None
) -> Iterator[Difference]:
    where = f"{pointer}/at_most"
    if was is None and now is not None:
        sentence = f"{subject} are capped: {number(now.credits)} per {now.per}"
        yield said("dearer", where, sentence)
    elif was is not None and now is None:
        sentence = f"{subject} are no longer capped at {number(was.credits)} per {was.per}"
        yield gone("additive", where, sentence)
    elif was is not None and now is not None:
        words = (f"{subject} are capped higher", f"{subject} are capped lower")
        yield from quantity(f"{where}/credits", words, (was.credits, now.credits), "more")
        if "cycle" in {was.per, now.per}:
            named = f"the cap of {subject} is counted per"
            yield from text(f"{where}/per", named, (was.per, now.per), "structural")
        else:
            words = (f"the cap of {subject} spans more", f"the cap of {subject} spans less")
            yield from span(f"{where}/per", words, (was.per, now.per), "less")


def _between(
    pointer: str, subject: str, was: Between | None, now: Between | None
) -> Iterator[Difference]:
    where = f"{pointer}/between"
    if was is None and now is not None:
        sentence = f"{subject} are given only {_window(now)}"
        yield said("dearer", where, sentence)
    elif was is not None and now is None:
        sentence = f"{subject} are always given, no longer only {_window(was)}"
        yield gone("additive", where, sentence)
    elif was is not None and now is not None:
        for key, old, new in (("from", was.from_, now.from_), ("until", was.until, now.until)):
            before, after = parse_instant(old), parse_instant(new)
            if before != after:
                grew = (after > before) == (key == "until")
                sentence = f"{subject} are given {key} {instant(old)} -> {instant(new)}"
                yield said("additive" if grew else "dearer", f"{where}/{key}", sentence)


def _window(part: Between) -> str:
    return f"from {instant(part.from_)} until {instant(part.until)}"


def _expiry(
    pointer: str, subject: str, values: tuple[str, str], cycles: tuple[str | None, str | None]
) -> Difference:
    """Compare how long credits last; credits of a cycle last as long as the cycle."""
    old, new = values
    where = f"{pointer}/expires"
    texts = f"{lasting(old)} -> {lasting(new)}"
    before, after = (_length(*each) for each in zip(values, cycles, strict=True))
    if set(values) == {"end_of_cycle", "end_of_period"}:
        grew = new == "end_of_cycle"
    elif before is None or after is None or before == after:
        spans = not _EVENTS.intersection(values) and "never" not in values
        same = spans and is_same_span(old, new)
        return said("text" if same else "structural", where, f"{subject} last: {texts}")
    else:
        grew = after > before
    word = "longer" if grew else "less long"
    return said(kind_of(grew=grew, better="more"), where, f"{subject} last {word}: {texts}")


def _length(expires: str, cycle: str | None) -> int | None:
    if expires == "never":
        return _FOR_EVER
    if expires == "end_of_cycle":
        return None if cycle is None else seconds_of(cycle)
    return None if expires == "end_of_period" else seconds_of(expires)


def _kept(pointer: str, subject: str, was: Grant, now: Grant) -> Iterator[Difference]:
    if (was.carry_over or "none") != (now.carry_over or "none"):
        how = "" if now.rollover is None else f", {_rollover(now.rollover)}"
        for each in choice(
            f"{pointer}/carry_over",
            f"kept of unused {subject} when they come again",
            (was.carry_over, now.carry_over),
            _KEPT,
            (("none",), ("some",), ("all",)),
            absent="none",
        ):
            yield said(each.kind, each.pointer, f"{each.sentence}{how}")
    elif was.rollover is not None and now.rollover is not None:
        where = f"{pointer}/rollover"
        yield from _rollovers(where, subject, was.rollover, now.rollover)
        own = was.rollover.priority, now.rollover.priority
        if own[0] != own[1]:  # where it has none, that of the grant
            before, after = (
                whole if part is None else part
                for part, whole in zip(own, (was.priority, now.priority), strict=True)
            )
            yield from _priority(where, f"kept {subject}", before, after)


def _rollover(part: KeptCredits) -> str:
    """Describe what is kept."""
    words = []
    if part.share is not None:
        of = "what is left" if part.of == "remaining" else "what is given"
        words.append(f"{part.share} of {of}")
    if part.at_least is not None:
        words.append(f"filled up to {number(part.at_least)}")
    if part.at_most is not None:
        words.append(f"at most {number(part.at_most)}")
    if part.at_most_times is not None:
        words.append(f"at most {number(part.at_most_times)} times the grant")
    if part.cycles is not None:
        words.append(f"for {counted(part.cycles, 'cycle', 'cycles')}")
    return ", ".join(words) or "whatever is left"


def _rollovers(
    where: str, subject: str, was: KeptCredits, now: KeptCredits
) -> Iterator[Difference]:
    kept = f"kept of unused {subject}"
    shares = [percents(each.share) for each in (was, now)]
    words = (f"a larger share is {kept}", f"a smaller share is {kept}")
    yield from quantity(f"{where}/share", words, (shares[0], shares[1]), "more", unit=" %")
    bases = {"remaining": "what is left", "granted": "what is given"}
    yield from choice(
        f"{where}/of", f"the share {kept} is one of", (was.of, now.of), bases, absent="remaining"
    )
    words = (f"more is {kept}, at the least", f"less is {kept}, at the least")
    least = was.at_least, now.at_least
    yield from quantity(
        f"{where}/at_least", words, least, "more", absent="no more", absent_is_most=False
    )
    words = (f"more is {kept}, at the most", f"less is {kept}, at the most")
    yield from quantity(f"{where}/at_most", words, (was.at_most, now.at_most), "more")
    words = (f"more times the grant is {kept}", f"fewer times the grant is {kept}")
    times = was.at_most_times, now.at_most_times
    yield from quantity(f"{where}/at_most_times", words, times, "more")
    words = (f"credits are kept more often, {subject}", f"credits are kept less often, {subject}")
    yield from quantity(f"{where}/cycles", words, (was.cycles, now.cycles), "more")
    lasts = {"renewed": "until the grant comes once more", "as_before": "as long as before"}
    yield from choice(
        f"{where}/expires",
        f"kept {subject} last",
        (was.expires, now.expires),
        lasts,
        (("as_before",), ("renewed",)),
        absent="renewed",
    )


def percents(share: str | None) -> Decimal:
    """Read a share; without one, all is kept."""
    return _ALL if share is None else Decimal(share.rstrip("%"))


def _priority(pointer: str, subject: str, old: int | None, new: int | None) -> Iterator[Difference]:
    before = PRIORITY_USUAL if old is None else old
    after = PRIORITY_USUAL if new is None else new
    if before != after:
        word = "later" if after > before else "sooner"
        sentence = f"{subject} are spent {word} where priority counts: {before} -> {after}"
        yield said("structural", f"{pointer}/priority", sentence)


def _only(part: OnlyFor) -> str:
    models = f"requests of {listed(part.models)}" if part.models else ""
    units = f"what {listed(part.units)} cost" if part.units else ""
    return " and ".join(filter(None, (models, units)))


def _only_for(
    pointer: str, subject: str, was: OnlyFor | None, now: OnlyFor | None
) -> Iterator[Difference]:
    where = f"{pointer}/only_for"
    if was is None and now is not None:
        yield said("dearer", where, f"{subject} pay for less: only for {_only(now)}")
    elif was is not None and now is None:
        yield gone("additive", where, f"{subject} pay for all, not only for {_only(was)}")
    elif was is not None and now is not None:
        for key in ("models", "units"):
            yield from members(
                f"{where}/{key}",
                (getattr(was, key) or None, getattr(now, key) or None),
                lambda names: f"{subject} also pay for {names}",
                lambda names: f"{subject} no longer pay for {names}",
                every=f"all {key}",
            )
