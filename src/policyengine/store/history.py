"""Reading back what happened: pages of transactions, conversations, earlier balances, charges."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Select, bindparam, literal_column, select
from sqlalchemy.sql.expression import exists

from policyengine.ledger.changes import Charged
from policyengine.ledger.transactions import Transaction, TransactionKind, change_of
from policyengine.store.driver import Driver, Row, Statement
from policyengine.store.entries import Recorded
from policyengine.store.loading import Loader
from policyengine.store.statements import IN_CONVERSATION, PRICED, Statements
from policyengine.store.tables import TXN, WALLET
from policyengine.values.amounts import Micro
from policyengine.values.calendar import Instant

PAGE_MAX: Final = 1_000
"""The most rows that one page has."""
CHARGES_SOUGHT_MAX: Final = 2_000
"""How far back in a wallet's history its charges for one model are sought."""

_WALLET_NUMBER: Final = select(WALLET.c.id, WALLET.c.seq).where(
    WALLET.c.wallet_id == bindparam("wallet_id")
)
_BALANCE: Final = select(TXN.c.effective_at, TXN.c.available_micro, TXN.c.debt_micro).where(
    TXN.c.wallet == bindparam("wallet"), TXN.c.seq == bindparam("seq")
)
_newer = TXN.alias("newer")
_CONVERSATIONS: Final = (
    select(TXN.c.conversation_id)
    .where(
        TXN.c.wallet == bindparam("wallet"),
        TXN.c.seq < bindparam("before_seq"),
        IN_CONVERSATION,
        ~exists().where(
            _newer.c.wallet == TXN.c.wallet,
            _newer.c.conversation_id == TXN.c.conversation_id,
            _newer.c.conversation_id != literal_column("''"),
            _newer.c.seq > TXN.c.seq,
        ),
    )
    .order_by(TXN.c.seq.desc())
    .limit(bindparam("limit"))
)
_OF_CONVERSATION: Final = (
    select(TXN)
    .where(
        TXN.c.wallet == bindparam("wallet"),
        TXN.c.conversation_id == bindparam("conversation_id"),
        IN_CONVERSATION,
    )
    .order_by(TXN.c.seq)
)
_CHARGES_OF_MODEL: Final = (
    select(*TXN.columns, WALLET.c.wallet_id)
    .join(WALLET, WALLET.c.id == TXN.c.wallet)
    .where(TXN.c.model == bindparam("model"), PRICED)
    .order_by(TXN.c.id.desc())
    .limit(bindparam("limit"))
)
_CHARGES_OF_WALLET: Final = (
    select(TXN)
    .where(
        TXN.c.wallet == bindparam("wallet"),
        TXN.c.seq > bindparam("after_seq"),
        TXN.c.model == bindparam("model"),
    )
    .order_by(TXN.c.seq.desc())
    .limit(bindparam("limit"))
)
_closing = TXN.alias("closing")
_OPEN_CASES: Final = (
    select(*TXN.columns, WALLET.c.wallet_id)
    .join(WALLET, WALLET.c.id == TXN.c.wallet)
    .where(
        TXN.c.kind == literal_column("'report'"),
        TXN.c.refusal_code.is_(None),
        TXN.c.id > bindparam("after"),
        ~exists().where(
            _closing.c.wallet == TXN.c.wallet,
            _closing.c.parent_seq == TXN.c.seq,
            _closing.c.kind == literal_column("'resolve'"),
            _closing.c.refusal_code.is_(None),
        ),
    )
    .order_by(TXN.c.id)
    .limit(bindparam("limit"))
)


@dataclass(frozen=True, slots=True)
class Balance:
    """What a wallet had after its last transaction at or before an instant."""

    available_micro: Micro
    debt_micro: Micro
    seq: int
    effective_at: Instant


@dataclass(frozen=True, slots=True)
class Conversation:
    """What one conversation of a wallet has cost.

    `charged_micro` is what its charges and captures took, `refunded_micro` what of it was given
    back. `last_seq` is its latest transaction, by which pages go on.
    """

    conversation_id: str
    charged_micro: Micro
    refunded_micro: Micro
    charges: int
    models: tuple[str, ...]
    flags: tuple[str, ...]
    first_at: Instant
    last_at: Instant
    last_seq: int


def wallet_number(driver: Driver, statements: Statements, wallet_id: str) -> tuple[int, int] | None:
    """Give a wallet's number and the number of its last transaction."""
    row = driver.one(statements.of(_WALLET_NUMBER), wallet_id=wallet_id)
    return None if row is None else (row[0], row[1])


@lru_cache(maxsize=16)
def _page(*, is_in_conversation: bool, is_of_kinds: bool, is_oldest_first: bool) -> Select[Any]:
    page = select(TXN).where(TXN.c.wallet == bindparam("wallet"))
    if is_in_conversation:
        page = page.where(TXN.c.conversation_id == bindparam("conversation_id"), IN_CONVERSATION)
    if is_oldest_first:
        page = page.where(TXN.c.seq > bindparam("seq")).order_by(TXN.c.seq)
    else:
        page = page.where(TXN.c.seq < bindparam("seq")).order_by(TXN.c.seq.desc())
    if is_of_kinds:
        page = page.where(TXN.c.kind.in_(bindparam("kinds", expanding=True)))
    return page.limit(bindparam("limit"))
