"""One command of every kind, and each of them with one field changed: for keys and for bounds."""

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any, Final, TypeAlias, get_args

from engine.wallets import CREDIT, DAY, START
from policyengine.engine.commands import (
    Adjust,
    Body,
    BuyPack,
    Cancel,
    Capture,
    ChangePlan,
    Charge,
    Convert,
    Extend,
    FailTopUp,
    GiveGrant,
    OpenHold,
    PayTopUp,
    Refund,
    Release,
    ReportAbnormal,
    ResolveCase,
    SetCohort,
    SetOverage,
    SetSeats,
    Settle,
    SetTopUp,
    Subscribe,
    Usage,
    VoidGrant,
)
from policyengine.ledger.lots import Restriction
from policyengine.ledger.subscriptions import Rollover
from policyengine.values.calendar import CalendarSpan

Values: TypeAlias = Callable[[Any], list[Any]]

USAGE: Final = Usage("standard", (("text_input", 9), ("text_output", 8)), START, "failed", ("m",))
NOT_ASKED: Final = frozenset({"estimate"})
"""What does not belong to a request: a retry may have a newer estimate."""

WHOLE: Final[tuple[Body, ...]] = (
    Subscribe("pro", "codeflicker", "annual"),
    SetCohort("annual"),
    ChangePlan("pro_plus"),
    Cancel(),
    BuyPack("pack_500", "pay"),
    GiveGrant(
        CREDIT,
        50,
        START + DAY,
        START + 90 * DAY,
        CalendarSpan(1, "day"),
        START,
        Rollover(1, 2),
        Restriction(("lite",), ("text_input",)),
    ),
    VoidGrant(2),
    Charge(USAGE, False, "c", "o", None, "mia"),
    OpenHold(CREDIT, USAGE, CalendarSpan(5, "minute"), "c", "o", None, "mia"),
    Capture(3, USAGE, CREDIT, True),
    Release(3),
    Extend(3, CalendarSpan(5, "minute")),
    Refund(4, CREDIT, 5),
    Adjust(CREDIT, START + DAY),
    ReportAbnormal(4, "c"),
    ResolveCase(5, "explained"),
    SetOverage(True, CREDIT),
    SetTopUp(True),
    PayTopUp(6, "pay"),
    FailTopUp(6),
    Convert("messages", 3, "old"),
    SetSeats(3),
)
"""A command of every kind but `Settle`, each of its fields set to something."""

assert {type(each) for each in WHOLE} == set(get_args(Body)) - {Settle}


def changed(body: Body, values: Values) -> Iterator[tuple[str, Body]]:
    """Give a body with each of its fields, at any depth, changed to each of its other values.

    Takes: what other values a value has, none where it is to be left alone.
    Gives: the path of the field with the changed body.
    """
    for path, other in _changed(body, values):
        yield f"{type(body).__name__}.{path}", other


def _changed(whole: Any, values: Values) -> Iterator[tuple[str, Any]]:
    for each in fields(whole):
        value = getattr(whole, each.name)
        if each.name in NOT_ASKED:
            continue
        if is_dataclass(value):
            for path, other in _changed(value, values):
                yield f"{each.name}.{path}", replace(whole, **{each.name: other})
        for other in values(value):
            yield each.name, replace(whole, **{each.name: other})
