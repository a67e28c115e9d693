"""The lists of the installed packages: what is covered, and how big it is."""

from datetime import date
from fractions import Fraction
from importlib.metadata import PackageNotFoundError

import pytest

from policyengine.app.importing import reading
from policyengine.app.importing.naming import Wanted, named
from policyengine.app.importing.pricing import priced
from policyengine.app.importing.reading import read_list
from policyengine.app.importing.records import ListName

COVERED_LEAST = 0.95


@pytest.mark.parametrize("name", ["genai-prices", "litellm"])
def test_nearly_all_priced_models_are_imported_and_the_rest_is_named(name: ListName) -> None:
    prices = read_list(name)
    offers, nameless = named(prices, Wanted())
    found, left_out = priced(offers, date(2026, 11, 23), Fraction(1, 100))
    there = sum(each in found.models for each in offers)
    rest = [each for each in (*prices.left_out, *nameless, *left_out) if each.is_priced]
    assert there + len(rest) == len(prices.offers) + sum(x.is_priced for x in prices.left_out)
    assert there / (there + len(rest)) >= COVERED_LEAST
    assert all(each.reason for each in rest)
    assert there > 1500


def test_a_package_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(reading, "distribution", missing)
    with pytest.raises(ValueError, match="the package `litellm` is not installed"):
        read_list("litellm")


def test_a_package_without_its_price_file_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_LITELLM_FILE", "litellm/none.json")
    with pytest.raises(ValueError, match=r"`none\.json` is not in the package"):
        read_list("litellm")
