"""Refusals: registered codes, one sentence each, and every code is reached by some command."""

import re
from decimal import Decimal
from typing import Any, Final

import pytest

from engine.limited import CONVERSIONS, IN_DEBT, OF_PACKS, SEATS, TOP_UP, caps, limited
from engine.wallets import CREDIT, DAY, MINUTE, START, Wallet, at, policy, spend
from policyengine.engine import caps as caps_module
from policyengine.engine import holding
from policyengine.engine.commands import (
    Adjust,
    Body,
    BuyPack,
    Cancel,
    Capture,
    ChangePlan,
    Charge,
    Command,
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
    Subscribe,
    Usage,
    VoidGrant,
)
from policyengine.engine.refusals import CODES, insufficient_credits, refusal
from policyengine.simulate.memory import MemoryLedger
from policyengine.values.calendar import SECOND, parse_span
from policyengine.wording.languages import ENGLISH

FOR_DEVELOPERS: Final = {
    "already_in_cohort",
    "invalid_amount",
    "invalid_grant",
    "not_voidable",
    "nothing_to_void",
    "usage_in_future",
}
"""Codes that a customer meets by no act of his own: the catalogues do not have their sentences."""
PATTERNS: Final = [
    re.compile(re.sub(r"\\\{\w+\\\}", "(.*)", re.escape(text)))
    for key, text in ENGLISH.texts.items()
    if key.startswith("refusal.")
]


def is_in_both_languages(message: str) -> bool:
    """Tell whether a sentence is one of the catalogues, which have the same keys."""
    return any(each.fullmatch(message) for each in PATTERNS)


REACHED: dict[str, tuple[Body, ...]] = {
    "insufficient_credits": (Charge(spend(2001)),),
    "unknown_model": (Charge(Usage.of("gpt", {})),),
    "unknown_unit": (Charge(Usage.of("lite", {"x": 1})),),
    "unknown_modifier": (Charge(spend(1, modifiers=["fast"])),),
    "modifier_not_allowed": (Charge(spend(1, modifiers=["batch"])),),
    "unknown_plan": (ChangePlan("gold"),),
    "unknown_cohort": (SetCohort("monthly"),),
    "already_in_cohort": (SetCohort("annual"), SetCohort("annual")),
    "no_plan": (SetCohort("annual"),),
    "unknown_pack": (BuyPack("gold"),),
    "unknown_hold": (Release(1),),
    "unknown_transaction": (Refund(9),),
    "price_out_of_bounds": (Charge(Usage.of("standard", {"image_output": 10**12})),),
    "usage_too_late": (Charge(spend(1, started_at=START - 8 * DAY)),),
    "usage_in_future": (Charge(spend(1, started_at=START + DAY)),),
    "no_policy_in_force": (Charge(spend(1, started_at=START - 5 * DAY)),),
    "already_subscribed": (Subscribe("pro"),),
    "already_on_plan": (ChangePlan("pro"),),
    "nothing_to_cancel": (Cancel(), Cancel()),
    "change_forbidden": (ChangePlan("pro_plus"),),
    "pack_not_sold": (Cancel(), BuyPack("pack_500")),
    "hold_closed": (OpenHold(1), Release(2), Capture(2, amount_micro=1)),
    "hold_too_long": (OpenHold(1, life=parse_span("2 days")),),
    "too_many_holds": (OpenHold(1), OpenHold(1)),
    "above_hold": (OpenHold(1), Capture(2, amount_micro=2)),
    "not_refundable": (Refund(1),),
    "refund_exceeds_charge": (Charge(spend(1)), Refund(2, 2 * CREDIT)),
    "not_voidable": (VoidGrant(1),),
    "nothing_to_void": (GiveGrant(1), VoidGrant(2), VoidGrant(2)),
    "invalid_grant": (GiveGrant(0),),
    "invalid_amount": (Adjust(0),),
    "case_closed": (
        ReportAbnormal(conversation_id="c"),
        ResolveCase(2, "explained"),
        ResolveCase(2, "explained"),
    ),
    "not_a_case": (ResolveCase(1, "explained"),),
}


@pytest.mark.parametrize("code", sorted(REACHED))
def test_each_refusal_of_a_wallet_is_reached_and_recorded(
    code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holding, "OPEN_HOLDS_MAX", 1)
    rules = policy(
        {
            "changes/cancel/when": "now",
            "changes/forbidden": [{"change": "upgrade", "from": "pro"}],
            "estimate/capture_above_hold": "refuse",
            "units/tokens/output/image_output": 10**7,
            "cohorts": ["annual"],
            "modifiers": {"batch": {"factor": Decimal("0.5"), "plans": ["pro_plus"]}},
        }
    )
    wallet = Wallet(rules, plan="gold" if code == "no_plan" else "pro")
    *before, last = REACHED[code]
    for body in before:
        assert wallet.do(body, reason="r").refusal is None
    answer = wallet.do(last, reason="r")
    assert answer.refusal is not None
    assert (answer.refusal.code, answer.seq) == (code, len(wallet.transactions))
    assert answer == wallet.transactions[-1]
    assert is_in_both_languages(answer.refusal.message) == (code not in FOR_DEVELOPERS)


AT_LIMITS: dict[str, tuple[Body, ...]] = {
    "cap_reached": (Charge(spend(11), member="mia"),),
    "too_many_counted": (OpenHold(CREDIT, member="mia"), OpenHold(CREDIT, member="noa")),
    "in_debt": (Charge(spend(2030), after_request=True, member="mia"), OpenHold(CREDIT)),
    "not_offered": (SetOverage(on=True),),
    "unknown_top_up": (PayTopUp(9),),
    "top_up_closed": (
        Charge(spend(1950), after_request=True),
        FailTopUp(2),
        FailTopUp(2),
    ),
    "too_many_packs": (BuyPack("pack_500"), BuyPack("pack_500"), BuyPack("pack_500")),
    "unknown_conversion": (Convert("x", 1),),
    "already_converted": (Convert("messages", 1), Convert("messages", 2)),
    "invalid_count": (SetSeats(0),),
}


@pytest.mark.parametrize("code", sorted(AT_LIMITS))
def test_each_refusal_at_a_limit_is_reached_and_recorded(
    code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if code == "too_many_counted":
        monkeypatch.setattr(caps_module, "CAP_USES_MAX", 0)
    cap = caps({"scope": "member", "credits": 10, "per": "cycle"})
    wallet = Wallet(limited(cap, TOP_UP, OF_PACKS, CONVERSIONS, SEATS, IN_DEBT))
    *before, last = AT_LIMITS[code]
    for body in before:
        if code != "too_many_counted":
            assert wallet.do(body).refusal is None
    assert wallet.refused(last) == code
    found = wallet.transactions[-1].refusal
    assert found is not None
    assert is_in_both_languages(found.message)


def unrecorded(ledger: MemoryLedger, wallet: str, key: str, body: Body) -> str:
    answer = ledger.execute_one(Command(wallet, key, START, body)).answer
    assert answer.refusal is not None
    assert answer.seq == 0
    return answer.refusal.code


def test_each_refusal_that_no_ledger_can_hold_is_reached() -> None:
    ledger = Wallet().ledger
    found = {
        unrecorded(ledger, "bo", "k", Charge(spend(1))),
        unrecorded(ledger, "bo", "k", Subscribe("pro", "acme")),
        unrecorded(ledger, "b o", "k", Subscribe("pro")),
        unrecorded(ledger, "ana", "k1", Charge(spend(1))),
        unrecorded(ledger, "ana", "", Charge(spend(1))),
        unrecorded(ledger, "ana", "long", Charge(spend(1, model="m" * 256))),
    }
    assert found | set(REACHED) | set(AT_LIMITS) | {"hold_in_grace"} == set(CODES)


def test_a_hold_cannot_be_extended_in_its_grace_time() -> None:
    wallet = Wallet(policy({"estimate/grace": "5 seconds"}))
    hold = wallet.do(OpenHold(1))
    later = Extend(hold.seq, parse_span("1 minute"))
    assert wallet.refused(later, START + 15 * MINUTE) == "hold_in_grace"
    assert wallet.refused(later, START + 15 * MINUTE + 5 * SECOND) == "hold_closed"


@pytest.mark.parametrize(("code", "sentence"), CODES.items())
def test_a_code_is_a_word_and_its_meaning_one_sentence(code: str, sentence: str) -> None:
    assert code.replace("_", "").isalpha()
    assert code.islower()
    assert sentence[0].isupper()
    assert sentence.endswith(".")


def test_a_refusal_has_a_registered_code() -> None:
    with pytest.raises(ValueError, match="`nonsense` is not a registered refusal"):
        refusal("nonsense", "no")


@pytest.mark.parametrize(
    ("lots", "where"), [(0, "available"), (1, "available in 1 lot"), (2, "available in 2 lots")]
)
def test_want_of_credits_counts_its_lots(lots: int, where: str) -> None:
    found = insufficient_credits(4_500_000, 3_200_000, lots, 0, [])
    assert found.message == f"needs 4.50, 3.20 {where}, 1.30 short"


def test_a_name_like_a_known_one_is_suggested() -> None:
    wallet = Wallet()
    bodies: list[tuple[Any, str]] = [
        (ChangePlan("pro_pluss"), "policy `codeflicker` has no plan `pro_pluss`; did you mean "),
        (BuyPack("pack_50"), "policy `codeflicker` has no pack `pack_50`; did you mean "),
    ]
    for body, message in bodies:
        answer = wallet.do(body, at("2026-02-02"))
        assert answer.refusal is not None
        assert answer.refusal.message.startswith(message)
