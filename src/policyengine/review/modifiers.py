"""What differs in the modifiers: which there are, their factors, who has them and when."""

from collections.abc import Iterator
from typing import Final

from policyengine.policy.document import PolicyDocument
from policyengine.policy.document.pricing import Modifier
from policyengine.policy.nodes import pointer_of
from policyengine.policy.tables import hours_of
from policyengine.review.difference import Difference, Kind, gone, said
from policyengine.review.saying import members, quantity
from policyengine.review.words import number
from policyengine.values.hours import minutes_of_week

_TURNED: Final[dict[Kind, Kind]] = {"additive": "dearer", "dearer": "additive"}


def modifiers(old: PolicyDocument, new: PolicyDocument) -> Iterator[Difference]:
    """Compare the modifiers, by name."""
    for name, now in new.modifiers.items():
        pointer = pointer_of(["modifiers", name])
        was = old.modifiers.get(name)
        if was is None:
            yield _came(pointer, name, now)
        else:
            yield from _changed(pointer, name, was, now)
    for name, was in old.modifiers.items():
        if name not in new.modifiers:
            pointer = pointer_of(["modifiers", name])
            if was.hours is None:
                yield gone("structural", pointer, f"the modifier {name} is gone; it is refused")
            else:
                sentence = f"the modifier {name} is gone: no other price {_texts(was)}"
                yield gone(_TURNED[_effect(was)], pointer, sentence)


def _effect(part: Modifier) -> Kind:
    """Give the class of more requests having a modifier."""
    return "additive" if part.factor < 1 else "dearer"


def _texts(part: Modifier) -> str:
    return " and ".join(str(each) for each in hours_of(part))


def _came(pointer: str, name: str, now: Modifier) -> Difference:
    price = f"price x {number(now.factor)}"
    if now.hours is None:
        return said("additive", pointer, f"requests may name the modifier {name}: {price}")
    return said(_effect(now), pointer, f"the modifier {name} holds {_texts(now)}: {price}")


def _changed(pointer: str, name: str, was: Modifier, now: Modifier) -> Iterator[Difference]:
    words = (f"{name} makes requests dearer", f"{name} makes requests cheaper")
    yield from quantity(f"{pointer}/factor", words, (was.factor, now.factor), "less")
    yield from _when(f"{pointer}/hours", name, was, now)
    effect = _effect(now)
    by_itself: tuple[Kind, Kind] = (effect, _TURNED[effect])
    for key in ("models", "plans"):
        noun = "requests of" if key == "models" else "wallets on"
        can = "have" if now.hours else "may name"
        can_not = "no longer have" if now.hours else "may no longer name"
        yield from members(
            f"{pointer}/{key}",
            (getattr(was, key), getattr(now, key)),
            lambda names, noun=noun, can=can: f"{noun} {names} {can} {name}",  # type: ignore[misc]
            lambda names, noun=noun, can_not=can_not: f"{noun} {names} {can_not} {name}",  # type: ignore[misc]
            by_itself if now.hours else ("additive", "dearer"),
            every=f"all {key}",
        )
    yield from members(
        f"{pointer}/measures",
        (was.measures, now.measures),
        lambda names: f"{name} also changes what {names} cost",
        lambda names: f"{name} no longer changes what {names} cost",
        by_itself,
        every="all measures",
    )
    yield from members(
        f"{pointer}/not_with",
        (was.not_with or (), now.not_with or ()),
        lambda names: f"{name} can no longer go with {names}",
        lambda names: f"{name} can go with {names}",
        (_TURNED[effect], effect) if now.hours else ("dearer", "additive"),
    )


def _when(pointer: str, name: str, was: Modifier, now: Modifier) -> Iterator[Difference]:
    if was.hours is None and now.hours is None:
        return
    if was.hours is None:
        sentence = f"{name} holds by itself {_texts(now)}; a request that names it is refused"
        yield said("structural", pointer, sentence)
    elif now.hours is None:
        sentence = f"{name} holds for requests that name it, and no longer {_texts(was)}"
        yield gone("structural", pointer, sentence)
    else:
        before, after = (minutes_of_week(tuple(hours_of(each))) for each in (was, now))
        if before != after:
            effect = _effect(now)
            kind: Kind = "dearer"  # for those requests that it held for, or that it holds for now
            if before < after:
                kind = effect
            elif after < before:
                kind = _TURNED[effect]
            yield said(kind, pointer, f"{name} holds {_texts(was)} -> {_texts(now)}")
