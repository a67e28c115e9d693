"""Ids made of names: always valid, and different for different names."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyengine.app.replay.wallet_ids import NAME_KEPT_MAX, name_of, wallet_id_of
from policyengine.engine.batch import WALLET_ID

# Few letters, so that names that could be taken for each other do occur.
CELLS = st.text("ab.- é/x0", min_size=1, max_size=8)
PAIRS = st.tuples(CELLS, CELLS)


@given(CELLS)
def test_an_id_is_always_one_that_the_ledger_takes(cell: str) -> None:
    for prefix in ("", "p-"):
        assert WALLET_ID.fullmatch(wallet_id_of(prefix, [cell], ""))


@given(st.lists(CELLS, unique=True, max_size=6))
def test_different_cells_never_give_one_id(cells: list[str]) -> None:
    ids = [wallet_id_of("p-", [cell], "") for cell in cells]
    assert len(set(ids)) == len(cells)
    again = [wallet_id_of("p-", [each.removeprefix("p-")], "") for each in ids]
    altered = [each for each in ids if re.search(r"-x[0-9a-f]{20}$", each)]
    assert not set(again) & set(altered)


@given(PAIRS, PAIRS)
def test_different_pairs_never_give_one_id(one: tuple[str, str], other: tuple[str, str]) -> None:
    same = wallet_id_of("", one, ".") == wallet_id_of("", other, ".")
    assert (one == other) == same


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["ana"], "u-ana"),
        (["m-mid", "3"], "u-m-mid.3"),
        (["ana müller"], r"u-ana-m-ller-x[0-9a-f]{20}"),
        (["a.b", "c"], r"u-a.b.c-x[0-9a-f]{20}"),
        (["ana-x" + "0" * 20], r"u-ana-x0{20}-x[0-9a-f]{20}"),
        (["a" * 500], r"u-a{78}-x[0-9a-f]{20}"),
    ],
)
def test_only_a_name_that_does_not_fit_is_altered(cells: list[str], expected: str) -> None:
    assert re.fullmatch(expected, wallet_id_of("u-", cells, "."))


def test_an_id_begins_with_a_letter_or_digit() -> None:
    assert wallet_id_of("", ["-é"], "").startswith("w--")


@given(st.text(max_size=400))
def test_a_name_of_a_conversation_fits_and_is_kept_where_it_can_be(text: str) -> None:
    found = name_of(text)
    assert len(found) <= NAME_KEPT_MAX
    assert found.isprintable()
    if text.isprintable() and len(text) <= NAME_KEPT_MAX:
        assert text == found or re.search(r"-x[0-9a-f]{20}$", text)
