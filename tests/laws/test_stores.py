"""A history comes to the same ledger in memory, in a file and on a server, however it is cut."""

from pathlib import Path
from random import Random

import pytest

from laws.histories import History, played, steps_of
from laws.rulebooks import rulebook_of, timeline_of
from policyengine.app.policies import Policies
from policyengine.app.shell import Shell
from policyengine.store.store import LedgerStore
from policyengine.store.verify import verify
from store.servers import Server

STEPS = 120


def history_of(seed: int) -> History:
    chance = Random(seed)
    return played(timeline_of(rulebook_of(chance)), steps_of(chance, STEPS))


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
@pytest.mark.parametrize("seed", range(6))
def test_a_database_keeps_what_memory_decides(
    seed: int, database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    history = history_of(seed)
    name = ""
    if database == "postgresql":
        server: Server = request.getfixturevalue("server")
        name = server.new_database()
        url = server.url(name)
    else:
        url = f"sqlite:///{tmp_path}/ledger.db"
    chance = Random(seed)
    policies = Policies({history.timeline.name: history.timeline}, (), ())
    with LedgerStore.open(url) as store:
        shell = Shell(store, policies)
        left = list(history.commands)
        answers = []
        while left:
            size = chance.choice((1, 2, 5, 40))
            answers += [each.transaction for each in shell.execute(left[:size])]
            left = left[size:]
            if chance.random() < 1 / 2:
                store._shelf.clear()  # so that books are read, and not only those of before kept
        assert answers == [each.answer for each in history.decisions]
        with store.reading() as session:
            assert verify(session).is_sound
            for wallet_id, transactions in history.ledger.transactions.items():
                for start in range(0, len(transactions), 1000):
                    kept = session.transactions(wallet_id, after_seq=start, limit=1000)
                    page = transactions[start : start + 1000]
                    assert [each.transaction for each in kept] == page
    if name:
        server.drop(name)
