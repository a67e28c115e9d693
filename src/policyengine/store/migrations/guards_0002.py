"""The triggers of step 0002 for SQLite: what no `CHECK` can say, because it speaks of other rows.

Append-only tables are closed three times: against updates, against deletes, and against inserts
in front of the end or in the place of a row, since `INSERT OR REPLACE` deletes without asking
where `recursive_triggers` is off. A transaction can be added to only until its wallet has moved
past it.
"""

from typing import Final

_KEPT: Final = ("ledger", "policy_version", "wallet", "txn", "move", "lot")
_UNCHANGED: Final = ("policy_version", "txn", "move")

_POLICY_VERSION: Final = """
CREATE TRIGGER policy_version_follows BEFORE INSERT ON policy_version BEGIN
  SELECT CASE
    WHEN NEW.id IS NOT 1 + (SELECT coalesce(max(id), 0) FROM policy_version)
      THEN RAISE(ABORT, 'policy versions are numbered one by one')
    WHEN EXISTS (SELECT 1 FROM policy_version
                 WHERE name = NEW.name AND version = NEW.version AND sha256 = NEW.sha256)
      THEN RAISE(ABORT, 'a policy version is kept once')
  END;
END
"""

_LEDGER_STARTS: Final = """
CREATE TRIGGER ledger_starts BEFORE INSERT ON ledger BEGIN
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM ledger) THEN RAISE(ABORT, 'a ledger is named once')
    WHEN NEW.policies <> 0 THEN RAISE(ABORT, 'a ledger starts without policies')
  END;
END
"""

_LEDGER_STEPS: Final = """
CREATE TRIGGER ledger_steps BEFORE UPDATE ON ledger BEGIN
  SELECT CASE
    WHEN NEW.id <> OLD.id OR NEW.ledger_id <> OLD.ledger_id OR NEW.created_at <> OLD.created_at
      THEN RAISE(ABORT, 'a ledger keeps its name')
    WHEN NEW.policies <> OLD.policies + 1
      OR NOT EXISTS (SELECT 1 FROM policy_version
                     WHERE id = NEW.policies AND hash = NEW.policies_hash)
      THEN RAISE(ABORT, 'a ledger seals the policy that was added')
  END;
END
"""

_WALLET_STARTS: Final = """
CREATE TRIGGER wallet_starts BEFORE INSERT ON wallet BEGIN
  SELECT CASE
    WHEN NEW.id IS NOT 1 + (SELECT coalesce(max(id), 0) FROM wallet)
      THEN RAISE(ABORT, 'wallets are numbered one by one')
    WHEN EXISTS (SELECT 1 FROM wallet WHERE wallet_id = NEW.wallet_id)
      THEN RAISE(ABORT, 'a wallet is opened once')
    WHEN NEW.seq <> 0 OR NEW.available_micro <> 0 OR NEW.held_micro <> 0 OR NEW.debt_micro <> 0
      OR NEW.lots_opened <> 0 OR NEW.series_opened <> 0 OR NEW.holds_open <> 0
      THEN RAISE(ABORT, 'a wallet starts empty')
  END;
END
"""

_WALLET_STEPS: Final = """
CREATE TRIGGER wallet_steps BEFORE UPDATE ON wallet BEGIN
  SELECT CASE
    WHEN NEW.id <> OLD.id OR NEW.wallet_id <> OLD.wallet_id OR NEW.policy <> OLD.policy
      THEN RAISE(ABORT, 'a wallet keeps its name and policy')
    WHEN NEW.seq <= OLD.seq OR NEW.settled_at < OLD.settled_at
      OR NEW.recorded_at < OLD.recorded_at OR NEW.lots_opened < OLD.lots_opened
      OR NEW.series_opened < OLD.series_opened
      THEN RAISE(ABORT, 'a wallet never goes backwards')
    WHEN NOT EXISTS (
      SELECT 1 FROM txn
      WHERE wallet = NEW.id AND seq = NEW.seq AND hash = NEW.head_hash
        AND effective_at = NEW.settled_at AND recorded_at = NEW.recorded_at
        AND available_micro = NEW.available_micro AND debt_micro = NEW.debt_micro)
      OR EXISTS (SELECT 1 FROM txn WHERE wallet = NEW.id AND seq = NEW.seq + 1)
      THEN RAISE(ABORT, 'a wallet is as its last transaction left it')
  END;
END
"""

_TXN_FOLLOWS: Final = """
CREATE TRIGGER txn_follows BEFORE INSERT ON txn BEGIN
  SELECT CASE
    WHEN NEW.id IS NOT 1 + (SELECT coalesce(max(id), 0) FROM txn)
      THEN RAISE(ABORT, 'transactions are numbered one by one')
    WHEN NEW.seq <> 1 + (SELECT coalesce(max(seq), 0) FROM txn WHERE wallet = NEW.wallet)
      THEN RAISE(ABORT, 'a transaction follows the last one of its wallet')
    WHEN EXISTS (SELECT 1 FROM txn WHERE wallet = NEW.wallet AND seq = NEW.seq - 1
                 AND (effective_at > NEW.effective_at OR recorded_at > NEW.recorded_at))
      THEN RAISE(ABORT, 'a transaction is not earlier than the one before it')
    WHEN EXISTS (SELECT 1 FROM txn WHERE wallet = NEW.wallet AND "key" = NEW."key")
      THEN RAISE(ABORT, 'a key names one transaction')
    WHEN NEW.refusal_code IS NULL AND NEW.parent_seq IS NOT NULL
      AND EXISTS (SELECT 1 FROM txn WHERE wallet = NEW.wallet AND seq = NEW.parent_seq
                  AND refusal_code IS NOT NULL)
      THEN RAISE(ABORT, 'nothing acts on what was refused')
  END;
END
"""

_MOVE_FOLLOWS: Final = """
CREATE TRIGGER move_follows BEFORE INSERT ON move BEGIN
  SELECT CASE
    WHEN NEW.leg <> 1 + (SELECT coalesce(max(leg), 0) FROM move WHERE txn = NEW.txn)
      THEN RAISE(ABORT, 'moves are numbered one by one')
    WHEN NOT EXISTS (
      SELECT 1 FROM txn JOIN wallet ON wallet.id = txn.wallet
      WHERE txn.id = NEW.txn AND txn.wallet = NEW.wallet AND txn.refusal_code IS NULL
        AND txn.seq > wallet.seq)
      THEN RAISE(ABORT, 'moves belong to an accepted transaction that is being written')
  END;
END
"""

_LOT_STARTS: Final = """
CREATE TRIGGER lot_starts BEFORE INSERT ON lot BEGIN
  SELECT CASE
    WHEN NEW.lot_no <> 1 + (SELECT coalesce(max(lot_no), 0) FROM lot WHERE wallet = NEW.wallet)
      THEN RAISE(ABORT, 'the lots of a wallet are numbered one by one')
    WHEN NOT EXISTS (
      SELECT 1 FROM txn JOIN wallet ON wallet.id = txn.wallet
      WHERE txn.wallet = NEW.wallet AND txn.seq = NEW.opened_by AND txn.refusal_code IS NULL
        AND txn.seq > wallet.seq)
      THEN RAISE(ABORT, 'a lot is opened by an accepted transaction that is being written')
  END;
END
"""

_LOT_STEPS: Final = """
CREATE TRIGGER lot_steps BEFORE UPDATE ON lot WHEN
  NEW.wallet <> OLD.wallet OR NEW.lot_no <> OLD.lot_no OR NEW.opened_by <> OLD.opened_by
  OR NEW.source <> OLD.source OR NEW.rule <> OLD.rule OR NEW.granted_micro <> OLD.granted_micro
  OR NEW.effective_at <> OLD.effective_at OR NEW.expires_at <> OLD.expires_at
  OR NEW.priority <> OLD.priority OR NEW.models <> OLD.models OR NEW.units <> OLD.units
  OR NEW.cycle_bound <> OLD.cycle_bound OR NEW.rolls <> OLD.rolls
  OR NEW.series_no IS NOT OLD.series_no OR NEW.times_kept <> OLD.times_kept
BEGIN
  SELECT RAISE(ABORT, 'the terms of a lot never change');
END
"""

_HOLD_STARTS: Final = """
CREATE TRIGGER hold_starts BEFORE INSERT ON hold WHEN NOT EXISTS (
  SELECT 1 FROM txn WHERE wallet = NEW.wallet AND seq = NEW.seq AND kind = 'hold'
    AND refusal_code IS NULL)
BEGIN
  SELECT RAISE(ABORT, 'a hold is opened by an accepted transaction of its kind');
END
"""


def _while_writing(table: str, act: str) -> str:
    row = "OLD" if act == "DELETE" else "NEW"
    return f"""
CREATE TRIGGER {table}_{act.lower()}_has_a_cause BEFORE {act} ON {table} WHEN NOT EXISTS (
  SELECT 1 FROM wallet JOIN txn ON txn.wallet = wallet.id AND txn.seq = wallet.seq + 1
  WHERE wallet.id = {row}.wallet)
BEGIN
  SELECT RAISE(ABORT, '{table} changes only while a transaction is being written');
END
"""  # noqa: S608  # built of the words at the end of this file


def _refused(table: str, act: str, sentence: str) -> str:
    return (
        f"CREATE TRIGGER {table}_{act.lower()}_refused BEFORE {act} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
    )


GUARDS: Final = (
    *(_refused(table, "DELETE", f"no row of {table} is ever deleted") for table in _KEPT),
    *(_refused(table, "UPDATE", f"no row of {table} ever changes") for table in _UNCHANGED),
    _while_writing("lot", "UPDATE"),
    *(
        _while_writing(table, act)
        for table in ("hold", "hold_draw", "series")
        for act in ("INSERT", "UPDATE", "DELETE")
    ),
    _LEDGER_STARTS,
    _LEDGER_STEPS,
    _POLICY_VERSION,
    _WALLET_STARTS,
    _WALLET_STEPS,
    _TXN_FOLLOWS,
    _MOVE_FOLLOWS,
    _LOT_STARTS,
    _LOT_STEPS,
    _HOLD_STARTS,
)
