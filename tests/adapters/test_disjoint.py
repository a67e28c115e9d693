"""Laws of every adapter: each token is counted once, and a sum that does not fit is refused."""

from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from adapters.payloads import REPORTS, report
from policyengine.adapters import anthropic, bedrock, dashscope, deepseek, gemini, litellm, openai
from policyengine.adapters.counts import INPUT, OUTPUT, Counts, Quantity
from policyengine.adapters.reading import Rows, Shape, UsageError, UsageForm
from policyengine.adapters.usage import PROVIDERS, Provider, usage_of

FORMS: dict[Provider, UsageForm] = {
    "openai_chat": openai.CHAT,
    "openai_responses": openai.RESPONSES,
    "anthropic": anthropic.FORM,
    "gemini": gemini.FORM,
    "bedrock": bedrock.FORM,
    "deepseek": deepseek.FORM,
    "dashscope": dashscope.FORM,
    "litellm": litellm.FORM,
}
TOTALS = ("total_tokens", "totalTokenCount", "totalTokens")

counts = st.one_of(st.just(0), st.integers(1, 20), st.integers(0, 2_000_000))


@st.composite
def quantities(draw: st.DrawFn, provider: Provider) -> dict[Quantity, int]:
    return {quantity: draw(counts) for quantity in REPORTS[provider][1]}


@pytest.mark.parametrize("provider", PROVIDERS)
@settings(max_examples=25)
@given(data=st.data())
def test_what_a_provider_reports_overlapping_is_counted_apart_again(
    provider: Provider, data: st.DataObject
) -> None:
    used = data.draw(quantities(provider))
    counted = usage_of(provider, report(provider, used))
    assert dict(counted.quantities) == {each: count for each, count in used.items() if count}


@pytest.mark.parametrize("provider", PROVIDERS)
@settings(max_examples=25)
@given(data=st.data())
def test_the_counts_sum_to_the_total_of_the_provider(
    provider: Provider, data: st.DataObject
) -> None:
    payload = report(provider, data.draw(quantities(provider)))
    counted = usage_of(provider, payload)
    total = next((payload[each] for each in TOTALS if each in payload), None)
    if total is None:  # Anthropic reports none
        total = sum(
            payload[each]
            for each in (
                "input_tokens",
                "cache_read_input_tokens",
                "cache_creation_input_tokens",
                "output_tokens",
            )
        )
    assert counted.total_tokens == total
    assert counted.total_tokens == counted.input_tokens + counted.output_tokens


@pytest.mark.parametrize("provider", [each for each in PROVIDERS if each != "anthropic"])
@settings(max_examples=25)
@given(data=st.data())
def test_a_total_that_is_not_the_sum_is_refused(provider: Provider, data: st.DataObject) -> None:
    used = data.draw(quantities(provider))
    payload = report(provider, used)
    total = next(each for each in TOTALS if each in payload)
    off = data.draw(st.integers(-payload[total], 2_000_000).filter(bool))
    # The three figures that only a total places: see each adapter.
    media = sum(used.get(each, 0) for each in ("image_input", "audio_input", "video_input"))
    assume(provider != "gemini" or off != -used["reasoning_output"])
    assume(provider != "dashscope" or off != media)
    assume(provider != "litellm" or off != used["tool_input"])
    payload[total] += off
    with pytest.raises(UsageError):
        usage_of(provider, payload)


def values_of(shape: Shape) -> st.SearchStrategy[Any]:
    """Values that fit a shape at random: its keys, with counts, words, nothing, or rubbish."""
    rubbish = st.sampled_from([None, True, -1, 10**13, 0.5, "12", "text", [], [1], {}, {"a": 1}])
    inner = {
        key: st.one_of(rubbish, values_of(kind.shape).map(lambda each: [each]))
        if isinstance(kind, Rows)
        else st.one_of(rubbish, values_of(kind))
        if isinstance(kind, Shape)
        else st.one_of(counts, st.integers(0, 20), st.integers(0, 20), rubbish)
        for key, kind in shape.fields.items()
    }
    return st.fixed_dictionaries({}, optional={**inner, "unknown": rubbish})


@pytest.mark.parametrize("provider", PROVIDERS)
@settings(max_examples=25)
@given(data=st.data())
def test_whatever_comes_is_counted_or_refused(provider: Provider, data: st.DataObject) -> None:
    payload = data.draw(values_of(FORMS[provider].shape))
    try:
        quantities = usage_of(provider, payload).quantities
    except UsageError:
        quantities = {}
    # Any other exception fails the test.
    assert all(count > 0 for count in quantities.values())


def test_tokens_are_input_or_output_and_searches_are_neither() -> None:
    one_of_each: dict[Quantity, int] = {"web_search": 1000}
    for place, quantity in enumerate((*INPUT, *OUTPUT)):
        one_of_each[quantity] = 1 << place
    counted = Counts.of("acme", one_of_each)
    assert counted.input_tokens == (1 << len(INPUT)) - 1
    assert counted.total_tokens == (1 << len(INPUT) + len(OUTPUT)) - 1
    assert counted.output_tokens == counted.total_tokens - counted.input_tokens


def test_counts_keep_what_is_above_zero_in_one_order() -> None:
    counted = Counts.of("acme", {"text_output": 2, "text_input": 1, "image_input": 0})
    assert list(counted.quantities.items()) == [("text_input", 1), ("text_output", 2)]
