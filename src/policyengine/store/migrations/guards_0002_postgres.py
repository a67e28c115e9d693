"""The triggers of step 0002 for PostgreSQL; they say what those for SQLite say.

Rows are numbered by sequences, since several transactions write at a time: numbers have gaps, and
grow within each wallet. The triggers fire for replicas too, and against `TRUNCATE`.
"""

from typing import Final

_KEPT: Final = ("ledger", "policy_version", "wallet", "txn", "move", "lot")
_UNCHANGED: Final = ("policy_version", "txn", "move")
_EXCUSED: Final = ("hold", "hold_draw", "series")

_POLICY_VERSION: Final = """
  IF NEW.id <> 1 + (SELECT coalesce(max(id), 0) FROM policy_version) THEN
    RAISE EXCEPTION 'policy versions are numbered one by one';
  END IF;
  RETURN NEW;
"""

_LEDGER_STARTS: Final = """
  IF EXISTS (SELECT 1 FROM ledger) THEN
    RAISE EXCEPTION 'a ledger is named once';
  ELSIF NEW.policies <> 0 THEN
    RAISE EXCEPTION 'a ledger starts without policies';
  END IF;
  RETURN NEW;
"""

_LEDGER_STEPS: Final = """
  IF NEW.id <> OLD.id OR NEW.ledger_id <> OLD.ledger_id OR NEW.created_at <> OLD.created_at THEN
    RAISE EXCEPTION 'a ledger keeps its name';
  ELSIF NEW.policies <> OLD.policies + 1 OR NOT EXISTS (
    SELECT 1 FROM policy_version WHERE id = NEW.policies AND hash = NEW.policies_hash) THEN
    RAISE EXCEPTION 'a ledger seals the policy that was added';
  END IF;
  RETURN NEW;
"""

_WALLET_STARTS: Final = """
  IF NEW.seq <> 0 OR NEW.available_micro <> 0 OR NEW.held_micro <> 0 OR NEW.debt_micro <> 0
    OR NEW.lots_opened <> 0 OR NEW.series_opened <> 0 OR NEW.holds_open <> 0 THEN
    RAISE EXCEPTION 'a wallet starts empty';
  END IF;
  RETURN NEW;
"""

_WALLET_STEPS: Final = """
DECLARE
  last record;
BEGIN
  SELECT seq, hash, effective_at, recorded_at, available_micro, debt_micro INTO last
    FROM txn WHERE wallet = NEW.id ORDER BY seq DESC LIMIT 1;
  IF NEW.id <> OLD.id OR NEW.wallet_id <> OLD.wallet_id OR NEW.policy <> OLD.policy THEN
    RAISE EXCEPTION 'a wallet keeps its name and policy';
  ELSIF NEW.seq <= OLD.seq OR NEW.settled_at < OLD.settled_at
    OR NEW.recorded_at < OLD.recorded_at OR NEW.lots_opened < OLD.lots_opened
    OR NEW.series_opened < OLD.series_opened THEN
    RAISE EXCEPTION 'a wallet never goes backwards';
  ELSIF last IS DISTINCT FROM ROW(NEW.seq, NEW.head_hash, NEW.settled_at, NEW.recorded_at,
    NEW.available_micro, NEW.debt_micro) THEN
    RAISE EXCEPTION 'a wallet is as its last transaction left it';
  END IF;
  RETURN NEW;
END
"""

_TXN_FOLLOWS: Final = """
DECLARE
  last record;
BEGIN
  SELECT seq, id, effective_at, recorded_at INTO last
    FROM txn WHERE wallet = NEW.wallet ORDER BY seq DESC LIMIT 1;
  IF NEW.seq <> 1 + coalesce(last.seq, 0) THEN
    RAISE EXCEPTION 'a transaction follows the last one of its wallet';
  ELSIF last.id >= NEW.id THEN
    RAISE EXCEPTION 'the transactions of a wallet are numbered upwards';
  ELSIF last.effective_at > NEW.effective_at OR last.recorded_at > NEW.recorded_at THEN
    RAISE EXCEPTION 'a transaction is not earlier than the one before it';
  ELSIF NEW.refusal_code IS NULL AND NEW.parent_seq IS NOT NULL AND EXISTS (
    SELECT 1 FROM txn WHERE wallet = NEW.wallet AND seq = NEW.parent_seq
      AND refusal_code IS NOT NULL) THEN
    RAISE EXCEPTION 'nothing acts on what was refused';
  END IF;
  RETURN NEW;
END
"""

# Each question has one index that can answer it: plans that were made while the tables were empty
# stay right as they grow.
_MOVE_FOLLOWS: Final = """
DECLARE
  cause record;
BEGIN
  SELECT wallet, seq, refusal_code INTO cause FROM txn WHERE id = NEW.txn;
  IF NEW.leg <> 1 + (SELECT coalesce(max(leg), 0) FROM move WHERE txn = NEW.txn) THEN
    RAISE EXCEPTION 'moves are numbered one by one';
  ELSIF NOT coalesce(cause.wallet = NEW.wallet AND cause.refusal_code IS NULL
    AND cause.seq > (SELECT seq FROM wallet WHERE id = NEW.wallet), FALSE) THEN
    RAISE EXCEPTION 'moves belong to an accepted transaction that is being written';
  END IF;
  RETURN NEW;
END
"""

_LOT_STARTS: Final = """
  IF NEW.lot_no <> 1 + (SELECT coalesce(max(lot_no), 0) FROM lot WHERE wallet = NEW.wallet) THEN
    RAISE EXCEPTION 'the lots of a wallet are numbered one by one';
  ELSIF NOT EXISTS (
    SELECT 1 FROM txn JOIN wallet ON wallet.id = txn.wallet
    WHERE txn.wallet = NEW.wallet AND txn.seq = NEW.opened_by AND txn.refusal_code IS NULL
      AND txn.seq > wallet.seq) THEN
    RAISE EXCEPTION 'a lot is opened by an accepted transaction that is being written';
  END IF;
  RETURN NEW;
"""

_LOT_TERMS_CHANGE: Final = """
     (NEW.wallet, NEW.lot_no, NEW.opened_by, NEW.source, NEW.rule, NEW.granted_micro,
      NEW.effective_at, NEW.expires_at, NEW.priority, NEW.models, NEW.units, NEW.cycle_bound,
      NEW.rolls, NEW.series_no, NEW.times_kept)
    IS DISTINCT FROM
     (OLD.wallet, OLD.lot_no, OLD.opened_by, OLD.source, OLD.rule, OLD.granted_micro,
      OLD.effective_at, OLD.expires_at, OLD.priority, OLD.models, OLD.units, OLD.cycle_bound,
      OLD.rolls, OLD.series_no, OLD.times_kept)
"""
_LOT_STEPS: Final = """
  RAISE EXCEPTION 'the terms of a lot never change';
"""

_HOLD_STARTS: Final = """
  IF NOT EXISTS (
    SELECT 1 FROM txn WHERE wallet = NEW.wallet AND seq = NEW.seq AND kind = 'hold'
      AND refusal_code IS NULL) THEN
    RAISE EXCEPTION 'a hold is opened by an accepted transaction of its kind';
  END IF;
  RETURN NEW;
"""

_HAS_A_CAUSE: Final = """
DECLARE
  touched bigint;
BEGIN
  touched := CASE WHEN TG_OP = 'DELETE' THEN OLD.wallet ELSE NEW.wallet END;
  IF NOT EXISTS (
    SELECT 1 FROM txn
    WHERE wallet = touched AND seq = 1 + (SELECT seq FROM wallet WHERE id = touched)) THEN
    RAISE EXCEPTION '% changes only while a transaction is being written', TG_TABLE_NAME;
  END IF;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  RETURN NEW;
END
"""

_REFUSED: Final = """
  RAISE EXCEPTION '% of % is refused: the rows of a ledger stay', TG_OP, TG_TABLE_NAME;
"""


def _function(name: str, body: str) -> str:
    whole = body if "DECLARE" in body else f"BEGIN{body}END"
    return f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $guard${whole}$guard$"


def _trigger(
    table: str, when: str, function: str, each: str = "ROW", only: str = "TRUE"
) -> tuple[str, str]:
    name = f"guard_{function.removeprefix('guard_')}_{when.lower().replace(' or ', '_')}"
    create = f"CREATE TRIGGER {name} BEFORE {when} ON {table} FOR EACH {each} WHEN ({only})"
    return (
        f"{create} EXECUTE FUNCTION {function}()",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}",
    )


_FUNCTIONS: Final = {
    "guard_refused": _REFUSED,
    "guard_has_a_cause": _HAS_A_CAUSE,
    "guard_ledger_starts": _LEDGER_STARTS,
    "guard_ledger_steps": _LEDGER_STEPS,
    "guard_policy_version_follows": _POLICY_VERSION,
    "guard_wallet_starts": _WALLET_STARTS,
    "guard_wallet_steps": _WALLET_STEPS,
    "guard_txn_follows": _TXN_FOLLOWS,
    "guard_move_follows": _MOVE_FOLLOWS,
    "guard_lot_starts": _LOT_STARTS,
    "guard_lot_steps": _LOT_STEPS,
    "guard_hold_starts": _HOLD_STARTS,
}

GUARDS: Final = (
    # Room for the next state of a row beside the last one: no index is touched by a charge.
    "ALTER TABLE wallet SET (fillfactor = 50)",
    "ALTER TABLE lot SET (fillfactor = 70)",
    # Numbers are drawn before a row is written: a sequence is never held by a transaction.
    "CREATE SEQUENCE wallet_number OWNED BY wallet.id",
    "CREATE SEQUENCE txn_number OWNED BY txn.id",
    *(_function(name, body) for name, body in _FUNCTIONS.items()),
    *(
        statement
        for triggers in (
            *(_trigger(table, "DELETE", "guard_refused") for table in _KEPT),
            *(_trigger(table, "UPDATE", "guard_refused") for table in _UNCHANGED),
            *(
                _trigger(table, "TRUNCATE", "guard_refused", "STATEMENT")
                for table in (*_KEPT, *_EXCUSED)
            ),
            _trigger("lot", "UPDATE", "guard_has_a_cause"),
            *(
                _trigger(table, "INSERT OR UPDATE OR DELETE", "guard_has_a_cause")
                for table in _EXCUSED
            ),
            _trigger("ledger", "INSERT", "guard_ledger_starts"),
            _trigger("ledger", "UPDATE", "guard_ledger_steps"),
            _trigger("policy_version", "INSERT", "guard_policy_version_follows"),
            _trigger("wallet", "INSERT", "guard_wallet_starts"),
            _trigger("wallet", "UPDATE", "guard_wallet_steps"),
            _trigger("txn", "INSERT", "guard_txn_follows"),
            _trigger("move", "INSERT", "guard_move_follows"),
            _trigger("lot", "INSERT", "guard_lot_starts"),
            _trigger("lot", "UPDATE", "guard_lot_steps", only=_LOT_TERMS_CHANGE),
            _trigger("hold", "INSERT", "guard_hold_starts"),
        )
        for statement in triggers
    ),
)
