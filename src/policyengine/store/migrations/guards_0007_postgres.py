"""The guards of step 0007 for PostgreSQL: they look at the rows of a statement together.

A batch of 256 commands is one statement for each table. A trigger for each of its rows costs the
server as much as the rows do; one for the statement asks the same of all of them at once. It fires
after the statement, inside of it: what it refuses was never there.

Each question is a lateral or scalar one, which no planner turns into a join, and has one index that
can answer it: a plan that was made while the tables were empty stays right as they grow.
"""

from typing import Final

_ROWS: Final = "written"
"""The rows of the statement: new ones, or those that it deletes."""

_WALLET_KEEPS: Final = """
  RAISE EXCEPTION 'a wallet keeps its name and policy';
"""
_WALLET_IS_ANOTHER: Final = (
    "NEW.id <> OLD.id OR NEW.wallet_id <> OLD.wallet_id OR NEW.policy <> OLD.policy"
)

_WALLET_GROWS: Final = """
  RAISE EXCEPTION 'a wallet never goes backwards';
"""
_WALLET_IS_EARLIER: Final = (
    "NEW.seq <= OLD.seq OR NEW.settled_at < OLD.settled_at OR NEW.recorded_at < OLD.recorded_at"
    " OR NEW.lots_opened < OLD.lots_opened OR NEW.series_opened < OLD.series_opened"
)

_WALLET_STARTS: Final = """
  RAISE EXCEPTION 'a wallet starts empty';
"""
_WALLET_IS_FULL: Final = (
    "NEW.seq <> 0 OR NEW.available_micro <> 0 OR NEW.held_micro <> 0 OR NEW.debt_micro <> 0"
    " OR NEW.lots_opened <> 0 OR NEW.series_opened <> 0 OR NEW.holds_open <> 0"
)

_WALLET_STEPS: Final = """
  PERFORM 1 FROM written LEFT JOIN LATERAL (
    SELECT seq, hash, effective_at, recorded_at, available_micro, debt_micro
    FROM txn WHERE wallet = written.id ORDER BY seq DESC LIMIT 1) AS last ON TRUE
  WHERE (last.seq, last.hash, last.effective_at, last.recorded_at, last.available_micro,
    last.debt_micro)
    IS DISTINCT FROM (written.seq, written.head_hash, written.settled_at, written.recorded_at,
    written.available_micro, written.debt_micro) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'a wallet is as its last transaction left it';
  END IF;
"""

# Numbers follow one another where each has the one before it, since a key lets none come twice.
_TXN_FOLLOWS: Final = """
  SELECT found.wrong INTO refused FROM written LEFT JOIN LATERAL (
    SELECT id, effective_at, recorded_at FROM txn
    WHERE wallet = written.wallet AND seq = written.seq - 1 OFFSET 0) AS last ON TRUE
  CROSS JOIN LATERAL (SELECT CASE
    WHEN written.seq <> 1 AND last.id IS NULL
      THEN 'a transaction follows the last one of its wallet'
    WHEN last.id >= written.id THEN 'the transactions of a wallet are numbered upwards'
    WHEN last.effective_at > written.effective_at OR last.recorded_at > written.recorded_at
      THEN 'a transaction is not earlier than the one before it'
    WHEN written.refusal_code IS NULL AND written.parent_seq IS NOT NULL AND (
      SELECT refusal_code FROM txn
      WHERE wallet = written.wallet AND seq = written.parent_seq) IS NOT NULL
      THEN 'nothing acts on what was refused'
    END AS wrong OFFSET 0) AS found
  WHERE found.wrong IS NOT NULL LIMIT 1;
"""

_MOVE_FOLLOWS: Final = """
  SELECT found.wrong INTO refused FROM written LEFT JOIN LATERAL (
    SELECT wallet, seq, refusal_code FROM txn WHERE id = written.txn OFFSET 0) AS cause ON TRUE
  CROSS JOIN LATERAL (SELECT CASE
    WHEN written.leg <> 1 AND (
      SELECT leg FROM move WHERE txn = written.txn AND leg = written.leg - 1) IS NULL
      THEN 'moves are numbered one by one'
    WHEN NOT coalesce(cause.wallet = written.wallet AND cause.refusal_code IS NULL
      AND cause.seq > (SELECT seq FROM wallet WHERE id = written.wallet), FALSE)
      THEN 'moves belong to an accepted transaction that is being written'
    END AS wrong OFFSET 0) AS found
  WHERE found.wrong IS NOT NULL LIMIT 1;
"""

_LOT_STARTS: Final = """
  SELECT found.wrong INTO refused FROM written
  CROSS JOIN LATERAL (SELECT CASE
    WHEN written.lot_no <> 1 AND (
      SELECT lot_no FROM lot
      WHERE wallet = written.wallet AND lot_no = written.lot_no - 1) IS NULL
      THEN 'the lots of a wallet are numbered one by one'
    WHEN NOT coalesce((
      SELECT seq FROM txn WHERE wallet = written.wallet AND seq = written.opened_by
        AND refusal_code IS NULL) > (SELECT seq FROM wallet WHERE id = written.wallet), FALSE)
      THEN 'a lot is opened by an accepted transaction that is being written'
    END AS wrong OFFSET 0) AS found
  WHERE found.wrong IS NOT NULL LIMIT 1;
"""

_HOLD_STARTS: Final = """
  PERFORM 1 FROM written WHERE (
    SELECT seq FROM txn WHERE wallet = written.wallet AND seq = written.seq AND kind = 'hold'
      AND refusal_code IS NULL) IS NULL LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'a hold is opened by an accepted transaction of its kind';
  END IF;
"""

_HAS_A_CAUSE: Final = """
  PERFORM 1 FROM (SELECT DISTINCT wallet FROM written) AS touched WHERE (
    SELECT seq FROM txn WHERE wallet = touched.wallet
      AND seq = 1 + (SELECT seq FROM wallet WHERE id = touched.wallet)) IS NULL LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION '% changes only while a transaction is being written', TG_TABLE_NAME;
  END IF;
"""

_FINDS: Final = """DECLARE
  refused text;
BEGIN{body}  IF refused IS NOT NULL THEN
    RAISE EXCEPTION '%', refused;
  END IF;
  RETURN NULL;
END"""
_PERFORMS: Final = "BEGIN{body}  RETURN NULL;\nEND"
_RAISES: Final = "BEGIN{body}END"

_FUNCTIONS: Final = {
    "guard_wallet_keeps": _RAISES.format(body=_WALLET_KEEPS),
    "guard_wallet_grows": _RAISES.format(body=_WALLET_GROWS),
    "guard_wallet_starts": _RAISES.format(body=_WALLET_STARTS),
    "guard_wallet_steps": _PERFORMS.format(body=_WALLET_STEPS),
    "guard_txn_follows": _FINDS.format(body=_TXN_FOLLOWS),
    "guard_move_follows": _FINDS.format(body=_MOVE_FOLLOWS),
    "guard_lot_starts": _FINDS.format(body=_LOT_STARTS),
    "guard_hold_starts": _PERFORMS.format(body=_HOLD_STARTS),
    "guard_has_a_cause": _PERFORMS.format(body=_HAS_A_CAUSE),
}
_ROW_GUARDS: Final = (
    ("wallet", "guard_wallet_starts_insert"),
    ("wallet", "guard_wallet_steps_update"),
    ("txn", "guard_txn_follows_insert"),
    ("move", "guard_move_follows_insert"),
    ("lot", "guard_lot_starts_insert"),
    ("lot", "guard_has_a_cause_update"),
    ("hold", "guard_hold_starts_insert"),
    *(
        (table, "guard_has_a_cause_insert_update_delete")
        for table in ("hold", "hold_draw", "series")
    ),
)
"""Those of step 0002 that looked at each row by itself."""


def _of_row(table: str, when: str, function: str, only: str) -> tuple[str, ...]:
    create = f"BEFORE {when} ON {table} FOR EACH ROW WHEN ({only})"
    return _trigger(table, when, function, create)


def _of_statement(table: str, when: str, function: str) -> tuple[str, ...]:
    rows = "OLD" if when == "DELETE" else "NEW"
    create = f"AFTER {when} ON {table} REFERENCING {rows} TABLE AS {_ROWS} FOR EACH STATEMENT"
    return _trigger(table, when, function, create)


def _trigger(table: str, when: str, function: str, create: str) -> tuple[str, ...]:
    name = f"{function}_{when.lower()}"
    return (
        f"CREATE TRIGGER {name} {create} EXECUTE FUNCTION {function}()",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}",
    )


GUARDS: Final = (
    *(f"DROP TRIGGER {name} ON {table}" for table, name in _ROW_GUARDS),
    *(
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql"
        f" AS $guard${body}$guard$"
        for name, body in _FUNCTIONS.items()
    ),
    *(
        statement
        for trigger in (
            _of_row("wallet", "INSERT", "guard_wallet_starts", _WALLET_IS_FULL),
            _of_row("wallet", "UPDATE", "guard_wallet_keeps", _WALLET_IS_ANOTHER),
            _of_row("wallet", "UPDATE", "guard_wallet_grows", _WALLET_IS_EARLIER),
            _of_statement("wallet", "UPDATE", "guard_wallet_steps"),
            _of_statement("txn", "INSERT", "guard_txn_follows"),
            _of_statement("move", "INSERT", "guard_move_follows"),
            _of_statement("lot", "INSERT", "guard_lot_starts"),
            _of_statement("lot", "UPDATE", "guard_has_a_cause"),
            _of_statement("hold", "INSERT", "guard_hold_starts"),
            *(
                _of_statement(table, when, "guard_has_a_cause")
                for table in ("hold", "hold_draw", "series")
                for when in ("INSERT", "UPDATE", "DELETE")
            ),
        )
        for statement in trigger
    ),
)
