"""Usage is read from mappings and SDK objects alike; what is no whole count is refused."""

from collections import UserDict
from dataclasses import dataclass
from decimal import Decimal
from types import SimpleNamespace

import pytest

from adapters.reported import COUNTED, Reported
from policyengine.adapters.anthropic import anthropic
from policyengine.adapters.openai import openai_chat
from policyengine.adapters.reading import (
    COUNT_MAX,
    KEYS_MAX,
    ROWS_MAX,
    Rows,
    Shape,
    UsageError,
    UsageForm,
    read,
)

FORM = UsageForm(
    "acme",
    Shape(
        {
            "tokens": "required",
            "more": "count",
            "kind": "word",
            "cost": "ignored",
            "details": Shape({"cached": "count"}),
            "parts": Rows(Shape({"tokens": "count"})),
        }
    ),
    "the last chunk has it",
)


def refusal(payload: object) -> tuple[str, str]:
    with pytest.raises(UsageError) as refused:
        read(FORM, payload)
    return refused.value.field, refused.value.message


def as_object(value: object) -> object:
    """Turn decoded JSON into objects with attributes, all the way down."""
    if isinstance(value, dict):
        return SimpleNamespace(**{key: as_object(each) for key, each in value.items()})
    return [as_object(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("reported", COUNTED, ids=str)
def test_objects_with_attributes_count_like_mappings(reported: Reported) -> None:
    assert reported.counted(as_object(reported.usage)) == reported.counted()


def test_a_model_is_read_by_its_dump_and_a_dataclass_by_its_fields() -> None:
    class Model:
        def model_dump(self) -> dict[str, int]:
            return {"tokens": 3}

    @dataclass(frozen=True, slots=True)
    class Data:
        tokens: int

    assert read(FORM, Model()).count("tokens") == 3
    assert read(FORM, Data(4)).count("tokens") == 4
    assert read(FORM, UserDict(tokens=5)).count("tokens") == 5


def test_absent_and_null_counts_are_none_and_sum_as_0() -> None:
    figures = read(FORM, {"tokens": 7, "more": None, "details": None, "parts": None})
    assert (figures.counts["more"], figures.count("more")) == (None, 0)
    assert (figures.counts["details.cached"], figures.rows["parts"]) == (None, ())
    assert figures.sum_of("tokens", "more") == 7
    assert figures.agreed("more", "details.cached") is None


def test_a_path_that_no_shape_has_is_a_mistake_in_an_adapter() -> None:
    with pytest.raises(KeyError):
        read(FORM, {"tokens": 7}).count("tokns")


@pytest.mark.parametrize(
    ("found", "shown"),
    [
        (-1, "`-1`"),
        (COUNT_MAX + 1, "`1000000000001`"),
        pytest.param(1 << 20_000, "a number of 20001 bits", id="very long"),
        (12.0, "`12.0`"),
        (Decimal(12), "`12`"),
        (True, "`True`"),
        ("12", "the text `12`"),
        ([12], "`list`"),
    ],
)
def test_only_whole_numbers_within_bounds_are_counts(found: object, shown: str) -> None:
    wanted = "a whole number from 0 to 10^12 belongs here, found"
    assert refusal({"tokens": found}) == ("tokens", f"{wanted} {shown}")
    assert refusal({"tokens": 1, "details": {"cached": found}})[0] == "details.cached"
    assert refusal({"tokens": 1, "parts": [{}, {"tokens": found}]})[0] == "parts.1.tokens"


def test_the_largest_count_is_taken() -> None:
    assert read(FORM, {"tokens": COUNT_MAX}).count("tokens") == COUNT_MAX


@pytest.mark.parametrize(
    ("payload", "field", "message"),
    [
        ({}, "tokens", "missing; a whole number belongs here"),
        ({"tokens": 1, "details": 5}, "details", "an object belongs here, found `5`"),
        ({"tokens": 1, "parts": {}}, "parts", "a list belongs here, found `dict`"),
        ({"tokens": 1, "parts": [3]}, "parts.0", "an object belongs here, found `3`"),
        ({"tokens": 1, "kind": 3}, "kind", "a text belongs here, found `3`"),
        ({"tokens": 1, "parts": [{}] * (ROWS_MAX + 1)}, "parts", "more than 1000 entries"),
        ({str(key): None for key in range(KEYS_MAX + 1)}, "", "more than 200 keys"),
        (None, "", "there is none here; the last chunk has it"),
        (7, "", "found `int`; give a mapping or an object of the provider's SDK"),
        (dict, "", "found `type`; give a mapping or an object of the provider's SDK"),
        (
            SimpleNamespace(id="1", usage={}),
            "usage",
            "this is the whole response; give what stands in this field",
        ),
    ],
)
def test_what_has_not_the_form_of_usage_is_refused(
    payload: object, field: str, message: str
) -> None:
    assert refusal(payload) == (field, message)


@pytest.mark.parametrize(
    "value",
    [
        1,
        -0.5,
        Decimal("0.1"),
        {"deep": {"deeper": [0, {"deepest": 3}]}},
        [[], (0, 2)],
        SimpleNamespace(tokens=1),
        object(),
        [0] * 2_000,
    ],
)
def test_an_unknown_field_that_holds_or_may_hold_a_count_is_refused(value: object) -> None:
    assert refusal({"tokens": 1, "unknown": value})[0] == "unknown"
    assert refusal({"tokens": 1, "details": {"unknown": value}})[0] == "details.unknown"
    assert refusal({"tokens": 1, "parts": [{"unknown": value}]})[0] == "parts.0.unknown"


@pytest.mark.parametrize(
    "value", [0, 0.0, None, "standard", b"", True, [], {}, {"deep": [0, {"word": "x"}]}]
)
def test_an_unknown_field_without_a_count_is_passed_over(value: object) -> None:
    assert read(FORM, {"tokens": 1, "unknown": value}).count("tokens") == 1


def test_an_ignored_field_may_hold_anything() -> None:
    assert read(FORM, {"tokens": 1, "cost": 0.25}).count("tokens") == 1


def test_figures_under_several_names_agree_or_are_refused() -> None:
    figures = read(FORM, {"tokens": 5, "more": 5, "details": {"cached": 6}})
    assert figures.agreed("tokens", "more") == 5
    with pytest.raises(UsageError, match=r"`details\.cached`: 6 contradicts `more`, which is 5"):
        figures.agreed("tokens", "more", "details.cached")


def test_a_refusal_says_provider_field_and_what_belongs_there() -> None:
    with pytest.raises(UsageError) as refused:
        openai_chat({"prompt_tokens": 1, "completion_tokens": "2", "total_tokens": 3})
    assert (refused.value.provider, refused.value.field) == ("openai_chat", "completion_tokens")
    assert str(refused.value) == (
        "usage of openai_chat, `completion_tokens`: "
        "a whole number from 0 to 10^12 belongs here, found the text `2`"
    )


def test_the_events_of_a_stream_are_merged_as_the_documents_say() -> None:
    start = {
        "input_tokens": 25,
        "cache_creation_input_tokens": 100,
        "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 100},
        "output_tokens": 1,
    }
    delta = {"input_tokens": None, "output_tokens": 15}
    merged = {**start, **{key: each for key, each in delta.items() if each is not None}}
    assert dict(anthropic(merged).quantities) == {
        "text_input": 25,
        "cache_write_1h": 100,
        "text_output": 15,
    }
