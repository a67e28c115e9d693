"""The chain binds every field of a transaction, and all that came before it."""

import hashlib
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyengine.ledger.chain import Field, genesis, link, link_transaction
from policyengine.ledger.transactions import Move, PolicyRef, Refusal, Transaction

REF = PolicyRef("codeflicker", 1, "a" * 64)
CHARGE = Transaction(
    "ana",
    17,
    "charge",
    1_000,
    REF,
    "key-1",
    "b" * 64,
    (Move(1, "available", "consumed", 5), Move(2, "available", "consumed", 6)),
    (),
    Refusal("code", "sentence"),
    3,
    "talk",
    "op-1",
    "api",
    "because",
    89,
    4,
)
HEAD = genesis("wallet", "ana", "codeflicker")


def sealed(
    transaction: Transaction = CHARGE,
    *,
    head: bytes = HEAD,
    number: int = 40,
    changes: str = "[]",
    details: str | None = "{}",
    recorded_at: int = 2_000,
) -> bytes:
    return link_transaction(
        head,
        transaction,
        number=number,
        changes=changes,
        details=details,
        recorded_at=recorded_at,
    )


def test_a_link_is_the_sha256_of_what_the_docstring_says() -> None:
    expected = hashlib.sha256(b"before" + "2:175:ana é-1:-".encode()).digest()
    assert link(b"before", (17, "ana é", None, "-")) == expected


def test_the_same_transaction_has_the_same_hash() -> None:
    assert sealed() == sealed(replace(CHARGE))


@pytest.mark.parametrize(
    "other",
    [
        replace(CHARGE, wallet_id="bob"),
        replace(CHARGE, seq=18),
        replace(CHARGE, kind="capture"),
        replace(CHARGE, effective_at=1_001),
        replace(CHARGE, policy=replace(REF, name="other")),
        replace(CHARGE, policy=replace(REF, version=2)),
        replace(CHARGE, policy=replace(REF, sha256="c" * 64)),
        replace(CHARGE, key="key-2"),
        replace(CHARGE, fingerprint=""),
        replace(CHARGE, moves=CHARGE.moves[:1]),
        replace(CHARGE, moves=CHARGE.moves[::-1]),
        replace(CHARGE, moves=(replace(CHARGE.moves[0], lot_no=9), CHARGE.moves[1])),
        replace(CHARGE, moves=(replace(CHARGE.moves[0], source="held"), CHARGE.moves[1])),
        replace(CHARGE, moves=(replace(CHARGE.moves[0], target="expired"), CHARGE.moves[1])),
        replace(CHARGE, moves=(replace(CHARGE.moves[0], amount_micro=7), CHARGE.moves[1])),
        replace(CHARGE, refusal=None),
        replace(CHARGE, refusal=Refusal("other", "sentence")),
        replace(CHARGE, refusal=Refusal("code", "other")),
        replace(CHARGE, parent_seq=None),
        replace(CHARGE, conversation_id=""),
        replace(CHARGE, operation_id=""),
        replace(CHARGE, actor=""),
        replace(CHARGE, reason=""),
        replace(CHARGE, available_micro=88),
        replace(CHARGE, debt_micro=5),
    ],
)
def test_each_field_of_a_transaction_is_bound(other: Transaction) -> None:
    assert sealed(other) != sealed()


def test_no_field_of_a_transaction_was_forgotten() -> None:
    bound_as_text = {"changes"}
    varied = {
        "wallet_id", "seq", "kind", "effective_at", "policy", "key", "fingerprint", "moves",
        "refusal", "parent_seq", "conversation_id", "operation_id", "actor", "reason",
        "available_micro", "debt_micro",
    }  # fmt: skip
    assert {each.name for each in fields(Transaction)} == varied | bound_as_text


def test_the_stored_texts_and_times_and_the_past_are_bound() -> None:
    others = {
        sealed(),
        sealed(changes="[ ]"),
        sealed(details=None),
        sealed(details="{ }"),
        sealed(recorded_at=2_001),
        sealed(number=41),
        sealed(head=genesis("wallet", "ana", "other")),
        sealed(head=genesis("wallet", "bob", "codeflicker")),
    }
    assert len(others) == 8


_FIELD: st.SearchStrategy[Field] = st.none() | st.integers() | st.text(max_size=5)


@given(st.lists(_FIELD, max_size=6), st.lists(_FIELD, max_size=6))
def test_no_two_lists_of_fields_are_written_alike(first: list[Field], second: list[Field]) -> None:
    def typed(listed: list[Field]) -> list[object]:
        return [str(each) if isinstance(each, int) else each for each in listed]

    assert (link(b"", first) == link(b"", second)) == (typed(first) == typed(second))
