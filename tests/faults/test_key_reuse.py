"""A key that comes again with another request is refused, whichever field differs."""

from dataclasses import replace
from typing import Any

import pytest

from engine.wallets import START
from faults.bodies import WHOLE, changed
from faults.conftest import Counting
from faults.places import DATABASES, command, faults_in, new_ledger, opened, plain_rules, size_of
from policyengine.app.shell import Shell
from policyengine.engine.commands import Body, Command
from policyengine.store.store import LedgerStore


def others_of(value: Any) -> list[Any]:
    """Give another value of the same kind, and none where there may be none."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1]
    if isinstance(value, str):
        return [{"failed": "cancelled", "minute": "hour", "day": "week"}.get(value, f"{value}2")]
    if isinstance(value, tuple):
        return [(*value[:-1], _pair(value[-1])), value[:-1]]
    return [] if value is None else [None]


def _pair(last: Any) -> Any:
    return (last[0], last[1] + 1) if isinstance(last, tuple) else f"{last}2"


def reused(shell: Shell) -> list[str]:
    """Send every command, then again with each field changed; gives what was not refused."""
    wrong: list[str] = []
    tried: set[str] = set()
    for number, body in enumerate(WHOLE):
        key = f"k{number}"
        first = shell.execute([command("ana", key, body, reason="why")])[0]
        before = size_of(shell.store)
        asked: list[tuple[str, Command]] = [
            (path, command("ana", key, other, reason="why"))
            for path, other in changed(body, others_of)
        ]
        asked += [
            (f"{type(other).__name__} for {type(body).__name__}", command("ana", key, other))
            for other in WHOLE
            if type(other) is not type(body)
        ]
        asked.append(("reason", command("ana", key, body, reason="another")))
        answers = shell.execute([each for _, each in asked])
        for (path, _), answer in zip(asked, answers, strict=True):
            tried.add(path)
            code = None if answer.refusal is None else answer.refusal.code
            if (code, answer.transaction.seq) != ("idempotency_key_reused", 0):
                wrong.append(f"{path}: {code}")
        assert size_of(shell.store) == before
        again = shell.execute([command("ana", key, body, START + 5, reason="why")])[0]
        assert (again.is_replay, again.transaction) == (True, first.transaction)
    assert len(tried) > len(WHOLE) ** 2
    return wrong


@pytest.mark.parametrize("database", DATABASES)
def test_a_key_with_any_one_field_changed_is_refused_and_nothing_is_written(
    database: str, request: pytest.FixtureRequest, counts: Counting
) -> None:
    with new_ledger(database, request) as url, LedgerStore.open(url) as store:
        shell = Shell(store, plain_rules())
        opened(shell, "ana")
        assert reused(shell) == []
        assert faults_in(store) == []
    counts.add(duplicates=len(WHOLE) ** 2, duplicated=0, audits=1)


def test_a_retry_by_somebody_else_is_the_first_ones() -> None:
    """Who asks changes nothing of what happens: the answer is the first, and so is its actor."""
    with LedgerStore.open("sqlite://") as store:
        shell = Shell(store, plain_rules())
        opened(shell, "ana")
        for number, body in enumerate(WHOLE):
            asked = replace(command("ana", f"k{number}", body, reason="why"), actor="support:eve")
            first = shell.execute([asked])[0]
            before = size_of(store)
            again = shell.execute([replace(asked, actor="batch:nightly")])[0]
            assert (again.is_replay, again.transaction) == (True, first.transaction)
            assert again.transaction.actor == "support:eve"
            assert size_of(store) == before


def test_a_refusal_does_not_say_what_the_key_was_for() -> None:
    """Whoever guesses keys learns an id, and nothing of the request or its answer."""
    with LedgerStore.open("sqlite://") as store:
        shell = Shell(store, plain_rules())
        opened(shell, "ana", "bo")
        secret: Body = WHOLE[4]
        shell.execute([command("ana", "k", secret)])
        told = shell.execute([command("ana", "k", WHOLE[3])])[0].refusal
        assert told is not None
        assert (told.message, dict(told.details)) == (
            "key `k` named another request before: `ana:2`",
            {"id": "ana:2"},
        )
        # A key belongs to its wallet: in another one it is as good as new.
        assert shell.execute([command("bo", "k", WHOLE[3])])[0].refusal is None
