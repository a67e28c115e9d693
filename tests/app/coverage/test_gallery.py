"""The gallery's scenarios: they notice at least four in five changes of their policies."""

import pytest

from app.coverage.shelves import ROOT, coverage_of
from policyengine.app.coverage.mutation import mutated
from policyengine.app.coverage.report import percent

SCORE_MIN = 80
HELD = (
    "anthropic_api",
    "bolt",
    "copilot_ai_credits",
    "openai_prepaid",
    "openrouter",
    "vanceai",
)


@pytest.mark.parametrize("name", HELD)
def test_a_gallery_policys_scenarios_notice_four_in_five_changes(name: str) -> None:
    folder = ROOT / "policies" / name
    (mutation,) = mutated([folder], [coverage_of(folder)])
    assert percent(mutation.noticed, mutation.counted) >= SCORE_MIN
    assert mutation.idle_excuses == ()
