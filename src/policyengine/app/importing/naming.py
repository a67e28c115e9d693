"""Which models of a price list are wanted, and what a policy calls them."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Final

from policyengine.app.importing.records import LeftOut, Offer, PriceList
from policyengine.policy.document.words import MODEL_PATTERN

_NOT_IN_NAMES: Final = re.compile(r"[^A-Za-z0-9._:/@+-]|^[^A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Filters: names of providers, and patterns of model names such as `gpt-5*`; none means all."""

    providers: tuple[str, ...] = ()
    models: tuple[str, ...] = ()

    def has(self, provider: str, model: str) -> bool:
        """Tell whether a model is wanted."""
        is_provider = not self.providers or provider in self.providers
        patterns = self.models
        return is_provider and (not patterns or any(fnmatchcase(model, each) for each in patterns))


def selected(prices: PriceList, wanted: Wanted) -> PriceList:
    """Keep what is wanted of a list."""
    return replace(
        prices,
        offers=tuple(each for each in prices.offers if wanted.has(each.provider, each.model)),
        left_out=tuple(each for each in prices.left_out if wanted.has(each.provider, each.model)),
    )


def providers_of(prices: PriceList) -> tuple[str, ...]:
    """Give the providers of a list, by name."""
    priced = {each.provider for each in prices.offers}
    return tuple(sorted(priced.union(each.provider for each in prices.left_out)))


def named(prices: PriceList, wanted: Wanted) -> tuple[dict[str, Offer], tuple[LeftOut, ...]]:
    """Name the offers of a list.

    LiteLLM's names are kept. A model of genai-prices has its provider before its name, unless one
    provider only is wanted. Signs that no model's name may have are left out.
    Gives: offers by name, and those whose name another one has.
    """
    is_bare = prices.name == "litellm" or len(wanted.providers) == 1
    offers: dict[str, Offer] = {}
    left_out: list[LeftOut] = []
    for each in sorted(prices.offers, key=lambda offer: _is_changed(offer, is_bare=is_bare)):
        name = policy_name(each, is_bare=is_bare)
        if name in offers or not re.fullmatch(MODEL_PATTERN, name):
            reason = f"another model is called `{name}`" if name in offers else "it has no name"
            left_out.append(LeftOut(each.provider, each.model, reason, is_priced=True))
        else:
            offers[name] = each
    return offers, tuple(left_out)


def policy_name(offer: Offer, *, is_bare: bool) -> str:
    """Give the name of an offer in a policy."""
    return _NOT_IN_NAMES.sub("", offer.model if is_bare else f"{offer.provider}/{offer.model}")


def _is_changed(offer: Offer, *, is_bare: bool) -> bool:
    whole = offer.model if is_bare else f"{offer.provider}/{offer.model}"
    return policy_name(offer, is_bare=is_bare) != whole


def unknown_of(asked: Collection[str], known: Iterable[str]) -> str | None:
    """Give the first that is asked for and not known."""
    there = set(known)
    return next((each for each in asked if each not in there), None)
