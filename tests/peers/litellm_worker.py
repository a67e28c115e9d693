"""A process of its own that asks LiteLLM for prices: cases as JSON lines in, dollars out.

LiteLLM is imported here and nowhere else: its import takes seconds, changes global settings and
warns. The price file that is installed is used, and no network.
"""

import json
import os
import sys
from importlib import import_module
from typing import Any, Final

CACHED: Final = ("text_cached", "image_cached", "audio_cached")
WRITTEN: Final = ("cache_write", "cache_write_1h")


def main() -> None:
    """Answer each line of the input by one of the output: the price, or why there is none."""
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    litellm: Any = import_module("litellm")
    litellm.suppress_debug_info = True
    types = import_module("litellm.types.utils")
    import_module("logging").disable()
    for line in sys.stdin:
        model, provider, way, counts = json.loads(line)
        try:
            answer = _price(litellm, types, model, provider, way, counts)
        except Exception as error:  # noqa: BLE001  # whatever it raises is its answer
            answer = f"{type(error).__name__}: {str(error)[:80]}"
        sys.stdout.write(json.dumps(answer) + "\n")


def _price(
    litellm: Any, types: Any, model: str, provider: str, way: str, counts: dict[str, int]
) -> str:
    terms: dict[str, Any] = {}
    if way == "batch":
        terms["call_type"] = "retrieve_batch"
    elif way:
        terms["service_tier"] = way
    parts = litellm.cost_per_token(
        model=model,
        custom_llm_provider=provider,
        usage_object=_usage(types, counts, provider),
        **terms,
    )
    return repr(sum(map(float, parts)))


def _usage(types: Any, counts: dict[str, int], provider: str) -> Any:
    """Report disjoint counts as LiteLLM does: parts inside the prompt and the completion.

    xAI reports reasoning beside the completion, and LiteLLM reads it so.
    """

    def of(*units: str) -> int:
        return sum(counts.get(unit, 0) for unit in units)

    cached, written = of(*CACHED), of(*WRITTEN)
    prompt = of("text_input", "image_input", "audio_input", *CACHED, *WRITTEN)
    inside = () if provider == "xai" else ("reasoning_output",)
    completion = of("text_output", "audio_output", "image_output", *inside)
    lives = None
    if counts.get("cache_write_1h"):
        lives = types.CacheCreationTokenDetails(
            ephemeral_5m_input_tokens=of("cache_write"),
            ephemeral_1h_input_tokens=of("cache_write_1h"),
        )
    return types.Usage(
        prompt_tokens=prompt,
        completion_tokens=completion,
        total_tokens=prompt + completion,
        cache_creation_input_tokens=written,
        cache_read_input_tokens=cached,
        prompt_tokens_details=types.PromptTokensDetailsWrapper(
            cached_tokens=cached,
            cache_creation_tokens=written,
            cache_creation_token_details=lives,
            audio_tokens=of("audio_input"),
            image_tokens=of("image_input"),
        ),
        completion_tokens_details=types.CompletionTokensDetailsWrapper(
            reasoning_tokens=of("reasoning_output"),
            audio_tokens=of("audio_output"),
            image_tokens=of("image_output"),
        ),
    )


if __name__ == "__main__":
    main()
