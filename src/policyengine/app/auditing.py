"""Auditing: the ledger as a whole is checked, and its heads are read for an anchor."""

from collections.abc import Callable, Iterable

from policyengine.app.repricing import StoredPolicies, content_hash
from policyengine.app.shell import Shell
from policyengine.ledger.anchors import Anchor
from policyengine.ledger.book import Book
from policyengine.ledger.transactions import Transaction
from policyengine.store.anchoring import read_anchor
from policyengine.store.findings import Report
from policyengine.store.verify import verify


def audit(
    shell: Shell,
    wallet_ids: Iterable[str] | None,
    progress: Callable[[], None] | None,
    anchor: Anchor | None,
) -> Report:
    """Audit the ledger, as `Engine.verify` says."""
    with shell.store.reading() as session:
        policies = StoredPolicies(session, dict(shell.policies.timelines))

        def recheck(book: Book, transaction: Transaction) -> str | None:
            if progress is not None:
                progress()
            return policies.recheck(book, transaction)

        return verify(
            session,
            wallet_ids=wallet_ids,
            content_hash=content_hash,
            recheck=recheck,
            anchor=anchor,
        )


def take_anchor(shell: Shell) -> Anchor:
    """Give where every wallet's chain stands now."""
    with shell.store.reading() as session:
        return read_anchor(session, shell.clock())
