"""The engine's front: holds as contexts, stored policies in explanations, estimates compared."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.shops import Shop, open_shop, policies_in, policy_text
from policyengine.app.engine import Engine
from policyengine.app.reading import NotFound
from policyengine.app.receipts import Refused
from policyengine.engine.estimating import Estimate
from policyengine.store.faults import LedgerMoved

CREDIT = 1_000_000


def available(shop: Shop) -> int:
    return shop.engine.balance("ana").available_micro


def test_a_hold_is_captured_in_its_block(shop: Shop) -> None:
    with shop.engine.hold("ana", credits_held=5) as held:
        assert available(shop) == 995 * CREDIT
        captured = held.capture("large", {"text_input": 1200})
    assert captured.charged_micro == 480_000
    assert available(shop) == 1000 * CREDIT - 480_000


def test_a_hold_is_given_back_when_its_block_fails_or_forgets_it(shop: Shop) -> None:
    with pytest.raises(RuntimeError), shop.engine.hold("ana", credits_held=5):
        raise RuntimeError
    assert available(shop) == 1000 * CREDIT
    with shop.engine.hold("ana", credits_held=5) as held:
        held.release()
    assert available(shop) == 1000 * CREDIT


def test_a_hold_whose_capture_is_refused_is_given_back_at_the_end(shop: Shop) -> None:
    with shop.engine.hold("ana", credits_held=5) as held:
        assert not held.capture("none", {"text_input": 1200}).is_accepted
        assert available(shop) == 995 * CREDIT
    assert available(shop) == 1000 * CREDIT
    with shop.engine.hold("ana", credits_held=5) as held:
        assert not held.capture("none", {"text_input": 1200}).is_accepted
        assert held.capture("large", {"text_input": 1200}).is_accepted
    assert available(shop) == 1000 * CREDIT - 480_000


def test_a_hold_whose_capture_has_no_such_counts_is_given_back(shop: Shop) -> None:
    def capture_less_than_nothing() -> None:
        with shop.engine.hold("ana", credits_held=5) as held:
            held.capture("large", {"text_input": -1})

    with pytest.raises(ValueError, match="is not a count"):
        capture_less_than_nothing()
    assert available(shop) == 1000 * CREDIT


def test_a_hold_that_a_fault_kept_from_its_capture_can_be_captured_later(tmp_path: Path) -> None:
    """The request has run: giving the hold back would make it a free one."""
    url = f"sqlite:///{tmp_path}/ledger.db"
    shop = open_shop(policies_in(tmp_path, policy_text()), url)

    def capture_while_another_writes() -> None:
        with shop.engine.hold("ana", credits_held=5, key="h") as held, pausing(tmp_path):
            held.capture("large", {"text_input": 1200})

    with pytest.raises(LedgerMoved):
        capture_while_another_writes()
    assert available(shop) == 995 * CREDIT
    held = shop.engine.hold("ana", credits_held=5, key="h")
    assert held.capture("large", {"text_input": 1200}).charged_micro == 480_000
    shop.engine.close()


@contextmanager
def pausing(folder: Path) -> Iterator[None]:
    """Take the ledger's file away for a while."""
    path = folder / "ledger.db"
    path.rename(folder / "away.db")
    try:
        yield
    finally:
        (folder / "away.db").rename(path)


def test_a_hold_that_was_refused_does_not_begin(shop: Shop) -> None:
    with (
        pytest.raises(Refused, match="insufficient_credits"),
        shop.engine.hold("ana", credits_held=5000),
    ):
        pytest.fail("the block must not run")


def test_an_explanation_names_the_version_that_decided_even_if_the_file_has_changed(
    tmp_path: Path,
) -> None:
    url = f"sqlite:///{tmp_path}/ledger.db"
    folder = tmp_path / "rules"
    folder.mkdir()
    shop = open_shop(policies_in(folder, policy_text()), url)
    charge = shop.charge()
    shop.engine.close()
    dearer = policies_in(folder, policy_text().replace("multiplier: 4\n", "multiplier: 5\n"))
    with Engine.open(url, dearer, clock=shop.clock) as engine:
        steps = {s.label: s.value for _, s in engine.explain(charge.id).derivation.walk()}
        assert steps["multiplier of `large`"] == "x 4"
        assert engine.verify().is_sound


def test_an_explanation_says_who_said_what(shop: Shop) -> None:
    receipt = shop.engine.grant("ana", 5, reason="beta", actor="mia").or_raise()
    steps = [(s.label, s.value) for s in shop.engine.explain(receipt.id).derivation.steps]
    assert ("reason", "beta") in steps
    assert ("by", "mia") in steps


def test_estimates_are_compared_with_what_was_charged(shop: Shop) -> None:
    estimate = shop.engine.estimate("ana", "large", {"text_input": 1200})
    assert isinstance(estimate, Estimate)
    counts = {"text_input": 1200, "text_output": 900}
    # expected (1,200 x 100 + 800 x 500) / 1,000,000 x 4 = 2.08; charged with 900: 2.28
    shop.engine.charge("ana", "large", counts, estimate=estimate).or_raise()
    shop.engine.charge("ana", "small", counts).or_raise()
    for found in (shop.engine.calibration(), shop.engine.calibration("ana")):
        assert (found.charges, found.covered) == (1, 1)
        assert (found.off_micro, found.price_micro) == (200_000, 2_280_000)


def test_an_audit_says_how_far_it_is(shop: Shop) -> None:
    for _ in range(3):
        shop.charge()
    seen: list[int] = []
    report = shop.engine.verify(None, lambda: seen.append(1))
    assert report.transactions == len(seen) == shop.engine.transactions_written() == 4


def test_questions_about_nobody_are_answered_so(shop: Shop) -> None:
    for ask in (shop.engine.balance, shop.engine.policy_of):
        with pytest.raises(NotFound, match="there is no wallet `ben`"):
            ask("ben")
    with pytest.raises(ValueError, match="is not a transaction's id"):
        shop.engine.explain("nothing")
