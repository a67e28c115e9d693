"""What plans, their cycles and their grants change."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final

from policyengine.policy.document import PolicyDocument
from policyengine.policy.document.plans import Grant, Plan
from policyengine.policy.nodes import pointer_of
from policyengine.review.difference import Difference, gone, said
from policyengine.review.grants import grant_differences, grant_text
from policyengine.review.saying import choice, money, quantity, text
from policyengine.review.words import counted, listed

_FROM: Final = {"joining": "from the instant of joining", "calendar": "with the calendar"}
_FIRST: Final = {
    "full": "all",
    "prorated_by_day": "the share of its days that is left",
    "prorated_by_second": "the share of its seconds that is left",
}
_FIRST_RANKS: Final = (("prorated_by_second",), ("prorated_by_day",), ("full",))


def plan_differences(old: PolicyDocument, new: PolicyDocument) -> Iterator[Difference]:
    """Compare the plans, one by one and in their order."""
    for name, now in new.plans.items():
        was = old.plans.get(name)
        if was is None:
            yield said("additive", pointer_of(["plans", name]), f"a new plan {name}: {_gives(now)}")
        else:
            yield from _plan(name, was, now)
    for name in old.plans:
        if name not in new.plans:
            yield gone("structural", pointer_of(["plans", name]), _removed(name, new))
    yield from _order(old, new)


def _gives(plan: Plan) -> str:
    texts = [grant_text(each) for each in plan.grants.values()]
    return " and ".join(texts) or "no credits"


def _removed(name: str, new: PolicyDocument) -> str:
    replaces = new.replaces
    if replaces is not None and name in replaces.removed_plans:
        return f"the plan {name} is gone; its subscribers move to {replaces.removed_plans[name]}"
    if replaces is not None and replaces.plans == "new_subscribers_only":
        return f"the plan {name} is gone; its subscribers keep it"
    return f"the plan {name} is gone"


def _order(old: PolicyDocument, new: PolicyDocument) -> Iterator[Difference]:
    before = [each for each in old.plans if each in new.plans]
    after = [each for each in new.plans if each in old.plans]
    if before != after:
        order = f"{', '.join(before)} -> {', '.join(after)}"
        sentence = f"plans have another order, so upgrades become downgrades: {order}"
        yield said("structural", "/plans", sentence)


def _plan(name: str, was: Plan, now: Plan) -> Iterator[Difference]:
    pointer = pointer_of(["plans", name])
    yield from text(f"{pointer}/title", f"{name} is called", (was.title, now.title))
    yield from money(pointer, name, _price(was), _price(now))
    if was.cycle != now.cycle:
        yield _cycle(pointer, name, was.cycle, now.cycle)
    yield from choice(
        f"{pointer}/cycle_from",
        f"cycles of {name} begin",
        (was.cycle_from, now.cycle_from),
        _FROM,
        absent="joining",
    )
    if was.first_cycle is not None and now.first_cycle is not None:
        yield from choice(
            f"{pointer}/first_cycle",
            f"a first cycle of {name} that is under way gives",
            (was.first_cycle, now.first_cycle),
            _FIRST,
            _FIRST_RANKS,
        )
    elif was.first_cycle != now.first_cycle and was.cycle_from == now.cycle_from:
        before, after = (_FIRST[each or "full"] for each in (was.first_cycle, now.first_cycle))
        subject = f"a first cycle of {name} gives"
        yield from text(f"{pointer}/first_cycle", subject, (before, after), "structural")
    yield from quantity(
        f"{pointer}/balance_at_most",
        (f"a wallet on {name} may have more", f"a wallet on {name} may have less"),
        (was.balance_at_most, now.balance_at_most),
        "more",
    )
    yield from _ending(pointer, name, was, now)
    yield from _grants(pointer, name, was, now)


def _price(plan: Plan) -> tuple[Decimal | None, str | None]:
    return plan.price, plan.currency


def _cycle(pointer: str, name: str, old: str | None, new: str | None) -> Difference:
    where = f"{pointer}/cycle"
    if new is None:
        return gone("structural", where, f"{name} no longer renews; it did every {old}")
    if old is None:
        return said("structural", where, f"{name} renews every {new}; it never did")
    return said("structural", where, f"{name} renews every {old} -> every {new}")


def _ending(pointer: str, name: str, was: Plan, now: Plan) -> Iterator[Difference]:
    texts = [
        "never"
        if each is None
        else f"after {counted(each.count, 'cycle', 'cycles')}, then {each.to}"
        for each in (was.after_cycles, now.after_cycles)
    ]
    where = f"{pointer}/after_cycles"
    yield from text(where, f"{name} ends by itself", (texts[0], texts[1]), "structural")


def _grants(pointer: str, name: str, was: Plan, now: Plan) -> Iterator[Difference]:
    single = len(was.grants) == 1 and len(now.grants) == 1
    for key, grant in now.grants.items():
        where = f"{pointer}/grants/{key}"
        before = was.grants.get(key)
        if before is None:
            yield said("additive", where, f"{name} also gives {key}: {grant_text(grant)}")
        else:
            about = name if single else f"{key} of {name}"
            yield from grant_differences(where, about, before, grant, _cycles(was, now))
    for key, grant in was.grants.items():
        if key not in now.grants:
            sentence = f"{name} no longer gives {key}: {grant_text(grant)}"
            yield gone("dearer", f"{pointer}/grants/{key}", sentence)
    yield from _grant_order(pointer, name, was.grants, now.grants)


def _cycles(was: Plan, now: Plan) -> tuple[str | None, str | None]:
    return was.cycle, now.cycle


def _grant_order(
    pointer: str, name: str, old: Mapping[str, Grant], new: Mapping[str, Grant]
) -> Iterator[Difference]:
    before = [each for each in old if each in new]
    after = [each for each in new if each in old]
    if before != after:
        order = f"{listed(before)} -> {listed(after)}"
        sentence = f"{name} gives its grants in another order: {order}"
        yield said("structural", f"{pointer}/grants", sentence)
