"""Batches: each command sees those before it; what has to be loaded is said beforehand."""

from dataclasses import replace

import pytest

from engine.wallets import CREDIT, START, policy, spend
from policyengine.engine.batch import Desk, Named, Needs, decide_all, needs_of
from policyengine.engine.commands import (
    Body,
    Capture,
    Charge,
    Command,
    Extend,
    OpenHold,
    Refund,
    Release,
    ReportAbnormal,
    ResolveCase,
    Subscribe,
    VoidGrant,
    target_seq,
)
from policyengine.engine.decide import Decision
from policyengine.ledger.book import Book
from policyengine.policy.timeline import Timeline
from policyengine.values.calendar import NEVER, parse_span

TIMELINES = {"codeflicker": Timeline.of(policy())}


def command(wallet: str, key: str, body: Body) -> Command:
    return Command(wallet, key, START, body)


def code(decision: Decision) -> str:
    assert decision.answer.refusal is not None
    assert decision.recorded == ()
    return decision.answer.refusal.code


@pytest.mark.parametrize(
    ("body", "target"),
    [
        (VoidGrant(3), 3),
        (Refund(4), 4),
        (Capture(5), 5),
        (Release(6), 6),
        (Extend(7, parse_span("1 hour")), 7),
        (ReportAbnormal(8), 8),
        (ReportAbnormal(conversation_id="c"), None),
        (ResolveCase(9, "explained"), 9),
        (Charge(spend(1)), None),
    ],
)
def test_a_command_says_which_transaction_it_acts_on(body: Body, target: int | None) -> None:
    assert target_seq(body) == target


def test_what_commands_need_is_named_once_in_order() -> None:
    commands = [
        command("b", "k1", Refund(2)),
        command("a", "k1", Charge(spend(1))),
        command("b", "k1", Refund(2)),
    ]
    assert needs_of(commands) == Needs(("b", "a"), (("b", "k1"), ("a", "k1")), (("b", 2),))


def test_later_commands_of_a_batch_see_earlier_ones() -> None:
    desk = Desk({}, {}, {})
    commands = [
        command("ana", "join", Subscribe("pro")),
        command("ana", "hold", OpenHold(amount_micro=9 * CREDIT)),
        command("ana", "part", Capture(2, amount_micro=4 * CREDIT, final=False)),
        command("ana", "rest", Capture(2, amount_micro=3 * CREDIT)),
        command("ana", "back", Refund(3)),
        command("ana", "again", Refund(3)),
        command("ana", "part", Capture(2, amount_micro=4 * CREDIT, final=False)),
    ]
    decisions = decide_all(TIMELINES, desk, commands)
    assert [each.answer.refusal is None for each in decisions] == [True] * 5 + [False, True]
    assert decisions[-1].is_replay
    assert desk.books["ana"].available_micro == 1997 * CREDIT
    assert [each.seq for each in desk.recorded["ana"]] == [1, 2, 3, 4, 5, 6]
    assert desk.opened == {"ana": None}
    assert [each.seq for each in desk.named[("ana", 2)].corrections] == [3, 4]


def test_the_desk_keeps_the_book_that_a_batch_started_from() -> None:
    desk = Desk({}, {}, {})
    decide_all(TIMELINES, desk, [command("ana", "join", Subscribe("pro"))])
    before = desk.books["ana"]
    loaded = Desk({"ana": before}, {}, {("ana", 1): Named(desk.recorded["ana"][0])})
    decide_all(TIMELINES, loaded, [command("ana", "k", Charge(spend(1)))])
    assert loaded.opened == {"ana": before}
    assert [each.kind for each in loaded.recorded["ana"]] == ["charge"]


@pytest.mark.parametrize(
    "wallet", ["", "-a", "a b", "a/b", "a" * 129, "é", "a\n", ".hidden", "a\0"]
)
def test_a_wallet_has_a_plain_name(wallet: str) -> None:
    desk = Desk({}, {}, {})
    decision = decide_all(TIMELINES, desk, [command(wallet, "k", Subscribe("pro"))])[0]
    assert (code(decision), desk.books) == ("invalid_wallet", {})


@pytest.mark.parametrize("wallet", ["a", "7", "user_1@acme.example", "A.b-c+d", "a" * 128])
def test_a_wallet_may_be_called(wallet: str) -> None:
    desk = Desk({}, {}, {})
    decide_all(TIMELINES, desk, [command(wallet, "k", Subscribe("pro"))])
    assert list(desk.books) == [wallet]


def test_only_a_subscription_opens_a_wallet() -> None:
    decision = decide_all(TIMELINES, Desk({}, {}, {}), [command("bo", "k", Charge(spend(1)))])[0]
    assert code(decision) == "unknown_wallet"


def test_the_policy_of_a_new_wallet_is_named_or_the_only_one() -> None:
    two = {**TIMELINES, "other": TIMELINES["codeflicker"]}
    named = command("a", "k", Subscribe("pro", "codeflicker"))
    assert decide_all(two, Desk({}, {}, {}), [named])[0].answer.refusal is None
    silent = decide_all(two, Desk({}, {}, {}), [command("a", "k", Subscribe("pro"))])[0]
    assert code(silent) == "unknown_policy"
    assert silent.answer.refusal is not None
    assert silent.answer.refusal.message == "say which policy: one of codeflicker, other"
    wrong = decide_all(two, Desk({}, {}, {}), [command("a", "k", Subscribe("pro", "acme"))])[0]
    assert code(wrong) == "unknown_policy"


def test_a_wallet_whose_policy_is_not_loaded_is_not_touched() -> None:
    desk = Desk({"ana": Book("ana", "acme")}, {}, {})
    decision = decide_all(TIMELINES, desk, [command("ana", "k", Charge(spend(1)))])[0]
    assert (code(decision), desk.recorded) == ("unknown_policy", {})


def test_a_wallet_on_a_version_that_is_not_loaded_is_not_priced_by_an_older_one() -> None:
    desk = Desk({}, {}, {})
    decide_all(TIMELINES, desk, [command("ana", "join", Subscribe("pro"))])
    book = desk.books["ana"]
    assert book.subscription is not None
    ahead = replace(book, subscription=replace(book.subscription, version=2))
    loaded = Desk({"ana": ahead}, {("ana", "join"): desk.recorded["ana"][0]}, {})
    asked = [command("ana", "k", Charge(spend(1))), command("ana", "join", Subscribe("pro"))]
    charged, again = decide_all(TIMELINES, loaded, asked)
    assert (code(charged), loaded.recorded) == ("unknown_policy", {})
    assert charged.answer.refusal is not None
    assert charged.answer.refusal.message == (
        "version 2 of `codeflicker`, which wallet `ana` is on, is not loaded"
    )
    assert again.is_replay


def test_a_wallet_on_an_older_version_that_is_loaded_is_decided() -> None:
    two = {"codeflicker": Timeline.of(policy(), replace(policy(), version=2, effective_at=NEVER))}
    desk = Desk({}, {}, {})
    asked = [command("ana", "join", Subscribe("pro")), command("ana", "k", Charge(spend(1)))]
    assert [each.answer.refusal for each in decide_all(two, desk, asked)] == [None, None]
