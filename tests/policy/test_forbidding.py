"""Forbidden changes: an entry is about a kind of change, narrowed by the plans before and after."""

import pytest

from policy.checks.acme import codes, loaded
from policyengine.policy.document.plans import Changes
from policyengine.policy.forbidding import ChangeKind, forbidden_by

CANCEL = "  cancel: {when: end_of_cycle, to: free, unused: lost}\n"


def changes(*entries: str) -> Changes:
    listed = "".join(f"    - {{{each}}}\n" for each in entries)
    document = loaded((CANCEL, f"{CANCEL}  forbidden:\n{listed}")).document
    assert document is not None
    return document.changes


@pytest.mark.parametrize(
    ("entry", "kind", "before", "after", "expected"),
    [
        ("change: any", "cancel", "pro", "free", True),
        ("change: upgrade", "upgrade", "free", "pro", True),
        ("change: upgrade", "downgrade", "pro", "free", False),
        ("change: downgrade, from: pro", "downgrade", "pro", "free", True),
        ("change: downgrade, from: pro", "downgrade", "max", "free", False),
        ("change: any, to: pro", "upgrade", "free", "pro", True),
        ("change: any, to: pro", "upgrade", "free", "max", False),
        ("change: upgrade, from: free, to: pro", "upgrade", "free", "pro", True),
    ],
)
def test_an_entry_is_about_some_changes(
    entry: str, kind: ChangeKind, before: str, after: str, *, expected: bool
) -> None:
    assert expected == (forbidden_by(changes(entry), kind, before, after) == 0)


def test_the_first_entry_that_is_about_a_change_is_named() -> None:
    listed = changes("change: cancel", "change: upgrade, to: pro", "change: any")
    assert forbidden_by(listed, "upgrade", "free", "pro") == 1
    assert forbidden_by(listed, "downgrade", "pro", "free") == 2


def test_nothing_is_forbidden_by_an_empty_list() -> None:
    assert (
        forbidden_by(
            changes("change: any").model_copy(update={"forbidden": []}), "cancel", "pro", "free"
        )
        is None
    )


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        (["change: any"], []),
        (["change: cancel, from: pro"], []),
        (["change: cancel, from: free"], ["PE239"]),
        (["change: cancel, to: pro"], ["PE239"]),
        (["change: downgrade, from: free"], ["PE239"]),
        (["change: any, from: pro, to: pro"], ["PE239"]),
        (["change: any", "change: cancel"], ["PE239"]),
        (["change: cancel", "change: any"], []),
        (["change: upgrade, from: free", "change: upgrade, to: pro"], ["PE239"]),
        (["change: upgrade, from: gold"], ["PE201"]),
    ],
)
def test_an_entry_forbids_what_somebody_could_do_and_nothing_else_forbids(
    entries: list[str], expected: list[str]
) -> None:
    listed = "".join(f"    - {{{each}}}\n" for each in entries)
    assert expected == codes((CANCEL, f"{CANCEL}  forbidden:\n{listed}"))


def test_plans_that_no_entry_names_are_told_by_their_neighbours() -> None:
    # three plans above `pro` that no entry names: moving between them is what the entry forbids
    tail = "".join(f"  more_{number}: {{grants: {{}}}}\n" for number in range(3))
    plans = ("packs:\n", f"{tail}packs:\n")
    forbidding = "  forbidden: [{change: upgrade, from: free}, {change: upgrade, from: pro}, "
    assert codes(plans, (CANCEL, f"{CANCEL}{forbidding}{{change: upgrade}}]\n")) == []


def test_where_nobody_goes_down_nobody_goes_down_and_up_again() -> None:
    at_once = ("downgrade: {when: end_of_cycle", "downgrade: {when: now")
    assert codes(at_once) == ["PE248"]
    for entry in ("change: downgrade", "change: any"):
        assert codes(at_once, (CANCEL, f"{CANCEL}  forbidden: [{{{entry}}}]\n")) == []
    entry = "change: downgrade, from: pro"
    assert codes(at_once, (CANCEL, f"{CANCEL}  forbidden: [{{{entry}}}]\n")) == ["PE248"]
