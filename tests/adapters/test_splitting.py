"""Taking a prompt apart loses no token, whatever overlaps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyengine.adapters.reading import Shape, UsageError, UsageForm, read
from policyengine.adapters.splitting import MEDIA, TEXT_FIRST, Medium, Prompt, split_prompt

FIGURES = read(UsageForm("acme", Shape({}), "the last chunk has it"), {})
FIELDS = ("prompt", "cached")


@st.composite
def prompts(draw: st.DrawFn) -> Prompt:
    """Any consistent prompt: media, cached tokens of known and unknown kinds, and written ones."""
    pools = {medium: draw(st.integers(0, 1000)) for medium in MEDIA}
    cached_by = {medium: draw(st.integers(0, pools[medium])) for medium in MEDIA}
    known = sum(cached_by.values())
    total = sum(pools.values())
    cached = draw(st.integers(known, total))
    written = draw(st.integers(0, total - cached))
    del pools["text"]
    return Prompt(total, FIELDS, pools, cached, cached_by, {"cache_write": written})


@given(prompt=prompts())
def test_every_token_of_a_prompt_is_in_one_quantity(prompt: Prompt) -> None:
    split = split_prompt(FIGURES, prompt).quantities
    cached = {each: count for each, count in split.items() if each.endswith("_cached")}
    assert sum(split.values()) == prompt.total
    assert min(split.values()) >= 0
    assert sum(cached.values()) == prompt.cached
    assert split["cache_write"] == prompt.written["cache_write"]


@given(prompt=prompts())
def test_no_kind_has_more_tokens_than_were_reported_of_it(prompt: Prompt) -> None:
    quantities = split_prompt(FIGURES, prompt).quantities
    split = {str(quantity): count for quantity, count in quantities.items()}
    for medium, count in prompt.media.items():
        assert split[f"{medium}_input"] + split[f"{medium}_cached"] <= count
        assert split[f"{medium}_cached"] >= prompt.cached_by[medium]


def test_cached_and_written_tokens_of_unknown_kind_are_text_first() -> None:
    media: dict[Medium, int] = {"image": 50, "audio": 30}
    prompt = Prompt(100, FIELDS, media, cached=15, written={"cache_write": 40})
    split = split_prompt(FIGURES, prompt)
    # text 20 = 15 cached + 5 written; the other 35 written are images, of which 15 stay
    assert {each: count for each, count in split.quantities.items() if count} == {
        "text_cached": 15,
        "cache_write": 40,
        "image_input": 15,
        "audio_input": 30,
    }
    assert split.assumed == (TEXT_FIRST,)


@pytest.mark.parametrize(
    "prompt",
    [
        Prompt(100, FIELDS, {"image": 60}),
        Prompt(100, FIELDS, {}, cached=40),
        Prompt(100, FIELDS, {"image": 60}, cached=40, cached_by={"text": 10, "image": 30}),
    ],
)
def test_nothing_is_assumed_where_the_figures_leave_no_choice(prompt: Prompt) -> None:
    assert split_prompt(FIGURES, prompt).assumed == ()


def test_parts_larger_than_the_whole_are_refused() -> None:
    with pytest.raises(UsageError, match="`cached`: 110 cached and written are more than the 100"):
        split_prompt(FIGURES, Prompt(100, FIELDS, cached=60, written={"cache_write_5m": 50}))
    with pytest.raises(UsageError, match="`prompt`: 100 in all are fewer than the 101"):
        split_prompt(FIGURES, Prompt(100, FIELDS, {"image": 99, "audio": 2}))
