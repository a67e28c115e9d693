"""Sessions: what can be asked of the ledger in one transaction of the database, and written."""

from collections.abc import Iterable, Iterator, Sequence
from time import monotonic
from typing import Final, NamedTuple, TypeVar

from pydantic_core import PydanticSerializationError
from sqlalchemy import bindparam, select

from policyengine.engine.batch import Named
from policyengine.ledger.book import Book, LedgerFault
from policyengine.ledger.changes import Charged
from policyengine.ledger.lots import Lot
from policyengine.ledger.transactions import PolicyRef, Transaction, TransactionKind
from policyengine.store.batch import Batch, Entry
from policyengine.store.driver import Driver
from policyengine.store.entries import Recorded
from policyengine.store.history import (
    Balance,
    Case,
    Conversation,
    read_balance_at,
    read_charges,
    read_conversations,
    read_open_cases,
    read_page,
)
from policyengine.store.loading import Loader, Position
from policyengine.store.policies import Policies
from policyengine.store.shelf import NO_ACTS, Acts, Shelf, acts_after
from policyengine.store.statements import Statements
from policyengine.store.tables import WALLET
from policyengine.values.calendar import Instant

PAGE_DEFAULT: Final = 100

T = TypeVar("T")

_WALLET_IDS: Final = (
    select(WALLET.c.id, WALLET.c.wallet_id)
    .where(WALLET.c.id > bindparam("after"))
    .order_by(WALLET.c.id)
)
_DUE: Final = (
    select(WALLET.c.wallet_id)
    .where(WALLET.c.due_at <= bindparam("now"))
    .order_by(WALLET.c.due_at, WALLET.c.id)
    .limit(bindparam("limit"))
)
_ON_TERMS: Final = (
    select(WALLET.c.id, WALLET.c.wallet_id, WALLET.c.plan, WALLET.c.joined_at)
    .where(
        WALLET.c.policy == bindparam("policy"),
        WALLET.c.plan_version == bindparam("version"),
        WALLET.c.id > bindparam("after"),
    )
    .order_by(WALLET.c.id)
    .limit(bindparam("limit"))
)


class Subscriber(NamedTuple):
    """A wallet with a plan: its number in the database, its name, its plan, when it joined."""

    number: int
    wallet_id: str
    plan: str
    joined_at: Instant


class ReadSession:
    """One consistent view of the ledger."""

    def __init__(
        self, driver: Driver, statements: Statements, policies: Policies, shelf: Shelf
    ) -> None:
        """Take a connection that is inside a transaction of the database."""
        self.driver = driver
        self.statements = statements
        self.policies = policies
        self.loader = Loader(driver, statements, policies, shelf)
        self._positions: dict[str, Position] = {}
        self._numbers: dict[str, int] = {}

    def books(self, wallet_ids: Iterable[str]) -> dict[str, Book]:
        """Give the books of wallets with their open lots; wallets that are new are left out."""
        found = self.loader.books(wallet_ids)
        self._positions.update({name: position for name, (_, position) in found.items()})
        self._numbers.update({name: position.number for name, (_, position) in found.items()})
        return {name: book for name, (book, _) in found.items()}

    def answered(self, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Transaction]:
        """Give the transactions that keys, as (wallet, key), have named before."""
        wallet_ids, placed = self._placed(keys)
        return self.loader.answered(placed, wallet_ids) if placed else {}

    def named(self, ids: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Named]:
        """Give transactions, as (wallet, number), with what corrects them and lots they touched."""
        found, unknown = self._named_before(ids)
        wallet_ids, placed = self._placed(unknown)
        return {**found, **self.loader.named(placed, wallet_ids)} if placed else found

    def _named_before(
        self, ids: Iterable[tuple[str, int]]
    ) -> tuple[dict[tuple[str, int], Named], list[tuple[str, int]]]:
        """Give the open holds among transactions that are known, and what else is asked for."""
        found: dict[tuple[str, int], Named] = {}
        unknown: list[tuple[str, int]] = []
        for wallet_id, seq in ids:
            position = self._positions.get(wallet_id)
            named = position and self.loader.hold_named(wallet_id, position.state, seq)
            if named:
                found[wallet_id, seq] = named
            else:
                unknown.append((wallet_id, seq))
        return found, unknown

    def _placed(self, asked: Iterable[tuple[str, T]]) -> tuple[dict[int, str], list[tuple[int, T]]]:
        """Put rows' numbers in the place of wallets' ids; what is of new wallets is left out."""
        pairs = list(asked)
        unknown = {wallet_id for wallet_id, _ in pairs} - set(self._numbers)
        if unknown:
            found = self.loader.positions(unknown)
            self._numbers.update({name: position.number for name, position in found.items()})
        numbers = self._numbers
        placed = [(numbers[name], each) for name, each in pairs if name in numbers]
        return {numbers[name]: name for name, _ in pairs if name in numbers}, placed

    def transactions(
        self,
        wallet_id: str,
        *,
        before_seq: int | None = None,
        after_seq: int | None = None,
        limit: int = PAGE_DEFAULT,
        conversation_id: str | None = None,
        kinds: Iterable[TransactionKind] | None = None,
    ) -> list[Recorded]:
        """Give a page of a wallet's transactions, newest first; oldest first with `after_seq`."""
        return read_page(
            self.loader,
            wallet_id,
            known=self._positions.get(wallet_id),
            before_seq=before_seq,
            after_seq=after_seq,
            limit=limit,
            conversation_id=conversation_id,
            kinds=kinds,
        )

    def lots(self, wallet_id: str, numbers: Iterable[int]) -> dict[int, Lot]:
        """Give lots of a wallet by their numbers, closed ones included."""
        _, placed = self._placed((wallet_id, number) for number in numbers)
        return {number: lot for (_, number), lot in self.loader.lots(frozenset(placed)).items()}

    def conversations(
        self, wallet_id: str, *, before_seq: int | None = None, limit: int = PAGE_DEFAULT
    ) -> list[Conversation]:
        """Give what a wallet's conversations have cost, the latest active one first."""
        return read_conversations(self.loader, wallet_id, before_seq=before_seq, limit=limit)

    def open_cases(self, *, after: int = 0, limit: int = PAGE_DEFAULT) -> list[Case]:
        """Give reports of abnormal consumption that are not closed, oldest first."""
        return read_open_cases(self.loader, after, limit)

    def wallet_ids(self) -> Iterator[str]:
        """Give all wallets, in the order in which they were opened."""
        for row in self.driver.each(self.statements.of(_WALLET_IDS), after=0):
            yield row[1]

    def due_wallets(self, now: Instant, limit: int = PAGE_DEFAULT) -> list[str]:
        """Give wallets that time changes at or before an instant, the longest due first."""
        return [row[0] for row in self.driver.rows(self.statements.of(_DUE), now=now, limit=limit)]

    def subscribers(
        self, policy: str, version: int, after: int, limit: int = PAGE_DEFAULT
    ) -> list[Subscriber]:
        """Give wallets whose plan has the terms of a version, in the order they were opened in.

        Takes: the number of the last wallet that is known.
        """
        rows = self.driver.rows(
            self.statements.of(_ON_TERMS),
            policy=policy,
            version=version,
            after=after,
            limit=limit,
        )
        return [Subscriber(*row) for row in rows]

    def policy_source(self, ref: PolicyRef) -> str:
        """Give the text of a policy version that has decided something.

        Raises: LedgerFault when the ledger does not remember it.
        """
        return self.policies.source(ref)

    def balance_at(self, wallet_id: str, instant: Instant) -> Balance | None:
        """Give a wallet's balance as its ledger has it at an instant; None before its first entry.

        What time has done since the wallet was last settled is not in its ledger yet.
        """
        return read_balance_at(self.loader, wallet_id, instant)

    def charge_history(
        self, wallet_id: str | None, model: str | None, limit: int = PAGE_DEFAULT
    ) -> list[Charged]:
        """Give the latest charges, newest first: of a wallet or of all, for a model or for all."""
        return read_charges(self.loader, wallet_id, model, limit)


class WriteSession(ReadSession):
    """The one session that may write; what it writes is committed together or not at all."""

    def __init__(
        self,
        driver: Driver,
        statements: Statements,
        policies: Policies,
        shelf: Shelf,
        now: Instant,
    ) -> None:
        """Take a connection that holds the write lock, and the instant that is recorded."""
        super().__init__(driver, statements, policies, shelf)
        self.now = now
        self.transactions_count = 0
        self.wallets_count = 0
        self.waited_seconds: float = 0
        self._unfinished = 0

    def books(self, wallet_ids: Iterable[str]) -> dict[str, Book]:
        """Give the books of wallets, and keep others from writing them until the end."""
        asked = list(wallet_ids)
        self._hold(asked)
        return super().books(asked)

    def remember_policy(self, ref: PolicyRef, source: str) -> None:
        """Keep the text of a policy version; once, however often it is said.

        Raises: LedgerFault for another text under the same reference.
        """
        self.begin_change()
        self.policies.remember(ref, source, self.now)
        self.end_change()

    def write(self, entries: Sequence[Entry]) -> None:
        """Append transactions of many wallets, and bring what is projected from them up to date.

        Takes: at most one entry for each wallet, its transactions in order.
        Raises: StaleBook when a book is not the wallet's latest; LedgerFault for transactions that
        do not fit. After either nothing that this session wrote is kept.
        """
        self.begin_change()
        entries = [entry for entry in entries if entry.transactions]
        names = [entry.after.wallet_id for entry in entries]
        if len(set(names)) != len(names):
            raise LedgerFault("a wallet has more than one entry in one write")
        unknown = [name for name in names if name not in self._positions]
        if unknown:
            self._hold(unknown)
            self._positions.update(self.loader.positions(unknown))
        if not entries:
            self.end_change()
            return
        numbers, unopened = self.statements.dialect.numbers, set(names) - set(self._positions)
        count = sum(len(entry.transactions) for entry in entries)
        batch = Batch(
            iter(numbers(self.driver, "txn", count)),
            iter(numbers(self.driver, "wallet", len(unopened)) if unopened else ()),
            self.now,
            self.policies.number,
        )
        try:
            moved = {
                entry.after.wallet_id: batch.add(entry, self._positions.get(entry.after.wallet_id))
                for entry in entries
            }
            batch.send(self.driver, self.statements)
        except (OverflowError, UnicodeEncodeError, PydanticSerializationError) as error:
            raise LedgerFault(f"a database cannot hold this: {error}") from error
        for entry in entries:
            name = entry.after.wallet_id
            known = self._acts(name)
            acts = acts_after(known, entry.after, entry.transactions)
            self.loader.shelf.put(moved[name].state, entry.after, acts)
        self._positions.update(moved)
        self.transactions_count += count
        self.wallets_count += len(names)
        self.end_change()

    def _acts(self, wallet_id: str) -> Acts:
        position = self._positions.get(wallet_id)
        return NO_ACTS if position is None else self.loader.shelf.acts(wallet_id, position.state)

    def _hold(self, wallet_ids: Sequence[str]) -> None:
        began = monotonic()
        try:
            self.statements.dialect.hold_wallets(self.driver, wallet_ids)
        finally:
            self.waited_seconds += monotonic() - began

    def begin_change(self) -> None:
        """Note that a change is under way: the session may not be committed before its end."""
        self._unfinished += 1

    def end_change(self) -> None:
        """Note that a change is whole; after an exception this is never said."""
        self._unfinished -= 1

    def check_whole(self) -> None:
        """Make sure that nothing failed halfway, before all is committed.

        Raises: LedgerFault when a write failed and its exception was caught.
        """
        if self._unfinished:
            raise LedgerFault("a write failed in this session: nothing of it is kept")
