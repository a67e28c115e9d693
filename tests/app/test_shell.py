"""The shell: which policy texts the ledger keeps, and what a commit that failed leaves behind."""

from pathlib import Path

import pytest

from app.shops import Shop, open_shop, policies_in, policy_text
from policyengine.app.policies import Policies
from policyengine.app.shell import Shell
from policyengine.engine.commands import Charge, Command, Usage
from policyengine.store.store import LedgerStore


def test_a_comment_that_changed_does_not_stop_charging(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/ledger.db"
    (tmp_path / "rules").mkdir()
    shop = open_shop(policies_in(tmp_path / "rules", policy_text()), url)
    shop.engine.close()
    reworded = policies_in(tmp_path / "rules", policy_text() + "# a note\n")
    again = open_again(url, reworded, shop)
    assert again.now([charge("k1")])[0].is_accepted
    again.store.close()


def open_again(url: str, policies: Policies, shop: Shop) -> Shell:
    return Shell(LedgerStore.open(url, clock=shop.clock), policies, shop.clock)


def charge(key: str) -> Command:
    return Command("ana", key, 0, Charge(Usage.of("large", {"text_input": 1200})))


def test_a_policy_of_a_write_that_failed_is_kept_by_the_next_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = open_shop(policies_in(tmp_path, policy_text()), f"sqlite:///{tmp_path}/ledger.db")
    with monkeypatch.context() as patched:

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        patched.setattr("policyengine.store.sessions.WriteSession.write", full)
        with pytest.raises(OSError, match="No space left"):
            shop.engine.subscribe("ben", "plus")
    assert shop.engine.subscribe("ben", "plus").is_accepted
    assert shop.engine.verify().is_sound
    shop.engine.close()
