"""What a role of PostgreSQL may do in a ledger: write as the engine does, or read; no more."""

from collections.abc import Iterable
from typing import Final, Literal, TypeAlias

from sqlalchemy import Table
from sqlalchemy.exc import DBAPIError

from policyengine.store.dialect import Dialect
from policyengine.store.faults import StoreFault
from policyengine.store.opening import PATIENCE_MS, dialect_of, unconnected
from policyengine.store.place import Place, place_of
from policyengine.store.projections import HOLD, HOLD_DRAW, LOT, SERIES
from policyengine.store.statements import LOT_STATE, WALLET_STATE
from policyengine.store.tables import LEDGER, METADATA, MOVE, POLICY_VERSION, TXN, WALLET

Rights: TypeAlias = Literal["write", "read"]

_READ_ALSO: Final = ("alembic_version", "posting")
_APPENDED: Final = (POLICY_VERSION, TXN, MOVE)
"""Rows that nobody changes."""
_CHANGED: Final[tuple[tuple[Table, tuple[str, ...]], ...]] = (
    (WALLET, WALLET_STATE),
    (LOT, LOT_STATE),
    (LEDGER, ("policies", "policies_hash")),
)
"""Columns that a transaction changes; names and terms are none of them."""
_REPLACED: Final = (HOLD, HOLD_DRAW, SERIES)
"""Projections of what is open: a row goes when it is closed; guards ask for the transaction."""


def grants(role: str, rights: Rights, schema: str = "public") -> tuple[str, ...]:
    """Give the statements after which a role may do this in a ledger, and nothing else.

    Takes: a role that exists. Whoever owns the tables runs them, after each upgrade again.
    """
    name, place = _quoted(role), _quoted(schema)
    tables = (*(table.name for table in METADATA.sorted_tables), *_READ_ALSO)
    statements = [
        f"REVOKE ALL ON ALL TABLES IN SCHEMA {place} FROM {name}",
        f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA {place} FROM {name}",
        f"REVOKE ALL ON SCHEMA {place} FROM {name}",
        f"GRANT USAGE ON SCHEMA {place} TO {name}",
        f"GRANT SELECT ON {_listed(place, tables)} TO {name}",
    ]
    if rights == "write":
        appended = [table.name for table in (*_APPENDED, WALLET, LOT)]
        replaced = [table.name for table in _REPLACED]
        statements += [
            f"GRANT INSERT ON {_listed(place, appended)} TO {name}",
            f"GRANT INSERT, DELETE ON {_listed(place, replaced)} TO {name}",
            *(
                f"GRANT UPDATE ({', '.join(columns)}) ON {_listed(place, [table.name])} TO {name}"
                for table, columns in _CHANGED
            ),
            f"GRANT USAGE ON SEQUENCE {place}.txn_number, {place}.wallet_number TO {name}",
        ]
    return tuple(statements)


def grant(url: str, statements: Iterable[str]) -> None:
    """Run such statements on a ledger, all of them or none.

    Raises: StoreFault for a ledger in a file, or where the server refuses.
    """
    place = place_of(url)
    dialect = _server_of(place)
    engine = dialect.engine_of(place.url, PATIENCE_MS)
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            for each in statements:
                connection.exec_driver_sql(each)
            connection.commit()
    except DBAPIError as error:
        raise unconnected(dialect, error) from error
    finally:
        engine.dispose()


def _server_of(place: Place) -> Dialect:
    if not place.is_server:
        raise StoreFault(
            "a ledger in a file has no roles: it belongs to whoever owns the file, which nobody "
            "else can read"
        )
    return dialect_of(place)


def _quoted(name: str) -> str:
    return '"{}"'.format(name.replace('"', '""'))


def _listed(schema: str, tables: Iterable[str]) -> str:
    return ", ".join(f"{schema}.{_quoted(table)}" for table in tables)
