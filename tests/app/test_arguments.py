"""A value of another type than it claims is told at once, and never comes into the ledger."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any

import pytest
from pydantic_core import PydanticSerializationError

from app.shops import Shop
from policyengine.app.arguments import checked
from policyengine.app.charge_request import ChargeRequest
from policyengine.app.engine import Engine
from policyengine.engine.commands import (
    Cancel,
    Capture,
    Charge,
    Command,
    GiveGrant,
    OpenHold,
    Usage,
)
from policyengine.ledger.book import LedgerFault
from policyengine.ledger.change_texts import changes_text
from policyengine.ledger.changes import CaseClosed
from policyengine.ledger.lots import Restriction


class Plan(StrEnum):
    PLUS = "plus"


WRONG: list[tuple[str, Callable[[Engine], Any]]] = [
    ("`reason` is 5; give a text", lambda e: e.adjust("ana", 1, reason=5)),  # type: ignore[arg-type]
    ("`actor` is None; give a text", lambda e: e.grant("ana", 1, actor=None)),  # type: ignore[arg-type]
    ("`key` is b'k'; give a text", lambda e: e.cancel("ana", key=b"k")),  # type: ignore[arg-type]
    ("`wallet` is 7; give a text", lambda e: e.cancel(7)),  # type: ignore[arg-type]
    ("`plan` is <Plan.PLUS: 'plus'>", lambda e: e.subscribe("bo", Plan.PLUS)),
    ("`seats` is True; give a whole number", lambda e: e.set_seats("ana", True)),
    ("`count` is 1.0; give a whole number", lambda e: e.convert("ana", "m", 1.0)),  # type: ignore[arg-type]
    ("`priority` is '1'", lambda e: e.grant("ana", 1, priority="1")),  # type: ignore[arg-type]
    ("`on` is 1; give True or False", lambda e: e.set_top_up("ana", 1)),  # type: ignore[arg-type]
    ("`models` is (5,); give texts", lambda e: e.grant("ana", 1, models=[5])),  # type: ignore[list-item]
    ("`counts` is ((5, 1),)", lambda e: e.charge("ana", "large", {5: 1})),  # type: ignore[dict-item]
    (
        "`conversation` is 5; give a text",
        lambda e: e.charge_many([ChargeRequest("ana", "large", {}, "k", conversation=5)]),  # type: ignore[arg-type]
    ),
]


@pytest.mark.parametrize(("message", "ask"), WRONG, ids=[message for message, _ in WRONG])
def test_a_wrong_type_is_told_with_its_argument_and_nothing_is_written(
    shop: Shop, message: str, ask: Callable[[Engine], Any]
) -> None:
    before = shop.engine.balance("ana")
    with pytest.raises(TypeError) as told:
        ask(shop.engine)
    assert message in str(told.value)
    assert shop.engine.balance("ana") == before


def test_a_word_outside_its_list_is_told_with_the_list(shop: Shop) -> None:
    """It was kept once, and nobody could read the wallet's entries after it."""
    case = shop.engine.report_abnormal("ana", charge_id=shop.charge().id)
    with pytest.raises(ValueError, match="`verdict` is 'maybe'; give one of `explained`, `refun"):
        shop.engine.resolve(case.id, "maybe")  # type: ignore[arg-type]
    assert shop.engine.resolve(case.id, "explained").refusal is None
    assert shop.engine.verify().is_sound


def test_what_is_inside_a_value_is_looked_at_as_well() -> None:
    usage = Usage("large", (("text_input", 1),), outcome="done")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="`outcome` is 'done'; give one of `succeeded`, `failed`"):
        checked(Command("ana", "k", 0, Capture(1, usage)))
    half = Restriction(models=["large"])  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"`models` is \['large'\]; give texts"):
        checked(Command("ana", "k", 0, GiveGrant(1, restricted_to=half)))
    with pytest.raises(TypeError, match="`life` is '1 day'; give a CalendarSpan or None"):
        checked(Command("ana", "k", 0, OpenHold(life="1 day")))  # type: ignore[arg-type]


def test_what_is_right_is_given_back() -> None:
    for body in (Cancel(), Charge(Usage.of("large", {"text_input": 1})), Capture(1)):
        command = Command("ana", "k", 0, body)
        assert checked(command) is command


def test_a_change_that_could_not_be_read_back_is_never_written(shop: Shop) -> None:
    """The last net, for whoever goes around the front."""
    with pytest.raises(PydanticSerializationError):
        changes_text((CaseClosed(1, "maybe"),))  # type: ignore[arg-type]
    usage = Usage("large", (("text_input", 1),), outcome="done")  # type: ignore[arg-type]
    with pytest.raises(LedgerFault, match="cannot hold this"):
        shop.engine.shell.execute([Command("ana", "k", shop.clock(), Charge(usage))])
    assert shop.engine.verify().is_sound
