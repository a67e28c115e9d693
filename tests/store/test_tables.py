"""The database itself refuses what may not be, whoever asks; each refusal has its legal twin."""

# ruff: noqa: S608  # statements that attack a database are put together by hand

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table

from policyengine.store.projections import HOLD, HOLD_DRAW, LOT, SERIES
from policyengine.store.store import LedgerStore
from policyengine.store.tables import LEDGER, METADATA, MOVE, POLICY_VERSION, TXN, WALLET
from policyengine.values.amounts import AMOUNT_MICRO_MAX
from store.behind import Behind, RefusedByDatabaseError, behind

H = "x'" + "ab" * 32 + "'"
NEXT_TXN = "(SELECT max(id) + 1 FROM txn)"
NEXT_SEQ = "(SELECT max(seq) + 1 FROM txn WHERE wallet = 1)"
NEXT_LOT = "(SELECT max(lot_no) + 1 FROM lot WHERE wallet = 1)"
BEING_WRITTEN = "(SELECT seq + 1 FROM wallet WHERE id = 1)"
WRITTEN_ID = f"(SELECT id FROM txn WHERE wallet = 1 AND seq = {BEING_WRITTEN})"


def copy(table: Table, where: str, **changes: str) -> str:
    """Say: insert a copy of a row with some columns changed to SQL expressions."""
    names = [column.name for column in table.columns]
    values = [changes.pop(name, f'"{name}"') for name in names]
    assert not changes, changes
    listed = ", ".join(f'"{name}"' for name in names)
    selected = ", ".join(values)
    return (
        f'INSERT INTO "{table.name}" ({listed}) SELECT {selected} FROM "{table.name}" WHERE {where}'
    )


def a_txn(**changes: str) -> str:
    """Say: append a grant to wallet 1."""
    legal = {
        "id": NEXT_TXN, "seq": NEXT_SEQ, "key": "'new'", "kind": "'grant'", "model": "''",
        "effective_at": "(SELECT settled_at FROM wallet WHERE id = 1)",
        "recorded_at": "(SELECT recorded_at FROM wallet WHERE id = 1)",
        "available_micro": "77", "debt_micro": "0", "changes": "'[]'",
        "parent_seq": "CAST(NULL AS bigint)",
        "refusal_code": "NULL", "refusal_message": "NULL", "refusal_details": "NULL",
        "hash": H, "conversation_id": "''", "reason": "''",
    }  # fmt: skip
    return copy(TXN, "wallet = 1 AND seq = 1", **{**legal, **changes})


def a_lot(**changes: str) -> str:
    """Say: open a lot of wallet 1 by the transaction that is being written."""
    legal = {
        "lot_no": NEXT_LOT, "opened_by": BEING_WRITTEN, "granted_micro": "7",
        "remaining_micro": "7", "held_micro": "0", "consumed_micro": "0", "expired_micro": "0",
        "withdrawn_micro": "0", "is_open": "1", "end_how": "NULL", "end_at": "NULL",
        "end_carried_expires_at": "NULL", "series_no": "NULL",
    }  # fmt: skip
    return copy(LOT, "wallet = 1 AND lot_no = 1", **{**legal, **changes})


def a_move(**changes: str) -> str:
    legal = {
        "txn": WRITTEN_ID, "leg": "1", "wallet": "1", "lot_no": "2", "source": "'issued'",
        "target": "'available'", "amount_micro": "7",
    }  # fmt: skip
    return copy(MOVE, "txn = (SELECT min(txn) FROM move) AND leg = 1", **{**legal, **changes})


def a_hold(**changes: str) -> str:
    legal = {"seq": BEING_WRITTEN}
    return copy(HOLD, "wallet = 1 LIMIT 1", **{**legal, **changes})


def a_draw(**changes: str) -> str:
    legal = {"position": "9"}
    return copy(HOLD_DRAW, "wallet = 1 LIMIT 1", **{**legal, **changes})


def a_series(**changes: str) -> str:
    legal = {"series_no": "9", "opened_by": BEING_WRITTEN}
    return copy(SERIES, "wallet = 1 LIMIT 1", **{**legal, **changes})


def a_wallet(**changes: str) -> str:
    empty = (
        "seq", "settled_at", "recorded_at", "available_micro", "held_micro", "debt_micro",
        "holds_open", "series_open", "lots_opened", "series_opened",
    )  # fmt: skip
    legal = {
        "id": "(SELECT max(id) + 1 FROM wallet)",
        "wallet_id": "'dee'",
        **dict.fromkeys(empty, "0"),
    }
    return copy(WALLET, "id = 1", **{**legal, **changes})


def a_policy(**changes: str) -> str:
    legal = {"id": "(SELECT max(id) + 1 FROM policy_version)", "version": "3"}
    return copy(POLICY_VERSION, "id = 1", **{**legal, **changes})


def at_once(*inserts: str) -> str:
    """Say several inserts of rows into one table as one statement."""
    first, *others = inserts
    return " UNION ALL ".join([first, *(each[each.index(" SELECT ") :] for each in others)])


def a_second_txn(**changes: str) -> str:
    """Say: append a grant behind the one that the same statement appends."""
    return a_txn(**{"id": f"{NEXT_TXN} + 1", "seq": f"{NEXT_SEQ} + 1", "key": "'newer'", **changes})


def a_step(**changes: str) -> str:
    """Say: bring wallet 1 up to the transaction that is being written."""
    legal = {
        "seq": BEING_WRITTEN, "available_micro": "77", "debt_micro": "0", "head_hash": H,
    }  # fmt: skip
    settings = ", ".join(f"{name} = {value}" for name, value in {**legal, **changes}.items())
    return f"UPDATE wallet SET {settings} WHERE id = 1"


def a_pot(settings: str) -> str:
    return f"UPDATE lot SET {settings} WHERE wallet = 1 AND lot_no = 2"


SAME = "priority = priority"
POOR = "remaining_micro = -1, consumed_micro = consumed_micro + remaining_micro + 1"
A_HOLD_TXN = a_txn(kind="'hold'")

# What may be done, after which statements; the illegal ones below differ from these in one thing.
LEGAL: dict[str, tuple[str, ...]] = {
    "txn": (a_txn(),),
    "txns at once": (at_once(a_txn(), a_second_txn()),),
    "refused txn": (
        a_txn(refusal_code="'c'", refusal_message="'m'", refusal_details="'{}'"),
    ),
    "txn with parent": (a_txn(kind="'refund'", parent_seq="7"),),
    "adjustment": (a_txn(kind="'adjust'", reason="'slip'"),),
    "lot": (a_txn(), a_lot()),
    "carried lot": (
        a_txn(),
        a_lot(end_how="'carried'", end_at="5", end_carried_expires_at="6"),
    ),
    "move": (a_txn(), a_move()),
    "moves at once": (a_txn(), at_once(a_move(), a_move(leg="2"))),
    "pots": (a_txn(), a_pot(SAME)),
    "hold": (A_HOLD_TXN, a_hold()),
    "draw": (a_txn(), a_draw()),
    "series": (a_txn(), a_series()),
    "wallet": (a_wallet(),),
    "step": (a_txn(), a_step()),
    "policy": (a_policy(),),
    "hold over": (
        a_txn(),
        "DELETE FROM hold_draw WHERE wallet = 1",
        "DELETE FROM hold WHERE wallet = 1",
    ),
    "series over": (a_txn(), "DELETE FROM series WHERE wallet = 1"),
}  # fmt: skip

TOO_MUCH = str(AMOUNT_MICRO_MAX + 1)
LONG = "printf('%0256d', 1)"

# What is done first, the illegal statement, and what the database says.
ILLEGAL: list[tuple[tuple[str, ...], str, str]] = [
    # Transactions
    ((), a_txn(id="1"), "transactions are numbered one by one"),
    ((), a_txn(id=f"{NEXT_TXN} + 1"), "transactions are numbered one by one"),
    ((), a_txn(id="NULL"), "transactions are numbered one by one"),
    ((), a_txn(seq="1"), "follows the last one"),
    ((), a_txn(seq=f"{NEXT_SEQ} + 1"), "follows the last one"),
    ((), a_txn(seq="0"), "follows the last one"),
    ((), at_once(a_txn(), a_second_txn(seq=f"{NEXT_SEQ} + 2")), "follows the last one"),
    ((), at_once(a_txn(), a_second_txn(recorded_at="1")), "not earlier"),
    ((), at_once(a_txn(), a_second_txn(kind="'refund'", parent_seq="8")), "what was refused"),
    ((), a_txn(wallet="99", seq="1"), "FOREIGN KEY"),
    ((), a_txn(kind="'gift'"), "txn_kind"),
    ((), a_txn(effective_at="1"), "not earlier"),
    ((), a_txn(recorded_at="1"), "not earlier"),
    ((), a_txn(policy_id="99"), "FOREIGN KEY"),
    ((), a_txn(key='"key"'), "a key names one transaction"),
    ((), a_txn(key="''"), "txn_key_is_named"),
    ((), a_txn(key=LONG), "txn_key_is_named"),
    ((), a_txn(fingerprint="'short'"), "txn_fingerprint"),
    ((), a_txn(conversation_id=LONG), "txn_names"),
    ((), a_txn(operation_id=LONG), "txn_names"),
    ((), a_txn(actor=LONG), "txn_names"),
    ((), a_txn(model=LONG), "txn_names"),
    ((), a_txn(reason="printf('%04001d', 1)"), "txn_reason_is_bounded"),
    ((), a_txn(changes="printf('%01000001d', 1)"), "txn_changes_are_bounded"),
    ((), a_txn(available_micro="-1"), "txn_amounts"),
    ((), a_txn(available_micro=TOO_MUCH), "txn_amounts"),
    ((), a_txn(debt_micro="-1"), "txn_amounts"),
    ((), a_txn(available_micro="1.5"), "cannot store REAL"),
    ((), a_txn(available_micro="'many'"), "cannot store TEXT"),
    ((), a_txn(hash="x'ab'"), "txn_is_sealed"),
    ((), a_txn(hash="NULL"), "NOT NULL"),
    ((), a_txn(refusal_code="'c'"), "txn_refusal_is_whole"),
    ((), a_txn(refusal_message="'m'"), "txn_refusal_is_whole"),
    ((), a_txn(refusal_details="'{}'"), "txn_refusal_is_whole"),
    (
        (),
        a_txn(refusal_code="''", refusal_message="'m'", refusal_details="'{}'"),
        "txn_refusal_has_a_code",
    ),
    (
        (),
        a_txn(
            refusal_code="'c'", refusal_message="'m'", refusal_details="'{}'", changes="'[1]'"
        ),
        "txn_refused_changes_nothing",
    ),
    ((), a_txn(kind="'refund'", parent_seq=NEXT_SEQ), "txn_parent_is_earlier"),
    ((), a_txn(kind="'refund'", parent_seq="0"), "txn_parent_is_earlier"),
    ((), a_txn(kind="'refund'", parent_seq="8"), "nothing acts on what was refused"),
    ((), a_txn(kind="'adjust'"), "txn_adjustment_has_a_reason"),
    *[
        ((), a_txn(kind=f"'{kind}'"), "txn_has_its_parent")
        for kind in ("capture", "release", "extend", "refund", "void", "resolve", "time_out")
    ],
    # Moves
    ((), a_move(txn="1"), "being written"),
    ((a_txn(),), a_move(txn="999"), "being written"),
    ((a_txn(), a_step()), a_move(txn="(SELECT max(id) FROM txn)"), "being written"),
    ((a_txn(),), a_move(wallet="2"), "being written"),
    (
        (a_txn(refusal_code="'c'", refusal_message="'m'", refusal_details="'{}'"),),
        a_move(),
        "being written",
    ),
    ((a_txn(),), a_move(leg="2"), "moves are numbered"),
    ((a_txn(), a_move()), a_move(), "moves are numbered"),
    ((a_txn(),), a_move(leg="0"), "moves are numbered"),
    ((a_txn(),), at_once(a_move(), a_move(leg="3")), "moves are numbered"),
    ((a_txn(),), at_once(a_move(), a_move(leg="2", wallet="2")), "being written"),
    ((a_txn(),), a_move(lot_no="99"), "FOREIGN KEY"),
    ((a_txn(),), a_move(amount_micro="0"), "move_is_above_zero"),
    ((a_txn(),), a_move(amount_micro="-1"), "move_is_above_zero"),
    ((a_txn(),), a_move(amount_micro=TOO_MUCH), "move_is_above_zero"),
    ((a_txn(),), a_move(source="'pocket'"), "move_"),
    ((a_txn(),), a_move(source="'available'"), "move_is_a_known_step"),
    ((a_txn(),), a_move(target="'issued'"), "move_is_a_known_step"),
    ((a_txn(),), a_move(source="'expired'"), "move_is_a_known_step"),
    ((a_txn(),), a_move(source="'issued'", target="'consumed'"), "move_is_a_known_step"),
    # Lots
    ((), a_lot(opened_by="1"), "being written"),
    ((a_txn(),), a_lot(opened_by="99"), "being written"),
    ((a_txn(),), a_lot(lot_no="1"), "numbered one by one"),
    ((a_txn(),), a_lot(lot_no=f"{NEXT_LOT} + 1"), "numbered one by one"),
    ((a_txn(),), a_lot(wallet="99", lot_no="1"), "being written"),
    ((a_txn(),), a_lot(source="'luck'"), "lot_source"),
    ((a_txn(),), a_lot(rule="''"), "lot_is_named"),
    ((a_txn(),), a_lot(effective_at="expires_at"), "lot_has_length"),
    ((a_txn(),), a_lot(effective_at="-1"), "lot_has_length"),
    ((a_txn(),), a_lot(cycle_bound="2"), "lot_flags"),
    ((a_txn(),), a_lot(rolls="-1"), "lot_flags"),
    ((a_txn(),), a_lot(series_no="0"), "lot_counts"),
    ((a_txn(),), a_lot(granted_micro="8"), "lot_is_conserved"),
    ((a_txn(),), a_lot(remaining_micro="8"), "lot_is_conserved"),
    ((a_txn(),), a_lot(remaining_micro="8", held_micro="-1"), "lot_amounts"),
    ((a_txn(),), a_lot(remaining_micro="8", consumed_micro="-1"), "lot_amounts"),
    ((a_txn(),), a_lot(remaining_micro="8", expired_micro="-1"), "lot_amounts"),
    ((a_txn(),), a_lot(remaining_micro="8", withdrawn_micro="-1"), "lot_amounts"),
    ((a_txn(),), a_lot(granted_micro=TOO_MUCH, remaining_micro=TOO_MUCH), "lot_amounts"),
    ((a_txn(),), a_lot(is_open="0"), "lot_is_open"),
    ((a_txn(),), a_lot(remaining_micro="0", consumed_micro="7"), "lot_is_open"),
    ((a_txn(),), a_lot(end_how="'expired'"), "lot_end_is_whole"),
    ((a_txn(),), a_lot(end_at="5"), "lot_end_is_whole"),
    ((a_txn(),), a_lot(end_how="'lost'", end_at="5"), "lot_end_is_whole"),
    ((a_txn(),), a_lot(end_carried_expires_at="5"), "lot_end_is_whole"),
    (
        (a_txn(),),
        a_lot(end_how="'expired'", end_at="5", end_carried_expires_at="6"),
        "lot_end_is_whole",
    ),
    ((), a_pot(SAME), "being written"),
    ((a_txn(),), a_pot(POOR), "lot_amounts"),
    ((a_txn(),), a_pot("remaining_micro = remaining_micro + 1"), "lot_is_conserved"),
    *[
        ((a_txn(),), a_pot(f"{column} = {value}"), "the terms of a lot never change")
        for column, value in {
            "wallet": "2", "lot_no": "9", "opened_by": "1", "source": "'gift'", "rule": "'x'",
            "granted_micro": "granted_micro + 1", "effective_at": "1", "expires_at": "2",
            "priority": "1", "models": "'[]'", "units": "'[9]'", "cycle_bound": "1",
            "rolls": "1", "series_no": "9",
        }.items()
    ],
    # Wallets
    ((), a_wallet(id="1"), "wallets are numbered"),
    ((), a_wallet(id="99"), "wallets are numbered"),
    ((), a_wallet(wallet_id="'ana'"), "a wallet is opened once"),
    ((), a_wallet(wallet_id="''"), "wallet_is_named"),
    ((), a_wallet(wallet_id=LONG), "wallet_is_named"),
    ((), a_wallet(policy="''"), "wallet_is_named"),
    ((), a_wallet(seq="1"), "a wallet starts empty"),
    ((), a_wallet(available_micro="5"), "a wallet starts empty"),
    ((), a_wallet(debt_micro="5"), "a wallet starts empty"),
    ((), a_wallet(series_open="1"), "wallet_counts"),
    ((), a_wallet(plan="NULL"), "wallet_has_a_whole_plan"),
    ((), a_wallet(cycle="NULL"), "wallet_has_a_whole_plan"),
    ((), a_wallet(cycle_ends_at="cycle_starts_at"), "wallet_cycle_has_length"),
    ((), a_wallet(pending_plan="NULL"), "wallet_has_a_whole_change"),
    (
        (),
        a_wallet(**dict.fromkeys(
            ("plan", "plan_version", "joined_at", "anchor_at", "cycle", "cycle_starts_at",
             "cycle_ends_at"), "NULL")),
        "wallet_has_a_whole_change",
    ),
    ((), a_wallet(head_hash="x''"), "wallet_head_is_a_hash"),
    ((), "UPDATE wallet SET available_micro = available_micro + 1", "never goes backwards"),
    ((), "UPDATE wallet SET seq = seq + 1", "as its last transaction left it"),
    ((a_txn(),), a_step(seq="seq"), "never goes backwards"),
    ((a_txn(),), a_step(settled_at="settled_at - 1"), "never goes backwards"),
    ((a_txn(),), a_step(recorded_at="recorded_at - 1"), "never goes backwards"),
    ((a_txn(),), a_step(lots_opened="lots_opened - 1"), "never goes backwards"),
    ((a_txn(),), a_step(series_opened="series_opened - 1"), "never goes backwards"),
    ((a_txn(),), a_step(available_micro="78"), "as its last transaction left it"),
    ((a_txn(),), a_step(debt_micro="1"), "as its last transaction left it"),
    ((a_txn(),), a_step(head_hash="x'" + "cd" * 32 + "'"), "as its last transaction left it"),
    ((a_txn(),), a_step(settled_at="settled_at + 1"), "as its last transaction left it"),
    ((a_txn(),), a_step(recorded_at="recorded_at + 1"), "as its last transaction left it"),
    (
        (a_txn(), a_txn(key="'newer'")),
        a_step(),
        "as its last transaction left it",
    ),
    ((a_txn(),), a_step(wallet_id="'eve'"), "keeps its name"),
    ((a_txn(),), a_step(policy="'other'"), "keeps its name"),
    ((a_txn(),), a_step(id="9"), "keeps its name"),
    ((a_txn(),), a_step(held_micro="-1"), "wallet_amounts"),
    ((a_txn(),), a_step(holds_open="-1"), "wallet_counts"),
    # Holds and series
    ((), a_hold(), "hold"),
    ((a_txn(),), a_hold(), "opened by an accepted transaction of its kind"),
    ((A_HOLD_TXN,), a_hold(seq="1"), "opened by an accepted transaction of its kind"),
    ((A_HOLD_TXN,), a_hold(expires_at="latest_at + 1"), "hold_ends_in_time"),
    ((A_HOLD_TXN,), a_hold(captured_micro="-1"), "hold_amounts"),
    ((A_HOLD_TXN,), a_hold(low_micro="NULL"), "hold_estimate"),
    ((A_HOLD_TXN,), a_hold(model=LONG), "hold_names"),
    ((), a_draw(), "being written"),
    ((a_txn(),), a_draw(hold_seq="1"), "FOREIGN KEY"),
    ((a_txn(),), a_draw(lot_no="99"), "FOREIGN KEY"),
    ((a_txn(),), a_draw(position="0"), "hold_draw_counts"),
    ((a_txn(),), a_draw(amount_micro="0"), "hold_draw_is_above_zero"),
    ((a_txn(),), "DELETE FROM hold WHERE wallet = 1", "FOREIGN KEY"),
    ((), "DELETE FROM hold_draw", "being written"),
    ((), "UPDATE hold_draw SET amount_micro = 1", "being written"),
    ((), "UPDATE hold SET captured_micro = 1", "being written"),
    ((), a_series(opened_by="1"), "being written"),
    ((), "DELETE FROM series", "being written"),
    ((), "UPDATE series SET amount_micro = 1", "being written"),
    ((a_txn(),), a_series(opened_by="99"), "FOREIGN KEY"),
    ((a_txn(),), a_series(series_no="0"), "series_counts"),
    ((a_txn(),), a_series(rule="''"), "series_is_named"),
    ((a_txn(),), a_series(amount_micro="-1"), "series_amounts"),
    ((a_txn(),), a_series(interval_count="NULL"), "series_interval"),
    ((a_txn(),), a_series(interval_unit="'eon'"), "series_interval"),
    ((a_txn(),), a_series(minimum_micro="NULL"), "series_rollover"),
    ((a_txn(),), a_series(minimum_micro="maximum_micro + 1"), "series_rollover"),
    # Policies and the ledger
    ((), a_policy(id="1"), "policy versions are numbered"),
    ((), a_policy(id="99"), "policy versions are numbered"),
    ((), a_policy(version="version"), "a policy version is kept once"),
    ((), a_policy(version="0"), "policy_version_is_numbered"),
    ((), a_policy(name="''"), "policy_version_is_named"),
    ((), a_policy(sha256="'ab'"), "policy_version_has_content_hash"),
    ((), a_policy(source="printf('%0262145d', 1)"), "policy_version_source_is_bounded"),
    ((), a_policy(hash="x'ab'"), "policy_version_is_sealed"),
    ((), copy(LEDGER, "id = 1"), "a ledger is named once"),
    ((), copy(LEDGER, "id = 1", id="2"), "a ledger is named once"),
    ((), "UPDATE ledger SET ledger_id = 'x'", "a ledger keeps its name"),
    ((), "UPDATE ledger SET created_at = 1", "a ledger keeps its name"),
    ((), "UPDATE ledger SET policies = 9", "seals the policy that was added"),
    ((), "UPDATE ledger SET policies_hash = policies_hash", "seals the policy that was added"),
    ((a_policy(),), "UPDATE ledger SET policies = 3, policies_hash = zeroblob(32)", "seals"),
]  # fmt: skip

REPLACED = [
    (table, f'INSERT OR REPLACE INTO "{table}" SELECT * FROM "{table}" LIMIT 1')
    for table in ("ledger", "policy_version", "wallet", "txn", "move", "lot")
]


SERVER_WORDS = {
    "FOREIGN KEY": "foreign key",
    "cannot store TEXT": "invalid input syntax",
    "a key names one transaction": "txn_key_is_once",
    "a wallet is opened once": "wallet_is_once",
    "a policy version is kept once": "policy_version_is_once",
    "NOT NULL": "not-null",
    "wallets are numbered": "wallet_pkey",
    "transactions are numbered one by one": "numbered upwards|not-null|txn_pkey",
    "wallet_has_a_whole_plan": "wallet_has_a_whole_",
    # Its guards of statements fire when the rows have passed their own constraints.
    "follows the last one": "follows the last one|txn_seq_is_once|txn_counts",
    "being written": "being written|move_is_of_a_transaction|lot_was_opened|lot_is_of_a_wallet",
    "moves are numbered": "moves are numbered|move_pkey|move_leg_counts",
    "numbered one by one": "numbered one by one|lot_pkey",
    # Its triggers fire in the order of their names.
    "the terms of a lot never change": "the terms of a lot never change|lot changes only while",
}
"""What PostgreSQL says where SQLite says something else."""
SERVER_LETS_THROUGH = {
    # Several transactions write at a time, and take their numbers from a sequence.
    a_wallet(id="99"),
    a_txn(id=f"{NEXT_TXN} + 1"),
    # It rounds a number for a column of whole ones.
    a_txn(available_micro="1.5"),
}


def upsert(table: Table) -> str:
    """Say to PostgreSQL: insert a row that is there, and change that one instead."""
    keys = ", ".join(f'"{column.name}"' for column in table.primary_key.columns)
    changed = ", ".join(f'"{column.name}" = EXCLUDED."{column.name}"' for column in table.columns)
    rows = f'INSERT INTO "{table.name}" SELECT * FROM "{table.name}" LIMIT 1'
    return f"{rows} ON CONFLICT ({keys}) DO UPDATE SET {changed}"


@pytest.fixture
def connection(told_once: LedgerStore) -> Iterator[Behind]:
    """The store's own connection, in a transaction that is rolled back."""
    with behind(told_once) as back:
        yield back


@pytest.mark.parametrize("name", LEGAL)
def test_what_is_legal_is_let_through(connection: Behind, name: str) -> None:
    for statement in LEGAL[name]:
        assert connection.execute(statement).rowcount > 0


@pytest.mark.parametrize(("before", "statement", "message"), ILLEGAL)
def test_the_database_refuses(
    connection: Behind, before: tuple[str, ...], statement: str, message: str
) -> None:
    for each in before:
        connection.execute(each)
    if connection.is_server and statement in SERVER_LETS_THROUGH:
        assert connection.execute(statement).rowcount == 1
        return
    said = SERVER_WORDS.get(message) if connection.is_server else None
    with pytest.raises(RefusedByDatabaseError, match=said or re.escape(message)):
        connection.execute(statement)


@pytest.mark.parametrize("table", ["policy_version", "txn", "move"])
def test_append_only_rows_never_change(connection: Behind, table: str) -> None:
    for column in METADATA.tables[table].columns:
        with pytest.raises(RefusedByDatabaseError, match=r"ever changes|is refused"):
            connection.execute(f'UPDATE "{table}" SET "{column.name}" = "{column.name}"')


@pytest.mark.parametrize("table", ["ledger", "policy_version", "wallet", "txn", "move", "lot"])
def test_no_row_that_counts_is_deleted(connection: Behind, table: str) -> None:
    with pytest.raises(RefusedByDatabaseError, match=r"is ever deleted|is refused"):
        connection.execute(f'DELETE FROM "{table}"')


@pytest.mark.parametrize("recursive", ["ON", "OFF"])
@pytest.mark.parametrize(("table", "statement"), REPLACED)
def test_no_row_is_replaced_even_where_triggers_do_not_recurse(
    connection: Behind, table: str, statement: str, recursive: str
) -> None:
    if connection.is_server:  # it has triggers of no such kind, and replaces in other words
        statement = upsert(METADATA.tables[table])
    else:
        connection.execute(f"PRAGMA recursive_triggers = {recursive}")
    rows = connection.execute(f'SELECT * FROM "{table}"').fetchall()
    with pytest.raises(RefusedByDatabaseError):
        connection.execute(statement)
    assert connection.execute(f'SELECT * FROM "{table}"').fetchall() == rows


def test_postings_of_every_transaction_add_up_to_zero(connection: Behind) -> None:
    sums = connection.execute("SELECT txn, sum(amount_micro) FROM posting GROUP BY txn").fetchall()
    assert len(sums) > 10
    assert {total for _, total in sums} == {0}


def test_a_table_is_strict(open_copy: Callable[[Path], LedgerStore], told_file: Path) -> None:
    with open_copy(told_file).reading() as session:
        listed: list[Any] = list(session.driver.ask("PRAGMA table_list"))
    strict = {row[1] for row in listed if row[2] == "table" and row[5] == 1}
    assert strict == set(METADATA.tables)
