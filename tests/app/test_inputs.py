"""What callers hand in is exact, or is told what it should have been."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from app.shops import Shop
from policyengine.app.inputs import (
    instant_from,
    maybe_usage,
    micro_from,
    number_in,
    span_from,
    split_id,
    texts_from,
    usage_from,
)
from policyengine.values.calendar import parse_span


@pytest.mark.parametrize(
    ("amount", "micro"),
    [
        ("1.5", 1_500_000), (2, 2_000_000), (Decimal("0.000001"), 1), ("-3", -3_000_000),
        ("+3.", 3_000_000), (".5", 500_000), ("1e3", 1_000_000_000), ("15E-1", 1_500_000),
    ],
)  # fmt: skip
def test_an_amount_is_read_exactly(amount: Decimal | int | str, micro: int) -> None:
    assert micro_from(amount) == micro


@pytest.mark.parametrize(
    "amount", ["", " 5", "5 ", "1_000", "1,000", "\uff15", "NaN", "Infinity", "0x10", ".", "5 000"]
)
def test_a_text_that_two_readers_may_take_for_two_amounts_is_none(amount: str) -> None:
    with pytest.raises(ValueError, match="is not an amount of credits, such as"):
        micro_from(amount)


@pytest.mark.parametrize("amount", [1.5, True, None, b"5", [1], (0, (1, 2), -1)])
def test_what_is_no_amount_is_told_what_one_is(amount: Any) -> None:
    with pytest.raises(TypeError, match="give credits as Decimal, int or str"):
        micro_from(amount)


@pytest.mark.parametrize("moment", [5, 1.0, date(2026, 3, 1), timedelta(1), b"2026-03-01"])
def test_what_is_no_instant_is_told_what_one_is(moment: Any) -> None:
    with pytest.raises(TypeError, match="give an aware datetime, or a text such as"):
        instant_from(moment)


@pytest.mark.parametrize(
    "moment",
    [
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))),
        datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-14))),
        datetime(1, 1, 1, tzinfo=UTC),
    ],
)
def test_an_instant_at_the_ends_of_the_calendar_is_outside_of_it(moment: datetime) -> None:
    with pytest.raises(ValueError, match="is outside the years 1970 to 8999"):
        instant_from(moment)


@pytest.mark.parametrize("span", [5, timedelta(minutes=5), None])
def test_what_is_no_span_is_told_what_one_is(span: Any) -> None:
    with pytest.raises(TypeError, match="write for example `15 minutes`"):
        span_from(span)


def test_a_span_is_read() -> None:
    assert span_from("15 minutes") == parse_span("15 minutes")


@pytest.mark.parametrize("counts", [None, [("text_input", 5)], 5, "text_input=5"])
def test_counts_that_are_no_mapping_are_told_what_they_are(counts: Any) -> None:
    with pytest.raises(TypeError, match="give counts by unit"):
        usage_from("large", counts)


def test_counts_without_a_model_are_not_passed_over() -> None:
    with pytest.raises(ValueError, match="without the `model` that they are of"):
        maybe_usage(None, {"text_input": 5})
    assert maybe_usage(None, None) is maybe_usage(None, {}) is None
    usage = maybe_usage("large", None)
    assert usage is not None
    assert usage.counts == ()


@pytest.mark.parametrize("transaction_id", [5, None, b"ana:2", ("ana", 2)])
def test_what_is_no_id_is_told_what_one_is(transaction_id: Any) -> None:
    with pytest.raises(TypeError, match="is not a transaction's id, such as"):
        split_id(transaction_id)


def test_a_transaction_of_another_wallet_is_not_taken_for_one_of_this(shop: Shop) -> None:
    shop.engine.subscribe("bob", "plus", key="join")
    charge = shop.engine.charge("ana", "large", {"text_input": 1200}, key="k")
    with pytest.raises(ValueError, match="`ana:2` is not a transaction of wallet `bob`"):
        shop.engine.report_abnormal("bob", charge_id=charge.id)
    with pytest.raises(ValueError, match="`ana:2` is not a transaction of wallet `bob`"):
        shop.engine.report("bob", charge_id=charge.id)
    with pytest.raises(ValueError, match="`bob:1` is not a transaction of wallet `ana`"):
        shop.engine.refund(charge.id, case_id="bob:1")
    assert number_in("ana", "ana:2") == 2
    assert number_in("ana", None) is None


def test_one_name_in_the_place_of_a_list_is_not_taken_for_its_letters(shop: Shop) -> None:
    with pytest.raises(TypeError, match=r"`models` is `large`; give a list, such as \['large'\]"):
        shop.engine.grant("ana", 5, models="large")
    with pytest.raises(TypeError, match="`units` is `text_input`; give a list"):
        shop.engine.grant("ana", 5, units="text_input")
    with pytest.raises(TypeError, match="`modifiers` is `batch`; give a list"):
        shop.engine.charge("ana", "large", {"text_input": 1}, modifiers="batch")
    assert texts_from("models", ["large"]) == ("large",)
