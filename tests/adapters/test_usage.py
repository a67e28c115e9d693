"""Each provider's traps: what is inside what, counted once, or refused with its field."""

import re
from typing import cast

import pytest

from adapters.reported import COUNTED, REFUSED, REPORTED, Reported, numbers_in
from policyengine.adapters.reading import UsageError
from policyengine.adapters.usage import PROVIDERS, Provider, usage_of


@pytest.mark.parametrize("reported", COUNTED, ids=str)
def test_usage_is_counted_as_its_arithmetic_says(reported: Reported) -> None:
    counted = reported.counted()
    assert (dict(counted.quantities), counted.assumed) == (reported.counts, reported.assumed)


@pytest.mark.parametrize("reported", COUNTED, ids=str)
def test_the_arithmetic_adds_up_and_uses_reported_figures_only(reported: Reported) -> None:
    sums = {
        quantity: sum(
            int(f"{sign or '+'}{number}")
            for sign, number in re.findall(r"([+-])? ?(\d+)", arithmetic)
        )
        for quantity, arithmetic in reported.arithmetic.items()
    }
    used = {int(each) for text in reported.arithmetic.values() for each in re.findall(r"\d+", text)}
    assert sums == reported.counts
    assert used <= numbers_in([reported.usage, reported.tool_usage])


@pytest.mark.parametrize("reported", REFUSED, ids=str)
def test_usage_that_cannot_be_counted_is_refused_with_its_field(reported: Reported) -> None:
    with pytest.raises(UsageError) as refused:
        reported.counted()
    assert str(refused.value) == reported.error
    assert refused.value.provider == reported.provider


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_provider_has_its_traps_and_its_refusals(provider: Provider) -> None:
    names = {each.name for each in REPORTED if each.provider == provider}
    assert {name.startswith("refused-") for name in names} == {True, False}


def test_an_unknown_provider_is_a_mistake_that_names_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"unknown provider `acme`; use one of openai_chat, "):
        usage_of(cast("Provider", "acme"), {})
