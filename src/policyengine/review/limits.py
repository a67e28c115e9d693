"""What caps and top-ups change."""

from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

from policyengine.policy.document import PolicyDocument
from policyengine.policy.document.limits import Cap, TopUp
from policyengine.review.conduct import OPT_IN
from policyengine.review.difference import Difference, gone, said
from policyengine.review.packs import lives
from policyengine.review.saying import choice, members, quantity, span, text
from policyengine.review.words import counted, listed, number

_SCOPES: Final = {
    "member": "each member",
    "conversation": "each conversation",
    "model": "each model",
    "wallet": "the wallet",
    "grant": "credits of",
}

_CapKey: TypeAlias = tuple[str, str | None, str | None, tuple[str, ...], tuple[str, ...]]


def limit_differences(old: PolicyDocument, new: PolicyDocument) -> Iterator[Difference]:
    """Compare caps and top-ups."""
    yield from _caps(old.caps, new.caps)
    yield from _top_ups(old.top_up, new.top_up)


def _key(cap: Cap) -> _CapKey:
    names = tuple(sorted(cap.models or ())), tuple(sorted(cap.grants or ()))
    return cap.scope, cap.per, cap.within, *names


def _caps(old: Sequence[Cap], new: Sequence[Cap]) -> Iterator[Difference]:
    """Compare caps that count the same; another count is another cap."""
    before = {_key(each): (index, each) for index, each in enumerate(old)}
    after = {_key(each): (index, each) for index, each in enumerate(new)}
    for key, (index, now) in after.items():
        where = f"/caps/{index}"
        if key not in before:
            amount = f"{number(now.credits)} {_per(now)}{_whom(now)}"
            yield said("dearer", where, f"a new cap: {_scope(now)} may {_verb(now)} {amount}")
            continue
        was = before[key][1]
        may = f"{_scope(now)} may {_verb(now)}"
        words = tuple(f"{may} {each} {_per(now)}" for each in ("more", "less"))
        values = was.credits, now.credits
        yield from quantity(f"{where}/credits", (words[0], words[1]), values, "more")
        yield from members(
            f"{where}/plans",
            (was.plans, now.plans),
            lambda plans, now=now: f"the cap for {_scope(now)} holds on {plans} as well",  # type: ignore[misc]
            lambda plans, now=now: f"the cap for {_scope(now)} no longer holds on {plans}",  # type: ignore[misc]
            ("dearer", "additive"),
            every="all plans",
        )
    for key, (index, was) in before.items():
        if key not in after:
            amount = f"{number(was.credits)} {_per(was)}{_whom(was)}"
            yield gone("additive", f"/caps/{index}", f"no cap any more: {_scope(was)}, {amount}")


def _scope(cap: Cap) -> str:
    models = f" with {listed(cap.models)}" if cap.models else ""
    grants = f" {listed(cap.grants)}" if cap.grants else ""
    return f"{_SCOPES[cap.scope]}{models}{grants}"


def _verb(cap: Cap) -> str:
    return "pay" if cap.scope == "grant" else "use"


def _per(cap: Cap) -> str:
    if cap.per is None:
        return f"within {cap.within} of the first use"
    return f"per {cap.per.removeprefix('1 ')}"


def _whom(cap: Cap) -> str:
    return f", on {listed(cap.plans)}" if cap.plans else ""


def _top_ups(was: TopUp | None, now: TopUp | None) -> Iterator[Difference]:
    if was is None and now is not None:
        kind = "additive" if now.opt_in == "required" else "structural"
        sentence = f"credits are bought by themselves: {_top_up_text(now)}"
        yield said("additive" if kind == "additive" else "structural", "/top_up", sentence)
    elif was is not None and now is None:
        yield gone("structural", "/top_up", "credits are no longer bought by themselves")
    elif was is not None and now is not None:
        yield from _top_up(was, now)


def _bought(part: TopUp) -> str:
    return part.pack or f"what is missing up to {number(part.up_to or 0)}"


def _top_up_text(part: TopUp) -> str:
    often = f"{counted(part.at_most.count, 'time', 'times')} in {part.at_most.per}"
    return f"{_bought(part)}, below {number(part.below)}, at most {often}; {OPT_IN[part.opt_in]}"


def _top_up(was: TopUp, now: TopUp) -> Iterator[Difference]:
    where = "/top_up"
    words = ("a top-up is asked for sooner", "a top-up is asked for later")
    yield from quantity(f"{where}/below", words, (was.below, now.below), "neither")
    if (was.pack, was.up_to) != (now.pack, now.up_to):
        key = "up_to" if now.pack is None else "pack"
        bought = f"{_bought(was)} -> {_bought(now)}"
        yield said("structural", f"{where}/{key}", f"a top-up buys {bought}")
    elif was.expires is not None and now.expires is not None:
        yield from lives(f"{where}/expires", "credits of a top-up", was.expires, now.expires)
    words = (
        "top-ups come at greater distances",
        "top-ups come at shorter distances",
    )
    yield from span(f"{where}/cooldown", words, (was.cooldown, now.cooldown), "neither")
    words = ("there may be more top-ups", "there may be fewer top-ups")
    counts = was.at_most.count, now.at_most.count
    yield from quantity(f"{where}/at_most/count", words, counts, "neither")
    subject = "top-ups are counted in"
    pers = was.at_most.per, now.at_most.per
    yield from text(f"{where}/at_most/per", subject, pers, "structural")
    yield from choice(f"{where}/opt_in", "top-ups", (was.opt_in, now.opt_in), OPT_IN)
