"""Anchoring: an anchor is made from the ledger, and the ledger is held against an earlier one."""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from sqlalchemy import bindparam, select

from policyengine.ledger.anchors import (
    BLOCK_MAX,
    MARK_LENGTH,
    Anchor,
    Anchored,
    Head,
    Tree,
    packed,
    unpacked,
)
from policyengine.ledger.book import LedgerFault
from policyengine.store.findings import Fault
from policyengine.store.policies import policy_genesis
from policyengine.store.sessions import ReadSession
from policyengine.store.tables import LEDGER, POLICY_VERSION, TXN, WALLET
from policyengine.values.calendar import Instant

_LEDGER: Final = select(LEDGER)
_HEADS: Final = select(WALLET.c.id, WALLET.c.wallet_id, WALLET.c.seq, WALLET.c.head_hash).order_by(
    WALLET.c.id
)
_NAMES: Final = (
    select(WALLET.c.id, WALLET.c.wallet_id, WALLET.c.seq)
    .where(WALLET.c.id >= bindparam("first"), WALLET.c.id <= bindparam("last"))
    .order_by(WALLET.c.id)
)
_POLICY_HASH: Final = select(POLICY_VERSION.c.hash).where(POLICY_VERSION.c.id == bindparam("count"))
_TXN_PLACES: Final = {column.name: place for place, column in enumerate(TXN.columns)}


def read_anchor(session: ReadSession, at: Instant) -> Anchor:
    """Give where every wallet's chain stands in a session's moment.

    Whoever commits later is not in it, even with a lower number: positions say what is.

    Raises: LedgerFault where the row that names the ledger is not there.
    """
    row = session.driver.one(session.statements.of(_LEDGER))
    if row is None:
        raise LedgerFault("the one row that names the ledger is not there")
    tree, blocks = Tree(), []
    wallets = transactions = 0
    heads = session.driver.each(session.statements.of(_HEADS))
    while some := [Head(*each) for each in islice(heads, BLOCK_MAX)]:
        leaves = [each.leaf for each in some]
        for leaf in leaves:
            tree.add(leaf)
        blocks.append(
            packed(
                Anchored(head.number, head.seq, leaf[:MARK_LENGTH])
                for head, leaf in zip(some, leaves, strict=True)
            )
        )
        wallets += len(some)
        transactions += sum(each.seq for each in some)
    _, ledger_id, _, policies, sealed = row
    return Anchor(ledger_id, at, wallets, transactions, policies, sealed, tree.root, tuple(blocks))


def anchor_faults(session: ReadSession, anchor: Anchor) -> Iterator[Fault]:
    """Say what an anchor has that is not in the ledger any more; what came since is no fault.

    That each wallet's chain leads from its beginning over the anchored transaction to its head is
    what the rest of an audit finds out.
    """
    row = session.driver.one(session.statements.of(_LEDGER))
    if row is None:
        return  # the audit says so
    _, ledger_id, created_at, _, _ = row
    if ledger_id != anchor.ledger_id:
        yield Fault("ledger", ledger_id, f"the anchor is of another ledger: `{anchor.ledger_id}`")
        return
    head = policy_genesis(ledger_id, created_at)
    if anchor.policies:
        found = session.driver.one(session.statements.of(_POLICY_HASH), count=anchor.policies)
        head = b"" if found is None else found[0]
    if head != anchor.policies_head:
        sentence = f"its first {anchor.policies} policy versions are not those of the anchor"
        yield Fault("ledger", ledger_id, sentence)
    tree, is_whole = Tree(), True
    for block in anchor.blocks:
        for position, found_head in _found(session, list(unpacked(block))):
            if isinstance(found_head, Fault):
                is_whole = False
                yield found_head
            elif (leaf := found_head.leaf)[:MARK_LENGTH] != position.mark:
                is_whole = False
                name = f"{found_head.wallet_id}:{found_head.seq}"
                yield Fault("txn", name, "is not the last transaction that the anchor has of it")
            else:
                tree.add(leaf)
    if is_whole and tree.root != anchor.root:
        yield Fault("ledger", ledger_id, "the heads of its wallets are not those of the anchor")


def _found(
    session: ReadSession, positions: list[Anchored]
) -> Iterator[tuple[Anchored, Head | Fault]]:
    """Give each position with what the ledger has there, or what is missing."""
    driver, statements = session.driver, session.statements
    first, last = positions[0].number, positions[-1].number
    rows = driver.rows(statements.of(_NAMES), first=first, last=last)
    wallets = {row[0]: (row[1], row[2]) for row in rows}
    pairs = statements.dialect.as_pairs((each.number, each.seq) for each in positions)
    wallet, digest = _TXN_PLACES["wallet"], _TXN_PLACES["hash"]
    hashes = {row[wallet]: row[digest] for row in driver.rows(statements.by_seq, seqs=pairs)}
    for each in positions:
        name, seq = wallets.get(each.number, ("", 0))
        if not name:
            name = f"number {each.number}"
            sentence = f"is not there; the anchor has {each.seq} transactions of it"
            yield each, Fault("wallet", name, sentence)
        elif each.number not in hashes:
            sentence = f"has {seq} transactions; the anchor has {each.seq} of it"
            yield each, Fault("wallet", name, sentence)
        else:
            yield each, Head(each.number, name, each.seq, hashes[each.number])
