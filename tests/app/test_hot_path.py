"""Whatever a request executes on a database names its wallet: nothing is read of others."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import event

from app.shops import STARTS_AT, policies_in, policy_text
from policyengine.app.engine import Engine
from policyengine.engine.commands import (
    Body,
    Capture,
    Charge,
    Command,
    GiveGrant,
    OpenHold,
    Refund,
    Release,
    Subscribe,
    Usage,
)
from store.servers import Server

USAGE = Usage.of("standard", {"text_input": 1000, "text_output": 100})
OF_WALLETS = re.compile(r"\b(?:wallet|txn|move|lot|hold|hold_draw|series)\b")
NAMED = (
    # It is read, changed or deleted by its wallet's number or id.
    re.compile(r"\b(?:WHERE|AND|ON)\b\s*\(?(?:\w+\.)?(?:wallet|wallet_id)\b\s*(?:=|>=|IN\b)"),
    re.compile(r"(?:FROM|UPDATE) wallet\b.* WHERE wallet\.(?:id|wallet_id) (?:=|IN)"),
    # It is a row of its wallet.
    re.compile(r"^INSERT INTO (?:txn|move|lot|hold|hold_draw|series) \((?:\w+, )*wallet, "),
    # It draws numbers for new rows, which are the ledger's.
    re.compile(r"^SELECT coalesce\(max\(id\), 0\) FROM txn$"),
    re.compile(r"^SELECT nextval\("),
)


def is_named(statement: str) -> bool:
    text = " ".join(statement.split())
    return OF_WALLETS.search(text) is None or any(each.search(text) for each in NAMED)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM lot WHERE lot_no = 1",
        "SELECT * FROM move WHERE move.txn IN (1, 2)",
        "UPDATE wallet SET seq = 2 WHERE seq = 1",
        "DELETE FROM hold WHERE expires_at < 5",
        "SELECT max(id) FROM txn WHERE key = 'k'",
    ],
)
def test_a_statement_that_names_no_wallet_is_noticed(statement: str) -> None:
    assert not is_named(statement)


EXECUTED: list[str] = []


class Noting(psycopg.Cursor[Any]):
    """The driver's cursor, which notes what is executed."""

    def execute(self, query: Any, *arguments: Any, **options: Any) -> Any:
        EXECUTED.append(str(query))
        return super().execute(query, *arguments, **options)

    def executemany(self, query: Any, *arguments: Any, **options: Any) -> Any:
        EXECUTED.append(str(query))
        return super().executemany(query, *arguments, **options)


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An engine on a ledger with two wallets; what its connections execute is noted."""
    name = ""
    if request.param == "postgresql":
        server: Server = request.getfixturevalue("server")
        name = server.new_database()
        url = server.url(name)
    else:
        url = f"sqlite:///{tmp_path}/ledger.db"
    with Engine.open(url, policies_in(tmp_path, policy_text()), clock=lambda: STARTS_AT) as opened:

        @event.listens_for(opened.shell.store._engine, "connect")
        def _note(connection: Any, _record: object) -> None:
            if name:
                connection.cursor_factory = Noting
            else:
                connection.set_trace_callback(EXECUTED.append)

        opened.shell.store._engine.dispose()  # connections of before are not listened to
        opened.shell.store._log = None  # it went with the last of them
        for wallet in ("ana", "bob"):
            done(opened, wallet, Subscribe("free"))
            done(opened, wallet, GiveGrant(10**9))
        yield opened
    if name:
        request.getfixturevalue("server").drop(name)


def done(engine: Engine, wallet_id: str, body: Body) -> int:
    key = f"{type(body).__name__}-{len(EXECUTED)}"
    answer = engine.shell.execute([Command(wallet_id, key, STARTS_AT, body)])[0]
    assert answer.refusal is None
    return answer.transaction.seq


@pytest.mark.parametrize("verb", ["charge", "hold", "capture", "release", "refund"])
def test_every_statement_of_a_request_names_its_wallet(engine: Engine, verb: str) -> None:
    charged = done(engine, "ana", Charge(USAGE))
    bodies: dict[str, Body] = {
        "charge": Charge(USAGE, conversation_id="talk"),
        "hold": OpenHold(usage=USAGE),
        "capture": Capture(done(engine, "ana", OpenHold(usage=USAGE)), USAGE),
        "release": Release(done(engine, "ana", OpenHold(usage=USAGE))),
        "refund": Refund(charged),
    }
    EXECUTED.clear()
    command = Command("ana", "the-request", STARTS_AT, bodies[verb])
    for is_replay in (False, True):
        assert engine.shell.execute([command])[0].is_replay is is_replay
    assert [each for each in EXECUTED if not is_named(each)] == []
    distinct = set(EXECUTED)  # SQLite tells of a statement once more for each trigger it fires
    assert sum(each.startswith("INSERT INTO txn") for each in distinct) == 1
    assert sum(OF_WALLETS.search(each) is not None for each in distinct) > 6
