"""A ledger keeps texts that somebody can read; others are refused at the door, unrecorded."""

import pytest

from engine.wallets import CREDIT, Wallet, spend
from policyengine.engine.commands import (
    Body,
    BuyPack,
    Capture,
    ChangePlan,
    Charge,
    GiveGrant,
    OpenHold,
    SetCohort,
    Subscribe,
    Usage,
)
from policyengine.ledger.lots import Restriction
from policyengine.ledger.transactions import NAME_LENGTH_MAX, REASON_LENGTH_MAX

LONG = "m" * (NAME_LENGTH_MAX + 1)


@pytest.mark.parametrize("text", [LONG, "\ud800", "a\0b", "a\nb", "\x1b[2J", "\x9bJ", "a\u202eb"])
@pytest.mark.parametrize(
    "body",
    [
        lambda text: Charge(spend(1), conversation_id=text),
        lambda text: Charge(spend(1), operation_id=text),
        lambda text: Charge(spend(1), member=text),
        lambda text: Charge(spend(1, model=text)),
        lambda text: Charge(Usage.of("lite", {text: 1})),
        lambda text: Charge(spend(1, modifiers=(text,))),
        lambda text: OpenHold(usage=spend(1, modifiers=(text,))),
        lambda text: Capture(1, spend(1, model=text)),
        lambda text: BuyPack("pack_500", reference=text),
        BuyPack,
        ChangePlan,
        lambda text: Subscribe("pro", text),
        lambda text: Subscribe("pro", cohort=text),
        SetCohort,
        lambda text: GiveGrant(CREDIT, restricted_to=Restriction((text,))),
        lambda text: GiveGrant(CREDIT, restricted_to=Restriction((), (text,))),
    ],
)
def test_a_name_that_nobody_can_read_is_refused_and_not_recorded(text: str, body: object) -> None:
    wallet = Wallet()
    before = wallet.book
    made: Body = body(text)  # type: ignore[operator]  # a function above
    assert wallet.refused(made) == "invalid_text"
    assert wallet.book == before


@pytest.mark.parametrize("reason", ["r" * (REASON_LENGTH_MAX + 1), "\ud800", "a\0b", "\x1b[2J"])
def test_a_reason_that_nobody_can_read_is_refused(reason: str) -> None:
    assert Wallet().refused(Charge(spend(1)), reason=reason) == "invalid_text"


@pytest.mark.parametrize(
    "reason", ["first\r\n\tsecond", "r" * REASON_LENGTH_MAX, "理由", "👩\u200d💻"]
)
def test_a_reason_may_have_lines_and_be_in_any_language(reason: str) -> None:
    assert Wallet().do(Charge(spend(1)), reason=reason).reason == reason


def test_what_is_asked_again_is_answered_again_before_its_texts_are_looked_at() -> None:
    """Texts that an earlier version of this program kept are no reason to forget an answer."""
    wallet = Wallet()
    first = wallet.decide(Charge(spend(1)), key="k")
    again = wallet.decide(Charge(spend(1)), key="k")
    assert (again.answer, again.is_replay) == (first.answer, True)
    other = wallet.do(Charge(spend(1), conversation_id="\0"), key="k")
    assert other.refusal is not None
    assert other.refusal.code == "idempotency_key_reused"
