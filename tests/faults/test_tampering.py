"""Random alterations behind the back of a ledger that the engine wrote: the audit finds all."""

# ruff: noqa: S608  # statements that damage a database are put together by hand

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from typing import Any, TypeAlias

import pytest
from sqlalchemy import Integer, LargeBinary, Table

from faults.conftest import Counting
from faults.places import DATABASES, faults_in, history_of, new_ledger, policies_of
from policyengine.app.shell import Shell
from policyengine.ledger.chain import link_transaction
from policyengine.store.entries import transaction_of
from policyengine.store.findings import Fault
from policyengine.store.sessions import WriteSession
from policyengine.store.store import LedgerStore
from policyengine.store.tables import METADATA
from policyengine.store.verify import verify
from store.behind import Behind, RefusedByDatabaseError, behind

Row: TypeAlias = dict[str, Any]

TABLES = list(METADATA.sorted_tables)


@dataclass(frozen=True, slots=True)
class Burglar:
    """Somebody with every right, who alters one thing at a time, chosen by chance."""

    session: WriteSession
    back: Behind
    chance: Random

    def rows(self, table: Table) -> list[Row]:
        names = [column.name for column in table.columns]
        keys = ", ".join(f'"{column.name}"' for column in table.primary_key.columns)
        found = self.back.execute(f'SELECT * FROM "{table.name}" ORDER BY {keys}').fetchall()
        return [dict(zip(names, row, strict=True)) for row in found]

    def some(self) -> tuple[Table, list[Row]]:
        while True:
            table = self.chance.choice(TABLES)
            if rows := self.rows(table):
                return table, rows

    def alter(self) -> str | None:
        """Change a column of a row."""
        table, rows = self.some()
        row = self.chance.choice(rows)
        # How often a wallet was rebuilt follows from nothing, and decides nothing.
        names = [each.name for each in table.columns if each.name != "rebuilds"]
        column = self.chance.choice(names)
        other = self._other(table, column, row[column])
        condition, key = _where(table, row)
        self.back.execute(
            f'UPDATE "{table.name}" SET "{column}" = ? WHERE {condition}', [other, *key]
        )
        return self._named(table, row)

    def delete(self) -> str | None:
        """Take a row away."""
        table, rows = self.some()
        row = self.chance.choice(rows)
        condition, key = _where(table, row)
        self.back.execute(f'DELETE FROM "{table.name}" WHERE {condition}', key)
        return self._named(table, row)

    def insert(self) -> str | None:
        """Put a copy of a row behind the last one of its table."""
        table, rows = self.some()
        last = list(table.primary_key.columns)[-1].name
        added = {**self.chance.choice(rows), last: 1 + max(each[last] for each in rows)}
        if table.name == "txn":
            ends = [each["seq"] for each in rows if each["wallet"] == added["wallet"]]
            added |= {"seq": 1 + max(ends), "key": "another"}
        if table.name == "wallet":
            added["wallet_id"] = "another"
        if table.name == "policy_version":
            added["version"] += 10
        marks = ", ".join("?" * len(added))
        self.back.execute(f'INSERT INTO "{table.name}" VALUES ({marks})', list(added.values()))
        return None

    def swap(self) -> str | None:
        """Let two entries of a wallet change places."""
        rows = [each for each in self.rows(METADATA.tables["txn"]) if each["wallet"] == 1]
        one, other = sorted(self.chance.sample([each["seq"] for each in rows], 2))
        for old, new in ((one, -1), (other, one), (-1, other)):
            self.back.execute("UPDATE txn SET seq = ? WHERE wallet = 1 AND seq = ?", [new, old])
        return f"ana:{one}"

    def cut(self) -> str | None:
        """Take the latest entries of a wallet away."""
        rows = [each for each in self.rows(METADATA.tables["txn"]) if each["wallet"] == 1]
        left = self.chance.randrange(len(rows))
        tail = "SELECT id FROM txn WHERE wallet = 1 AND seq > ?"
        self.back.execute(f"DELETE FROM move WHERE txn IN ({tail})", [left])
        self.back.execute("DELETE FROM txn WHERE wallet = 1 AND seq > ?", [left])
        return f"ana:{left + 1}"

    def hash_again(self) -> str | None:
        """Alter an entry and give it the hash that it would have: the next one gives it away."""
        rows = {
            each["seq"]: each for each in self.rows(METADATA.tables["txn"]) if each["wallet"] == 1
        }
        seq = self.chance.randrange(2, len(rows))
        self.back.execute("UPDATE txn SET reason = 'forged' WHERE wallet = 1 AND seq = ?", [seq])
        row = list({**rows[seq], "reason": "forged"}.values())
        moves = self.session.loader.moves([row[0]]).get(row[0], ())
        forged = link_transaction(
            rows[seq - 1]["hash"],
            transaction_of("ana", self.session.policies.ref(row[6]), row, moves, changes=()),
            number=row[0],
            changes=row[20],
            details=row[16],
            recorded_at=row[5],
        )
        self.back.execute("UPDATE txn SET hash = ? WHERE wallet = 1 AND seq = ?", [forged, seq])
        return f"ana:{seq + 1}"

    def _other(self, table: Table, column: str, value: Any) -> Any:
        kind = table.columns[column].type
        if value is not None and table.columns[column].nullable and self.chance.random() < 0.2:
            return None
        if isinstance(kind, LargeBinary):
            place = self.chance.randrange(len(value))
            return (
                value[:place]
                + bytes([value[place] ^ 1 << self.chance.randrange(8)])
                + value[place + 1 :]
            )
        if isinstance(kind, Integer) or not hasattr(kind, "collation"):
            return (
                self.chance.randrange(10**6)
                if value is None
                else value ^ 1 << self.chance.randrange(40)
            )
        if not value:
            return "x"
        place = self.chance.randrange(len(value))
        return f"{value[:place]}{'y' if value[place] != 'y' else 'z'}{value[place + 1 :]}"

    def _named(self, table: Table, row: Row) -> str | None:
        """Give the entry that is to be named; only entries are named alone."""
        return f"{_WALLETS[row['wallet']]}:{row['seq']}" if table.name == "txn" else None


_WALLETS = {1: "ana", 2: "bo"}


def _where(table: Table, row: Row) -> tuple[str, list[Any]]:
    keys = [column.name for column in table.primary_key.columns]
    return " AND ".join(f'"{key}" = ?' for key in keys), [row[key] for key in keys]


WAYS: tuple[Callable[[Burglar], str | None], ...] = (
    *(Burglar.alter, Burglar.alter, Burglar.alter, Burglar.delete, Burglar.insert),
    *(Burglar.swap, Burglar.cut, Burglar.hash_again),
)


def first_named(faults: tuple[Fault, ...]) -> str:
    """Give the first fault of an entry."""
    return next((each.name for each in faults if each.table == "txn"), "")


@contextmanager
def written(database: str, request: pytest.FixtureRequest, seed: int) -> Iterator[LedgerStore]:
    """A ledger by the engine, whose database lets anything be done to it."""
    history = history_of(seed, 50)
    with new_ledger(database, request) as url, LedgerStore.open(url) as store:
        Shell(store, policies_of(history.timeline)).execute(history.commands)
        assert faults_in(store) == []
        with store.writing() as session:
            Behind(session).open_up()
        yield store


def undetected_by(store: LedgerStore, seed: int, edits: int) -> tuple[int, list[str]]:
    """Alter the ledger many times, one at a time; gives what the audit did not see, or misnamed."""
    chance = Random(seed)
    done, wrong = 0, []
    with behind(store) as back:
        burglar = Burglar(back.session, back, chance)
        while done < edits:
            way = chance.choice(WAYS)
            with back.undone():
                try:
                    named = way(burglar)
                except RefusedByDatabaseError:
                    continue  # a key that is there already: the database alone refuses it
                report = verify(back.session)
            done += 1
            if report.is_sound:
                wrong.append(f"{way.__name__} {named}: not seen")
            elif named is not None and first_named(report.faults) != named:
                wrong.append(f"{way.__name__} {named}: {report.faults[:3]}")
    return done, wrong


@pytest.mark.parametrize("database", DATABASES)
def test_every_alteration_is_found_and_the_first_wrong_entry_named(
    database: str, request: pytest.FixtureRequest, counts: Counting, seed: int
) -> None:
    with written(database, request, seed) as store:
        done, wrong = undetected_by(store, seed, 60)
    counts.add(edits=done, undetected=len(wrong), audits=done)
    assert wrong == []


@pytest.mark.soak
@pytest.mark.parametrize("database", DATABASES)
@pytest.mark.parametrize("number", range(4))
def test_thousands_of_alterations_are_found(
    database: str, request: pytest.FixtureRequest, counts: Counting, seed: int, number: int
) -> None:
    with written(database, request, seed + number) as store:
        done, wrong = undetected_by(store, seed + number, 1000)
    counts.add(edits=done, undetected=len(wrong), audits=done)
    assert wrong == []
