"""The statements of the hot path: each is compiled once for a database, then only run."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Delete,
    Executable,
    Select,
    Table,
    Update,
    bindparam,
    delete,
    func,
    literal_column,
    select,
    update,
)

from policyengine.store.dialect import Dialect
from policyengine.store.driver import Statement, compiled
from policyengine.store.projections import HOLD, HOLD_DRAW, LOT, SERIES
from policyengine.store.tables import LEDGER, MOVE, POLICY_VERSION, TXN, WALLET

POTS = ("remaining_micro", "held_micro", "consumed_micro", "expired_micro", "withdrawn_micro")
LOT_STATE = (*POTS, "end_how", "end_at", "end_carried_expires_at", "is_open")
WALLET_STATE = tuple(
    column.name
    for column in WALLET.columns
    if column.name not in {"id", "wallet_id", "policy", "rebuilds"}
)
WALLET_HOT = (
    "seq",
    "settled_at",
    "recorded_at",
    "available_micro",
    "held_micro",
    "debt_micro",
    "holds_open",
    "recent_charges",
    "head_hash",
)
"""What a charge changes of a wallet: no indexed column, so that no index is touched."""

OPEN = LOT.c.is_open == literal_column("1")
IN_CONVERSATION = TXN.c.conversation_id != literal_column("''")
PRICED = TXN.c.model != literal_column("''")
"""Conditions of partial indexes, written out: a bound value would hide them from the planner."""

_ONE_WALLET: Final[Mapping[str, ColumnElement[Any]]] = MappingProxyType(
    {"of_wallet": WALLET.c.id, "of_seq": WALLET.c.seq}
)


DIALECTS_MAX: Final = 16
"""For how many kinds of databases statements are kept; a process has one or two."""


def _key(table: Table) -> dict[str, ColumnElement[Any]]:
    return {f"of_{column.name}": column for column in table.primary_key.columns}


class Statements:
    """What the store says to one kind of database."""

    def __init__(self, dialect: Dialect) -> None:
        """Compile nothing yet: each statement is compiled when it is first needed."""
        self.dialect = dialect
        self._compiled: dict[tuple[Executable, tuple[str, ...]], Statement] = {}
        self._pages: dict[tuple[bool, bool, bool], Statement] = {}
        self._rows: dict[tuple[str, str], Statement] = {}

    def of(self, statement: Executable, names: tuple[str, ...] = ()) -> Statement:
        """Give a statement that a module declares, compiled at its first use."""
        found = self._compiled.get((statement, names))
        if found is None:
            found = self._compiled[statement, names] = self.compiled(statement, names)
        return found

    def page(self, *, in_conversation: bool, of_kinds: bool, oldest_first: bool) -> Statement:
        """Read a page of `wallet`: from `seq` on, at most `limit`, perhaps of some `kinds` only."""
        asked = (in_conversation, of_kinds, oldest_first)
        found = self._pages.get(asked)
        if found is None:
            page = select(TXN).where(TXN.c.wallet == bindparam("wallet"))
            if in_conversation:
                is_same = TXN.c.conversation_id == bindparam("conversation_id")
                page = page.where(is_same, IN_CONVERSATION)
            if of_kinds:
                page = page.where(self.dialect.is_listed(TXN.c.kind, "kinds"))
            if oldest_first:
                page = page.where(TXN.c.seq > bindparam("seq")).order_by(TXN.c.seq)
            else:
                page = page.where(TXN.c.seq < bindparam("seq")).order_by(TXN.c.seq.desc())
            found = self._pages[asked] = self.compiled(page.limit(bindparam("limit")))
        return found

    def compiled(self, statement: Executable, names: Sequence[str] = ()) -> Statement:
        """Compile a statement for the database."""
        return compiled(statement, self.dialect.core, names)

    def insert(self, table: Table) -> Statement:
        """Append a row to a table, with all its columns in their order."""
        names = [column.name for column in table.columns]
        done = self.compiled(self.dialect.insert_rows(table), names)
        assert list(done.names) == names  # noqa: S101  # rows are given in this order
        return done

    def put(self, table: Table) -> Statement:
        """Append a row to a table, as `insert` does; compiled at its first use."""
        return self._row("insert", table, lambda: self.insert(table))

    def put_again(self, table: Table) -> Statement:
        """Change a row of a table; the columns of its key come last."""
        others = [column.name for column in table.columns if not column.primary_key]
        return self._row("update", table, lambda: self.change(update(table), others, **_key(table)))

    def take(self, table: Table) -> Statement:
        """Delete the row of a table that has a key."""
        return self._row("delete", table, lambda: self.change(delete(table), (), **_key(table)))

    def _row(self, verb: str, table: Table, make: Callable[[], Statement]) -> Statement:
        found = self._rows.get((verb, table.name))
        if found is None:
            found = self._rows[(verb, table.name)] = make()
        return found

    def change(
        self, statement: Update | Delete, names: Sequence[str], **keys: ColumnElement[Any]
    ) -> Statement:
        """Change columns of the row that has these keys, or delete it; rows have both in order."""
        done = self.compiled(self.dialect.change_rows(statement, names, keys), names)
        assert done.names == (*names, *keys)  # noqa: S101  # rows are given in this order
        return done

    @cached_property
    def wallets(self) -> Statement:
        """Read wallets by `wallet_ids`."""
        return self.compiled(
            select(WALLET).where(self.dialect.is_listed(WALLET.c.wallet_id, "wallet_ids"))
        )

    @cached_property
    def positions(self) -> Statement:
        """Read names, numbers, last transactions and heads of wallets by `wallet_ids`."""
        columns = WALLET.c
        return self.compiled(
            select(
                columns.wallet_id,
                columns.id,
                columns.seq,
                columns.recorded_at,
                columns.head_hash,
                columns.rebuilds,
            ).where(self.dialect.is_listed(columns.wallet_id, "wallet_ids"))
        )

    @cached_property
    def open_lots(self) -> Statement:
        """Read the open lots of `wallets`, in the order of their numbers."""
        hinted = select(LOT).where(OPEN).with_hint(LOT, "INDEXED BY lot_open", "sqlite")
        return self._of_wallets(hinted, LOT.c.wallet, LOT.c.lot_no)

    @cached_property
    def holds(self) -> Statement:
        """Read the open holds of `wallets`."""
        return self._of_wallets(select(HOLD), HOLD.c.wallet, HOLD.c.seq)

    @cached_property
    def hold_draws(self) -> Statement:
        """Read the draws of the open holds of `wallets`, in burn order."""
        return self._of_wallets(
            select(HOLD_DRAW), HOLD_DRAW.c.wallet, HOLD_DRAW.c.hold_seq, HOLD_DRAW.c.position
        )

    @cached_property
    def series(self) -> Statement:
        """Read the series of `wallets`."""
        return self._of_wallets(select(SERIES), SERIES.c.wallet, SERIES.c.series_no)

    def _of_wallets(self, statement: Select[Any], wallet: Any, *order: Any) -> Statement:
        return self.compiled(
            statement.where(self.dialect.is_listed(wallet, "wallets")).order_by(wallet, *order)
        )

    @cached_property
    def by_key(self) -> Statement:
        """Read transactions by `keys`: pairs of a wallet's number and a key."""
        return self.compiled(
            self.dialect.of_pairs("keys", TXN.c.wallet, TXN.c.key, second_leads=True)
        )

    @cached_property
    def by_seq(self) -> Statement:
        """Read transactions by `seqs`: pairs of a wallet's number and the transaction's."""
        return self.compiled(self.dialect.of_pairs("seqs", TXN.c.wallet, TXN.c.seq))

    @cached_property
    def corrections(self) -> Statement:
        """Read what acts on `parents`, refused or not: pairs of a wallet's number and theirs."""
        return self.compiled(self.dialect.of_pairs("parents", TXN.c.wallet, TXN.c.parent_seq))

    @cached_property
    def lots(self) -> Statement:
        """Read `lots`, closed ones included: pairs of a wallet's number and the lot's."""
        return self.compiled(self.dialect.of_pairs("lots", LOT.c.wallet, LOT.c.lot_no))

    @cached_property
    def moves(self) -> Statement:
        """Read the moves of the transactions numbered `txns`."""
        return self.compiled(
            select(MOVE)
            .where(self.dialect.is_listed(MOVE.c.txn, "txns"))
            .order_by(MOVE.c.txn, MOVE.c.leg)
        )

    @cached_property
    def moves_of_wallets(self) -> Statement:
        """Read the moves of the transactions numbered `txns`, all of them of `wallets`."""
        return self.compiled(
            select(MOVE)
            .where(
                self.dialect.is_listed(MOVE.c.txn, "txns"),
                self.dialect.is_listed(MOVE.c.wallet, "wallets"),
            )
            .order_by(MOVE.c.txn, MOVE.c.leg)
        )

    @cached_property
    def last_txn(self) -> Statement:
        """Read the number of the latest transaction of the ledger."""
        return self.compiled(select(func.coalesce(func.max(TXN.c.id), literal_column("0"))))

    @cached_property
    def insert_wallet(self) -> Statement:
        """Open a wallet."""
        return self.insert(WALLET)

    @cached_property
    def insert_txn(self) -> Statement:
        """Append a transaction."""
        return self.insert(TXN)

    @cached_property
    def insert_move(self) -> Statement:
        """Append a move."""
        return self.insert(MOVE)

    @cached_property
    def insert_lot(self) -> Statement:
        """Open a lot."""
        return self.insert(LOT)

    @cached_property
    def insert_hold(self) -> Statement:
        """Note an open hold."""
        return self.insert(HOLD)

    @cached_property
    def insert_hold_draw(self) -> Statement:
        """Note a draw of an open hold."""
        return self.insert(HOLD_DRAW)

    @cached_property
    def insert_series(self) -> Statement:
        """Note a series."""
        return self.insert(SERIES)

    @cached_property
    def insert_policy(self) -> Statement:
        """Append a policy version."""
        return self.insert(POLICY_VERSION)

    @cached_property
    def seal_policies(self) -> Statement:
        """Seal one more policy: the ledger had `before`."""
        sealed = ("policies", "policies_hash")
        return self.change(update(LEDGER), sealed, before=LEDGER.c.policies)

    @cached_property
    def update_pots(self) -> Statement:
        """Change the pots of a lot that stays open."""
        return self.change(update(LOT), POTS, of_wallet=LOT.c.wallet, of_lot=LOT.c.lot_no)

    @cached_property
    def update_lot(self) -> Statement:
        """Change all that may change of a lot."""
        return self.change(update(LOT), LOT_STATE, of_wallet=LOT.c.wallet, of_lot=LOT.c.lot_no)

    @cached_property
    def delete_hold_draws(self) -> Statement:
        """Forget the draws of a hold."""
        columns = HOLD_DRAW.c
        return self.change(
            delete(HOLD_DRAW), (), of_wallet=columns.wallet, of_hold=columns.hold_seq
        )

    @cached_property
    def delete_hold(self) -> Statement:
        """Forget a hold."""
        return self.change(delete(HOLD), (), of_wallet=HOLD.c.wallet, of_hold=HOLD.c.seq)

    @cached_property
    def delete_series(self) -> Statement:
        """Forget a series."""
        columns = SERIES.c
        return self.change(
            delete(SERIES), (), of_wallet=columns.wallet, of_series=columns.series_no
        )

    @cached_property
    def update_wallet_hot(self) -> Statement:
        """Change what a charge changes of a wallet that is at `of_seq`."""
        return self.change(update(WALLET), WALLET_HOT, **_ONE_WALLET)

    @cached_property
    def update_wallet(self) -> Statement:
        """Change all that may change of a wallet that is at `of_seq`."""
        return self.change(update(WALLET), WALLET_STATE, **_ONE_WALLET)


@lru_cache(DIALECTS_MAX)
def statements_of(dialect: Dialect) -> Statements:
    """Give the statements for a kind of database: stores that are opened again share them."""
    return Statements(dialect)
