"""Anchors: where every wallet's chain stood at one moment, in a few bytes each, under one root."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from policyengine.ledger.chain import link
from policyengine.values.calendar import Instant

MARK_LENGTH: Final = 4
"""How many bytes of a leaf an anchor keeps of each wallet, to say which one differs."""
BLOCK_MAX: Final = 512
"""How many wallets one block lists."""
NUMBER_MAX: Final = 2**63 - 1

_LEAF: Final = b"\0"
_NODE: Final = b"\1"
_LOW: Final = 0x7F
_MORE: Final = 0x80
_BITS: Final = 7


@dataclass(frozen=True, slots=True)
class Head:
    """The last transaction of a wallet: its number in the wallet, and its hash."""

    number: int
    wallet_id: str
    seq: int
    hash: bytes

    @property
    def leaf(self) -> bytes:
        """Give the hash that stands for it in the tree."""
        return link(_LEAF, (self.number, self.wallet_id, self.seq, self.hash.hex()))


@dataclass(frozen=True, slots=True)
class Anchored:
    """What an anchor keeps of a wallet: its number in the ledger, its last transaction's, a mark.

    The mark is the beginning of its leaf.
    """

    number: int
    seq: int
    mark: bytes


@dataclass(frozen=True, slots=True)
class Anchor:
    """A ledger at one moment.

    `blocks` list the positions of its wallets in the order of their numbers, `root` is that of the
    tree over their leaves; `policies` counts the policy versions, of whose chain it has the head.
    """

    ledger_id: str
    at: Instant
    wallets: int
    transactions: int
    policies: int
    policies_head: bytes
    root: bytes
    blocks: tuple[bytes, ...]


class Tree:
    """A Merkle tree that grows leaf by leaf, in the form of RFC 9162; it keeps one hash a level."""

    __slots__ = ("_full",)

    def __init__(self) -> None:
        """Begin without leaves."""
        self._full: list[tuple[int, bytes]] = []

    def add(self, leaf: bytes) -> None:
        """Append a leaf; two full trees of one size become one of twice the size."""
        size, node = 1, leaf
        while self._full and self._full[-1][0] == size:
            node = _joined(self._full.pop()[1], node)
            size *= 2
        self._full.append((size, node))

    @property
    def root(self) -> bytes:
        """Give the hash of all leaves; that of nothing where there are none."""
        if not self._full:
            return sha256().digest()
        *others, (_, node) = self._full
        for _, left in reversed(others):
            node = _joined(left, node)
        return node


def _joined(left: bytes, right: bytes) -> bytes:
    return sha256(_NODE + left + right).digest()


def packed(positions: Iterable[Anchored]) -> bytes:
    """Write positions: the step from number to number and the transactions, then the mark."""
    out = bytearray()
    before = 0
    for each in positions:
        for value in (each.number - before, each.seq):
            rest = value
            while rest > _LOW:
                out.append(rest & _LOW | _MORE)
                rest >>= _BITS
            out.append(rest)
        out += each.mark
        before = each.number
    return bytes(out)


def unpacked(block: bytes) -> Iterator[Anchored]:
    """Read positions.

    Raises: ValueError where these are no positions in the order of growing numbers.
    """
    place, before = 0, 0
    while place < len(block):
        step, place = _whole(block, place)
        seq, place = _whole(block, place)
        mark = block[place : place + MARK_LENGTH]
        place += MARK_LENGTH
        before += step
        if not (step and seq and len(mark) == MARK_LENGTH and before <= NUMBER_MAX):
            raise ValueError("a block lists no wallets in their order")
        yield Anchored(before, seq, mark)


def _whole(block: Sequence[int], place: int) -> tuple[int, int]:
    """Read a whole number; gives it, and where the next one begins."""
    value = shift = 0
    while place < len(block) and value <= NUMBER_MAX:
        byte = block[place]
        place += 1
        value |= (byte & _LOW) << shift
        shift += _BITS
        if byte <= _LOW:
            return value, place
    raise ValueError("a block ends within a number")
