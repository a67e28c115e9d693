"""DeepSeek's usage: hits and misses of the cache make up the prompt, reasoning is inside."""

from typing import Final

from policyengine.adapters.counts import Counts
from policyengine.adapters.reading import Shape, UsageForm, read
from policyengine.adapters.splitting import Prompt, check_total, split_answer, split_prompt

FORM: Final = UsageForm(
    "deepseek",
    Shape(
        {
            "prompt_tokens": "required",
            "completion_tokens": "required",
            "total_tokens": "required",
            "prompt_cache_hit_tokens": "count",
            "prompt_cache_miss_tokens": "count",
            "prompt_tokens_details": Shape({"cached_tokens": "count"}),
            "completion_tokens_details": Shape({"reasoning_tokens": "count"}),
        }
    ),
    "in a stream, the last chunk has it when the request asks for "
    "`stream_options: {include_usage: true}`",
)


def deepseek(usage: object) -> Counts:
    """Count the usage of a chat completion.

    Takes: `usage` of the response; OpenAI's SDK keeps DeepSeek's own fields.
    Raises: UsageError.
    Source: DeepSeek's API reference, "Create Chat Completion".
    """
    figures = read(FORM, usage)
    prompt, completion = figures.count("prompt_tokens"), figures.count("completion_tokens")
    check_total(figures, "total_tokens", prompt + completion, "prompt and completion together")
    hits = figures.agreed("prompt_cache_hit_tokens", "prompt_tokens_details.cached_tokens")
    cached = hits or 0
    check_total(
        figures, "prompt_cache_miss_tokens", prompt - cached, "the prompt without its cache hits"
    )
    sent = split_prompt(
        figures,
        Prompt(total=prompt, fields=("prompt_tokens", "prompt_cache_hit_tokens"), cached=cached),
    )
    reasoning = figures.count("completion_tokens_details.reasoning_tokens")
    made = split_answer(figures, "completion_tokens", completion, reasoning)
    return Counts.of(FORM.provider, {**sent.quantities, **made.quantities})
