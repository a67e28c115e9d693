"""The statements of the hot path: each is compiled once for a database, then only run."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from sqlalchemy import (
    Delete,
    Executable,
    Select,
    Table,
    Update,
    bindparam,
    delete,
    func,
    insert,
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
    column.name for column in WALLET.columns if column.name not in {"id", "wallet_id", "policy"}
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


class Statements:
    """What the store says to one kind of database."""

    def __init__(self, dialect: Dialect) -> None:
        """Compile nothing yet: each statement is compiled when it is first needed."""
        self.dialect = dialect
        self._compiled: dict[tuple[Executable, tuple[str, ...]], Statement] = {}
        self._pages: dict[tuple[bool, bool, bool], Statement] = {}

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
        done = self.compiled(insert(table), names)
        assert list(done.names) == names  # noqa: S101  # rows are given in this order
        return done

    def _change(self, statement: Update | Delete, names: Sequence[str], *keys: str) -> Statement:
        done = self.compiled(statement, names)
        assert done.names == (*names, *keys)  # noqa: S101  # rows are given in this order
        return done

    @cached_property
    def wallets(self) -> Statement:
        """Read wallets by `wallet_ids`."""
        return self.compiled(
            select(WALLET).where(self.dialect.is_listed(WALLET.c.wallet_id, "wallet_ids"))
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
        """Read transactions by `keys`: pairs of a wallet's id and a key."""
        pairs = self.dialect.listed_pairs("keys", TXN.c.key.type).subquery("asked")
        return self.compiled(
            select(*TXN.columns, WALLET.c.wallet_id)
            .select_from(pairs)
            .join(WALLET, WALLET.c.wallet_id == pairs.c.first)
            .join(TXN, (TXN.c.wallet == WALLET.c.id) & (TXN.c.key == pairs.c.second))
        )

    @cached_property
    def by_seq(self) -> Statement:
        """Read transactions by `seqs`: pairs of a wallet's id and a number."""
        pairs = self.dialect.listed_pairs("seqs", TXN.c.seq.type).subquery("asked")
        return self.compiled(
            select(*TXN.columns, WALLET.c.wallet_id)
            .select_from(pairs)
            .join(WALLET, WALLET.c.wallet_id == pairs.c.first)
            .join(TXN, (TXN.c.wallet == WALLET.c.id) & (TXN.c.seq == pairs.c.second))
        )

    @cached_property
    def corrections(self) -> Statement:
        """Read the accepted transactions of `wallet` that act on `parent`, oldest first."""
        return self.compiled(
            select(TXN)
            .where(
                TXN.c.wallet == bindparam("wallet"),
                TXN.c.parent_seq == bindparam("parent"),
                TXN.c.refusal_code.is_(None),
            )
            .order_by(TXN.c.seq)
        )

    @cached_property
    def moves(self) -> Statement:
        """Read the moves of the transactions numbered `txns`."""
        return self.compiled(
            select(MOVE)
            .where(self.dialect.is_listed(MOVE.c.txn, "txns"))
            .order_by(MOVE.c.txn, MOVE.c.leg)
        )

    @cached_property
    def lots(self) -> Statement:
        """Read the lots of `wallet` numbered `lots`, closed ones included."""
        return self.compiled(
            select(LOT)
            .where(
                LOT.c.wallet == bindparam("wallet"), self.dialect.is_listed(LOT.c.lot_no, "lots")
            )
            .order_by(LOT.c.lot_no)
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
    def insert_ledger(self) -> Statement:
        """Name the ledger."""
        return self.insert(LEDGER)

    @cached_property
    def update_pots(self) -> Statement:
        """Change the pots of a lot that stays open."""
        return self._change(self._one_lot(update(LOT)), POTS, "of_wallet", "of_lot")

    @cached_property
    def update_lot(self) -> Statement:
        """Change all that may change of a lot."""
        return self._change(self._one_lot(update(LOT)), LOT_STATE, "of_wallet", "of_lot")

    def _one_lot(self, statement: Update) -> Update:
        return statement.where(
            LOT.c.wallet == bindparam("of_wallet"), LOT.c.lot_no == bindparam("of_lot")
        )

    @cached_property
    def delete_hold_draws(self) -> Statement:
        """Forget the draws of a hold."""
        gone = delete(HOLD_DRAW).where(
            HOLD_DRAW.c.wallet == bindparam("of_wallet"),
            HOLD_DRAW.c.hold_seq == bindparam("of_hold"),
        )
        return self._change(gone, (), "of_wallet", "of_hold")

    @cached_property
    def delete_hold(self) -> Statement:
        """Forget a hold."""
        gone = delete(HOLD).where(
            HOLD.c.wallet == bindparam("of_wallet"), HOLD.c.seq == bindparam("of_hold")
        )
        return self._change(gone, (), "of_wallet", "of_hold")

    @cached_property
    def delete_series(self) -> Statement:
        """Forget a series."""
        gone = delete(SERIES).where(
            SERIES.c.wallet == bindparam("of_wallet"),
            SERIES.c.series_no == bindparam("of_series"),
        )
        return self._change(gone, (), "of_wallet", "of_series")

    @cached_property
    def update_wallet_hot(self) -> Statement:
        """Change what a charge changes of a wallet that is at `of_seq`."""
        return self._change(self._one_wallet(), WALLET_HOT, "of_wallet", "of_seq")

    @cached_property
    def update_wallet(self) -> Statement:
        """Change all that may change of a wallet that is at `of_seq`."""
        return self._change(self._one_wallet(), WALLET_STATE, "of_wallet", "of_seq")

    def _one_wallet(self) -> Update:
        return update(WALLET).where(
            WALLET.c.id == bindparam("of_wallet"), WALLET.c.seq == bindparam("of_seq")
        )
