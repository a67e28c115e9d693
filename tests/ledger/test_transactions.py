"""Transactions have a public name, and the change of a kind can be asked for."""

from policyengine.ledger.changes import Charged, Referenced
from policyengine.ledger.transactions import PolicyRef, Refusal, Transaction, change_of


def test_a_transaction_is_named_by_its_wallet_and_number() -> None:
    changes = (Referenced("a"), Referenced("b"))
    found = Transaction("ana", 17, "purchase", 0, PolicyRef("p", 1, ""), "k", "", (), changes)
    assert found.id == "ana:17"
    assert change_of(found, Referenced) == Referenced("a")
    assert change_of(found, Charged) is None


def test_a_refusal_has_no_details_unless_it_is_given_some() -> None:
    assert Refusal("code", "sentence").details == {}
