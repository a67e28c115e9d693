"""Audits a ledger by plain SQL and sums of its own, and by the product's `verify` and `rebuild`.

The sums share no code with the engine: they know the columns and nothing else.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any, Final

from policyengine.app.repricing import StoredPolicies, content_hash
from policyengine.ledger.transactions import PolicyRef, Transaction
from policyengine.policy.policy import Policy
from policyengine.store.rebuild import rebuild
from policyengine.store.sessions import ReadSession
from policyengine.store.store import LedgerStore
from policyengine.store.verify import verify

POTS: Final = ("available", "held", "consumed", "expired", "withdrawn")
KEYS_MAX: Final = 500
"""How many answers are looked up in one statement."""
_HASH: Final = cache(content_hash)
"""Each text is read once in a process; `verify` asks for the hash of every text that is stored."""
_POLICIES: Final[dict[PolicyRef, Policy | None]] = {}
"""Policies by their content hash, which is that of the stored text where `verify` finds nothing."""
_WALLETS: Final = "SELECT id, seq, available_micro, held_micro, debt_micro, recorded_at FROM wallet"
_TXNS: Final = (
    "SELECT wallet, seq, id, key, available_micro, debt_micro, recorded_at, refusal_code"
    " FROM txn ORDER BY wallet, seq"
)
_LOTS: Final = (
    "SELECT wallet, lot_no, granted_micro, remaining_micro, held_micro, consumed_micro,"
    " expired_micro, withdrawn_micro FROM lot"
)
_MOVES: Final = "SELECT wallet, lot_no, txn, source, target, amount_micro FROM move"
_DRAWS: Final = "SELECT wallet, sum(amount_micro) FROM hold_draw GROUP BY wallet"
_UNBALANCED: Final = "SELECT txn FROM posting GROUP BY txn HAVING sum(amount_micro) <> 0"


def audit(store: LedgerStore, *, and_rebuild: bool = True) -> list[str]:
    """Audit a whole ledger.

    Gives: what is wrong, nothing for a sound one; it changes nothing.
    """
    with store.reading() as session:
        found = list(sums(session))
        policies = StoredPolicies(session, {}, _POLICIES)
        report = verify(session, content_hash=_HASH, recheck=policies.recheck)
        found += map(str, report.faults)
    return found + (rebuilt(store) if and_rebuild else [])


def rebuilt(store: LedgerStore) -> list[str]:
    """Make the projections anew, and undo it; gives what would have been mended."""
    with store.writing() as session:
        mended = [str(each) for each in rebuild(session).mended]
        session.driver.connection.rollback()
        session.driver.run(session.statements.dialect.begin_writing)
    return mended


def sums(session: ReadSession) -> Iterator[str]:
    """Give what does not add up."""
    ask = session.driver.ask
    for (txn,) in ask(_UNBALANCED):
        yield f"transaction {txn} is not balanced"
    lots, moves = ask(_LOTS), ask(_MOVES)
    held = {wallet: int(amount) for wallet, amount in ask(_DRAWS)}
    yield from _lot_faults(lots, moves)
    yield from _wallet_faults(ask(_WALLETS), lots, held)
    yield from _chain_faults(ask(_WALLETS), ask(_TXNS), moves)


def _lot_faults(lots: Sequence[Any], moves: Sequence[Any]) -> Iterator[str]:
    """Compare each lot's pots with what its moves put into them."""
    pots: defaultdict[tuple[int, int], Counter[str]] = defaultdict(Counter)
    for wallet, lot, _, source, target, amount in moves:
        pots[wallet, lot][source] -= amount
        pots[wallet, lot][target] += amount
    for wallet, lot, granted, *amounts in lots:
        found = pots[wallet, lot]
        if sum(amounts) != granted or min(amounts) < 0:
            yield f"lot {lot} of wallet {wallet} does not keep its credits"
        if [found[pot] for pot in POTS] != amounts or found["issued"] != -granted:
            yield f"lot {lot} of wallet {wallet} is not what its moves lead to"


def _wallet_faults(
    wallets: Sequence[Any], lots: Sequence[Any], held: dict[int, int]
) -> Iterator[str]:
    """Compare each wallet's balance with its lots, and what it holds with its holds."""
    left: Counter[int] = Counter()
    kept: Counter[int] = Counter()
    for wallet, _, _, remaining, aside, *_ in lots:
        left[wallet] += remaining
        kept[wallet] += aside
    for wallet, _, available, aside, debt, _ in wallets:
        if available != left[wallet] or debt < 0:
            yield f"wallet {wallet} has {available}, its lots {left[wallet]}"
        if not aside == kept[wallet] == held.get(wallet, 0):
            yield f"wallet {wallet} holds {aside}, its lots {kept[wallet]}"


def _chain_faults(
    wallets: Sequence[Any], txns: Sequence[Any], moves: Sequence[Any]
) -> Iterator[str]:
    """Follow each wallet's transactions: none is missing, no key is there twice."""
    change: Counter[int] = Counter()
    for _, _, txn, source, target, amount in moves:
        change[txn] += amount * ((target == "available") - (source == "available"))
    of_wallet: defaultdict[int, list[Any]] = defaultdict(list)
    for row in txns:
        of_wallet[row[0]].append(row)
    for wallet, seq, available, _, debt, recorded_at in wallets:
        rows = of_wallet.pop(wallet, [])
        if [row[1] for row in rows] != list(range(1, seq + 1)):
            yield f"wallet {wallet} is at {seq}, but has other transactions"
        if len({row[3] for row in rows}) != len(rows):
            yield f"wallet {wallet} has a key twice"
        if rows and rows[-1][4:7] != (available, debt, recorded_at):
            yield f"wallet {wallet} is not where its last transaction left it"
        yield from _balance_faults(wallet, rows, change)
    for wallet in of_wallet:
        yield f"wallet {wallet} has transactions and no row"


def _balance_faults(wallet: int, rows: Sequence[Any], change: Counter[int]) -> Iterator[str]:
    """Follow the balances of a wallet: each is the one before it and what moved."""
    balance = recorded = 0
    for _, seq, txn, _, available, _, recorded_at, refusal in rows:
        balance += change[txn]
        if balance != available or (refusal is not None and change[txn]):
            yield f"transaction {seq} of wallet {wallet} leads to {balance}, not {available}"
        if recorded_at < recorded:
            yield f"transaction {seq} of wallet {wallet} was recorded before an earlier one"
        recorded = recorded_at


def lost(store: LedgerStore, acknowledged: Iterable[Transaction]) -> list[Transaction]:
    """Give the acknowledged answers that the ledger does not have, word for word."""
    asked = {(each.wallet_id, each.key): each for each in acknowledged if each.seq}
    keys = list(asked)
    missing = []
    with store.reading() as session:
        for start in range(0, len(keys), KEYS_MAX):
            some = keys[start : start + KEYS_MAX]
            there = session.answered(some)
            missing += [asked[key] for key in some if there.get(key) != asked[key]]
    return missing
