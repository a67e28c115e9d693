"""Plan changes: what an upgrade gives and keeps agrees, also for pairs of plans."""

from collections.abc import Hashable, Iterable, Iterator
from itertools import combinations

from policyengine.policy.checks.findings import found, found_at_key, see_key, see_value
from policyengine.policy.document import PolicyDocument
from policyengine.policy.document.plans import Cancel, Downgrade, Plan, Upgrade
from policyengine.policy.plan_rules import share_of
from policyengine.policy.source import Source
from policyengine.values.diagnostics import Diagnostic, Related


def upgrades_of(
    document: PolicyDocument,
) -> Iterator[tuple[str, Upgrade, Iterable[tuple[str, str]]]]:
    """Give each rule for upgrades: its place, and the pairs of plans that it is for."""
    changes = document.changes
    taken = {(pair.from_, pair.to) for pair in changes.pairs}
    others = (pair for pair in combinations(document.plans, 2) if pair not in taken)
    if all(each in document.plans for pair in taken for each in pair):
        # With a misspelt plan it is not known which pairs are left for the general rule.
        yield "/changes/upgrade", changes.upgrade, others
    for index, pair in enumerate(changes.pairs):
        if pair.from_ in document.plans and pair.to in document.plans:
            yield f"/changes/pairs/{index}/upgrade", pair.upgrade, [(pair.from_, pair.to)]


def check_upgrades_agree(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """New credits of an upgrade fit to what becomes of the cycle and of the old credits."""
    for place, rule, _ in upgrades_of(document):
        for key, word in (("new_credits", rule.new_credits), ("prorated", rule.prorated)):
            if word not in ("difference", "by_second", "by_day"):
                continue
            if rule.when != "now":
                yield contradiction(
                    source, place, key, word, "when", "`now`: later, no cycle is under way"
                )
            elif rule.new_cycle != "keeps_date":
                yield contradiction(
                    source, place, key, word, "new_cycle", "`keeps_date`, a cycle that goes on"
                )
        if rule.new_credits == "difference" and rule.unused == "lost":
            yield contradiction(
                source, place, "new_credits", "difference", "unused", "the old credits, `kept`"
            )
        if rule.new_credits == "less_used" and rule.when != "now":
            yield contradiction(
                source, place, "new_credits", "less_used", "when", "`now`, in the old cycle"
            )
        if rule.new_credits == "less_used" and rule.unused != "lost":
            yield contradiction(
                source, place, "new_credits", "less_used", "unused", "the rest to be `lost`"
            )
        if rule.new_credits == "less_used" and rule.prorated is not None:
            yield found_at_key(
                source,
                "PE291",
                f"{place}/prorated",
                "what was used counts against the whole allowance, not against a share of it",
                "delete it, or write `new_credits: full`",
                see_value(source, f"{place}/new_credits", "this counts use"),
            )


def contradiction(
    source: Source, place: str, key: str, word: str, other: str, needs: str
) -> Diagnostic:
    """Report an answer that another one contradicts."""
    return found(
        source,
        "PE291",
        f"{place}/{key}",
        f"`{word}` needs {needs}",
        f"change `{other}`, or `{key}`",
        see_value(source, f"{place}/{other}", "this says otherwise"),
    )


def check_upgrades_fit_plans(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """Upgrades start and compare cycles in ways that their plans have."""
    forms = {name: _form(plan) for name, plan in document.plans.items()}
    numbers = {form: number for number, form in enumerate(forms.values())}
    kinds = {name: numbers[form] for name, form in forms.items()}
    for place, rule, pairs in upgrades_of(document):
        seen: set[tuple[int, int]] = set()
        for before, after in pairs:
            if (kinds[before], kinds[after]) in seen:
                continue
            seen.add((kinds[before], kinds[after]))
            old, new = document.plans[before], document.plans[after]
            if old.cycle is None or new.cycle is None:
                continue
            see = see_key(source, f"/plans/{after}", f"an upgrade from `{before}`")
            if new.cycle_from == "calendar" and rule.new_cycle == "starts_now":
                yield found(
                    source,
                    "PE291",
                    f"{place}/new_cycle",
                    f"cycles of `{after}` start where the calendar's do, not now",
                    "write `keeps_date`",
                    see,
                )
                break
            if rule.earlier_use == "re_rated" and _cycle(old) != _cycle(new):
                message = "these plans have different cycles, so that none goes on"
                help_ = "write `as_charged`, or an entry of `pairs` for them"
                yield found(source, "PE294", f"{place}/earlier_use", message, help_, see)
                break
            if rule.new_credits in ("difference", "less_used"):
                finding = _compared(source, place, rule, (old, new), see)
                if finding is not None:
                    yield finding
                    break


def _cycle(plan: Plan) -> Hashable:
    return plan.cycle, plan.cycle_from


def _form(plan: Plan) -> Hashable:
    """Give all that upgrades are checked by: of many plans alike, one pair stands for all."""
    grants = {
        name: (each.every, each.every_from == "calendar")
        for name, each in plan.grants.items()
        if each.given != "once"
    }
    capped = any(each.at_most is not None for each in plan.grants.values())
    return plan.cycle, plan.cycle_from, frozenset(grants.items()), capped


def _compared(
    source: Source, place: str, rule: Upgrade, plans: tuple[Plan, Plan], see: Related
) -> Diagnostic | None:
    old, new = plans
    pointer = f"{place}/new_credits"
    ours = {
        name: (each.every, each.every_from == "calendar")
        for name, each in old.grants.items()
        if each.given != "once"
    }
    theirs = {
        name: (each.every, each.every_from == "calendar")
        for name, each in new.grants.items()
        if each.given != "once"
    }
    if _cycle(old) != _cycle(new):
        message = "these plans have different cycles, so that their credits cannot be compared"
        help_ = "write `full`, or an entry of `pairs` for them"
        return found(source, "PE294", pointer, message, help_, see)
    if ours and theirs and not set(ours) & set(theirs):
        return found(
            source,
            "PE294",
            pointer,
            "grants are compared by name, and these plans have none in common",
            "give the recurring grants of the two plans the same name",
            see,
            severity="warning",
        )
    if any(ours[name] != theirs[name] for name in set(ours) & set(theirs)):
        message = "a grant of these plans comes in two rhythms, so that it cannot be compared"
        help_ = "write the same `every` and `every_from` for both"
        return found(source, "PE294", pointer, message, help_, see)
    capped = any(each.at_most is not None for plan in plans for each in plan.grants.values())
    by_calendar = any(each.every_from == "calendar" for each in old.grants.values())
    if rule.new_credits == "less_used" and by_calendar:
        message = "periods of the calendar go over the end of a cycle, and so does their use"
        return found(source, "PE291", pointer, message, "write `full` or `difference`", see)
    if rule.new_credits == "less_used" and capped:
        message = "what was used cannot be told from what `at_most` has cut"
        return found(source, "PE291", pointer, message, "write `full` or `difference`", see)
    return None


def check_pairs(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """A pair of plans is an upgrade, and stands once."""
    order = list(document.plans)
    seen: dict[tuple[str, str], int] = {}
    for index, pair in enumerate(document.changes.pairs):
        place = f"/changes/pairs/{index}"
        both = (pair.from_, pair.to)
        if both in seen:
            yield found(
                source,
                "PE293",
                place,
                f"the upgrade from `{pair.from_}` to `{pair.to}` is decided already",
                "delete one of the two",
                see_value(source, f"/changes/pairs/{seen[both]}", "it is decided here"),
            )
        elif {*both} <= {*order} and order.index(pair.from_) >= order.index(pair.to):
            yield found(
                source,
                "PE292",
                f"{place}/to",
                f"moving from `{pair.from_}` to `{pair.to}` is no upgrade",
                "name two plans in the order of the list",
                see_key(source, f"/plans/{pair.to}", "it does not stand below"),
            )
        seen.setdefault(both, index)


def check_carried_shares(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """A share is carried where credits are carried, and is more than nothing."""
    changes = document.changes
    parts: list[tuple[str, Upgrade | Downgrade | Cancel]] = [
        (place, rule) for place, rule, _ in upgrades_of(document)
    ]
    parts += [("/changes/downgrade", changes.downgrade), ("/changes/cancel", changes.cancel)]
    for place, part in parts:
        if part.carried_share is None:
            continue
        if part.unused != "carry_over":
            yield found_at_key(
                source,
                "PE241",
                f"{place}/carried_share",
                "no credits are carried",
                "delete it, or write `unused: carry_over`",
                see_value(source, f"{place}/unused", "this decides"),
            )
        elif not 0 < share_of(part.carried_share) <= 1:
            message = f"`{part.carried_share}` is no share of what can be carried"
            help_ = "write more than `0%`, and at most `100%`"
            yield found(source, "PE289", f"{place}/carried_share", message, help_)


def check_carried_credits(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """Downgrades and cancellations that carry credits say until when, and only those."""
    for key, part in (
        ("downgrade", document.changes.downgrade),
        ("cancel", document.changes.cancel),
    ):
        place = f"/changes/{key}"
        if part.unused == "carry_over" and part.carried_expires is None:
            yield found(
                source,
                "PE240",
                f"{place}/unused",
                "`carry_over` needs `carried_expires`: how long carried credits last",
                "add `carried_expires: as_before` or `carried_expires: end_of_new_cycle`",
            )
        elif part.unused != "carry_over" and part.carried_expires is not None:
            yield found_at_key(
                source,
                "PE241",
                f"{place}/carried_expires",
                "no credits are carried",
                "delete it, or write `unused: carry_over`",
                see_value(source, f"{place}/unused", "this decides"),
            )
        if part.carried_expires != "end_of_new_cycle" or part.unused != "carry_over":
            continue
        lower = [document.changes.cancel.to] if key == "cancel" else list(document.plans)[:-1]
        known = [each for each in lower if each in document.plans]
        if known and not any(document.plans[each].cycle for each in known):
            endless = known[0]
            yield found(
                source,
                "PE297",
                f"{place}/carried_expires",
                f"`{endless}` has no cycles, so that there is no new cycle that could end",
                "write `as_before`",
                see_key(source, f"/plans/{endless}", "it has no `cycle`"),
            )
