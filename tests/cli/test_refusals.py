"""Refusals on the screen: every number that decided is said."""

import pytest

from engine.wallets import CREDIT, Wallet, policy
from policyengine.cli.refusals import refusal_rows
from policyengine.engine.commands import Capture, OpenHold
from policyengine.ledger.transactions import Refusal


def above_hold(held: int) -> Refusal:
    wallet = Wallet(policy({"estimate/capture_above_hold": "refuse"}))
    hold = wallet.do(OpenHold(amount_micro=60 * CREDIT))
    wallet.do(Capture(hold.seq, amount_micro=(60 - held) * CREDIT, final=False))
    refusal = wallet.do(Capture(hold.seq, amount_micro=61 * CREDIT)).refusal
    assert refusal is not None
    return refusal


@pytest.mark.parametrize(
    ("held", "said", "short"), [(60, "60.00 credits", "1.00"), (0, "nothing", "61.00")]
)
def test_a_capture_above_its_hold_is_told_what_the_hold_has(
    held: int, said: str, short: str
) -> None:
    assert refusal_rows(above_hold(held), 0) == [
        ("needed", "61.00 credits"),
        ("held for it", said),
        ("short", f"{short} credits"),
    ]
