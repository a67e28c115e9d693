"""An engine that is observed: every answer is told once, and the log names nobody and no amount."""

import inspect
import logging
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from app.shops import Clock, policies_in, policy_text
from policyengine.app.charge_request import ChargeRequest
from policyengine.app.engine import Engine
from policyengine.store.faults import LedgerContended
from policyengine.store.happenings import Answered, Batched, Happening, Retried, Written
from store.servers import Server

HOLDER = "walter.sobchak"
AMOUNT = "7319.54269"
TOKENS = {"text_input": 731_954_269}
SECRETS = (HOLDER, "7319.54", "7,319.54", "731954269", "bowling", "key-of")
"""A wallet, an amount that no clock shows by chance, a conversation and a reason, and keys."""


def opened(folder: Path, url: str = "sqlite://", **more: Any) -> Engine:
    rules = folder / "rules"
    rules.mkdir(exist_ok=True)
    return Engine.open(url, policies_in(rules, policy_text()), clock=Clock(), **more)


def test_every_answer_is_told_with_its_refusal_and_whether_it_is_a_replay(tmp_path: Path) -> None:
    told: list[Happening] = []
    with opened(tmp_path, observer=told.append) as engine:
        engine.subscribe("ana", "plus", key="join")
        for _ in range(2):
            engine.charge("ana", "large", {"text_input": 1200}, key="k1")
            engine.charge("ana", "large", {"text_input": 9_000_000}, key="k2")
        engine.charge("ana", "none", {"text_input": 1})
        requests = [ChargeRequest("ana", "small", {"text_input": 1}, key=f"m{n}") for n in range(3)]
        engine.charge_many(requests)
    answers = Counter(each for each in told if isinstance(each, Answered))
    assert answers == {
        Answered("subscribe", "", is_replay=False): 1,
        Answered("charge", "", is_replay=False): 4,
        Answered("charge", "", is_replay=True): 1,
        Answered("charge", "insufficient_credits", is_replay=False): 1,
        Answered("charge", "insufficient_credits", is_replay=True): 1,
        Answered("charge", "unknown_model", is_replay=False): 1,
    }
    # Replays write nothing; the three at once are one write.
    written = [each.transactions for each in told if isinstance(each, Written)]
    assert written == [1, 1, 1, 0, 0, 1, 3]


def test_in_a_group_commit_the_batches_are_told_as_well(tmp_path: Path) -> None:
    told: list[Happening] = []
    with opened(tmp_path, observer=told.append, group_commit=True) as engine:
        engine.subscribe("ana", "plus", key="join")
        engine.charge("ana", "large", {"text_input": 1200})
    kinds = [type(each) for each in told]
    assert kinds == [Written, Answered, Batched] * 2


def test_what_is_decided_anew_is_told_with_its_cause(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Happening] = []
    with opened(tmp_path, observer=told.append) as engine:
        writing, left = engine.shell.store.writing, [2]

        def contended() -> Any:
            left[0] -= 1
            if left[0] >= 0:
                raise LedgerContended("writers waited for each other")
            return writing()

        monkeypatch.setattr(engine.shell.store, "writing", contended)
        engine.subscribe("ana", "plus", key="join").or_raise()
    assert [each for each in told if isinstance(each, Retried)] == [
        Retried("LedgerContended", 1)
    ] * 2


@pytest.mark.parametrize("group_commit", [False, True])
def test_an_observer_that_raises_harms_no_charge(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, *, group_commit: bool
) -> None:
    def fail(happening: Happening) -> None:
        raise RuntimeError(happening)

    with opened(tmp_path, observer=fail, group_commit=group_commit) as engine:
        engine.subscribe("ana", "plus", key="join").or_raise()
        for number in range(5):
            engine.charge("ana", "large", {"text_input": 2500}, key=f"k{number}").or_raise()
        assert engine.balance("ana").available_micro == 995_000_000  # 1 credit each
        assert engine.verify().is_sound
    assert [each.levelname for each in caplog.records[:2]] == ["ERROR", "ERROR"]


def verbs(engine: Engine) -> dict[str, Callable[[], Any]]:
    """Give a call of every verb, in an order in which most have something to do."""
    request = ChargeRequest(HOLDER, "large", TOKENS, "key-of-many", conversation="bowling")
    return {
        "subscribe": lambda: engine.subscribe(HOLDER, "plus", key="key-of-subscribe"),
        "grant": lambda: engine.grant(HOLDER, AMOUNT, reason="bowling", key="key-of-grant"),
        "void": lambda: engine.void(f"{HOLDER}:2", reason="bowling"),
        "adjust": lambda: engine.adjust(HOLDER, AMOUNT, reason="bowling"),
        "buy_pack": lambda: engine.buy_pack(HOLDER, "extra_500", reference="bowling"),
        "charge": lambda: engine.charge(
            HOLDER, "large", {"text_input": 4217}, conversation="bowling"
        ),
        "charge_many": lambda: engine.charge_many([request, request]),
        "estimate": lambda: engine.estimate(HOLDER, "large", TOKENS),
        "estimate_request": lambda: engine.estimate_request(HOLDER, "large", {}),
        "hold": lambda: engine.hold(HOLDER, credits_held=AMOUNT, key="key-of-hold"),
        "extend": lambda: engine.extend(f"{HOLDER}:8", "1 minute"),
        "capture": lambda: engine.capture(f"{HOLDER}:8", amount="7319.54"),
        "release": lambda: engine.release(f"{HOLDER}:8"),
        "refund": lambda: engine.refund(f"{HOLDER}:6", reason="bowling"),
        "report": lambda: engine.report(HOLDER, conversation="bowling", refund_all=True),
        "report_abnormal": lambda: engine.report_abnormal(HOLDER, conversation="bowling"),
        "resolve": lambda: engine.resolve(f"{HOLDER}:14", "explained", reason="bowling"),
        "change_plan": lambda: engine.change_plan(HOLDER, "free"),
        "set_cohort": lambda: engine.set_cohort(HOLDER, "bowling"),
        "set_overage": lambda: engine.set_overage(HOLDER, True, limit=AMOUNT),
        "set_top_up": lambda: engine.set_top_up(HOLDER, True),
        "top_up_paid": lambda: engine.top_up_paid(f"{HOLDER}:1", reference="bowling"),
        "top_up_failed": lambda: engine.top_up_failed(f"{HOLDER}:1"),
        "set_seats": lambda: engine.set_seats(HOLDER, 4217),
        "convert": lambda: engine.convert(HOLDER, "bowling", 4217, reference="bowling"),
        "balance": lambda: engine.balance(HOLDER),
        "entries": lambda: engine.entries(HOLDER),
        "conversations": lambda: engine.conversations(HOLDER),
        "operations": lambda: engine.operations(HOLDER, "bowling"),
        "find": lambda: engine.find(f"{HOLDER}:1"),
        "explain": lambda: engine.explain(f"{HOLDER}:1"),
        "models": engine.models,
        "policy_of": lambda: engine.policy_of(HOLDER),
        "calibration": engine.calibration,
        "settle": lambda: engine.settle(HOLDER),
        "sweep": engine.sweep,
        "verify": engine.verify,
        "anchor": engine.anchor,
        "rebuild": engine.rebuild,
        "transactions_written": engine.transactions_written,
        "cancel": lambda: engine.cancel(HOLDER),
        "within": lambda: engine.within(1),
        "close": engine.close,
    }


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_no_log_names_a_wallet_an_amount_a_key_or_a_reason_whatever_is_asked(
    database: str, tmp_path: Path, caplog: pytest.LogCaptureFixture, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path}/ledger.db"
    if database == "postgresql":
        server: Server = request.getfixturevalue("server")
        name = server.new_database()
        url = server.url(name)

    def fail(happening: Happening) -> None:
        raise RuntimeError(happening)

    with caplog.at_level(1):  # of every logger, also those of other libraries
        engine = opened(tmp_path, url, observer=fail, group_commit=True)
        calls = verbs(engine)
        for call in calls.values():
            with suppress(Exception):  # some are refused, some ask about what is not there
                call()
    if database == "postgresql":
        server.drop(name)

    public = inspect.getmembers(Engine, callable)
    assert set(calls) == {name for name, _ in public if not name.startswith("_")} - {"open"}
    events = {vars(each).get("event") for each in caplog.records}
    assert {"answered", "written", "viewed", "batched", "observer_failed"} <= events
    ours = [each for each in caplog.records if each.name == "policyengine"]
    accepted = {vars(each)["kind"] for each in ours if vars(each).get("refusal") == ""}
    assert {"subscribe", "grant", "charge", "hold", "capture", "adjust"} <= accepted
    formatter = logging.Formatter()
    told = [f"{vars(each)} {formatter.format(each)}" for each in caplog.records]
    assert [(secret, text) for text in told for secret in SECRETS if secret in text] == []
