"""docs/ledger.md: its tables are the ones in the code."""

import re
from pathlib import Path
from typing import Final, get_args

import policyengine.store.projections as _projections  # noqa: F401  # declares its tables
from policyengine.ledger.book import TRANSITIONS
from policyengine.ledger.transactions import SETTLED_KINDS, TransactionKind
from policyengine.store.tables import METADATA

TEXT: Final = (Path(__file__).parents[2] / "docs" / "ledger.md").read_text(encoding="utf-8")


def rows(title: str) -> list[tuple[str, str]]:
    """Give the first two cells of each row of a section's table, without backticks."""
    section = TEXT.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    found = re.findall(r"^\| `(\w+)` \| ([^|]+) \|", section, re.MULTILINE)
    return [(first, second.strip("`")) for first, second in found]


def test_every_way_of_a_credit_is_listed_once() -> None:
    assert sorted(rows("Moves and pots")) == sorted(TRANSITIONS)


def test_every_kind_of_transaction_is_listed_in_the_order_of_the_code() -> None:
    assert [kind for kind, _ in rows("Transactions")] == list(get_args(TransactionKind))


def test_what_the_clock_writes_is_listed_as_its() -> None:
    assert {kind for kind, who in rows("Transactions") if who == "the clock"} == SETTLED_KINDS


def test_every_table_is_listed() -> None:
    assert {table for table, _ in rows("Tables")} == set(METADATA.tables)
