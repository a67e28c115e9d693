"""Scenarios under versions that they were not written for: an outcome always, never a fault."""

from fractions import Fraction
from pathlib import Path

import pytest

from app.planning.guard_files import REFERENCE, reference
from policyengine.app.planning.playing import Outcome, Played, outcome_of
from policyengine.app.scenarios.document import Scenario
from policyengine.app.scenarios.reading import read_scenarios

FILES = sorted(REFERENCE.parent.glob("*/scenarios/*.yaml"))
STEPS = """\
about: One wallet.
scenarios:
  - title: a chat
    given: {at: 2026-02-01T00:00:00Z, plan: pro}
    steps:
      - estimate: {model: frontier, sent: {text_input: 1000}, output_tokens: 1000}
      - charge: {model: frontier, used: {text_input: 1000, text_output: 1000}}
      - hold: {credits: 75}
      - charge: {model: frontier, used: {text_output: 900000}}
        then: {refused: insufficient_credits}
"""


def scenario(text: str) -> Scenario:
    document = read_scenarios(text, "one.yaml").document
    assert document is not None
    return document.scenarios[0]


def test_an_outcome_adds_up_what_was_charged_estimated_refused_and_left() -> None:
    # 1,000 x 100 + 1,000 x 500 per million are 0.6 credits, x 6 are 3.6.
    assert outcome_of(scenario(STEPS), reference(1)) == Outcome(
        charged=3_600_000,
        estimated=3_600_000,
        left=1_921_400_000,
        held=75_000_000,
        owed=0,
        refusals=((4, "insufficient_credits"),),
    )


def test_a_wallet_that_may_not_join_is_refused_at_step_0() -> None:
    found = outcome_of(scenario(STEPS.replace("plan: pro", "plan: gold")), reference(1))
    assert found == Outcome(refusals=((0, "unknown_plan"),))


def test_what_differs_has_a_name_and_a_rise_only_where_something_was_charged() -> None:
    played = Played("f", 1, "t", Outcome(charged=4, left=6), Outcome(charged=5, left=5))
    assert [name for name, _, _ in played.amounts] == ["charged", "left"]
    assert played.rise is not None
    assert (played.differs, played.rise) == (True, Fraction(1, 4))
    assert Played("f", 1, "t", Outcome(), Outcome(charged=5)).rise is None


@pytest.mark.parametrize("path", FILES, ids=lambda each: f"{each.parts[-3]}-{each.stem}")
def test_any_scenario_can_be_played_under_a_policy_that_lacks_its_names(path: Path) -> None:
    document = read_scenarios(path.read_bytes(), path.name).document
    assert document is not None
    strange = reference(1)
    for each in document.scenarios:
        found = outcome_of(each, strange)
        assert found == outcome_of(each, strange)
