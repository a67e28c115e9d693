"""The burn order: it is total, and each key of it decides something."""

from collections.abc import Iterator
from typing import Final

from policyengine.policy.checks.findings import found, found_at_key, see_value
from policyengine.policy.document import PolicyDocument
from policyengine.policy.document.plans import BurnKey
from policyengine.policy.source import Source
from policyengine.values.diagnostics import Diagnostic

_BY_AGE: Final[tuple[BurnKey, ...]] = ("oldest", "newest")
"""Two lots never have the same age, so nothing behind these decides."""

_OPPOSITES: Final[tuple[tuple[BurnKey, BurnKey], ...]] = (
    ("oldest", "newest"),
    ("restricted_first", "general_first"),
    ("plan_before_pack", "pack_before_plan"),
    ("larger_first", "smaller_first"),
)


def check_burn_order_agrees(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """No key of the burn order takes back what another has decided."""
    for first, second in _opposed(document.burn_order):
        yield found(
            source,
            "PE250",
            f"/burn_order/{second}",
            f"`{document.burn_order[second]}` is the opposite of a key before it",
            "delete one of the two",
            see_value(source, f"/burn_order/{first}", "this has decided"),
        )


def check_burn_order_is_total(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """The burn order ends in the age of lots, and nothing stands behind it."""
    order = document.burn_order
    at = next((index for index, key in enumerate(order) if key in _BY_AGE), None)
    if at is None:
        yield found(
            source,
            "PE251",
            "/burn_order",
            "the order leaves open which of two equal lots is spent first",
            "add `oldest` at the end",
        )
        return
    reported = {second for _, second in _opposed(order)}
    for index in range(at + 1, len(order)):
        if index not in reported and order[index] not in order[:index]:
            yield found(
                source,
                "PE252",
                f"/burn_order/{index}",
                f"`{order[index]}` decides nothing behind `{order[at]}`",
                f"put it before `{order[at]}`, or delete it",
                see_value(source, f"/burn_order/{at}", "no two lots have the same age"),
            )


def check_priority_counts(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """Priorities of grants given by hand are respected."""
    if "priority" not in document.burn_order:
        yield found_at_key(
            source,
            "PE253",
            "/burn_order",
            "the priority of a grant given by hand has no effect",
            "put `priority` in front, unless this is meant",
            severity="warning",
        )


def _opposed(order: list[BurnKey]) -> list[tuple[int, int]]:
    pairs = [
        sorted((order.index(one), order.index(other)))
        for one, other in _OPPOSITES
        if one in order and other in order
    ]
    return [(first, second) for first, second in pairs]
