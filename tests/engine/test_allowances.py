"""Allowances: the most that lots of capped grants can pay, held against trying every way."""

from collections.abc import Sequence
from itertools import chain, combinations, product

from hypothesis import given, settings
from hypothesis import strategies as st

from policyengine.engine.allowances import allotted, kinds_of, needs_allotting
from policyengine.engine.burndown import Bill, Source, shared_out
from policyengine.ledger.lots import UNRESTRICTED, Restriction

TEXT = Restriction(units=("text",))
IMAGE = Restriction(units=("image",))
BOTH = Restriction(units=("text", "image"))
LITE = Restriction(models=("lite",))
UNITS = ("text", "image", "sound")
KINDS = (UNRESTRICTED, TEXT, IMAGE, BOTH, Restriction(units=("sound",)), LITE)


def may_pay(bill: Bill, restricted: Restriction) -> set[str]:
    """Say once more what a lot may pay for."""
    if restricted.models and bill.model not in restricted.models:
        return set()
    named = {unit for unit, _ in bill.shares}
    return named & set(restricted.units) if restricted.units else named


def is_possible(
    bill: Bill,
    sources: Sequence[Source],
    grants: dict[int, str],
    left: dict[str, int],
    way: tuple[int, ...],
) -> bool:
    """Tell whether sources can pay so much each: no grant too much, no set of units too often."""
    for grant, most in left.items():
        if most < sum(
            part for part, source in zip(way, sources, strict=True) if grants[source[0]] == grant
        ):
            return False
    units = [unit for unit, _ in bill.shares]
    for some in chain.from_iterable(combinations(units, count) for count in range(len(units) + 1)):
        room = sum(amount for unit, amount in bill.shares if unit in some)
        wanted = sum(
            part
            for part, (_, _, restricted) in zip(way, sources, strict=True)
            if may_pay(bill, restricted) <= set(some)
        )
        if wanted > room:
            return False
    return True


def best(
    bill: Bill, sources: Sequence[Source], grants: dict[int, str], left: dict[str, int]
) -> list[int]:
    """Try every way: the most together, then the most of those in front."""
    ways = product(*(range(amount + 1) for _, amount, _ in sources))
    possible = (way for way in ways if is_possible(bill, sources, grants, left, way))
    return list(max(possible, key=lambda way: (sum(way), way)))


@st.composite
def cases(draw: st.DrawFn) -> tuple[Bill, list[Source], dict[int, str], dict[str, int]]:
    shares = tuple((unit, draw(st.integers(0, 4))) for unit in UNITS[: draw(st.integers(1, 3))])
    bill = Bill(sum(amount for _, amount in shares), draw(st.sampled_from(("lite", "x"))), shares)
    count = draw(st.integers(1, 5))
    sources: list[Source] = [
        (number, draw(st.integers(1, 4)), draw(st.sampled_from(KINDS))) for number in range(count)
    ]
    grants = {number: draw(st.sampled_from(("", "a", "b"))) for number in range(count)}
    left = {name: draw(st.integers(0, 5)) for name in ("a", "b")[: draw(st.integers(0, 2))]}
    return bill, sources, grants, left


@settings(max_examples=300, deadline=None)
@given(cases())
def test_no_other_way_pays_more_or_as_much_with_more_of_those_in_front(
    case: tuple[Bill, list[Source], dict[int, str], dict[str, int]],
) -> None:
    bill, sources, grants, left = case
    found = allotted(bill, sources, kinds_of(bill, sources, grants), left)
    assert best(bill, sources, grants, left) == found
    paced = [(number, part, r) for (number, _, r), part in zip(sources, found, strict=True)]
    assert found == shared_out(bill, paced)


def test_it_matters_only_where_lots_of_a_capped_grant_pay_for_different_things() -> None:
    bill = Bill(20, "x", (("text", 10), ("image", 10)))
    sources: list[Source] = [(1, 10, TEXT), (2, 10, BOTH), (3, 10, LITE)]
    kinds = kinds_of(bill, sources, {1: "a", 2: "a", 3: "a"})
    assert needs_allotting(kinds, {"a": 5})
    assert not needs_allotting(kinds, {"b": 5})
    assert not needs_allotting(kinds[1:], {"a": 5})


def test_other_credits_pay_for_what_they_can_so_that_the_allowance_pays_for_the_rest() -> None:
    """10 of a grant may be spent: were they its text's, nothing would pay for the images."""
    bill = Bill(20, "x", (("text", 10), ("image", 10)))
    sources: list[Source] = [(1, 10, TEXT), (2, 10, TEXT), (3, 10, IMAGE)]
    kinds = kinds_of(bill, sources, {1: "a", 3: "a"})
    assert allotted(bill, sources, kinds, {"a": 10}) == [0, 10, 10]
    assert allotted(bill, sources, kinds, {"a": 14}) == [4, 6, 10]
    assert allotted(bill, sources, kinds, {"a": 20}) == [10, 0, 10]
