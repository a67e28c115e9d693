"""Sweeping: what time does, and what versions do at once, is written for idle wallets too."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.shops import Shop, open_shop, policies_in, policy_text, second_version
from policyengine.app import sweeping
from policyengine.ledger.transactions import Transaction

BEFORE = "2026-02-09T00:00:00Z"
LATER = "2026-02-12T00:00:00Z"


@pytest.fixture
def at_once(tmp_path: Path) -> Iterator[Shop]:
    """A ledger whose second version gives `plus` 1,200 credits and not 1,000, at once."""
    text = policy_text()
    second = second_version(text).replace("at_next_cycle", "at_once")
    opened = open_shop(
        policies_in(tmp_path, text, second.replace("credits: 1000", "credits: 1200"))
    )
    yield opened
    opened.engine.close()


def written(shop: Shop, wallet: str = "ana") -> list[Transaction]:
    """Give a wallet's transactions that are in the ledger, oldest first."""
    with shop.engine.shell.store.reading() as session:
        return [each.transaction for each in session.transactions(wallet, after_seq=0)]


def test_a_sweep_writes_new_terms_that_hold_at_once(at_once: Shop) -> None:
    at_once.engine.subscribe("bo", "plus")
    at_once.engine.subscribe("cy", "free")
    at_once.clock.set(BEFORE)
    assert at_once.engine.sweep() == 0
    at_once.clock.set(LATER)
    assert at_once.engine.balance("ana").available_micro == 1_200_000_000
    assert at_once.engine.sweep() == 3
    for wallet in ("ana", "bo", "cy"):
        assert [each.kind for each in written(at_once, wallet)] == ["subscribe", "adopt"]
    assert at_once.engine.sweep() == 0


def test_a_sweep_goes_on_where_its_limit_ended_it(
    at_once: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "BATCH", 2)
    for number in range(4):
        at_once.engine.subscribe(f"w{number}", "plus")
    at_once.clock.set(LATER)
    assert at_once.engine.sweep(limit=3) == 3
    assert at_once.engine.sweep(limit=0) == 0
    assert at_once.engine.sweep() == 2
    assert at_once.engine.sweep() == 0


def test_a_sweep_leaves_wallets_alone_that_wait_for_their_renewal(two_versions: Shop) -> None:
    two_versions.clock.set(LATER)
    assert two_versions.engine.sweep() == 0
    two_versions.clock.set("2026-03-02T00:00:00Z")
    assert two_versions.engine.sweep() == 1
    assert [each.kind for each in written(two_versions)][-1] == "renew"
