"""Plans and grants: what a grant asks of its plan, and what plan changes lead to."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from policyengine.policy.checks.findings import (
    found,
    found_at_key,
    plain,
    pointer_to,
    see_key,
    see_value,
)
from policyengine.policy.document import PolicyDocument
from policyengine.policy.document.plans import Grant, Plan
from policyengine.policy.source import Source
from policyengine.values.diagnostics import Diagnostic


def check_grants_have_cycles(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """What a grant does at the boundaries of cycles needs a plan that has cycles."""
    for name, plan, grant, pointer in _grants(document):
        words = {"given": grant.given, "expires": grant.expires}
        bound = [key for key, word in words.items() if word in ("each_cycle", "end_of_cycle")]
        if plan.cycle is None and bound:
            yield found(
                source,
                "PE240",
                f"{pointer}/{bound[0]}",
                f"`{words[bound[0]]}` needs a plan with cycles",
                "add a line such as `cycle: 1 month` to the plan",
                see_key(source, pointer_to("plans", name), "it has no `cycle`"),
            )


def check_carry_over(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """A grant of each cycle says what a renewal keeps; a one-time grant meets no renewal."""
    for _, _, grant, pointer in _grants(document):
        if grant.given == "once" and grant.carry_over is not None:
            yield found_at_key(
                source,
                "PE241",
                f"{pointer}/carry_over",
                "`carry_over` is about renewals, and this grant is given once",
                "delete it, or write `given: each_cycle`",
                see_value(source, f"{pointer}/given", "no renewal gives it"),
            )
        elif grant.given == "each_cycle" and grant.carry_over is None:
            yield found(
                source,
                "PE240",
                f"{pointer}/given",
                "`each_cycle` needs `carry_over`: what a renewal keeps of the unused credits",
                "add `carry_over: none` or `carry_over: all`",
            )
        elif grant.carry_over == "all" and grant.expires != (ends := _ends_with(grant)):
            yield found(
                source,
                "PE242",
                f"{pointer}/carry_over",
                f"`all` carries what expires at the boundary, and these credits last "
                f"`{grant.expires}`",
                f"write `expires: {ends}`, or `carry_over: none`",
                see_value(source, f"{pointer}/expires", "they expire by themselves"),
            )


def check_plans_ascend(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """Plans are listed lowest first, since moving down the list is an upgrade."""
    for lower, higher in pairwise(document.plans):
        one, other = document.plans[lower], document.plans[higher]
        before, after = _of_each_cycle(one), _of_each_cycle(other)
        if one.cycle == other.cycle and not _has_clock(one, other) and before > after > 0:
            yield found_at_key(
                source,
                "PE247",
                pointer_to("plans", higher),
                f"moving from `{lower}` to `{higher}` counts as an upgrade, and gives less: "
                f"{plain(after)} credits in a cycle instead of {plain(before)}",
                "list plans lowest first",
                see_key(source, pointer_to("plans", lower), "listed as the lower plan"),
                severity="warning",
            )


def check_cancelling_leads_down(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """Who cancels does not land on a plan that gives credits in each cycle, above another one."""
    name = document.changes.cancel.to
    lowest = next(iter(document.plans))
    if name in document.plans and name != lowest and _of_each_cycle(document.plans[name]):
        yield found(
            source,
            "PE246",
            "/changes/cancel/to",
            f"who cancels gets `{name}`, which gives credits in each cycle",
            f"write `{lowest}`, the lowest plan, unless this is meant",
            see_key(source, pointer_to("plans", name), "it gives credits in each cycle"),
            severity="warning",
        )


def check_changes_cost_time(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """Moving down and up again does not give the upper plan's credits once more."""
    upgrade, downgrade = document.changes.upgrade, document.changes.downgrade
    upper = list(document.plans)[1:]
    giving = any(_of_each_cycle(document.plans[name]) for name in upper)
    stays = any(
        each.change in {"downgrade", "any"} and each.from_ is each.to is None
        for each in document.changes.forbidden
    )
    if giving and upgrade.when == downgrade.when == "now" and not stays:
        yield found(
            source,
            "PE248",
            "/changes/downgrade/when",
            "who moves down and up again at once gets the upper plan's credits each time",
            "write `end_of_cycle`, unless every upgrade is paid in full",
            see_value(source, "/changes/upgrade/when", "it gives the credits at once"),
            severity="warning",
        )


def check_something_gives_credits(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """Credits come from some plan or pack."""
    if not document.packs and not any(plan.grants for plan in document.plans.values()):
        yield found_at_key(
            source,
            "PE249",
            "/plans",
            "no plan and no pack gives credits",
            "add a grant to a plan, unless all credits are granted by hand",
            severity="warning",
        )


def _grants(document: PolicyDocument) -> Iterator[tuple[str, Plan, Grant, str]]:
    for name, plan in document.plans.items():
        for grant, part in plan.grants.items():
            yield name, plan, part, pointer_to("plans", name, "grants", grant)


def _ends_with(grant: Grant) -> str:
    return "end_of_cycle" if grant.given == "each_cycle" else "end_of_period"


def _has_clock(*plans: Plan) -> bool:
    return any(grant.given == "each_period" for plan in plans for grant in plan.grants.values())


def _of_each_cycle(plan: Plan) -> Decimal:
    credits_given = (grant.credits for grant in plan.grants.values() if grant.given != "once")
    return sum(credits_given, start=Decimal(0))
