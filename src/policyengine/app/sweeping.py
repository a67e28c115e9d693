"""The sweeper: what time has done to wallets that nobody asked about is written."""

from typing import Final

from policyengine.app.shell import Shell
from policyengine.engine.commands import Command, Settle

BATCH: Final = 256
"""How many wallets are settled in one commit."""


def sweep(shell: Shell, limit: int) -> int:
    """Settle every wallet that is due, the longest due first; gives how many were.

    A wallet for which nothing could be written stays due: its policy is not loaded here, or another
    sweeper was faster. It is passed over, and does not keep the others waiting.
    """
    done, passed = 0, set[str]()
    while done < limit:
        count = min(BATCH, limit - done) + len(passed)
        with shell.store.reading() as session:
            due = [each for each in session.due_wallets(shell.clock(), count) if each not in passed]
        if not due:
            break
        receipts = shell.now([Command(each, f"sweep-{each}", 0, Settle()) for each in due])
        settled = {each.transaction.wallet_id for each in receipts if each.transaction.seq}
        passed.update(each for each in due if each not in settled)
        done += len(settled)
    return done
