"""Replays for tests: on ledgers in files, whose whole content can be compared."""

import sqlite3
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from app.replay.usage_files import MAPPING
from policyengine.app.policies import Policies, usable_policies
from policyengine.app.replay.files import usage_file
from policyengine.app.replay.intake import Intake, Progress
from policyengine.app.replay.mapping.document import MappingDocument
from policyengine.app.replay.mapping.load import load_mapping
from policyengine.app.replay.replaying import replay
from policyengine.app.replay.targets import MemoryTarget, SqlTarget
from policyengine.app.replay.totals import Totals
from policyengine.simulate.memory import MemoryLedger
from policyengine.store.store import LedgerStore
from policyengine.store.verify import verify

ROOT = Path(__file__).parents[3]
RECORDED_AT = 1_800_000_000_000_000
TABLES = ("wallet", "txn", "move", "lot")


@cache
def policies() -> Policies:
    """The reference policy."""
    return usable_policies([ROOT / "policies" / "codeflicker"])


def document_of(text: str = MAPPING) -> MappingDocument:
    """A mapping without findings."""
    loaded = load_mapping(text, "mapping.yaml")
    assert loaded.document is not None, loaded.report()
    return loaded.document


def intake_of(file: Path, mapping: str = MAPPING, **options: Any) -> Intake:
    document = document_of(mapping)
    return Intake(usage_file(file, document), document, **options)


def in_memory(
    file: Path, mapping: str = MAPPING, *, with_estimates: bool = False, **options: Any
) -> tuple[Totals, MemoryLedger]:
    ledger = MemoryLedger(policies().timelines)
    intake = intake_of(file, mapping, **options)
    target = MemoryTarget(ledger)
    totals = replay(intake, target, policies().timelines, with_estimates=with_estimates)
    return totals, ledger


def in_sql(
    database: Path,
    file: Path,
    mapping: str = MAPPING,
    *,
    with_estimates: bool = False,
    progress: Progress = lambda _phase, _done, _total: None,
    **options: Any,
) -> Totals:
    intake = intake_of(file, mapping, **options)
    with LedgerStore.open(f"sqlite:///{database}", clock=lambda: RECORDED_AT) as store:
        return replay(
            intake,
            SqlTarget(store, policies()),
            policies().timelines,
            with_estimates=with_estimates,
            progress=progress,
        )


def content(database: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of a ledger: every balance, transaction, move and hash."""
    with sqlite3.connect(database) as connection:
        found = {
            name: connection.execute(f"SELECT * FROM {name}").fetchall()  # noqa: S608  # ours
            for name in TABLES
        }
    connection.close()
    return found


_STORY = """
    SELECT w.wallet_id, t.seq, t.kind, t.effective_at, t.key, t.refusal_code, t.available_micro,
        t.changes, m.leg, m.lot_no, m.source, m.target, m.amount_micro
    FROM txn t JOIN wallet w ON w.id = t.wallet LEFT JOIN move m ON m.txn = t.id
    ORDER BY w.wallet_id, t.seq, m.leg
"""


def story(database: Path) -> Sequence[tuple[Any, ...]]:
    """What happened to each wallet, without the numbers that a write gives."""
    with sqlite3.connect(database) as connection:
        found = connection.execute(_STORY).fetchall()
    connection.close()
    return found


def faults(database: Path) -> tuple[Any, ...]:
    """What the store's own audit finds wrong with a ledger."""
    with (
        LedgerStore.open(f"sqlite:///{database}", create=False) as store,
        store.reading() as session,
    ):
        return verify(session).faults
