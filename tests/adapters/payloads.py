"""Each provider's way of reporting disjoint quantities: overlapping, as its API does."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from policyengine.adapters.counts import Quantity
from policyengine.adapters.usage import Provider

Payload: TypeAlias = dict[str, Any]


def _openai_chat(of: Mapping[str, int]) -> Payload:
    cached, written = of["text_cached"], of["cache_write"]
    prompt = _input(of)
    completion = _output(of)
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "prompt_tokens_details": {
            "text_tokens": of["text_input"] + cached + written,
            "image_tokens": of["image_input"],
            "audio_tokens": of["audio_input"],
            "cached_tokens": cached,
            "cache_write_tokens": written,
        },
        "completion_tokens_details": {
            "reasoning_tokens": of["reasoning_output"],
            "audio_tokens": of["audio_output"],
        },
    }


def _openai_responses(of: Mapping[str, int]) -> Payload:
    long, short = of["cache_write_12h"], of["cache_write_30m"]
    return {
        "input_tokens": _input(of),
        "output_tokens": _output(of),
        "total_tokens": _input(of) + _output(of),
        "input_tokens_details": {
            "cached_tokens": of["text_cached"],
            "cache_write_tokens": long + short,
            "cache_write_tokens_details": {"ttl_12h_tokens": long, "ttl_30m_tokens": short},
        },
        "output_tokens_details": {"reasoning_tokens": of["reasoning_output"]},
    }


def _anthropic(of: Mapping[str, int]) -> Payload:
    return {
        "input_tokens": of["text_input"],
        "cache_read_input_tokens": of["text_cached"],
        "cache_creation_input_tokens": of["cache_write_5m"] + of["cache_write_1h"],
        "cache_creation": {
            "ephemeral_5m_input_tokens": of["cache_write_5m"],
            "ephemeral_1h_input_tokens": of["cache_write_1h"],
        },
        "output_tokens": _output(of),
        "output_tokens_details": {"thinking_tokens": of["reasoning_output"]},
        "server_tool_use": {
            "web_search_requests": of["web_search"],
            "web_fetch_requests": of["web_fetch"],
        },
    }


def _gemini(of: Mapping[str, int]) -> Payload:
    media = ("text", "image", "audio", "video", "document")
    cached = {medium: of[f"{medium}_cached"] for medium in media}
    prompt = {medium: of[f"{medium}_input"] + cached[medium] for medium in media}
    answer = {medium: of[f"{medium}_output"] for medium in media[:4]}
    return {
        "promptTokenCount": sum(prompt.values()),
        "cachedContentTokenCount": sum(cached.values()),
        "candidatesTokenCount": sum(answer.values()),
        "thoughtsTokenCount": of["reasoning_output"],
        "toolUsePromptTokenCount": of["tool_input"],
        "totalTokenCount": _input(of) + _output(of),
        "promptTokensDetails": _rows(prompt),
        "cacheTokensDetails": _rows(cached),
        "candidatesTokensDetails": _rows(answer),
    }


def _rows(media: Mapping[str, int]) -> list[Payload]:
    return [
        {"modality": medium.upper(), "tokenCount": count}
        for medium, count in media.items()
        if count
    ]


def _bedrock(of: Mapping[str, int]) -> Payload:
    short, long = of["cache_write_5m"], of["cache_write_1h"]
    return {
        "inputTokens": of["text_input"],
        "outputTokens": of["text_output"],
        "totalTokens": _input(of) + _output(of),
        "cacheReadInputTokens": of["text_cached"],
        "cacheWriteInputTokens": short + long,
        "cacheDetails": [
            {"ttl": ttl, "inputTokens": count} for ttl, count in (("1h", long), ("5m", short))
        ],
    }


def _deepseek(of: Mapping[str, int]) -> Payload:
    return {
        "prompt_tokens": _input(of),
        "completion_tokens": _output(of),
        "total_tokens": _input(of) + _output(of),
        "prompt_cache_hit_tokens": of["text_cached"],
        "prompt_cache_miss_tokens": of["text_input"],
        "completion_tokens_details": {"reasoning_tokens": of["reasoning_output"]},
    }


def _dashscope(of: Mapping[str, int]) -> Payload:
    return {
        "input_tokens": _input(of),
        "output_tokens": _output(of),
        "total_tokens": _input(of) + _output(of),
        "image_tokens": of["image_input"],
        "video_tokens": of["video_input"],
        "audio_tokens": of["audio_input"],
        "prompt_tokens_details": {
            "cached_tokens": of["text_cached"],
            "cache_creation_input_tokens": of["cache_write_5m"],
            "cache_creation": {"ephemeral_5m_input_tokens": of["cache_write_5m"]},
        },
        "output_tokens_details": {
            "text_tokens": of["text_output"],
            "reasoning_tokens": of["reasoning_output"],
            "audio_tokens": of["audio_output"],
        },
        "plugins": {"search": {"count": of["web_search"]}},
    }


def _litellm(of: Mapping[str, int]) -> Payload:
    short, long = of["cache_write_5m"], of["cache_write_1h"]
    return {
        "prompt_tokens": _input(of),
        "completion_tokens": _output(of),
        "total_tokens": _input(of) + _output(of),
        "cache_read_input_tokens": of["text_cached"],
        "cache_creation_input_tokens": short + long,
        "prompt_tokens_details": {
            "text_tokens": of["text_input"],
            "image_tokens": of["image_input"],
            "audio_tokens": of["audio_input"],
            "cached_tokens": of["text_cached"],
            "cache_creation_tokens": short + long,
            "cache_creation_token_details": {
                "ephemeral_5m_input_tokens": short,
                "ephemeral_1h_input_tokens": long,
            },
            "tool_use_tokens": of["tool_input"],
        },
        "completion_tokens_details": {
            "reasoning_tokens": of["reasoning_output"],
            "image_tokens": of["image_output"],
        },
        "server_tool_use": {"web_search_requests": of["web_search"]},
    }


def _input(of: Mapping[str, int]) -> int:
    return sum(
        count
        for quantity, count in of.items()
        if quantity.endswith(("_input", "_cached")) or quantity.startswith("cache_write")
    )


def _output(of: Mapping[str, int]) -> int:
    return sum(count for quantity, count in of.items() if quantity.endswith("_output"))


_TEXT: Final = ("text_input", "text_cached", "text_output")
_CLAUDE: Final = ("cache_write_5m", "cache_write_1h")

Reporting: TypeAlias = tuple[Callable[[Mapping[str, int]], Payload], tuple[Quantity, ...]]

REPORTS: Final[dict[Provider, Reporting]] = {
    "openai_chat": (
        _openai_chat,
        (*_TEXT, "image_input", "audio_input", "cache_write", "reasoning_output", "audio_output"),
    ),
    "openai_responses": (
        _openai_responses,
        (*_TEXT, "cache_write_30m", "cache_write_12h", "reasoning_output"),
    ),
    "anthropic": (
        _anthropic,
        (*_TEXT, *_CLAUDE, "reasoning_output", "web_search", "web_fetch"),
    ),
    "gemini": (
        _gemini,
        (
            *_TEXT,
            *("image_input", "audio_input", "video_input", "document_input", "tool_input"),
            *("image_cached", "audio_cached", "video_cached", "document_cached"),
            *("reasoning_output", "image_output", "audio_output", "video_output"),
        ),
    ),
    "bedrock": (_bedrock, (*_TEXT, *_CLAUDE)),
    "deepseek": (_deepseek, (*_TEXT, "reasoning_output")),
    "dashscope": (
        _dashscope,
        (
            *_TEXT,
            *("image_input", "audio_input", "video_input", "cache_write_5m"),
            *("reasoning_output", "audio_output", "web_search"),
        ),
    ),
    "litellm": (
        _litellm,
        (
            *_TEXT,
            *_CLAUDE,
            *("image_input", "audio_input", "tool_input"),
            *("reasoning_output", "image_output", "web_search"),
        ),
    ),
}
"""How each provider reports, and the quantities that it can tell apart."""


def report(provider: Provider, quantities: Mapping[Quantity, int]) -> Payload:
    """Report quantities as a provider would."""
    return REPORTS[provider][0](Counter(quantities))
