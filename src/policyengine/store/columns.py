"""How columns and constraints are written in the ledger's tables."""

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import BigInteger, CheckConstraint, Integer, LargeBinary, Text
from sqlmodel import Field

from policyengine.ledger.chain import HASH_LENGTH
from policyengine.ledger.transactions import NAME_LENGTH_MAX
from policyengine.values.amounts import AMOUNT_MICRO_MAX

CHANGES_LENGTH_MAX: Final = 1_000_000
SOURCE_LENGTH_MAX: Final = 256 * 1024
"""The longest policy that the ledger keeps, in characters."""

INT64: Final = BigInteger().with_variant(Integer(), "sqlite")
"""Amounts and instants: 64 bits; in SQLite `INTEGER`, which every strict table knows."""

STRICT: Final[dict[str, Any]] = {"sqlite_strict": True}
CLUSTERED: Final[dict[str, Any]] = {"sqlite_strict": True, "sqlite_with_rowid": False}
"""A strict table that is stored in the order of its primary key."""


def whole(**options: Any) -> Any:
    """Declare a column of integers."""
    return Field(sa_type=INT64, **options)


def words(**options: Any) -> Any:
    """Declare a column of text."""
    return Field(sa_type=Text, **options)


def octets() -> Any:
    """Declare a column of bytes."""
    return Field(sa_type=LargeBinary)


def keeps(name: str, holds: str) -> CheckConstraint:
    """Give a rule that each row keeps."""
    return CheckConstraint(holds, name=name)


def one_of(column: str, values: Iterable[str]) -> str:
    """Say that a column has one of these words."""
    listed = ", ".join(f"'{value}'" for value in values)
    return f"{column} IN ({listed})"


def amounts(*columns: str) -> str:
    """Say that columns hold amounts from 0 to the largest one."""
    return " AND ".join(f"{column} BETWEEN 0 AND {AMOUNT_MICRO_MAX}" for column in columns)


def all_or_none(*columns: str) -> str:
    """Say that columns are filled together or empty together."""
    first, *others = columns
    return " AND ".join(f"({first} IS NULL) = ({other} IS NULL)" for other in others)


def named(*columns: str) -> str:
    """Say that columns hold names, which may not be empty."""
    return " AND ".join(f"length({column}) BETWEEN 1 AND {NAME_LENGTH_MAX}" for column in columns)


def short(*columns: str) -> str:
    """Say that columns hold names or nothing."""
    return " AND ".join(f"length({column}) <= {NAME_LENGTH_MAX}" for column in columns)


def hashed(column: str) -> str:
    """Say that a column holds a hash."""
    return f"length({column}) = {HASH_LENGTH}"
