"""Where price lists are: in the installed packages, read without a network."""

import json
from collections.abc import Iterable
from decimal import Decimal
from importlib import import_module
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, Final

from policyengine.app.importing import genai_prices, litellm
from policyengine.app.importing.records import LeftOut, ListName, Offer, PriceList

_LITELLM_FILE: Final = "litellm/model_prices_and_context_window_backup.json"


def read_list(name: ListName) -> PriceList:
    """Read the price list of an installed package.

    Raises: ValueError where the package is not installed, or has no price list where it should.
    """
    try:
        installed = distribution(name)
    except PackageNotFoundError as error:
        raise ValueError(
            f"the package `{name}` is not installed; its price list is read from it"
        ) from error
    if name == "genai-prices":
        found = genai_prices.offers_of(import_module("genai_prices.data").providers)
    else:
        found = litellm.offers_of(litellm_entries(installed))
    return _listed(name, installed.version, found)


def litellm_entries(installed: Distribution) -> dict[str, Any]:
    """Read LiteLLM's file without importing LiteLLM; no price passes through a float.

    Raises: ValueError where the package has no such file.
    """
    file = Path(str(installed.locate_file(_LITELLM_FILE)))
    if not file.is_file():
        raise ValueError(f"`{file.name}` is not in the package as it is installed")
    entries: dict[str, Any] = json.loads(file.read_text("utf-8"), parse_float=Decimal)
    return entries


def _listed(name: ListName, version: str, found: Iterable[Offer | LeftOut]) -> PriceList:
    offers: list[Offer] = []
    left_out: list[LeftOut] = []
    for each in found:
        if isinstance(each, Offer):
            offers.append(each)
        else:
            left_out.append(each)
    return PriceList(name, version, tuple(offers), tuple(left_out))
