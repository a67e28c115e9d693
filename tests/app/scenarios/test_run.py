"""Running: what a step's answer must be, and what is looked at whatever a scenario expects."""

from dataclasses import replace

from app.scenarios.playing import codes_of, messages_of, run, timeline
from policyengine.app.scenarios.document import Given, Step
from policyengine.app.scenarios.run import _of_answer, unsound
from policyengine.app.scenarios.stage import Stage
from policyengine.policy.source import load_source

CHARGE = {"model": "standard", "used": {"text_input": 1000000}}


def staged(plan: str = "free") -> Stage:
    stage = Stage.of(timeline())
    assert stage.begin(Given(at="2026-02-01T00:00:00Z", plan=plan)) is None  # type: ignore[arg-type]
    return stage


def step(**keys: object) -> Step:
    return Step.model_validate(keys)


def test_a_step_without_expectations_must_still_be_accepted() -> None:
    result = run("- buy_pack: pack_500\n- then: {balance: 300}")
    assert codes_of(result) == ["SC302"]
    assert result.failures[0].span.line == 6


def test_a_refusal_is_reported_once_and_not_by_each_expectation_that_it_breaks() -> None:
    result = run(
        "- charge: {model: standard, used: {text_input: 4000000}}\n"
        "  then: {charged: 400, tier: none, rated_by: 1, paid_by: [{source: gift}], balance: 300}"
    )
    assert codes_of(result) == ["SC302"]


def test_a_retry_that_is_decided_again_is_a_fault() -> None:
    stage = staged()
    stage.perform(step(charge=CHARGE, **{"as": "charge_1"}), 1)
    command, decision = stage.sent["charge_1"]
    stage.sent["charge_1"] = (replace(command, key="another"), decision)
    again = step(again="charge_1")
    found = list(_of_answer(stage, again, stage.perform(again, 2)))
    assert [code for code, _ in found] == ["SC303"]


def test_a_retry_of_what_was_never_recorded_is_answered_alike() -> None:
    steps = """
- wallet: ben
  as: charge_1
  charge: {model: standard, used: {text_input: 1}}
  then: {refused: unknown_wallet}
- wallet: ben
  again: charge_1
  then: {refused: unknown_wallet}
"""
    assert messages_of(run(steps)) == []


def test_a_sound_ledger_has_no_faults() -> None:
    assert list(staged().unsound()) == []


def test_a_balance_that_its_transactions_do_not_make_is_a_fault() -> None:
    stage = staged()
    book = stage.ledger.books["ana"]
    stage.ledger._desk.books["ana"] = replace(book, available_micro=book.available_micro + 1)
    faults = list(stage.unsound())
    assert faults[-1] == "wallet `ana`: its transactions do not add up to its balance"
    assert len(faults) == 2


def test_a_lot_that_has_lost_credits_is_a_fault() -> None:
    stage = staged()
    book = stage.ledger.books["ana"]
    lots = {1: replace(book.lots[1], remaining=book.lots[1].remaining - 1)}
    stage.ledger._desk.books["ana"] = replace(book, lots=lots)
    assert "wallet `ana`: the pots of lot 1 do not add up" in list(stage.unsound())


def test_an_unsound_ledger_is_reported_at_its_scenario() -> None:
    stage = staged()
    stage.ledger._desk.books["ana"] = replace(stage.ledger.books["ana"], debt_micro=1)
    source, _ = load_source("about: a test\nscenarios:\n  - title: a test\n", "test.yaml")
    (found,) = unsound(stage, source, "/scenarios/0")
    assert (found.code, found.span.line) == ("SC304", 3)
    assert found.message.startswith("the ledger is not sound: wallet `ana`: ")


def test_the_balance_is_that_of_the_step_even_where_nothing_is_written() -> None:
    steps = """
- as: charge_1
  charge: {model: standard, used: {text_input: 1000000}}
- at: 2026-03-01T00:00:00Z
  again: charge_1
  then: {balance: 0, meanwhile: []}
- estimate: {model: lite, sent: {text_input: 1}}
  then: {balance: 0, meanwhile: []}
- then: {balance: 0, meanwhile: [{what: expire, at: 2026-03-01T00:00:00Z}]}
"""
    assert messages_of(run(steps)) == []


def test_an_estimate_before_the_first_version_is_refused() -> None:
    stage = Stage.of(timeline())
    seen = stage.perform(step(at="2026-01-01T00:00:00Z", estimate={"model": "lite", "sent": {}}), 1)
    assert seen.refusal is not None
    assert seen.refusal.code == "no_policy_in_force"


def test_only_so_many_failures_are_kept() -> None:
    steps = "\n".join(["- then: {balance: 1}"] * 60)
    assert len(run(steps).failures) == 50
