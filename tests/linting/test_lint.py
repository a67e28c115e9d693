"""The linter: each fault is found in the policy that has it, and in no policy without it."""

from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.wallets import at, policy
from policyengine.engine.explaining import explain
from policyengine.linting.codes import FAULT_CODES
from policyengine.linting.faults import Subject
from policyengine.linting.lint import SEARCHES, Found, faults_of, lint
from policyengine.policy.load import load_policy
from policyengine.policy.policy import Policy
from policyengine.policy.timeline import Timeline
from policyengine.simulate.stories import played

ROOT: Final = Path(__file__).parents[2]
BROKEN: Final = Path(__file__).parent / "broken"

NOW: Final = at("2026-02-01T09:00:00")

GALLERY: Final = {
    "bolt": [("v2.yaml", "EF103")],
    # Version 2 gave all tokens of a plan on top of unused ones. Who cancelled and came back at the
    # boundary had the free plan's tokens as well; version 3 lets them be lost.
}
"""What is found in published schemes, and is so in them; all others have no fault."""


@cache
def found_in(folder: Path) -> tuple[Found, ...]:
    files = sorted(folder.glob("*.yaml"))
    return lint([load_policy(file.read_bytes(), str(file)) for file in files], NOW)


@pytest.mark.parametrize("code", FAULT_CODES)
def test_a_policy_with_a_fault_has_that_fault_alone(code: str) -> None:
    assert [each.fault.code for each in found_in(BROKEN / code)] == [code]


def test_the_same_policy_without_a_fault_has_none() -> None:
    assert found_in(BROKEN / "sound") == ()


@pytest.mark.parametrize(
    "folder", sorted((ROOT / "policies").iterdir()), ids=lambda each: each.name
)
def test_published_schemes_have_the_faults_that_are_known_of_them(folder: Path) -> None:
    if folder.is_dir():
        known = [(Path(each.finding.file).name, each.fault.code) for each in found_in(folder)]
        assert GALLERY.get(folder.name, []) == known


def test_there_is_a_broken_policy_for_every_code_and_a_search_for_every_code() -> None:
    assert {path.name for path in BROKEN.iterdir()} == {*FAULT_CODES, "sound"}
    assert len(SEARCHES) == len(FAULT_CODES)


@pytest.mark.parametrize("code", FAULT_CODES)
def test_every_number_of_a_story_can_be_explained(code: str) -> None:
    (found,) = found_in(BROKEN / code)
    play = played(found.timeline, found.fault.commands)
    assert play.lines
    for line in play.lines:
        wallet = line.transaction.wallet_id
        assert explain(found.timeline, line.transaction, play.lots(wallet)).steps


@pytest.mark.parametrize("code", FAULT_CODES)
def test_what_a_finding_says_is_in_the_style_of_the_house(code: str) -> None:
    (found,) = found_in(BROKEN / code)
    for text in (found.finding.message, found.finding.help, found.fault.ending):
        assert text
        assert not text.endswith(".")
        assert "\n" not in text
    assert found.finding.severity == "warning"


def test_a_draft_that_is_still_to_come_changes_nothing_that_has_happened() -> None:
    files = sorted((BROKEN / "EF110").glob("*.yaml"))
    loaded = [load_policy(file.read_bytes(), str(file)) for file in files]
    assert [each.fault.code for each in lint(loaded, at("2026-01-31"))] == ["EF109"]
    assert [each.fault.code for each in lint(loaded)] == ["EF109"]


amounts = st.integers(1, 5_000)


@st.composite
def sound_policies(draw: st.DrawFn) -> Policy:
    """Policies whose answers leave no way round: see the choices one by one."""
    lower = draw(amounts)
    higher = lower + draw(amounts)
    most = draw(st.integers(1, 12))
    upgrade = draw(
        st.sampled_from(
            [
                {"new_cycle": "starts_now", "unused": "lost"},
                {"new_cycle": "starts_now", "unused": "carry_over"},
                {"new_cycle": "keeps_date", "unused": "kept", "new_credits": "difference"},
            ]
        )
    )
    rounding = draw(st.sampled_from(["up", "half_up", "down"]))  # each has a minimum above 0
    changes: dict[str, Any] = {
        "plans/pro/grants/monthly/credits": Decimal(lower),
        "plans/pro_plus/grants/monthly/credits": Decimal(higher),
        "models/frontier/multiplier": Decimal(draw(st.integers(0, most))),
        "models/frontier/tiers/0/multiplier": Decimal(most),
        "credits/round": rounding,
        "burn_order": ["soonest_expiry", "plan_before_pack", "oldest"],
        "changes/upgrade": {"when": "now", "carried_expires": "as_before", **upgrade},
        "plans/pro/price": Decimal(lower),
        "plans/pro/currency": "USD",
        "plans/pro_plus/price": Decimal(higher),
        "plans/pro_plus/currency": "USD",
        "packs/pack_500/price": Decimal(draw(st.integers(501, 900))),
        "packs/pack_500/currency": "USD",
    }
    return policy(changes)


@given(sound_policies())
@settings(max_examples=25, deadline=None)
def test_a_policy_without_faults_raises_no_alarm(sound: Policy) -> None:
    assert faults_of(Subject(sound, Timeline.of(sound))) == ()


FAULTY: Final[dict[str, dict[str, Any]]] = {
    "EF103": {
        "changes/downgrade/unused": "carry_over",
        "changes/downgrade/carried_expires": "end_of_new_cycle",
    },
    "EF105": {"burn_order": ["pack_before_plan", "oldest"]},
    "EF106": {"packs/pack_500/price": Decimal("0.5"), "packs/pack_500/currency": "USD"},
    "EF107": {"models/frontier/tiers/0/multiplier": Decimal("0.1")},
    "EF108": {"credits/round": "down", "charge/minimum": Decimal(0)},
}


@pytest.mark.parametrize("code", FAULTY)
@given(lower=amounts, more=amounts)
@settings(max_examples=8, deadline=None)
def test_a_fault_is_found_whatever_the_amounts(code: str, lower: int, more: int) -> None:
    changes = {
        "plans/pro/grants/monthly/credits": Decimal(lower),
        "plans/pro_plus/grants/monthly/credits": Decimal(lower + more),
        "plans/pro/price": Decimal(lower),
        "plans/pro/currency": "USD",
        "plans/pro_plus/price": Decimal(lower + more),
        "plans/pro_plus/currency": "USD",
        **FAULTY[code],
    }
    faulty = policy(changes)
    found = {each.code for each in faults_of(Subject(faulty, Timeline.of(faulty)))}
    assert code in found
