"""Sweeping: settling every wallet that time changes, or a version that takes it along at once."""

from collections.abc import Iterable
from typing import Final

from policyengine.app.shell import Shell
from policyengine.engine.commands import Command, Settle

SWEEP_BATCH: Final = 256


def sweep(shell: Shell, limit: int) -> int:
    """Settle wallets that are due, up to a limit; gives how many were."""
    done = 0
    while done < limit:
        with shell.store.reading() as session:
            due = session.due_wallets(shell.clock(), min(SWEEP_BATCH, limit - done))
        if not due:
            break
        _settled(shell, due)
        done += len(due)
    return done + _taken_along(shell, limit - done)


def _taken_along(shell: Shell, limit: int) -> int:
    """Settle wallets whose terms a version in force changes at once; no row of theirs tells it."""
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
                        policy.name, policy.version, policy.effective_at, after, SWEEP_BATCH
                    )
                done += _settled(shell, [name for _, name in found[: limit - done]])
                after = found[-1][0] if found else None
    return done


def _settled(shell: Shell, wallet_ids: Iterable[str]) -> int:
    """Settle wallets; gives for how many of them anything was due."""
    receipts = shell.now([Command(each, f"sweep-{each}", 0, Settle()) for each in wallet_ids])
    return sum(bool(each.id) for each in receipts)
