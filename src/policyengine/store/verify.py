"""The audit: every wallet is folded anew, and everything stored must be what that leads to."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Final

from sqlalchemy import bindparam, func, literal_column, select
from sqlalchemy.sql.expression import exists

from policyengine.ledger.anchors import Anchor
from policyengine.ledger.invariants import faults_of
from policyengine.ledger.transactions import PolicyRef
from policyengine.store.anchoring import anchor_faults
from policyengine.store.comparing import PROJECTED, projection_faults, wallet_faults
from policyengine.store.driver import Row
from policyengine.store.findings import FAULTS_MAX, Fault, Report
from policyengine.store.fold import Folder, Recheck, WrongTransaction
from policyengine.store.policies import policy_genesis, policy_link
from policyengine.store.sessions import ReadSession
from policyengine.store.tables import LEDGER, MOVE, POLICY_VERSION, TXN, WALLET

ContentHash = Callable[[str], str]
"""Gives the content hash of a policy's text, as `PolicyRef.sha256` has it."""

ALL_WALLETS: Final = select(WALLET).order_by(WALLET.c.id)
ONE_WALLET: Final = select(WALLET).where(WALLET.c.wallet_id == bindparam("wallet_id"))
_POLICIES: Final = select(POLICY_VERSION).order_by(POLICY_VERSION.c.id)
_LEDGERS: Final = select(LEDGER)
_WITHOUT_WALLET: Final = {
    table.name: select(table.c.wallet)
    .where(~exists().where(WALLET.c.id == table.c.wallet))
    .distinct()
    .order_by(table.c.wallet)
    for table in (TXN, *PROJECTED)
}
_WITHOUT_TXN: Final = (
    select(MOVE.c.txn, MOVE.c.leg)
    .where(~exists().where(TXN.c.id == MOVE.c.txn))
    .order_by(MOVE.c.txn, MOVE.c.leg)
)
_NUMBERED: Final = {
    table.name: select(
        func.count(), func.coalesce(func.max(table.c.id), literal_column("0"))
    ).select_from(table)
    for table in (WALLET, TXN)
}


def verify(
    session: ReadSession,
    *,
    wallet_ids: Iterable[str] | None = None,
    content_hash: ContentHash | None = None,
    recheck: Recheck | None = None,
    anchor: Anchor | None = None,
) -> Report:
    """Audit the ledger, or some of its wallets.

    Takes: how a policy's text is hashed; a look at each transaction with the book before it, such
    as rating it anew under its policy. Both come from higher floors. An anchor, all of which has to
    be there still, whichever wallets are audited.
    Gives: what was checked, and up to `FAULTS_MAX` faults: policies first, then wallet by wallet;
    a wallet's first wrong transaction ends its fold.
    """
    audit = _Audit(session, recheck)
    findings = audit.findings(wallet_ids, content_hash, anchor)
    with session.statements.dialect.any_text(session.driver):
        faults = tuple(islice(findings, FAULTS_MAX))
    return Report(audit.wallets, audit.transactions, audit.moves, faults)


class _Audit:
    """One run of the audit, with its counts."""

    def __init__(self, session: ReadSession, recheck: Recheck | None) -> None:
        self._session = session
        self._driver = session.driver
        self._statements = session.statements
        self._policies: dict[int, PolicyRef] = {}
        self._folder = Folder(session.loader, self._policies, recheck)
        self.wallets = self.transactions = self.moves = 0

    def findings(
        self,
        wallet_ids: Iterable[str] | None,
        content_hash: ContentHash | None,
        anchor: Anchor | None,
    ) -> Iterator[Fault]:
        """Give faults as they are found."""
        dialect = self._statements.dialect
        try:
            yield from self._policy_faults(content_hash)
            if anchor is not None:
                yield from anchor_faults(self._session, anchor)
            if wallet_ids is not None:
                for wallet_id in wallet_ids:
                    yield from self._named_wallet_faults(wallet_id)
                return
            for row in self._driver.each(self._statements.of(ALL_WALLETS)):
                yield from self._wallet_faults(row)
            yield from self._strays()
            if dialect.writes_one_by_one:
                yield from self._gaps()
            for sentence in dialect.damage(self._driver):
                yield Fault("database", "file", sentence)
        except dialect.driver_errors as error:
            yield Fault("database", "file", f"it cannot be read further: {error}")

    def _policy_faults(self, content_hash: ContentHash | None) -> Iterator[Fault]:
        ledgers = self._driver.rows(self._statements.of(_LEDGERS))
        if [row[0] for row in ledgers] != [1]:
            yield Fault("ledger", "1", "the one row that names the ledger is not there")
            return
        _, ledger_id, created_at, count, sealed = ledgers[0]
        head, number = policy_genesis(ledger_id, created_at), 0
        for row in self._driver.each(self._statements.of(_POLICIES)):
            number += 1
            name = f"{row[1]} version {row[2]}"
            self._policies[row[0]] = PolicyRef(row[1], row[2], row[3])
            if row[0] != number:
                yield Fault("policy_version", str(number), f"is missing before `{name}`")
                return
            try:
                head = policy_link(head, row[:7])
            except UnicodeEncodeError:
                head = b""
            if head != row[7]:
                yield Fault("policy_version", name, "is not what was written")
                head = row[7]
            elif content_hash is not None and content_hash(row[4]) != row[3]:
                yield Fault("policy_version", name, "has a text that its content hash is not of")
        if (number, head) != (count, sealed):
            yield Fault("ledger", "1", "its seal is not that of the policy versions there")

    def _named_wallet_faults(self, wallet_id: str) -> Iterator[Fault]:
        row = self._driver.one(self._statements.of(ONE_WALLET), wallet_id=wallet_id)
        if row is None:
            yield Fault("wallet", wallet_id, "is not there")
        else:
            yield from self._wallet_faults(row)

    def _wallet_faults(self, row: Row) -> Iterator[Fault]:
        self.wallets += 1
        try:
            fold = self._folder.fold(row[0], row[1], row[2])
        except WrongTransaction as error:
            yield Fault("txn", error.name, error.sentence)
            return
        self.transactions += fold.book.seq
        self.moves += fold.moves
        yield from wallet_faults(fold, row)
        for sentence in faults_of(fold.whole):
            yield Fault("wallet", fold.book.wallet_id, sentence)
        yield from projection_faults(self._session.loader, fold)

    def _strays(self) -> Iterator[Fault]:
        for table, statement in _WITHOUT_WALLET.items():
            for (number,) in self._driver.each(self._statements.of(statement)):
                sentence = f"is not there, but rows of `{table}` belong to it"
                yield Fault("wallet", f"number {number}", sentence)
        for txn, leg in self._driver.each(self._statements.of(_WITHOUT_TXN)):
            yield Fault("move", f"{txn} {leg}", "is of a transaction that is not there")

    def _gaps(self) -> Iterator[Fault]:
        for table, statement in _NUMBERED.items():
            for count, last in self._driver.rows(self._statements.of(statement)):
                if count != last:
                    sentence = f"rows are missing: {count} are there, the last is number {last}"
                    yield Fault(table, str(last), sentence)
