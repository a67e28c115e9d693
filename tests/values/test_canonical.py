"""Equal facts have equal bytes and equal hashes."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyengine.values import canonical
from policyengine.values.canonical import canonical_bytes, sha256_hex

leaves = st.none() | st.booleans() | st.integers() | st.text()
facts = st.recursive(
    leaves, lambda each: st.lists(each) | st.dictionaries(st.text(), each), max_leaves=10
)


@given(st.dictionaries(st.text(), facts))
def test_the_order_of_keys_makes_no_difference(fact: dict[str, Any]) -> None:
    turned = dict(reversed(fact.items()))
    assert canonical_bytes(fact) == canonical_bytes(turned)


@given(facts, facts)
def test_different_facts_have_different_bytes(one: Any, other: Any) -> None:
    assert (canonical_bytes(one) == canonical_bytes(other)) == (repr(one) == repr(other)) or (
        one == other
    )


@given(facts)
def test_where_no_encoder_of_its_own_is_there_the_bytes_are_the_same(fact: Any) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("json.encoder.c_make_encoder", None)
        slowly = canonical._encoding()
    assert canonical_bytes(fact) == slowly(fact).encode("ascii")


def test_the_form_is_tight_sorted_and_ascii() -> None:
    assert canonical_bytes({"b": [1, True, None], "a": "é"}) == b'{"a":"\\u00e9","b":[1,true,null]}'


@pytest.mark.parametrize("value", [{1, 2}, b"x", object(), 1j])
def test_what_json_has_no_word_for_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="has no canonical form"):
        canonical_bytes([value])


def test_no_number_that_is_not_one_is_written() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_bytes([float("nan")])


def test_a_hash_is_64_hexadecimal_digits() -> None:
    # FIPS 180-2, the message of no bytes.
    assert sha256_hex(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
