"""Rows reach PostgreSQL as arrays exactly as they are."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policyengine.ledger.book import LedgerFault
from policyengine.store.arrays import arrays_of
from store.servers import Server

INT64 = 2**63
WORDS = st.one_of(
    st.none(),
    st.sampled_from(["", "NULL", "null", "{}", '"', "\\", '\\"', ",", " a ", "\n\t", "'; --"]),
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
)
ROWS = st.lists(
    st.tuples(
        st.none() | st.integers(-INT64, INT64 - 1), WORDS, st.none() | st.binary(max_size=40)
    ),
    min_size=1,
    max_size=8,
)


def test_columns_are_written_in_the_order_of_rows() -> None:
    assert arrays_of(
        [(1, "a", b"\0\xff"), (None, '"b\\', None), (-3, "NULL", b"")]
    ) == ["{1,NULL,-3}", '{"a","\\"b\\\\","NULL"}', '{"\\\\x00ff",NULL,"\\\\x"}']  # fmt: skip


def test_a_text_with_nul_is_refused() -> None:
    with pytest.raises(LedgerFault, match="a text with the character NUL"):
        arrays_of([("a",), ("b\0c",)])


@settings(max_examples=60, deadline=None)
@given(rows=ROWS)
def test_the_server_reads_the_rows_that_were_given(
    server: Server, rows: list[tuple[object, ...]]
) -> None:
    with server.connect() as connection:
        found = connection.execute(
            "SELECT * FROM unnest(%s::bigint[], %s::text[], %s::bytea[])", arrays_of(rows)
        ).fetchall()
    assert rows == found
