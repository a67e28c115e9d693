"""Which changes of plan a policy forbids, and by which entry of its list."""

from typing import Literal, TypeAlias

from policyengine.policy.document.plans import Changes, ForbiddenChange

ChangeKind: TypeAlias = Literal["upgrade", "downgrade", "cancel"]


def forbidden_by(changes: Changes, kind: ChangeKind, before: str, after: str) -> int | None:
    """Find the first entry of `forbidden` that is about a change of plan.

    Takes: what the change is, and the plans before and after it.
    Gives: the entry's place in the list; None for a change that is allowed.
    """
    for index, each in enumerate(changes.forbidden):
        if is_about(each, kind, before, after):
            return index
    return None


def is_about(rule: ForbiddenChange, kind: ChangeKind, before: str, after: str) -> bool:
    """Tell whether an entry of `forbidden` is about a change of plan."""
    if rule.change not in {kind, "any"}:
        return False
    return rule.from_ in {None, before} and rule.to in {None, after}
