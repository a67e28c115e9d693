"""Sweeping: what time does, and what versions do at once, is written for idle wallets too."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.shops import Shop, open_shop, policies_in, policy_text, second_version
from policyengine.app import sweeping
from policyengine.ledger.transactions import Transaction
from policyengine.store.happenings import Happening, Teller, Written

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


KEEP = "keep: [{plan: plus, joined_before: 2026-02-05T00:00:00Z, until: 2026-06-01T00:00:00Z}]"


def test_who_was_looked_at_once_is_not_looked_at_again(tmp_path: Path) -> None:
    """Ana keeps the old terms, bo does not; a second sweep asks the ledger to write nothing."""
    second = second_version(policy_text()).replace("at_next_cycle", "at_once")
    second = second.replace("packs: new_purchases", f"packs: new_purchases, {KEEP}")
    shop = open_shop(policies_in(tmp_path, policy_text(), second))
    shop.clock.set("2026-02-06T00:00:00Z")
    shop.engine.subscribe("bo", "plus")
    shop.clock.set(LATER)
    told: list[Happening] = []
    shop.engine.shell.store.tell = Teller(told.append)
    assert shop.engine.sweep() == 1
    assert [each.kind for each in written(shop)] == ["subscribe"]
    assert [each.kind for each in written(shop, "bo")] == ["subscribe", "adopt"]
    assert [each.wallets for each in told if isinstance(each, Written)] == [1]
    told.clear()
    assert shop.engine.sweep() == 0
    assert [each for each in told if isinstance(each, Written)] == []
    name = shop.policy.name
    with shop.engine.shell.store.reading() as session:
        (kept,) = session.subscribers(name, 1, 0)
        assert kept.wallet_id == "ana"
        assert set(shop.engine.shell.taken_along.values()) == {kept.number + 1}
    shop.engine.close()


def test_a_version_that_became_known_late_is_swept_as_well(tmp_path: Path) -> None:
    """Ana was charged after the version began, when nobody here had loaded it."""
    first = policies_in(tmp_path, policy_text())
    shop = open_shop(first)
    shop.clock.set(LATER)
    shop.charge()
    second = second_version(policy_text()).replace("at_next_cycle", "at_once")
    both = policies_in(tmp_path, policy_text(), second.replace("credits: 1000", "credits: 1200"))
    shop.engine.shell.policies = both
    assert shop.engine.sweep() == 1
    last = written(shop)[-1]
    assert (last.kind, last.effective_at) == ("adopt", shop.clock())
    shop.engine.close()


def test_a_sweep_leaves_wallets_alone_that_wait_for_their_renewal(two_versions: Shop) -> None:
    two_versions.clock.set(LATER)
    assert two_versions.engine.sweep() == 0
    two_versions.clock.set("2026-03-02T00:00:00Z")
    assert two_versions.engine.sweep() == 1
    assert [each.kind for each in written(two_versions)][-1] == "renew"
