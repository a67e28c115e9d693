"""The sweeper: what time has done to wallets that nobody asked about is written."""

from collections.abc import Iterable
from typing import Final

from policyengine.app.shell import Shell
from policyengine.engine.commands import Command, Settle
from policyengine.policy.policy import Policy
from policyengine.policy.timeline import Timeline
from policyengine.store.sessions import Subscriber

BATCH: Final = 256
"""How many wallets are settled in one commit."""


def sweep(shell: Shell, limit: int) -> int:
    """Settle every wallet that is due, the longest due first; gives how many were.

    Those come last that a version takes along at once: no row of theirs tells that they are due,
    but an index finds those that have older terms.
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
            for older in timeline.policies:
                if older.version < policy.version:
                    done += _taken_from(shell, timeline, policy, older.version, limit - done)
    return done


def _taken_from(shell: Shell, timeline: Timeline, policy: Policy, version: int, limit: int) -> int:
    """Settle wallets with a version's terms that a later one takes along.

    No wallet is looked at twice: who was passed over once waits for a renewal, which is due by
    itself, and who joins later joins the version in force.
    """
    place, done = (policy.sha256, version), 0
    while done < limit:
        after = shell.taken_along.get(place, 0)
        with shell.store.reading() as session:
            found = session.subscribers(policy.name, version, after, min(BATCH, limit - done))
        if not found:
            break
        along = [each.wallet_id for each in found if _goes_along(timeline, policy, version, each)]
        done += len(_settled(shell, along)) if along else 0
        shell.taken_along[place] = found[-1].number
    return done


def _goes_along(timeline: Timeline, newer: Policy, version: int, subscriber: Subscriber) -> bool:
    """Tell whether a newer version has terms for a subscriber, who does not keep the old ones."""
    plan, joined_at = subscriber.plan, subscriber.joined_at
    return timeline.terms_for(plan, version, joined_at, newer.effective_at)[0] is newer


def _settled(shell: Shell, wallet_ids: Iterable[str]) -> set[str]:
    """Settle wallets; gives those for which anything was written."""
    receipts = shell.now([Command(each, f"sweep-{each}", 0, Settle()) for each in wallet_ids])
    return {each.transaction.wallet_id for each in receipts if each.transaction.seq}
