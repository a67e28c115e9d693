"""What policies call the models of a list."""

import pytest

from policyengine.app.importing.naming import Wanted, named
from policyengine.app.importing.records import ListName, Offer, PriceList


def names(of: ListName, *models: str, providers: tuple[str, ...] = ()) -> dict[str, str]:
    """Name models of one provider: each with its name in the list."""
    offers = tuple(Offer("acme", each, ()) for each in models)
    found, left_out = named(PriceList(of, "1", offers, ()), Wanted(providers))
    assert len(found) + len(left_out) == len(models)
    return {name: offer.model for name, offer in found.items()}


def test_litellms_names_are_kept_and_those_of_genai_prices_have_their_provider() -> None:
    assert set(names("litellm", "azure/gpt")) == {"azure/gpt"}
    assert set(names("genai-prices", "gpt")) == {"acme/gpt"}
    assert set(names("genai-prices", "gpt", providers=("acme",))) == {"gpt"}


@pytest.mark.parametrize(
    ("model", "name"), [("~x/y-latest", "x/y-latest"), ("@cf/m", "cf/m"), ("a b", "ab")]
)
def test_signs_that_no_name_has_are_left_out(model: str, name: str) -> None:
    assert names("litellm", model) == {name: model}


def test_of_two_models_with_one_name_the_one_that_is_called_so_stays() -> None:
    assert names("litellm", "~m", "m", "#") == {"m": "m"}
