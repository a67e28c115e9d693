"""How columns and rules were written when the first steps were; kept as it was for them."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa


def whole(*names: str, nullable: bool = False) -> list[sa.Column[Any]]:
    """Declare columns of 64-bit integers."""
    kind = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return [sa.Column(name, kind, nullable=nullable) for name in names]


def words(*names: str, nullable: bool = False) -> list[sa.Column[Any]]:
    """Declare columns of text."""
    return [sa.Column(name, sa.Text(), nullable=nullable) for name in names]


def octets(name: str) -> sa.Column[bytes]:
    """Declare a column of bytes."""
    return sa.Column(name, sa.LargeBinary(), nullable=False)


def keeps(name: str, holds: str) -> sa.CheckConstraint:
    """Give a rule that each row keeps."""
    return sa.CheckConstraint(holds, name=name)


def refers(name: str, columns: str, to: str) -> sa.ForeignKeyConstraint:
    """Give a reference: `wallet, seq` to `txn.wallet, txn.seq`."""
    return sa.ForeignKeyConstraint(columns.split(", "), to.split(", "), name=name)


def one_of(column: str, values: Iterable[str]) -> str:
    """Say that a column has one of these words."""
    listed = ", ".join(f"'{value}'" for value in values)
    return f"{column} IN ({listed})"


def amounts(*columns: str) -> str:
    """Say that columns hold amounts from 0 to 10^18."""
    return " AND ".join(f"{column} BETWEEN 0 AND 1000000000000000000" for column in columns)


def all_or_none(*columns: str) -> str:
    """Say that columns are filled together or empty together."""
    first, *others = columns
    return " AND ".join(f"({first} IS NULL) = ({other} IS NULL)" for other in others)


def named(*columns: str) -> str:
    """Say that columns hold names, which may not be empty."""
    return " AND ".join(f"length({column}) BETWEEN 1 AND 255" for column in columns)


def short(*columns: str) -> str:
    """Say that columns hold names or nothing."""
    return " AND ".join(f"length({column}) <= 255" for column in columns)
