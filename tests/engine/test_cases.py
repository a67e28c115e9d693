"""Cases of abnormal consumption: opened once, closed once, moving nothing by themselves."""

import pytest

from engine.wallets import Wallet, spend
from policyengine.engine.commands import Charge, Refund, ReportAbnormal, ResolveCase
from policyengine.ledger.changes import CaseClosed, CaseOpened, ForCase


def charged_wallet() -> Wallet:
    wallet = Wallet()
    wallet.do(Charge(spend(5), conversation_id="chat"))
    return wallet


def test_a_report_about_a_charge_opens_a_case_with_its_conversation() -> None:
    answer = charged_wallet().do(ReportAbnormal(2))
    assert (answer.kind, answer.parent_seq, answer.conversation_id) == ("report", 2, "chat")
    assert (answer.changes, answer.moves) == ((CaseOpened(2, "chat"),), ())


def test_a_report_may_be_about_a_conversation_alone() -> None:
    answer = charged_wallet().do(ReportAbnormal(conversation_id="other"))
    assert (answer.parent_seq, answer.changes) == (None, (CaseOpened(None, "other"),))


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (ReportAbnormal(), "invalid_amount"),
        (ReportAbnormal(9), "unknown_transaction"),
        (ReportAbnormal(1), "not_refundable"),
        (ResolveCase(9, "explained"), "unknown_transaction"),
        (ResolveCase(2, "explained"), "not_a_case"),
    ],
)
def test_a_case_is_about_a_charge(body: ReportAbnormal | ResolveCase, code: str) -> None:
    assert charged_wallet().refused(body) == code


def test_a_case_is_closed_once() -> None:
    wallet = charged_wallet()
    case = wallet.do(ReportAbnormal(2))
    wallet.do(Refund(2, case_seq=case.seq))
    answer = wallet.do(ResolveCase(case.seq, "refunded"))
    assert (answer.parent_seq, answer.conversation_id) == (case.seq, "chat")
    assert answer.changes == (CaseClosed(case.seq, "refunded"),)
    assert wallet.refused(ResolveCase(case.seq, "explained")) == "case_closed"


def test_a_refund_names_its_case_on_the_ledger() -> None:
    wallet = charged_wallet()
    case = wallet.do(ReportAbnormal(2))
    assert wallet.do(Refund(2, case_seq=case.seq)).changes[0] == ForCase(case.seq)


def test_a_refund_for_a_case_needs_one_that_is_open_and_about_the_charge() -> None:
    wallet = charged_wallet()
    wallet.do(Charge(spend(5), conversation_id="other"))
    case = wallet.do(ReportAbnormal(2))
    assert wallet.refused(Refund(2, case_seq=99)) == "not_a_case"
    assert wallet.refused(Refund(2, case_seq=1)) == "not_a_case"
    assert wallet.refused(Refund(3, case_seq=case.seq)) == "not_a_case"
    wallet.do(ResolveCase(case.seq, "explained"))
    assert wallet.refused(Refund(2, case_seq=case.seq)) == "case_closed"
