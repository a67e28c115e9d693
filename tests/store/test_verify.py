"""Whatever is altered behind the ledger's back is found, and the first wrong row is named."""

# ruff: noqa: S608  # statements that damage a database are put together by hand

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Integer, LargeBinary, Table

from policyengine.ledger.book import Book
from policyengine.ledger.chain import link_transaction
from policyengine.ledger.changes import HoldSet
from policyengine.ledger.holds import Draw, Hold
from policyengine.ledger.transactions import Transaction
from policyengine.store.entries import transaction_of
from policyengine.store.findings import Report
from policyengine.store.fold import Folder
from policyengine.store.sessions import WriteSession
from policyengine.store.store import LedgerStore
from policyengine.store.tables import METADATA
from policyengine.store.verify import verify
from store.behind import Behind, RefusedByDatabaseError, behind
from store.ledgers import START, Scribe, content_hash, save

WALLETS = {1: "ana", 2: "bob", 3: "cyd"}
STORED = list(METADATA.sorted_tables)


@pytest.fixture(scope="module")
def unguarded(told_once: LedgerStore) -> LedgerStore:
    """A ledger whose database lets anything be done to it."""
    with told_once.writing() as session:
        Behind(session).open_up()
    return told_once


@contextmanager
def damaged(store: LedgerStore) -> Iterator[tuple[WriteSession, Behind]]:
    """Let a test do its damage, and undo it."""
    with behind(store) as back:
        yield back.session, back


def audit(session: WriteSession) -> Report:
    return verify(session, content_hash=content_hash)


def rows_of(connection: Behind, table: Table) -> list[dict[str, Any]]:
    names = [column.name for column in table.columns]
    found = connection.execute(f'SELECT * FROM "{table.name}"').fetchall()
    return [dict(zip(names, row, strict=True)) for row in found]


def where(table: Table, row: dict[str, Any]) -> tuple[str, list[Any]]:
    keys = [column.name for column in table.primary_key.columns]
    return " AND ".join(f'"{key}" = ?' for key in keys), [row[key] for key in keys]


def altered(table: Table, column: str, value: Any) -> list[Any]:
    """Give other values of the same type, and nothing where there was something."""
    if column == "is_open" or column in {"cycle_bound", "rolls"}:
        return [1 - value]
    others: list[Any]
    kind = table.columns[column].type
    if isinstance(kind, LargeBinary):
        others = [bytes([value[0] ^ 1]) + value[1:]]
    elif isinstance(kind, Integer) or not hasattr(kind, "collation"):
        others = [7] if value is None else [value + 1, -value]
    else:
        others = ["x"] if value is None else [value + " ", ""]
    if value is not None and table.columns[column].nullable:
        others.append(None)
    return [other for other in others if other != value]


def public_names(connection: Behind, table: Table, row: dict[str, Any]) -> set[str]:
    """Give the names under which a row, or what its loss breaks first, may be reported."""
    match table.name:
        case "ledger":
            return {"1", "codeflicker version 1"}
        case "policy_version":
            return {f"{row['name']} version {row['version']}", str(row["id"]), "1"}
        case "wallet":
            names = {WALLETS.get(row["id"], ""), row["wallet_id"]}
            return {f"{name}{end}" for name in names for end in ("", ":1", f":{row['seq'] + 1}")}
    wallet = WALLETS.get(row["wallet"], "")
    if table.name == "txn":
        return {f"{wallet}:{row['seq']}"}
    if table.name == "move":
        found = connection.execute("SELECT seq FROM txn WHERE id = ?", [row["txn"]]).fetchall()
        return {f"{wallet}:{seq}" for (seq,) in found}
    key = [str(row[column.name]) for column in list(table.primary_key.columns)[1:]]
    return {f"{wallet} {table.name} {' '.join(key)}"}


@pytest.mark.parametrize("table", STORED, ids=lambda table: str(table.name))
def test_every_altered_column_is_found(unguarded: LedgerStore, table: Table) -> None:
    tried = 0
    with damaged(unguarded) as (session, connection):
        rows = rows_of(connection, table)
        # In long tables a fourth of the rows for each column, and other ones for the next.
        stride = 4 if len(rows) > 12 else 1
        for place, row in enumerate(rows):
            condition, key = where(table, row)
            for turn, (column, value) in enumerate(row.items()):
                if (place + turn) % stride or column == "rebuilds":
                    continue  # which follows from no transaction, and decides nothing
                for other in altered(table, column, value):
                    expected = public_names(connection, table, row)
                    expected |= public_names(connection, table, {**row, column: other})
                    change = f'UPDATE "{table.name}" SET "{column}" = ? WHERE {condition}'
                    with connection.undone():
                        try:
                            connection.execute(change, [other, *key])
                        except RefusedByDatabaseError:
                            continue  # a key of another row, which the database still refuses
                        tried += 1
                        report = audit(session)
                        assert not report.is_sound, (table.name, column, value, other)
                        names = {fault.name for fault in report.faults}
                        assert names & expected, (column, value, other, report.faults, expected)
    assert tried > 0


def test_an_unaltered_ledger_is_sound(unguarded: LedgerStore) -> None:
    with damaged(unguarded) as (session, _):
        report = audit(session)
    assert report.is_sound, report.faults
    assert (report.wallets, report.transactions > 40, report.moves > 20) == (3, True, True)


@pytest.mark.parametrize("table", STORED, ids=lambda table: str(table.name))
def test_every_deleted_row_is_found(unguarded: LedgerStore, table: Table) -> None:
    with damaged(unguarded) as (session, connection):
        for row in rows_of(connection, table):
            condition, key = where(table, row)
            expected = public_names(connection, table, row)
            with connection.undone():
                connection.execute(f'DELETE FROM "{table.name}" WHERE {condition}', key)
                report = audit(session)
            names = {fault.name for fault in report.faults}
            if table.name == "wallet":  # its name is gone with it; its rows are left over
                expected = {f"number {row['id']}"}
            assert names & expected, (row, report.faults)


@pytest.mark.parametrize("table", STORED, ids=lambda table: str(table.name))
def test_every_inserted_row_is_found(unguarded: LedgerStore, table: Table) -> None:
    """A copy of each row under a new key; for a transaction, right behind its wallet's last one."""
    with damaged(unguarded) as (session, connection):
        for row in rows_of(connection, table):
            last = list(table.primary_key.columns)[-1].name
            added = {**row, last: 1 + max(each[last] for each in rows_of(connection, table))}
            if table.name == "txn":
                added |= {"seq": 1 + seqs(connection)[row["wallet"]], "key": "new"}
            if table.name == "wallet":
                added["wallet_id"] = "dee"
            if table.name == "policy_version":
                added["version"] += 10
            marks = ", ".join("?" * len(added))
            with connection.undone():
                connection.execute(
                    f'INSERT INTO "{table.name}" VALUES ({marks})', list(added.values())
                )
                assert not audit(session).is_sound, added


def seqs(connection: Behind) -> dict[int, int]:
    return dict(connection.execute("SELECT wallet, max(seq) FROM txn GROUP BY wallet").fetchall())


def test_two_transactions_in_each_others_place_are_found(unguarded: LedgerStore) -> None:
    with damaged(unguarded) as (session, connection):
        for first in range(1, seqs(connection)[1]):
            with connection.undone():
                for old, new in ((first, -1), (first + 1, first), (-1, first + 1)):
                    connection.execute(
                        "UPDATE txn SET seq = ? WHERE wallet = 1 AND seq = ?", [new, old]
                    )
                assert audit(session).faults[0].name == f"ana:{first}"


@pytest.mark.parametrize("lost", [1, 2, 5, 24])
def test_a_history_that_was_cut_off_is_found(unguarded: LedgerStore, lost: int) -> None:
    with damaged(unguarded) as (session, connection):
        last = seqs(connection)[1]
        connection.execute(
            "DELETE FROM move WHERE txn IN (SELECT id FROM txn WHERE wallet = 1 AND seq > ?)",
            [last - lost],
        )
        connection.execute("DELETE FROM txn WHERE wallet = 1 AND seq > ?", [last - lost])
        fault = audit(session).faults[0]
    assert (fault.name, fault.sentence) == (f"ana:{last - lost + 1}", "is missing at the end")


def test_a_cut_history_with_a_wallet_row_to_match_is_found_by_its_numbers(
    unguarded: LedgerStore,
) -> None:
    """Whoever cuts the end off a wallet and mends its projections leaves a gap in the ledger."""
    with damaged(unguarded) as (session, connection):
        for table in ("hold_draw", "hold", "series", "lot", "move", "txn", "wallet"):
            column = "id" if table == "wallet" else "wallet"
            connection.execute(f"DELETE FROM {table} WHERE {column} = 2")
        sentences = [fault.sentence for fault in audit(session).faults]
    # The numbers of a server have gaps anyway: there only heads kept elsewhere miss a whole wallet.
    found = [sentence for sentence in sentences if sentence.startswith("rows are missing")]
    assert (found == []) == connection.is_server


def test_a_forged_hash_only_moves_the_break(unguarded: LedgerStore) -> None:
    """The hash of an altered transaction can be computed anew, but the next one gives it away."""
    with damaged(unguarded) as (session, connection):
        connection.execute("UPDATE txn SET reason = 'forged' WHERE wallet = 1 AND seq = 4")
        assert audit(session).faults[0].name == "ana:4"
        forged = resealed(connection, session, 4)
        connection.execute("UPDATE txn SET hash = ? WHERE wallet = 1 AND seq = 4", [forged])
        assert audit(session).faults[0].name == "ana:5"


def resealed(connection: Behind, session: WriteSession, seq: int) -> bytes:
    """Give the hash that a transaction of `ana` would have if it had been written as it is."""
    rows = {
        row[2]: row for row in connection.execute("SELECT * FROM txn WHERE wallet = 1").fetchall()
    }
    row = rows[seq]
    moves = session.loader.moves([row[0]]).get(row[0], ())
    return link_transaction(
        rows[seq - 1][21],
        transaction_of("ana", session.policies.ref(row[6]), row, moves, changes=()),
        number=row[0],
        changes=row[20],
        details=row[16],
        recorded_at=row[5],
    )


LAST = "wallet = 1 AND seq = 24"
REFUSED = "refusal_code = 'c', refusal_message = 'm', refusal_details = "
BEFORE_IT = "wallet = 1 AND seq = 23"


@pytest.mark.parametrize(
    ("statements", "name", "sentence"),
    [
        ([f"UPDATE txn SET changes = '[{{}}]' WHERE {LAST}"], "ana:24", "changes that cannot be"),
        ([f"UPDATE txn SET changes = 'x' WHERE {LAST}"], "ana:24", "changes that cannot be"),
        ([f"UPDATE txn SET policy_id = 9 WHERE {LAST}"], "ana:24", "is by policy number 9"),
        ([f"UPDATE txn SET debt_micro = 5 WHERE {LAST}"], "ana:24", "notes 5 as its debt"),
        (
            [f"UPDATE txn SET available_micro = 5 WHERE {LAST}"],
            "ana:24",
            "notes 5 as its available balance; the moves lead to 47999999",
        ),
        (
            ["UPDATE move SET lot_no = 9 WHERE txn = 24"],
            "ana:24",
            "does not fit its wallet: lot 9",
        ),
        (
            ["UPDATE move SET target = 'issued' WHERE txn = 24"],
            "ana:24",
            "does not fit its wallet: no move",
        ),
        ([f"UPDATE txn SET effective_at = 0 WHERE {LAST}"], "ana:24", "is earlier than the one"),
        ([f"UPDATE txn SET recorded_at = 0 WHERE {LAST}"], "ana:24", "was recorded before"),
        ([f"UPDATE txn SET model = 'lite' WHERE {LAST}"], "ana:24", "listed under model `lite`"),
        (["UPDATE move SET leg = 2 WHERE txn = 24"], "ana:24", "not numbered one by one"),
        (["UPDATE move SET wallet = 2 WHERE txn = 24"], "ana:24", "has a move in another wallet"),
        (
            [f"UPDATE txn SET {REFUSED}'{{}}' WHERE {LAST}"],
            "ana:24",
            "was refused, but it changes something",
        ),
        (
            [f"UPDATE txn SET refusal_message = 'm' WHERE {LAST}"],
            "ana:24",
            "has half a refusal",
        ),
        (
            [f"UPDATE txn SET {REFUSED}'x' WHERE {LAST}"],
            "ana:24",
            "cannot be read",
        ),
        (
            [
                "UPDATE move SET source = 'held' WHERE txn = 24",
                f"UPDATE txn SET available_micro = available_micro + 1 WHERE {LAST}",
            ],
            "ana:24",
            "leaves 9999999 held in lots, and 10000000 in holds",
        ),
        (
            [
                f"UPDATE txn SET id = -1 WHERE {BEFORE_IT}",
                "UPDATE move SET txn = -1 WHERE txn = 23",
            ],
            "ana:23",
            "is numbered before the transaction that it follows",
        ),
    ],
)
def test_a_forger_who_can_hash_is_found_by_what_the_entries_say(
    unguarded: LedgerStore, statements: list[str], name: str, sentence: str
) -> None:
    """The forger alters an entry and computes all hashes behind it anew, up to the head."""
    with damaged(unguarded) as (session, connection):
        for statement in statements:
            assert connection.execute(statement).rowcount == 1, statement
        for seq in (23, 24):
            if "policy_id" not in statements[0] and "refusal_details = 'x'" not in statements[0]:
                sealed = resealed(connection, session, seq)
                connection.execute(
                    "UPDATE txn SET hash = ? WHERE wallet = 1 AND seq = ?", [sealed, seq]
                )
                connection.execute("UPDATE wallet SET head_hash = ? WHERE id = 1", [sealed])
        fault = audit(session).faults[0]
    assert fault.name == name
    assert sentence in fault.sentence


def test_text_that_is_not_text_any_more_names_its_row(unguarded: LedgerStore) -> None:
    with damaged(unguarded) as (session, connection):
        if connection.is_server:  # such text cannot come to be there
            with pytest.raises(RefusedByDatabaseError, match="invalid byte sequence"):
                connection.execute("SELECT convert_from(x'ff41', 'UTF8')")
            return
        for table, column, name in (
            ("txn", "reason", "ana:7"),
            ("lot", "rule", "ana lot 2"),
            ("policy_version", "source", "codeflicker version 1"),
        ):
            key = {"txn": "wallet = 1 AND seq = 7", "lot": "wallet = 1 AND lot_no = 2"}
            condition = key.get(table, "id = 1")
            with connection.undone():
                connection.execute(
                    f"UPDATE {table} SET {column} = CAST(x'ff41' AS TEXT) WHERE {condition}"
                )
                assert audit(session).faults[0].name == name


def test_a_policy_text_that_its_hash_is_not_of_is_found(told: LedgerStore) -> None:
    with told.reading() as session:
        report = verify(session, content_hash=lambda source: content_hash(source + " "))
    assert [fault.name for fault in report.faults] == [
        "codeflicker version 1",
        "codeflicker version 2",
    ]


def test_a_wallet_can_be_audited_alone(unguarded: LedgerStore) -> None:
    with damaged(unguarded) as (session, connection):
        connection.execute("UPDATE txn SET reason = 'forged' WHERE wallet = 1 AND seq = 4")
        assert verify(session, wallet_ids=["bob", "cyd"]).is_sound
        faults = verify(session, wallet_ids=["eve", "ana"]).faults
    assert [fault.name for fault in faults] == ["eve", "ana:4"]


def test_each_transaction_is_shown_to_the_recheck_with_the_book_before_it(
    told: LedgerStore,
) -> None:
    seen: list[tuple[str, int]] = []

    def recheck(book: Book, transaction: Transaction) -> str | None:
        seen.append((transaction.id, transaction.seq - book.seq))
        return "is priced wrongly" if transaction.id == "ana:7" else None

    with told.reading() as session:
        report = verify(session, recheck=recheck)
    assert [str(fault) for fault in report.faults] == ["txn `ana:7`: is priced wrongly"]
    assert seen[:7] == [(f"ana:{seq}", 1) for seq in range(1, 8)]
    assert ("bob:1", 1) in seen


def test_a_page_of_damage_ends_the_audit_with_a_fault(told_file: Path, tmp_path: Path) -> None:
    damage = bytearray(told_file.read_bytes())
    with sqlite3.connect(told_file) as reader:
        (page,) = reader.execute("SELECT rootpage FROM sqlite_master WHERE name = 'lot'").fetchone()
        (size,) = reader.execute("PRAGMA page_size").fetchone()
    reader.close()
    damage[(page - 1) * size : page * size] = b"\xff" * size
    path = tmp_path / "damaged.db"
    path.write_bytes(damage)
    with LedgerStore.open(f"sqlite:///{path}") as store, store.reading() as session:
        faults = verify(session).faults
    assert (faults[-1].table, "cannot be read further" in faults[-1].sentence) == ("database", True)


def test_a_fold_keeps_only_open_lots_at_hand(store: LedgerStore) -> None:
    """A thousand lots come and go; a step of the fold never carries the closed ones along."""
    scribe = Scribe("ana")
    for _ in range(300):
        scribe.at += 1
        scribe.grant(5)
        scribe.charge(5)
    save(store, scribe)
    with store.reading() as session:
        policies = {1: scribe.policy}
        widths: list[int] = []
        Folder(session.loader, policies, lambda book, _: widths.append(len(book.lots))).fold(
            1, "ana", "codeflicker"
        )
        assert verify(session).is_sound
    assert max(widths) <= 1


def test_a_book_that_was_wrong_when_it_was_written_is_found(store: LedgerStore) -> None:
    """Holds and lots agree in sum, which the balances show, but not lot by lot."""
    scribe = Scribe("ana")
    first, second = scribe.grant(5), scribe.grant(5)
    hold = Hold(3, (Draw(second, 4),), START + 5, START + 5)
    scribe.write("hold", [(first, "available", "held", 4)], [HoldSet(hold)])
    save(store, scribe)
    with store.reading() as session:
        report = verify(session)
    assert [str(fault) for fault in report.faults] == [
        "wallet `ana`: holds draw 0 on lot 1, which has 4 held",
        "wallet `ana`: holds draw 4 on lot 2, which has 0 held",
    ]
