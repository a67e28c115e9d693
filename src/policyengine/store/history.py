"""Reading back what happened: pages of transactions, conversations, earlier balances, charges."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from sqlalchemy import Select, bindparam, case, cast, literal_column, select
from sqlalchemy.sql.expression import exists

from policyengine.ledger.change_texts import changes_of
from policyengine.ledger.changes import Charged
from policyengine.ledger.transactions import Transaction, TransactionKind
from policyengine.store.columns import INT64
from policyengine.store.entries import Recorded
from policyengine.store.loading import Loader, Position
from policyengine.store.statements import IN_CONVERSATION, PRICED
from policyengine.store.tables import TXN, WALLET
from policyengine.values.amounts import Micro
from policyengine.values.calendar import Instant

PAGE_MAX: Final = 1_000
"""The most rows that one page has."""
CHARGES_MAX: Final = 100_000
"""The most charges that are read at once."""
CHARGES_SOUGHT_MAX: Final = 2_000
"""How far back in a wallet's history its charges for one model are sought."""

_RECORDED_AT, _HASH = 5, 21
_WALLET_NUMBER: Final = select(WALLET.c.id, WALLET.c.seq).where(
    WALLET.c.wallet_id == bindparam("wallet_id")
)


def _balance_then() -> Select[Any]:
    """Select a wallet's last entry at or before an instant, found by halving in the database."""
    look = select(
        cast(literal_column("1"), INT64).label("low"), bindparam("high", type_=INT64).label("high")
    ).cte("look", recursive=True)
    middle, entry = (look.c.low + look.c.high) // 2, TXN.alias("entry")
    found_at = (
        select(entry.c.effective_at)
        .where(entry.c.wallet == bindparam("wallet"), entry.c.seq == middle)
        .correlate(look)
        .scalar_subquery()
    )
    is_then = found_at <= bindparam("instant", type_=INT64)
    halved = look.union_all(
        select(
            case((is_then, middle + 1), else_=look.c.low),
            case((is_then, look.c.high), else_=middle - 1),
        ).where(look.c.low <= look.c.high)
    )
    last = select(halved.c.high).where(halved.c.low > halved.c.high).scalar_subquery()
    return select(TXN.c.seq, TXN.c.effective_at, TXN.c.available_micro, TXN.c.debt_micro).where(
        TXN.c.wallet == bindparam("wallet"), TXN.c.seq == last
    )


_BALANCE_THEN: Final = _balance_then()
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
    select(TXN.c.id, TXN.c.seq, TXN.c.kind, TXN.c.effective_at, TXN.c.changes)
    .where(
        TXN.c.wallet == bindparam("wallet"),
        TXN.c.conversation_id == bindparam("conversation_id"),
        IN_CONVERSATION,
    )
    .order_by(TXN.c.seq)
)
_CHARGES: Final = (
    select(TXN.c.changes).where(PRICED).order_by(TXN.c.id.desc()).limit(bindparam("limit"))
)
_CHARGES_OF_MODEL: Final = _CHARGES.where(TXN.c.model == bindparam("model"))
_CHARGES_OF_WALLET: Final = (
    select(TXN.c.changes)
    .where(TXN.c.wallet == bindparam("wallet"), PRICED)
    .order_by(TXN.c.seq.desc())
    .limit(bindparam("limit"))
)
_CHARGES_OF_BOTH: Final = _CHARGES_OF_WALLET.where(
    TXN.c.model == bindparam("model"), TXN.c.seq > bindparam("after_seq")
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
class Case:
    """A report of abnormal consumption; pages of them go on after `number`."""

    number: int
    report: Transaction


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


def _size(limit: int, most: int = PAGE_MAX) -> int:
    """Bound how much is read: to a database, less than none is no bound, or a fault."""
    return max(0, min(limit, most))


def read_page(
    loader: Loader,
    wallet_id: str,
    *,
    known: Position | None,
    before_seq: int | None,
    after_seq: int | None,
    limit: int,
    conversation_id: str | None,
    kinds: Iterable[TransactionKind] | None,
) -> list[Recorded]:
    """Give a page of a wallet's transactions: newest first, or oldest first after a number.

    Takes: where the wallet stands, if the session has read it.
    """
    found = wallet_number(loader, wallet_id) if known is None else (known.number, known.seq)
    if found is None:
        return []
    wallet, last_seq = found
    statement = loader.statements.page(
        in_conversation=conversation_id is not None,
        of_kinds=kinds is not None,
        oldest_first=after_seq is not None,
    )
    rows = loader.driver.rows(
        statement,
        wallet=wallet,
        seq=after_seq if after_seq is not None else before_seq or last_seq + 1,
        limit=_size(limit),
        conversation_id=conversation_id,
        kinds=loader.statements.dialect.as_list(kinds or ()),
    )
    return [
        Recorded(transaction, row[_RECORDED_AT], row[_HASH])
        for transaction, row in zip(loader.transactions_of(wallet_id, rows), rows, strict=True)
    ]


def read_conversations(
    loader: Loader, wallet_id: str, *, before_seq: int | None, limit: int
) -> list[Conversation]:
    """Give what conversations of a wallet have cost, the latest active one first."""
    found = wallet_number(loader, wallet_id)
    if found is None:
        return []
    wallet, last_seq = found
    rows = loader.driver.rows(
        loader.statements.of(_CONVERSATIONS),
        wallet=wallet,
        before_seq=before_seq or last_seq + 1,
        limit=_size(limit),
    )
    return [_conversation(loader, wallet, row[0]) for row in rows]


def _conversation(loader: Loader, wallet: int, name: str) -> Conversation:
    rows = loader.driver.each(
        loader.statements.of(_OF_CONVERSATION), wallet=wallet, conversation_id=name
    )
    charged = refunded = charges = first_at = last_at = last_seq = 0
    models: dict[str, None] = {}
    flags: dict[str, None] = {}
    while page := list(islice(rows, PAGE_MAX)):
        first_at = first_at or page[0][3]
        _, last_seq, _, last_at, _ = page[-1]
        refunded += _refunded(loader, [row[0] for row in page if row[2] == "refund"])
        for row in page:
            for change in changes_of(row[4]):
                if isinstance(change, Charged):
                    charges += 1
                    charged += change.charged_micro
                    models[change.model] = None
                    flags.update(dict.fromkeys(change.flags))
    return Conversation(
        name, charged, refunded, charges, tuple(models), tuple(flags), first_at, last_at, last_seq
    )


def _refunded(loader: Loader, refunds: list[int]) -> Micro:
    moves = loader.moves(refunds)
    return sum(move[6] for listed in moves.values() for move in listed if move[4] == "consumed")


def read_balance_at(loader: Loader, wallet_id: str, instant: Instant) -> Balance | None:
    """Give a wallet's balance as its ledger has it at an instant; None before its first entry.

    Effective times never go back within a wallet, so the entry is found by halving: it takes as
    many looks as the history has binary digits, one statement, and no index of its own.
    """
    found = wallet_number(loader, wallet_id)
    if found is None:
        return None
    wallet, last_seq = found
    statement = loader.statements.of(_BALANCE_THEN)
    row = loader.driver.one(statement, wallet=wallet, high=last_seq, instant=instant)
    return None if row is None else Balance(row[2], row[3], row[0], row[1])


def read_charges(
    loader: Loader, wallet_id: str | None, model: str | None, limit: int
) -> list[Charged]:
    """Give the latest charges, newest first: of one wallet or of all, for one model or for all."""
    of, bound = loader.statements.of, _size(limit, CHARGES_MAX)
    if wallet_id is None:
        statement = of(_CHARGES if model is None else _CHARGES_OF_MODEL)
        rows = loader.driver.each(statement, model=model, limit=bound)
    else:
        found = wallet_number(loader, wallet_id)
        if found is None:
            return []
        wallet, last_seq = found
        rows = loader.driver.each(
            of(_CHARGES_OF_WALLET if model is None else _CHARGES_OF_BOTH),
            wallet=wallet,
            model=model,
            after_seq=last_seq - CHARGES_SOUGHT_MAX,
            limit=bound,
        )
    return [change for row in rows for change in changes_of(row[0]) if isinstance(change, Charged)]


def read_open_cases(loader: Loader, after: int, limit: int) -> list[Case]:
    """Give cases that are not closed, in the order in which they were reported."""
    rows = loader.driver.rows(loader.statements.of(_OPEN_CASES), after=after, limit=_size(limit))
    transactions = loader.transactions(rows, len(rows[0]) - 1) if rows else []
    return [Case(row[0], each) for each, row in zip(transactions, rows, strict=True)]


def wallet_number(loader: Loader, wallet_id: str) -> tuple[int, int] | None:
    """Give a wallet's number and the number of its last transaction."""
    row = loader.driver.one(loader.statements.of(_WALLET_NUMBER), wallet_id=wallet_id)
    return None if row is None else (row[0], row[1])
