"""The sweeper: what time has done to wallets that nobody asked about is written."""

from collections.abc import Iterable
from typing import Final

from policyengine.app.shell import Shell
from policyengine.engine.commands import Command, Settle

BATCH: Final = 256
"""How many wallets are settled in one commit."""


def sweep(shell: Shell, limit: int) -> int:
    """Settle every wallet that is due, the longest due first; gives how many were.

    Those come last that a version takes along at once: no row of theirs tells that they are due.
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
        settled = _settled(shell, due)
        passed.update(each for each in due if each not in settled)
        done += len(settled)
    return done + _taken_along(shell, limit - done)


def _taken_along(shell: Shell, limit: int) -> int:
    """Settle wallets whose terms a version in force changes at once."""
    done = 0
    for timeline in shell.policies.timelines.values():
        for policy in timeline.policies:
            rule = policy.replaces
            if rule is None or rule.plans != "at_once" or policy.effective_at > shell.clock():
                continue
            after: int | None = 0
            while after is not None and done < limit:
                with shell.store.reading() as session:
                    found = session.wallets_before(
                        policy.name, policy.version, policy.effective_at, after, BATCH
                    )
                done += len(_settled(shell, [name for _, name in found[: limit - done]]))
                after = found[-1][0] if found else None
    return done


def _settled(shell: Shell, wallet_ids: Iterable[str]) -> set[str]:
    """Settle wallets; gives those for which anything was written."""
    receipts = shell.now([Command(each, f"sweep-{each}", 0, Settle()) for each in wallet_ids])
    return {each.transaction.wallet_id for each in receipts if each.transaction.seq}
