"""Anchors: a tree that any change of any leaf shows, and positions that come back as they were."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyengine.ledger.anchors import (
    MARK_LENGTH,
    NUMBER_MAX,
    Anchored,
    Head,
    Tree,
    packed,
    unpacked,
)

HEAD = Head(7, "ana", 12, b"h" * 32)
POSITIONS = st.lists(
    st.tuples(st.integers(1, 2**40), st.integers(1, 2**62), st.binary(min_size=4, max_size=4)),
    max_size=20,
)


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right).digest()


def root_of(leaves: list[bytes]) -> bytes:
    """Say once more what a root is, as RFC 9162 does: from the top."""
    if not leaves:
        return sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return node(root_of(leaves[:half]), root_of(leaves[half:]))


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=40))
def test_a_root_is_that_of_the_standard(leaves: list[bytes]) -> None:
    tree = Tree()
    for leaf in leaves:
        tree.add(leaf)
    assert tree.root == root_of(leaves)


def test_a_leaf_is_of_everything_that_a_head_says() -> None:
    others = [
        Head(8, "ana", 12, b"h" * 32),
        Head(7, "ann", 12, b"h" * 32),
        Head(7, "ana", 13, b"h" * 32),
        Head(7, "ana", 12, b"i" * 32),
    ]
    assert len({HEAD.leaf, *(each.leaf for each in others)}) == 5
    text = f"1:73:ana2:1264:{(b'h' * 32).hex()}"
    assert HEAD.leaf == sha256(b"\0" + text.encode()).digest()


@given(POSITIONS)
def test_positions_come_back_as_they_were(steps: list[tuple[int, int, bytes]]) -> None:
    number, positions = 0, []
    for step, seq, mark in steps:
        number += step
        positions.append(Anchored(number, seq, mark))
    assert list(unpacked(packed(positions))) == positions


def test_a_wallet_takes_six_bytes_where_few_are_missing() -> None:
    positions = [Anchored(number, 100, b"mark") for number in range(1, 101)]
    assert len(packed(positions)) == 100 * (2 + MARK_LENGTH)


@pytest.mark.parametrize(
    ("block", "why"),
    [
        (b"\x80", "ends within a number"),
        (b"\x01\x81", "ends within a number"),
        (b"\x01", "ends within a number"),
        (b"\xff" * 11 + b"\x01", "ends within a number"),
        (b"\x00\x01mark", "no wallets in their order"),
        (b"\x01\x00mark", "no wallets in their order"),
        (b"\x01\x01mar", "no wallets in their order"),
        (packed([Anchored(NUMBER_MAX, 1, b"mark")]) + b"\x01\x01mark", "in their order"),
    ],
)
def test_what_is_no_block_is_refused(block: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        list(unpacked(block))
