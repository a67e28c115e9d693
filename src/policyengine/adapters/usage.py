"""The one door: a provider's name and its usage object in, disjoint counts out."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, Literal, TypeAlias, get_args

from policyengine.adapters.anthropic import anthropic
from policyengine.adapters.bedrock import bedrock
from policyengine.adapters.counts import Counts
from policyengine.adapters.dashscope import dashscope
from policyengine.adapters.deepseek import deepseek
from policyengine.adapters.gemini import gemini
from policyengine.adapters.litellm import litellm
from policyengine.adapters.openai import openai_chat, openai_responses

Provider: TypeAlias = Literal[
    "openai_chat",
    "openai_responses",
    "anthropic",
    "gemini",
    "bedrock",
    "deepseek",
    "dashscope",
    "litellm",
]

PROVIDERS: Final[tuple[Provider, ...]] = get_args(Provider)

_ADAPTERS: Final[Mapping[str, Callable[[object], Counts]]] = MappingProxyType(
    {
        "openai_chat": openai_chat,
        "openai_responses": openai_responses,
        "anthropic": anthropic,
        "gemini": gemini,
        "bedrock": bedrock,
        "deepseek": deepseek,
        "dashscope": dashscope,
        "litellm": litellm,
    }
)


def usage_of(provider: Provider, payload: object) -> Counts:
    """Count the usage that a provider reported, each token once.

    Takes: the name of the API that answered, and the usage object of its answer: a mapping as
        decoded from JSON, or an object of the SDK.
    Raises: UsageError naming the field at fault; ValueError for a provider that is not known.
    """
    adapter = _ADAPTERS.get(provider)
    if adapter is None:
        raise ValueError(f"unknown provider `{provider}`; use one of {', '.join(PROVIDERS)}")
    return adapter(payload)
