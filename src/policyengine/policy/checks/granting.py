"""Grants beyond a plain one: restricted, promotional, on their own clock, kept in part, capped."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from policyengine.policy.checks.cycling import CALENDAR_SPANS, calendar_has
from policyengine.policy.checks.findings import (
    found,
    found_at_key,
    plain,
    pointer_to,
    see_key,
    see_value,
    unknown_name,
)
from policyengine.policy.checks.spans import is_longer
from policyengine.policy.document import PolicyDocument
from policyengine.policy.document.granting import KeptCredits, OnlyFor
from policyengine.policy.document.plans import Grant, Plan
from policyengine.policy.source import Source
from policyengine.policy.vocabulary import rates_of, vocabulary_of
from policyengine.values.calendar import parse_instant
from policyengine.values.diagnostics import Diagnostic

_PERCENT: Final = 100


def grants_of(document: PolicyDocument) -> Iterator[tuple[str, Plan, Grant, str]]:
    """Give each grant with its plan and its place."""
    for name, plan in document.plans.items():
        for grant, part in plan.grants.items():
            yield name, plan, part, pointer_to("plans", name, "grants", grant)


def check_restrictions(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """Restricted credits are for models and units that there are, and that cost something."""
    units = vocabulary_of(document).measures
    for plan, _, grant, pointer in grants_of(document):
        only = grant.only_for
        if only is None:
            continue
        place = f"{pointer}/only_for"
        unknown = False
        for kind, code, names, known in (
            ("models", "PE208", only.models, document.models),
            ("units", "PE202", only.units, units),
        ):
            for index, name in enumerate(names):
                if name not in known:
                    unknown = True
                    at = f"{place}/{kind}/{index}"
                    noun = kind.removesuffix("s")
                    message = f"there is no {noun} `{name}`"
                    yield unknown_name(source, code, at, message, name, known)
        if not only.models and not only.units:
            yield found(
                source,
                "PE286",
                place,
                "this restriction names nothing",
                "add `models` or `units`, or delete it",
            )
        elif not unknown and not _costs(document, plan, only):
            yield found_at_key(
                source,
                "PE286",
                place,
                "nothing can use these credits: what they are for costs nothing",
                "name a model or unit that costs credits, or delete the grant",
            )


def _costs(document: PolicyDocument, plan: str, only: OnlyFor) -> bool:
    """Tell whether some of the units costs something on the plan for some of the models."""
    for name in only.models or document.models:
        model = document.models[name]
        factors = [model.multiplier_on_plan.get(plan, model.multiplier)]
        factors += model.multiplier_for_cohort.values()
        factors += [tier.multiplier for tier in model.tiers if tier.multiplier is not None]
        own = rates_of(document, name)
        units = {*(only.units or own)}
        priced = {unit for unit, rate in own.items() if rate}
        for tier in model.tiers:
            priced |= {unit for unit, rate in (tier.rates or {}).items() if rate}
        if any(factors) and units & priced:
            return True
    return False


def check_promotions(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """A promotional period has a length, some of it after the version begins."""
    for _, _, grant, pointer in grants_of(document):
        if grant.between is None:
            continue
        place = f"{pointer}/between"
        try:
            start, end = parse_instant(grant.between.from_), parse_instant(grant.between.until)
            effective = parse_instant(document.effective)
        except ValueError:  # another check reports it
            continue
        if end <= start:
            yield found(
                source,
                "PE287",
                f"{place}/until",
                "the period ends before it begins",
                "write a later instant",
                see_value(source, f"{place}/from", "it begins here"),
            )
        elif end <= effective:
            yield found(
                source,
                "PE287",
                f"{place}/until",
                "the period is over when this version begins, so that nothing is given",
                "delete the grant, or write a later instant",
                see_value(source, "/effective", "this version begins here"),
                severity="warning",
            )


def check_own_clocks(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """A grant on its own clock says how often it comes, and only such a grant does."""
    for _, plan, grant, pointer in grants_of(document):
        see_given = see_value(source, f"{pointer}/given", "this decides")
        if grant.given == "each_period":
            yield from _check_period(source, plan, grant, pointer)
            continue
        for key in ("every", "every_from", "at_most"):
            if getattr(grant, key) is not None:
                yield found_at_key(
                    source,
                    "PE241",
                    f"{pointer}/{key}",
                    f"`{key}` is for grants on their own clock",
                    "delete it, or write `given: each_period`",
                    see_given,
                )
        if grant.expires == "end_of_period":
            yield found(
                source,
                "PE241",
                f"{pointer}/expires",
                "`end_of_period` is for grants on their own clock",
                "write `end_of_cycle`, or `given: each_period` with `every`",
                see_given,
            )


def _check_period(source: Source, plan: Plan, grant: Grant, pointer: str) -> Iterator[Diagnostic]:
    if grant.every is None:
        yield found(
            source,
            "PE240",
            f"{pointer}/given",
            "`each_period` needs `every`: how often the grant comes",
            "add a line such as `every: 1 month`",
        )
        return
    if grant.every_from == "calendar":
        yield from _check_calendar(source, grant, grant.every, pointer)
    cap = grant.at_most
    fits_not = "the grant comes once in a cycle at most"
    if plan.cycle is not None and not is_longer(plan.cycle, grant.every):
        yield found(
            source,
            "PE295",
            f"{pointer}/every",
            f"`{grant.every}` is not shorter than the cycle, so that {fits_not}",
            "write `given: each_cycle` without `every`, or a shorter period",
        )
    if cap is None:
        return
    if cap.per == "cycle":
        if plan.cycle is None:
            yield found(
                source,
                "PE240",
                f"{pointer}/at_most/per",
                "`cycle` needs a plan with cycles",
                "write a span such as `1 month`",
            )
    elif not is_longer(cap.per, grant.every) or (
        plan.cycle is not None and is_longer(cap.per, plan.cycle)
    ):
        yield found(
            source,
            "PE295",
            f"{pointer}/at_most/per",
            f"`{cap.per}` is not longer than the period of the grant, or longer than the cycle",
            "write a longer span, or `cycle`"
            if plan.cycle is None or not is_longer(cap.per, plan.cycle)
            else "write `cycle`",
            see_value(source, f"{pointer}/every", "the grant comes so often"),
        )


def _check_calendar(source: Source, grant: Grant, every: str, pointer: str) -> Iterator[Diagnostic]:
    see = see_value(source, f"{pointer}/every_from", "this asks for periods of the calendar")
    if not calendar_has(every):
        yield found(
            source,
            "PE285",
            f"{pointer}/every",
            f"the calendar has no boundaries for `{every}`",
            CALENDAR_SPANS,
            see,
        )
    if grant.carry_over in {"some", "all"}:
        yield found(
            source,
            "PE241",
            f"{pointer}/carry_over",
            "credits of a period of the calendar are not carried over",
            "write `none`, or count the periods from the start of the cycle",
            see,
        )


def check_caps(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """A cap leaves room for what it caps."""
    for name, plan, grant, pointer in grants_of(document):
        if grant.at_most is not None and grant.at_most.credits < grant.credits:
            yield found(
                source,
                "PE288",
                f"{pointer}/at_most/credits",
                f"the grant gives {plain(grant.credits)} at a time, more than the cap",
                f"write at least `{plain(grant.credits)}`, or a smaller grant",
                see_value(source, f"{pointer}/credits", "given at a time"),
            )
        cap = plan.balance_at_most
        if cap is not None and cap < grant.credits:
            yield _below(source, name, f"{pointer}/credits", "given at a time")
        least = None if grant.rollover is None else grant.rollover.at_least
        if cap is not None and least is not None and cap < least:
            yield _below(source, name, f"{pointer}/rollover/at_least", "kept at least")


def _below(source: Source, plan: str, pointer: str, what: str) -> Diagnostic:
    return found(
        source,
        "PE288",
        pointer_to("plans", plan, "balance_at_most"),
        "the balance may be less than the plan gives",
        "write a larger cap, or a smaller grant",
        see_value(source, pointer, what),
    )


def check_rollovers(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """`some` says how much is kept, and its limits agree."""
    for _, _, grant, pointer in grants_of(document):
        place = f"{pointer}/rollover"
        if grant.rollover is None:
            if grant.carry_over == "some":
                yield found(
                    source,
                    "PE240",
                    f"{pointer}/carry_over",
                    "`some` needs `rollover`: how much is kept",
                    "add a line such as `rollover: {at_most: 1000}`",
                )
            continue
        if grant.carry_over != "some":
            yield found_at_key(
                source,
                "PE241",
                place,
                "`rollover` is for `carry_over: some`",
                "delete it, or write `carry_over: some`",
                see_key(source, pointer, "this grant"),
            )
        yield from _check_limits(source, grant.rollover, place)
        yield from _check_expiry(source, grant, grant.rollover, place)


def _check_limits(source: Source, part: KeptCredits, place: str) -> Iterator[Diagnostic]:
    if (part.share is None) != (part.of is None):
        asked, given = ("share", "of") if part.share is None else ("of", "share")
        yield found(
            source,
            "PE240",
            f"{place}/{given}",
            f"`{given}` needs `{asked}`: "
            + ("how much of it" if asked == "share" else "a share of what"),
            "add `share: 50%`" if asked == "share" else "add `of: remaining` or `of: granted`",
        )
    if part.share is not None and not 0 < Fraction(part.share.rstrip("%")) <= _PERCENT:
        message = f"`{part.share}` is no share of what can be kept"
        help_ = "write more than `0%`, and at most `100%`"
        yield found(source, "PE289", f"{place}/share", message, help_)
    if part.at_most is not None and part.at_most_times is not None:
        yield found_at_key(
            source,
            "PE289",
            f"{place}/at_most_times",
            "two limits say how much is kept at most",
            "delete one of the two",
            see_key(source, f"{place}/at_most", "the other one"),
        )
    if part.at_least is not None and part.at_most is not None and part.at_least > part.at_most:
        yield found(
            source,
            "PE289",
            f"{place}/at_least",
            "more is kept at least than at most",
            f"write at most `{plain(part.at_most)}`",
            see_value(source, f"{place}/at_most", "kept at most"),
        )


def _check_expiry(
    source: Source, grant: Grant, part: KeptCredits, place: str
) -> Iterator[Diagnostic]:
    if part.expires != "as_before":
        return
    if grant.expires in ("end_of_cycle", "end_of_period"):
        yield found(
            source,
            "PE290",
            f"{place}/expires",
            "credits that expire when their grant comes again cannot keep their expiry",
            "write `renewed`, or a span for `expires`",
            see_value(source, place.removesuffix("rollover") + "expires", "they expire then"),
        )
    if part.priority is not None:
        yield found_at_key(
            source,
            "PE290",
            f"{place}/priority",
            "credits that keep their expiry stay as they are, with the priority of their grant",
            "delete it, or write `expires: renewed`",
            see_value(source, f"{place}/expires", "this says how long they last"),
        )
    if part.cycles is not None and grant.expires not in ("end_of_cycle", "end_of_period"):
        yield found_at_key(
            source,
            "PE290",
            f"{place}/cycles",
            "credits that keep their expiry are not counted by cycles",
            "delete it, or write `expires: renewed`",
            see_value(source, f"{place}/expires", "this says how long they last"),
        )
