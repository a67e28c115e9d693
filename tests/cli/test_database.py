"""`db` says at which step a ledger's tables are, and brings them up to date."""

import json
from pathlib import Path

from cli.terminal import Terminal
from store.servers import Server


def test_a_ledger_that_is_up_to_date_is_said_to_be(terminal: Terminal) -> None:
    terminal.run("subscribe ana plus")
    done = terminal.run("db check")
    assert done.code == 0
    assert [line.split()[0] for line in done.out.splitlines()] == ["ledger", "database", "tables"]
    assert "up to date, at step" in done.out


def test_a_ledger_that_is_not_there_is_not_made_by_a_look(
    terminal: Terminal, tmp_path: Path
) -> None:
    assert terminal.run("db check --db none.db").code == 2
    assert not (tmp_path / "none.db").exists()


def test_an_empty_database_is_made_a_ledger(terminal: Terminal, server: Server) -> None:
    name = server.new_database()
    before = terminal.run(f"db check --db {server.url(name)}")
    assert before.code == 1
    assert "none yet: `policyengine db upgrade` creates the ledger" in before.out
    assert terminal.run(f"db upgrade --db {server.url(name)}").code == 0
    after = json.loads(terminal.run(f"db check --db {server.url(name)} --format json").out)
    assert (after["database"], after["is_latest"]) == ("PostgreSQL", True)
    server.drop(name)


def test_commands_work_on_a_server_as_in_a_file(terminal: Terminal, server: Server) -> None:
    name = server.new_database()
    there = f"--db {server.url(name)}"
    assert terminal.run(f"subscribe ana plus {there}").code == 0
    assert terminal.run(f"charge ana -m large -c text_input=1200 --key k1 {there}").code == 0
    again = terminal.run(f"charge ana -m large -c text_input=1200 --key k1 {there} --format json")
    assert json.loads(again.out)["replayed"] is True
    assert "the ledger is sound" in terminal.run(f"verify {there}").out
    server.drop(name)
