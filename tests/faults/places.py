"""New ledgers for tests of faults, on both databases; shells on them; how one is looked at."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest

from engine.wallets import CREDIT, START, policy
from laws.histories import History, played, steps_of
from laws.rulebooks import rulebook_of, timeline_of
from policyengine.app.policies import Policies
from policyengine.app.shell import Shell
from policyengine.engine.commands import Body, Command, Subscribe
from policyengine.ledger.transactions import Transaction
from policyengine.policy.timeline import Timeline
from policyengine.store.store import LedgerStore
from policyengine.store.verify import verify
from store.servers import Server

DATABASES = ("sqlite", "postgresql")
_TEMPLATES: dict[int, str] = {}


@contextmanager
def new_ledger(database: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """Give the address of an empty ledger, which is gone afterwards."""
    if database == "sqlite":
        path: Path = request.getfixturevalue("tmp_path") / "ledger.db"
        path.write_bytes(_empty_file())
        yield f"sqlite:///{path}"
        return
    server: Server = request.getfixturevalue("server")
    template = _TEMPLATES.get(server.process)
    if template is None:
        template = _TEMPLATES[server.process] = server.new_database()
        LedgerStore.open(server.url(template)).close()
    name = server.new_database(template)
    yield server.url(name)
    server.drop(name)


@cache
def _empty_file() -> bytes:
    """Make an empty ledger, once in a process: that takes longer than most of what is tried."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.db"
        LedgerStore.open(f"sqlite:///{path}").close()
        return path.read_bytes()


def policies_of(*timelines: Timeline) -> Policies:
    return Policies({each.name: each for each in timelines}, (), ())


def plain_rules() -> Policies:
    """The reference policy: plan `pro` gives 2,000 credits a month, 10,000 tokens cost one."""
    return policies_of(Timeline.of(policy()))


def history_of(seed: int, steps: int) -> History:
    """A history by chance under a policy by chance, which both the ledgers are to repeat."""
    chance = Random(seed)
    return played(timeline_of(rulebook_of(chance)), steps_of(chance, steps))


def command(wallet: str, key: str, body: Body, at: int = START, reason: str = "") -> Command:
    return Command(wallet, key, at, body, reason=reason)


def opened(shell: Shell, *wallets: str, at: int = START) -> None:
    """Subscribe wallets to plan `pro`."""
    for answer in shell.execute([command(each, "join", Subscribe("pro"), at) for each in wallets]):
        assert answer.refusal is None, answer.refusal


def everything_of(store: LedgerStore, wallet: str) -> list[Transaction]:
    """Read a wallet's whole history, oldest first."""
    found: list[Transaction] = []
    with store.reading() as session:
        while page := session.transactions(wallet, after_seq=len(found), limit=1000):
            found += [each.transaction for each in page]
    return found


def size_of(store: LedgerStore) -> tuple[int, int]:
    """Count the transactions and moves of a ledger."""
    with store.reading() as session:
        ((txns,),) = session.driver.ask("SELECT count(*) FROM txn")
        ((moves,),) = session.driver.ask("SELECT count(*) FROM move")
    return int(txns), int(moves)


def faults_in(store: LedgerStore) -> list[str]:
    """Audit a ledger; gives what is wrong in it."""
    with store.reading() as session:
        return [str(each) for each in verify(session).faults]


__all__ = (
    "CREDIT",
    "DATABASES",
    "START",
    "command",
    "everything_of",
    "faults_in",
    "history_of",
    "new_ledger",
    "opened",
    "plain_rules",
    "policies_of",
    "size_of",
)
