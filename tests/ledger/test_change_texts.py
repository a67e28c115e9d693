"""Changes are written as text that reads back, and no other text does."""

from typing import Final, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from pydantic_core import PydanticSerializationError

from policyengine.ledger.change_texts import changes_of, changes_text
from policyengine.ledger.changes import (
    CapCounted,
    CaseClosed,
    CaseOpened,
    Change,
    Charged,
    DebtChanged,
    FellBack,
    ForCase,
    ForMember,
    GiftGiven,
    GivenNoted,
    HoldClosed,
    HoldSet,
    LotEnded,
    LotOpened,
    Outcome,
    OverageChanged,
    OverageSet,
    PaidDebtReturned,
    PriceTerms,
    Referenced,
    ReRated,
    ReRateNoted,
    SeatsSet,
    SeriesEnded,
    SeriesSet,
    SubscriptionSet,
    TopUpEnded,
    TopUpRequested,
    TopUpSet,
)
from policyengine.ledger.holds import Draw, EstimateNote, Hold
from policyengine.ledger.lots import LotEnd, LotTerms, Restriction
from policyengine.ledger.subscriptions import Given, PendingChange, Rollover, Series, Subscription
from policyengine.values.calendar import CalendarSpan

ALL: Final[tuple[Change, ...]] = (
    LotOpened(LotTerms(1, 2, "pack", "r", 3, 4, 5, 6, Restriction(("m",), ("u",)), True, True, 7)),
    LotEnded(1, LotEnd("carried", 2, 3)),
    HoldSet(Hold(1, (Draw(1, 2),), 3, 4, "m", "c", "o", EstimateNote(1, 2, 3), 5, 6)),
    HoldClosed(1),
    SubscriptionSet(
        Subscription(
            "pro", 1, 2, 3, 4, 5, 6, PendingChange("free", "cancel"), "team", (Given("g", 1, 2),)
        )
    ),
    GivenNoted(Given("monthly", 1, 2)),
    GiftGiven("g"),
    SeriesSet(Series(1, 2, "r", 3, 4, 5, 6, 7, CalendarSpan(1, "month"), Rollover(8, 9), 10)),
    SeriesEnded(1),
    DebtChanged(-5, "forgiven"),
    Charged("m", (("u", 1),), "failed", 2, 3, 4, 5, 6, EstimateNote(1, 2, 3), ("rule",)),
    CaseOpened(None, "c"),
    CaseClosed(1, "refunded"),
    ForCase(1),
    Referenced("pay ✓"),
    ForMember("mia"),
    CapCounted("member per cycle", "mia", 2, -3),
    FellBack("frontier", "lite", 4),
    OverageSet(on=True, limit_micro=5),
    OverageChanged("v1.shortfall.overage", "0.04", "USD", 6, "lent"),
    TopUpSet(on=False),
    TopUpRequested(7, "pack", 8, 9),
    TopUpEnded(1, "failed", 2),
    ReRateNoted("pro", 3, -4),
    ReRated("pro", 3, 4, 5, "v1.changes.upgrade.earlier_use"),
    SeatsSet(3, 4),
    PaidDebtReturned(5),
)


def test_every_kind_of_change_reads_back_as_it_was_written() -> None:
    assert [type(each) for each in ALL] == list(get_args(Change))
    assert changes_of(changes_text(ALL)) == ALL
    assert changes_of(changes_text(())) == ()


def test_equal_changes_have_equal_texts() -> None:
    assert changes_text(ALL) == changes_text(changes_of(changes_text(ALL)))
    assert changes_text((HoldClosed(1),)) == '[{"hold_seq":1,"kind":"hold_closed"}]'


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        '[{"hold_seq":1}]',
        '[{"hold_seq":"1","kind":"hold_closed"}]',
        '[{"hold_seq":1.0,"kind":"hold_closed"}]',
        '[{"hold_seq":true,"kind":"hold_closed"}]',
        '[{"hold_seq":1,"kind":"hold_opened"}]',
    ],
)
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        changes_of(text)


WHOLE: Final = st.integers(-(2**80), 2**80)
NOTED: Final = "[" + '{"hold_seq":1,"kind":"hold_closed"}'


def text_beside_another(charged: Charged) -> str:
    """Give the text of a charge as it is where a transaction has more changes than one."""
    text = changes_text((HoldClosed(1), charged))
    assert text.startswith(NOTED + ",")
    return "[" + text.removeprefix(NOTED + ",")


@given(
    st.builds(
        Charged,
        st.text(),
        st.lists(st.tuples(st.text(), WHOLE), max_size=4).map(tuple),
        st.sampled_from(get_args(Outcome)),
        WHOLE,
        WHOLE,
        WHOLE,
        WHOLE,
        st.none() | WHOLE,
        st.none() | st.builds(EstimateNote, WHOLE, WHOLE, WHOLE),
        st.lists(st.text(), max_size=2).map(tuple),
        st.none() | st.builds(PriceTerms, st.text(), st.text(), st.text()),
    )
)
def test_a_charge_has_the_same_text_alone_and_beside_other_changes(charged: Charged) -> None:
    text = changes_text((charged,))
    assert text == text_beside_another(charged)
    assert changes_of(text) == (charged,)


@pytest.mark.parametrize(
    "charged",
    [
        Charged(7, (), "failed", 1, 2, 3, 4),  # type: ignore[arg-type]
        Charged("m", (("u", 1.5),), "failed", 1, 2, 3, 4),  # type: ignore[arg-type]
        Charged("m", (), "maybe", 1, 2, 3, 4),  # type: ignore[arg-type]
        Charged("m", (), "failed", "1", 2, 3, 4),  # type: ignore[arg-type]
        Charged("m", (), "failed", 1, 2, 3, 4, "1"),  # type: ignore[arg-type]
        Charged("\ud800", (), "failed", 1, 2, 3, 4),
    ],
)
def test_a_charge_that_could_not_be_read_back_is_not_written(charged: Charged) -> None:
    with pytest.raises(PydanticSerializationError):
        changes_text((charged,))
