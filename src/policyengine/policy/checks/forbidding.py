"""Forbidden changes: each entry forbids something, and no rule is for what is forbidden."""

from collections.abc import Collection, Iterator
from itertools import combinations

from policyengine.policy.checks.findings import found, see_value
from policyengine.policy.document import PolicyDocument
from policyengine.policy.forbidding import ChangeKind, forbidden_by, is_about
from policyengine.policy.source import Source
from policyengine.values.diagnostics import Diagnostic


def check_forbidden_changes_exist(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """An entry forbids at least one change that wallets could make otherwise."""
    rules = document.changes.forbidden
    named = {name for each in rules for name in (each.from_, each.to) if name is not None}
    named.add(document.changes.cancel.to)
    if not rules or not named <= {*document.plans}:
        return  # a misspelt plan is not one that nobody can change to
    decided: dict[int, int] = {}
    for change in _changes(document, named):
        about = [index for index, each in enumerate(rules) if is_about(each, *change)]
        for index in about[1:]:
            decided.setdefault(index, about[0])
        if about:
            decided[about[0]] = about[0]
    for index in range(len(rules)):
        first = decided.get(index)
        if first is None:
            yield found(
                source,
                "PE239",
                f"/changes/forbidden/{index}",
                "no wallet can make such a change",
                "name plans in the order of the change, or delete the entry",
            )
        elif first != index:
            yield found(
                source,
                "PE239",
                f"/changes/forbidden/{index}",
                "this is forbidden already",
                "delete one of the two",
                see_value(source, f"/changes/forbidden/{first}", "it is forbidden here"),
            )


def _changes(
    document: PolicyDocument, named: Collection[str]
) -> Iterator[tuple[ChangeKind, str, str]]:
    """Give every change of plan that wallets could make, as far as entries can tell them apart.

    Of plans in a row that no entry names, two stand for all.
    """
    plans: list[str] = []
    for name in document.plans:
        if name in named or any(each in named for each in plans[-2:]) or len(plans) < 2:  # noqa: PLR2004 a pair
            plans.append(name)
    for lower, higher in combinations(plans, 2):
        yield "upgrade", lower, higher
        yield "downgrade", higher, lower
    to = document.changes.cancel.to
    yield from (("cancel", before, to) for before in plans if before != to)


def check_forbidden_upgrades_have_no_rule(
    document: PolicyDocument, source: Source
) -> Iterator[Diagnostic]:
    """No entry of `pairs` says what an upgrade does that is forbidden."""
    for index, pair in enumerate(document.changes.pairs):
        forbidden = forbidden_by(document.changes, "upgrade", pair.from_, pair.to)
        if forbidden is not None:
            yield found(
                source,
                "PE239",
                f"/changes/pairs/{index}",
                f"the upgrade from `{pair.from_}` to `{pair.to}` is forbidden",
                "delete one of the two",
                see_value(source, f"/changes/forbidden/{forbidden}", "it is forbidden here"),
            )
