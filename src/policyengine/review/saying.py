"""The usual forms of a fact: a quantity, a span, a choice, a set of names, a plain text."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Final, Literal, TypeAlias

from policyengine.review.difference import Difference, Kind, said
from policyengine.review.words import Amount, is_same_span, listed, number, percent, seconds_of

Better: TypeAlias = Literal["more", "less", "neither"]
"""Which way is better for customers."""

NO_LIMIT: Final = "no limit"


def kind_of(*, grew: bool, better: Better) -> Kind:
    """Classify a change of a quantity."""
    if better == "neither":
        return "structural"
    return "additive" if grew == (better == "more") else "dearer"


def quantity(
    pointer: str,
    words: tuple[str, str],
    values: tuple[Amount | None, Amount | None],
    better: Better,
    *,
    absent: str = NO_LIMIT,
    absent_is_most: bool = True,
    unit: str = "",
) -> Iterator[Difference]:
    """Say that a number changed.

    Takes: what to say when it grew and when it shrank; the old and the new number, None where it
    is absent, what that means in words, and whether it is more or less than any number.
    """
    old, new = values
    if old == new:
        return
    grew = absent_is_most == (new is None)
    if old is not None and new is not None:
        grew = new > old
    texts = [absent if each is None else f"{number(each)}{unit}" for each in values]
    share = "" if old is None or new is None else percent(old, new)
    sentence = f"{words[0] if grew else words[1]}: {texts[0]} -> {texts[1]}{share}"
    yield said(kind_of(grew=grew, better=better), pointer, sentence)


def money(
    pointer: str,
    subject: str,
    old: tuple[Amount | None, str | None],
    new: tuple[Amount | None, str | None],
) -> Iterator[Difference]:
    """Say that a price in money changed, or is said or not said any more."""
    if old == new:
        return
    texts = [
        "not said" if amount is None else f"{number(amount)} {currency}"
        for amount, currency in (old, new)
    ]
    if old[0] is None or new[0] is None:
        yield said("text", f"{pointer}/price", f"{subject} costs: {texts[0]} -> {texts[1]}")
    elif old[1] != new[1]:
        sentence = f"{subject} costs another money: {texts[0]} -> {texts[1]}"
        yield said("structural", f"{pointer}/currency", sentence)
    else:
        words = (f"{subject} costs more", f"{subject} costs less")
        values = old[0], new[0]
        yield from quantity(f"{pointer}/price", words, values, "less", unit=f" {new[1]}")


def span(
    pointer: str,
    words: tuple[str, str],
    values: tuple[str | None, str | None],
    better: Better,
    *,
    absent: str = "never",
) -> Iterator[Difference]:
    """Say that a span changed; an absent one is the longest."""
    old, new = values
    if old == new:
        return
    texts = f"{old or absent} -> {new or absent}"
    if old is not None and new is not None:
        if is_same_span(old, new):
            yield said("text", pointer, f"{words[0]}, but only in words: {texts}")
            return
        grew = seconds_of(new) > seconds_of(old)
        if seconds_of(new) == seconds_of(old):
            yield said("structural", pointer, f"{words[0]} on some days: {texts}")
            return
    else:
        grew = new is None
    sentence = f"{words[0] if grew else words[1]}: {texts}"
    yield said(kind_of(grew=grew, better=better), pointer, sentence)


def choice(
    pointer: str,
    subject: str,
    values: tuple[str | None, str | None],
    words: Mapping[str, str],
    ranks: Sequence[Collection[str]] = (),
    *,
    absent: str = "",
) -> Iterator[Difference]:
    """Say that another answer was chosen.

    Takes: the phrase of each answer; groups of answers, worst for customers first: between two
    groups it is clear who gains, within one it is not. `absent` is the answer that None stands for.
    """
    old, new = (absent if each is None else each for each in values)
    if old == new:
        return
    kind: Kind = "structural"
    old_rank, new_rank = _rank(old, ranks), _rank(new, ranks)
    if old_rank is not None and new_rank is not None and old_rank != new_rank:
        kind = "additive" if new_rank > old_rank else "dearer"
    yield said(kind, pointer, f"{subject}: {words.get(old, old)} -> {words.get(new, new)}")


def _rank(answer: str, ranks: Sequence[Collection[str]]) -> int | None:
    return next((index for index, group in enumerate(ranks) if answer in group), None)


def members(
    pointer: str,
    values: tuple[Collection[str] | None, Collection[str] | None],
    gained: Callable[[str], str],
    lost: Callable[[str], str],
    kinds: tuple[Kind, Kind] = ("additive", "dearer"),
    *,
    every: str = "all",
) -> Iterator[Difference]:
    """Say who came to a set of names and who left it; None is the set of all.

    Takes: sentences about those who came and who left, by their names; the classes of both.
    """
    old, new = values
    if old is None and new is None:
        return
    if new is None:
        yield said(kinds[0], pointer, gained(every))
    elif old is None:
        yield said(kinds[1], pointer, lost(f"{every} but {listed(sorted(new))}"))
    else:
        came, left = sorted(set(new) - set(old)), sorted(set(old) - set(new))
        if came:
            yield said(kinds[0], pointer, gained(listed(came)))
        if left:
            yield said(kinds[1], pointer, lost(listed(left)))


def text(
    pointer: str, subject: str, values: tuple[str | None, str | None], kind: Kind = "text"
) -> Iterator[Difference]:
    """Say that a text changed."""
    old, new = values
    if old == new:
        return
    if new is None:
        yield said(kind, pointer, f"{subject} is no longer given: {old}")
    elif old is None:
        yield said(kind, pointer, f"{subject}: {new}")
    else:
        yield said(kind, pointer, f"{subject}: {old} -> {new}")
