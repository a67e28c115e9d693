"""What was asked: found again in random histories, and decided once more as it was decided."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.wallets import CREDIT, DAY, START, Wallet, policy, spend
from laws.histories import History, played, steps, steps_of
from laws.rulebooks import rulebook_of, rulebooks, timeline_of
from policyengine.engine.commands import Adjust, Body, Capture, Charge, GiveGrant, OpenHold, Release
from policyengine.ledger.changes import TopUpRequested
from policyengine.ledger.transactions import Transaction
from policyengine.policy.timeline import Timeline
from policyengine.simulate.again import HOLD_REFUSED, Again
from policyengine.simulate.asked import MOVES_NOTHING, Asked, asked_of
from policyengine.values.calendar import NEVER

histories = st.builds(lambda rules, numbers: played(timeline_of(rules), numbers), rulebooks, steps)


def check_asked(history: History) -> None:
    """Each accepted command is told from its transaction, but holds for usage and conversions."""
    # A key that is used again stands for its first command.
    bodies = {(each.wallet_id, each.key): each.body for each in reversed(history.commands)}
    for transactions in history.ledger.transactions.values():
        for each in asked_of(transactions, history.timeline):
            recorded = each.transaction
            if recorded.refusal is not None or recorded.kind in MOVES_NOTHING:
                assert each.body is None
                continue
            body = bodies[recorded.wallet_id, recorded.key]
            if isinstance(body, OpenHold) and body.usage is not None:
                assert not each.is_exact
                assert isinstance(each.body, OpenHold)
            else:
                assert each.is_exact or same_effect(body, each.body), (recorded.kind, body)


def same_effect(body: Body, found: Body | None) -> bool:
    """Tell whether two commands say the same in different words.

    A correction that takes away has no expiry, `NEVER` is none, and a grant from the past is one
    from now.
    """
    if isinstance(body, Adjust) and isinstance(found, Adjust):
        return body.amount_micro == found.amount_micro and (
            body.amount_micro < 0 or body.expires_at == NEVER
        )
    if isinstance(body, GiveGrant) and isinstance(found, GiveGrant):
        return body.effective_at is not None and found == replace(
            body, effective_at=found.effective_at, anchor_at=found.anchor_at
        )
    return False


@settings(max_examples=60)
@given(histories)
def test_commands_are_told_from_their_transactions(history: History) -> None:
    check_asked(history)


def test_commands_of_long_histories_are_told_from_their_transactions() -> None:
    chance = Random(7)
    for _ in range(20):
        history = played(timeline_of(rulebook_of(chance)), steps_of(chance, 150))
        check_asked(history)


def is_told_whole(transactions: Sequence[Transaction], asked: Sequence[Asked]) -> bool:
    """Tell whether a ledger kept all: no hold for usage, and no top-up that a refusal asked for."""
    refused = any(each.refusal is not None for each in transactions)
    changes = [change for each in transactions for change in each.changes]
    if refused and any(isinstance(change, TopUpRequested) for change in changes):
        return False
    return not any(isinstance(each.body, OpenHold) and not each.is_exact for each in asked)


def test_the_same_policy_decides_random_histories_as_they_were_decided() -> None:
    chance, compared = Random(9), 0
    for _ in range(25):
        history = played(timeline_of(rulebook_of(chance)), steps_of(chance, 90))
        for wallet_id, transactions in history.ledger.transactions.items():
            asked = asked_of(transactions, history.timeline)
            if not is_told_whole(transactions, asked):
                continue
            again = Again(history.timeline, wallet_id)
            again.run(asked, transactions[-1].effective_at)
            assert taken(transactions) == taken(again.ledger.transactions[wallet_id])
            compared += 1
    assert compared >= 10


def taken(transactions: list[Transaction]) -> list[tuple[str, int, int, int]]:
    """What charges, captures and the clock did, by when, and the balance after it."""
    return [
        (each.kind, each.effective_at, each.available_micro, each.debt_micro)
        for each in transactions
        if each.refusal is None and each.kind not in MOVES_NOTHING
    ]


def test_the_same_policy_decides_a_wallet_as_it_was_decided() -> None:
    wallet = Wallet()
    wallet.do(Charge(spend(700)))
    hold = wallet.do(OpenHold(300 * CREDIT), START + DAY)
    wallet.do(Capture(hold.seq, spend(250)), START + DAY + 1)
    wallet.do(Charge(spend(1050, started_at=START + DAY)), START + 2 * DAY)
    wallet.do(Charge(spend(1)), START + 30 * DAY)
    again = Again(wallet.timeline, "ana")
    recorded = wallet.ledger.transactions["ana"]
    tally = again.run(asked_of(recorded, wallet.timeline), START + 30 * DAY)
    assert taken(recorded) == taken(again.ledger.transactions["ana"])
    assert tally.total.charged_micro == 2001 * CREDIT
    assert tally.left_micro == wallet.book.available_micro
    assert tally.not_run == 0


def test_a_refused_request_of_a_ledger_is_counted_as_not_run() -> None:
    wallet = Wallet()
    wallet.do(Charge(spend(5000)))
    tally = Again(wallet.timeline, "ana").run(
        asked_of(wallet.ledger.transactions["ana"], wallet.timeline), START
    )
    assert (tally.not_run, tally.total.requests) == (1, 0)


def test_a_capture_whose_hold_is_refused_is_a_request_refused() -> None:
    wallet = Wallet(plan="pro_plus")
    kept = wallet.do(OpenHold(4000 * CREDIT))
    wallet.do(Capture(kept.seq, spend(3000)))
    given_back = wallet.do(OpenHold(10 * CREDIT))
    wallet.do(Release(given_back.seq))
    asked = asked_of(wallet.ledger.transactions["ana"], wallet.timeline)
    small = Timeline.of(policy({"plans/pro_plus/grants/monthly/credits": 1000}))
    tally = Again(small, "ana").run(asked, START + DAY)
    assert (tally.holds_refused, tally.refusals) == (1, {HOLD_REFUSED: 1})
    assert (tally.total.refused, tally.total.price_micro) == (1, 3000 * CREDIT)
    assert tally.out_at == START
