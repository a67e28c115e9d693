"""A ledger as what is simulated: each wallet's own recorded commands, in buckets."""

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from policyengine.app.replay.faults import ReplayError
from policyengine.app.replay.intake import Progress
from policyengine.app.simulation.sides import Side, timeline_of
from policyengine.ledger.transactions import Transaction
from policyengine.simulate.again import Again
from policyengine.simulate.asked import asked_of
from policyengine.simulate.tally import Pair
from policyengine.store.sessions import ReadSession
from policyengine.store.store import LedgerStore
from policyengine.values.calendar import Instant

ENTRIES_IN_BUCKET: Final = 2_000
"""A bucket is full with so many entries; a wallet is never cut."""
PAGE: Final = 1_000
WALLETS_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class LedgerBucket:
    """Wallets with all their transactions, and until when they are run."""

    number: int
    old: Side
    new: Side
    ends_at: Instant
    wallets: Sequence[Sequence[Transaction]]


def run_ledger(bucket: LedgerBucket) -> tuple[int, list[Pair]]:
    """Decide what a bucket's wallets were asked once more, under both policies.

    Gives: the bucket's number, and a pair of tallies for each wallet.
    """
    old, new = timeline_of(bucket.old), timeline_of(bucket.new)
    pairs = []
    for transactions in bucket.wallets:
        wallet_id = transactions[0].wallet_id
        asked = asked_of(transactions, old)
        tallies = [Again(each, wallet_id).run(asked, bucket.ends_at) for each in (old, new)]
        pairs.append(Pair(wallet_id, len(transactions), *tallies))
    return bucket.number, pairs


class LedgerRecording:
    """The wallets of a ledger whose policy is the old one's; `left_out` counts the others."""

    def __init__(self, session: ReadSession, sides: tuple[Side, Side], progress: Progress) -> None:
        """Look at every wallet once: its length, its times, the head of its chain.

        Raises: ReplayError without wallets of the old policy.
        """
        self._session = session
        self._sides = sides
        self.left_out = 0
        name = timeline_of(sides[0]).name
        sizes: dict[str, int] = {}
        digest = hashlib.sha256()
        times: list[Instant] = []
        ids = session.wallet_ids()
        while some := list(islice(ids, WALLETS_AT_ONCE)):
            for wallet_id, (book, position) in session.loader.books(some).items():
                if book.policy != name:
                    self.left_out += 1
                    continue
                sizes[wallet_id] = book.seq
                digest.update(f"{wallet_id}:{position.seq}:".encode() + position.head)
                joined = book.subscription
                times += [book.settled_at, book.settled_at if joined is None else joined.joined_at]
            progress("reading", len(sizes) + self.left_out, None)
        if not sizes:
            raise ReplayError(f"no wallet of the ledger has the policy `{name}`")
        self.sizes: Mapping[str, int] = dict(sorted(sizes.items()))
        self.earliest_at, self.latest_at = min(times), max(times)
        self.sha256 = digest.hexdigest()
        self.content: Sequence[Any] = ["ledger", self.sha256, ENTRIES_IN_BUCKET]

    @property
    def run(self) -> Callable[[LedgerBucket], tuple[int, list[Pair]]]:
        """Give what runs a bucket."""
        return run_ledger

    def buckets(self, taken: Collection[str]) -> Iterator[LedgerBucket]:
        """Cut the wallets that were taken into buckets of about `ENTRIES_IN_BUCKET` entries."""
        number, gathered, entries = 0, list[Sequence[Transaction]](), 0
        for wallet_id in (each for each in self.sizes if each in taken):
            transactions = self._transactions(wallet_id)
            gathered.append(transactions)
            entries += len(transactions)
            if entries >= ENTRIES_IN_BUCKET:
                yield LedgerBucket(number, *self._sides, self.latest_at, gathered)
                number, gathered, entries = number + 1, [], 0
        if gathered:
            yield LedgerBucket(number, *self._sides, self.latest_at, gathered)

    def _transactions(self, wallet_id: str) -> list[Transaction]:
        found: list[Transaction] = []
        while page := self._session.transactions(wallet_id, after_seq=len(found), limit=PAGE):
            found += [each.transaction for each in page]
        return found


@contextmanager
def ledger_recording(
    url: str, sides: tuple[Side, Side], progress: Progress
) -> Iterator[LedgerRecording]:
    """Open a ledger for one consistent view of it; nothing is written.

    Raises: ReplayError without wallets of the old policy; the store's faults.
    """
    with LedgerStore.open(url, create=False) as store, store.reading() as session:
        yield LedgerRecording(session, sides, progress)
