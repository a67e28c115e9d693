"""Each measure is held to its bound; what is not known is a warning, never a silent pass."""

from fractions import Fraction
from pathlib import Path

import pytest

from app.planning.guard_files import GUARDS, reference
from app.simulation.simulations import REFERENCE, altered, change, many_rows, simulated, written
from policyengine.app.diffing import Diff
from policyengine.app.planning.guards.document import Guard
from policyengine.app.planning.guards.load import load_guards, usable_guards
from policyengine.app.planning.judging import Judged, bound_text, judge, worst_of
from policyengine.app.planning.measuring import NOT_SIMULATED, Known
from policyengine.app.planning.playing import Outcome, Played
from policyengine.app.simulation.about import Report
from policyengine.policy.policy import Policy
from policyengine.review.compare import compare
from policyengine.review.margins import Costs
from policyengine.values.calendar import parse_instant

NOW = parse_instant("2026-03-01T00:00:00Z")
DRAFT = ("status: published", "status: draft")
DEARER = ("multiplier: 6", "multiplier: 7")


def guard(text: str) -> Guard:
    costs = "costs: {currency: USD, credit: 0.01, per: 1, models: {lite: {}}}"
    lines = ("format: 1", "about: One.", costs, "guards:", f"  one: {{{text}}}", "")
    document = load_guards("\n".join(lines), "guards.yaml").document
    assert document is not None
    return document.guards["one"]


def known(
    old: Policy,
    new: Policy,
    simulated: Report | None = None,
    played: tuple[Played, ...] = (),
    costs: Costs | None = None,
) -> Known:
    diff = Diff("old", "new", (compare(old, new, now=NOW),))
    return Known(((old, new),), (new,), played, simulated, diff, costs)


def judged(text: str, of: Known) -> Judged:
    return judge("one", 1, guard(text), of)


@pytest.fixture(scope="module")
def dearer() -> Known:
    return known(reference(1, DRAFT), reference(1, DRAFT, DEARER))


@pytest.fixture(scope="module")
def simulation(tmp_path_factory: pytest.TempPathFactory) -> Known:
    """All wallets, under a version with a dearer frontier."""
    folder = tmp_path_factory.mktemp("planned")
    new = altered(folder, 1, *DEARER)
    report = simulated(written(folder), change(REFERENCE / "v1.yaml", new))
    return known(reference(1), reference(1, DEARER), report)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("measure: price_rise, at_most: 17%, otherwise: block", "allow"),
        ("measure: price_rise, at_most: 16%, otherwise: block", "block"),
        ("measure: price_rise, at_most: 16%, otherwise: warn", "warn"),
        ("measure: price_rise, at_most: 0%, otherwise: block, models: [lite]", "allow"),
        ("measure: change, no_graver_than: dearer, otherwise: warn", "allow"),
        ("measure: change, no_graver_than: additive, otherwise: warn", "warn"),
        ("measure: past, otherwise: block", "allow"),
    ],
)
def test_a_bound_is_kept_up_to_its_very_figure(dearer: Known, text: str, verdict: str) -> None:
    # From x 6 to x 7 are 16.67 percent.
    assert judged(text, dearer).verdict == verdict


def test_the_worst_case_is_said_with_its_numbers(dearer: Known) -> None:
    found = judged("measure: price_rise, at_most: 5%, otherwise: block", dearer)
    assert (found.measured.text, bound_text(found.guard)) == ("+16.7 %", "at most 5 %")
    assert found.measured.worst == (
        "frontier for text_input up to 200,000 input tokens: 600 -> 700 credits per 1,000,000"
    )
    assert not found.is_kept


def test_an_edited_version_in_force_reaches_into_the_past() -> None:
    found = judged("measure: past, otherwise: block", known(reference(1), reference(1, DEARER)))
    assert found.verdict == "block"
    assert "version 1 is published and was edited" in found.measured.worst


@pytest.mark.parametrize("measure", ["wallet_rise", "worse_off", "runs_out", "runs_out_newly"])
def test_what_was_not_simulated_is_a_warning(dearer: Known, measure: str) -> None:
    found = judged(f"measure: {measure}, at_most: 99%, otherwise: block", dearer)
    assert (found.verdict, found.measured.doubt) == ("warn", NOT_SIMULATED)
    nothing = known(reference(1, DRAFT), reference(1, DRAFT, ("why: ", "why: Anew. ")))
    assert judged(f"measure: {measure}, at_most: 0%, otherwise: block", nothing).verdict == "allow"


def test_wallets_are_counted_as_the_simulation_counts_them(simulation: Known) -> None:
    assert simulation.simulated is not None
    comparison = simulation.simulated.simulated.comparison
    worse, every = comparison.wallets["worse"].value, len(comparison.pairs)
    assert 0 < worse < every
    found = judged("measure: worse_off, at_most: 0%, otherwise: block", simulation)
    assert (found.verdict, found.measured.value) == ("block", Fraction(worse, every))
    assert judged("measure: worse_off, at_most: 100%, otherwise: block", simulation).is_kept
    out = comparison.figures["ran_out_before_renewal"].new.value
    found = judged("measure: runs_out, at_most: 100%, otherwise: block", simulation)
    assert found.measured.value == Fraction(out, every)


def test_a_wallet_never_rises_by_more_than_the_price_of_its_models(simulation: Known) -> None:
    found = judged("measure: wallet_rise, at_most: 5%, otherwise: block", simulation)
    assert found.measured.value is not None
    assert 0 < found.measured.value <= Fraction(17, 100)
    assert found.verdict == "block"
    lite = judged("measure: wallet_rise, at_most: 0%, otherwise: block, models: [lite]", simulation)
    assert lite.verdict == "allow"
    half = judged("measure: wallet_rise, at_most: 5%, wallets: 1%, otherwise: block", simulation)
    assert half.measured.value is not None
    assert half.measured.value < found.measured.value


def test_a_guard_of_wallets_that_are_not_there_is_a_warning(simulation: Known) -> None:
    for measure in ("wallet_rise", "worse_off"):
        text = f"measure: {measure}, at_most: 99%, otherwise: block, plans: [nobodys]"
        assert judged(text, simulation).verdict == "warn"


def test_a_sample_that_may_hide_more_is_a_warning(tmp_path: Path) -> None:
    rows = many_rows(seed=5, wallets=900, count=4000)
    new = altered(tmp_path, 1, *DEARER)
    asked = change(REFERENCE / "v1.yaml", new, share="1/5")
    of = known(reference(1), reference(1, DEARER), simulated(written(tmp_path, rows), asked))
    assert of.simulated is not None
    found = judged("measure: worse_off, at_most: 99%, otherwise: block", of)
    assert found.measured.value is not None
    assert found.measured.reach is not None
    assert found.measured.value < found.measured.reach
    percent = int(found.measured.value * 100) + 1
    close = judged(f"measure: worse_off, at_most: {percent}%, otherwise: block", of)
    assert (close.verdict, close.is_kept) == ("warn", True)
    assert "up to" in close.measured.doubt
    rise = judged("measure: wallet_rise, at_most: 900%, otherwise: block", of)
    assert (rise.verdict, rise.measured.doubt) == (
        "warn",
        "only a sample of the wallets was simulated",
    )


def test_scenarios_are_judged_by_what_they_are_charged(dearer: Known) -> None:
    of = Known(
        dearer.pairs,
        dearer.policies,
        (
            Played("s.yaml", 3, "a chat", Outcome(charged=4_000_000), Outcome(charged=5_000_000)),
            Played("s.yaml", 9, "from nothing", Outcome(), Outcome(charged=9_000_000)),
        ),
        None,
        dearer.diff,
        None,
    )
    found = judged("measure: scenario_rise, at_most: 24%, otherwise: warn", of)
    assert (found.verdict, found.measured.text) == ("warn", "+25.0 %")
    assert found.measured.worst == '"a chat": 4.00 -> 5.00 credits'
    empty = judged("measure: scenario_rise, at_most: 24%, otherwise: block", dearer)
    assert empty.verdict == "warn"


def test_a_margin_without_the_cost_of_a_model_is_a_warning(tmp_path: Path) -> None:
    file = tmp_path / "guards.yaml"
    file.write_text(GUARDS)
    costs = usable_guards(file, (reference(1),)).costs
    of = known(reference(1), reference(1, DEARER), costs=costs)
    margin = "measure: margin, at_least: 30%, otherwise: block"
    # Image output costs 8 USD a million and brings 1,200 credits at a cent: a third is left.
    found = judged(f"{margin}, models: [standard]", of)
    assert (found.verdict, found.measured.text) == ("allow", "33.3 %")
    every = judged(margin, of)
    assert (every.verdict, every.measured.text) == ("warn", "33.3 %")
    assert every.measured.doubt == "no cost is listed for lite and frontier"
    assert judged(margin.replace("30", "40"), of).verdict == "block"
    one = judged(f"{margin}, models: [standard], request: {{text_input: 100000}}", of)
    assert one.measured.text == "50.0 %"
    assert judged(f"{margin}, models: [frontier]", of).verdict == "warn"


def test_a_price_that_is_no_plain_sum_is_a_warning_at_best() -> None:
    curved = ("tokens_at_rate * multiplier", "max(tokens_at_rate * multiplier, 0.5)")
    of = known(reference(1, curved), reference(1, curved, DEARER))
    assert judged("measure: price_rise, at_most: 99%, otherwise: block", of).verdict == "warn"
    assert judged("measure: price_rise, at_most: 1%, otherwise: block", of).verdict == "block"


def test_the_worst_verdict_is_the_whole_one() -> None:
    assert worst_of(["allow", "block", "warn"]) == "block"
    assert worst_of([]) == "allow"
