"""The password of an address is in no message, no trace, no form and no log."""

import logging
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from psycopg import Connection

from app.shops import Shop, open_shop, policies_in, policy_text
from cli.terminal import Terminal
from policyengine.app.engine import Engine
from policyengine.store.faults import StoreFault
from policyengine.store.opening import step_of
from policyengine.store.place import place_of
from policyengine.store.store import LedgerStore
from store.servers import Server

SECRET = "hunter2secret"  # noqa: S105  # it is to be looked for

ADDRESSES = [
    f"postgresql://u:{SECRET}@127.0.0.1:1/db",
    f"postgresql://u:{SECRET}@h.invalid/db",
    f"postgresql://u:{SECRET}@h:port/db",
    f"postgresql://u:{SECRET}@[::1/db",
    f"postgresql://u:{SECRET}@127.0.0.1:99999/db",
    f"postgresql://u:{SECRET}@h",
    f"postgresql://u:{SECRET}@@127.0.0.1:1/db",
    f"postgresql://u:a@{SECRET}@127.0.0.1:1/db",
    f"postgresql://u:{SECRET}/b@127.0.0.1:1/db",
    f"postgresql://u@127.0.0.1:1/db?password={SECRET}",
    f"postgresql://u@127.0.0.1:1/db?no_option={SECRET}",
    f"postgresql://u:{SECRET}@127.0.0.1:1/db?sslmode=no_mode",
    f"postgresql+asyncpg://u:{SECRET}@h/db",
    f"postgresql//u:{SECRET}@h/db",
    f"mysql://u:{SECRET}@h/db",
    f"sqlite://u:{SECRET}@h/db",
    f"sqlite:///ledger.db?password={SECRET}",
    f"u:{SECRET}@h/db",
]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("ask", [LedgerStore.open, step_of, Engine.open])
def test_an_address_that_fails_does_not_say_its_password(
    address: str, ask: Callable[..., Any], tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    policies = [policies_in(tmp_path, policy_text())] if ask == Engine.open else []
    with pytest.raises(StoreFault) as told:
        ask(address, *policies)
    assert SECRET not in "".join(traceback.format_exception(told.value))


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("form", ["text", "json"])
def test_the_command_does_not_say_it_either(terminal: Terminal, address: str, form: str) -> None:
    answer = terminal.run(f"balance ana --db '{address}' --format {form}")
    assert answer.code == 2
    assert SECRET not in answer.out + answer.err


def test_a_password_where_a_path_was_meant_is_not_repeated(terminal: Terminal) -> None:
    answer = terminal.run(f"balance ana --db 'postgresql:/u:{SECRET}@h/db'")
    assert answer.code == 2
    assert answer.err.splitlines() == [
        "error: the address of the server has no `://`",
        "  = help: write `postgresql://user@host/database`",
    ]


def test_an_address_is_named_by_its_host_and_database_only() -> None:
    place = place_of(f"postgresql://u:{SECRET}@h/db?host=/run&password={SECRET}&options={SECRET}")
    assert place.name == "`postgresql+psycopg://u:***@h/db?host=%2Frun`"
    assert repr(place) == f"Place({place.name})"


@pytest.fixture
def served(
    server: Server, tmp_path: Any, caplog: pytest.LogCaptureFixture
) -> Iterator[tuple[Shop, str]]:
    """A shop on a server that asks for no password, and is told one."""
    caplog.set_level(logging.DEBUG)
    name = server.new_database()
    plain = server.url(name)
    url = plain.replace("postgres@", f"postgres:{SECRET}@") + f"&password={SECRET}"
    shop = open_shop(policies_in(tmp_path, policy_text()), url)
    yield shop, name
    shop.engine.close()
    server.drop(name)


def write_while_cut_off(store: LedgerStore, other: Connection[Any]) -> None:
    """Lose the connection in the middle of a write."""
    with store.writing() as session:
        (process,) = session.driver.ask("SELECT pg_backend_pid()")[0]
        other.execute("SELECT pg_terminate_backend(%s)", (process,))
        session.books(["ana"])


def test_failures_on_a_server_do_not_say_it(
    served: tuple[Shop, str], server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    shop, name = served
    store = shop.engine.shell.store
    said = [repr(shop.engine), repr(store), repr(store._engine), repr(store._engine.url)]
    with server.connect(name) as other:
        other.execute("ALTER TABLE move RENAME TO moved")
        with pytest.raises(StoreFault) as told:
            shop.charge()
        said.append("".join(traceback.format_exception(told.value)))
        other.execute("ALTER TABLE moved RENAME TO move")
        with pytest.raises(StoreFault) as told:
            write_while_cut_off(store, other)
        said.append("".join(traceback.format_exception(told.value)))
    shop.charge()
    with store.reading() as session:
        rows = [session.driver.ask("SELECT * FROM txn"), session.driver.ask("SELECT * FROM ledger")]
    assert len(said) == 6
    assert SECRET not in "".join((*said, repr(rows), caplog.text))
