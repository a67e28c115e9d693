"""OpenAI's usage: cached and written tokens are inside the input, reasoning inside the output."""

from typing import Final

from policyengine.adapters.counts import Counts, Quantity
from policyengine.adapters.reading import Shape, UsageForm, read
from policyengine.adapters.splitting import (
    Prompt,
    check_text,
    check_total,
    split_answer,
    split_prompt,
    written_by_time,
)

CHAT: Final = UsageForm(
    "openai_chat",
    Shape(
        {
            "prompt_tokens": "required",
            "completion_tokens": "required",
            "total_tokens": "required",
            "prompt_tokens_details": Shape(
                {
                    "cached_tokens": "count",
                    "cache_write_tokens": "count",
                    "text_tokens": "count",
                    "image_tokens": "count",
                    "audio_tokens": "count",
                }
            ),
            "completion_tokens_details": Shape(
                {
                    "reasoning_tokens": "count",
                    "text_tokens": "count",
                    "audio_tokens": "count",
                    # Predicted outputs, used or thrown away, are billed as text of the answer.
                    "accepted_prediction_tokens": "count",
                    "rejected_prediction_tokens": "count",
                }
            ),
        }
    ),
    "in a stream, the last chunk has it when the request asks for "
    "`stream_options: {include_usage: true}`",
)

RESPONSES: Final = UsageForm(
    "openai_responses",
    Shape(
        {
            "input_tokens": "required",
            "output_tokens": "required",
            "total_tokens": "required",
            "input_tokens_details": Shape(
                {
                    "cached_tokens": "required",
                    "cache_write_tokens": "count",
                    "cache_write_tokens_details": Shape(
                        {"ttl_30m_tokens": "count", "ttl_12h_tokens": "count"}
                    ),
                }
            ),
            "output_tokens_details": Shape({"reasoning_tokens": "required"}),
        }
    ),
    "in a stream, the event `response.completed` has it, in its `response`",
)

TOOLS: Final = UsageForm(
    "openai_responses",
    Shape({"web_search": Shape({"num_requests": "count"})}),
    "a response without hosted tools has no `tool_usage`",
)


def openai_chat(usage: object) -> Counts:
    """Count the usage of a chat completion.

    Takes: `usage` of a ChatCompletion, or of the last chunk of a stream.
    Raises: UsageError.
    Source: openai.types.CompletionUsage.
    """
    figures = read(CHAT, usage)
    prompt, completion = figures.count("prompt_tokens"), figures.count("completion_tokens")
    check_total(figures, "total_tokens", prompt + completion, "prompt and completion together")
    asked, answered = "prompt_tokens_details", "completion_tokens_details"
    image, audio = figures.count(f"{asked}.image_tokens"), figures.count(f"{asked}.audio_tokens")
    sent = split_prompt(
        figures,
        Prompt(
            total=prompt,
            fields=("prompt_tokens", f"{asked}.cached_tokens"),
            media={"image": image, "audio": audio},
            cached=figures.count(f"{asked}.cached_tokens"),
            written={"cache_write": figures.count(f"{asked}.cache_write_tokens")},
        ),
    )
    check_text(figures, f"{asked}.text_tokens", (prompt - image - audio,))
    spoken = figures.count(f"{answered}.audio_tokens")
    reasoning = figures.count(f"{answered}.reasoning_tokens")
    made = split_answer(figures, "completion_tokens", completion, reasoning, {"audio": spoken})
    text = completion - spoken
    check_text(figures, f"{answered}.text_tokens", (text, text - reasoning))
    predicted = [f"{answered}.{each}_prediction_tokens" for each in ("accepted", "rejected")]
    if figures.sum_of(*predicted) > completion:
        raise figures.fault(
            predicted[1], f"more predicted tokens than the {completion} of `completion_tokens`"
        )
    return Counts.of(CHAT.provider, {**sent.quantities, **made.quantities}, sent.assumed)


def openai_responses(usage: object, tool_usage: object = None) -> Counts:
    """Count the usage of a response, and its web searches.

    Takes: `usage` and, where there is one, `tool_usage` of a Response. Images that a hosted tool
        made are another model's usage: charge them with that model.
    Raises: UsageError.
    Source: openai.types.responses.ResponseUsage.
    """
    figures = read(RESPONSES, usage)
    total, output = figures.count("input_tokens"), figures.count("output_tokens")
    check_total(figures, "total_tokens", total + output, "input and output together")
    asked = "input_tokens_details"
    times = f"{asked}.cache_write_tokens_details"
    sent = split_prompt(
        figures,
        Prompt(
            total=total,
            fields=("input_tokens", f"{asked}.cached_tokens"),
            cached=figures.count(f"{asked}.cached_tokens"),
            written=written_by_time(
                figures,
                f"{asked}.cache_write_tokens",
                figures.counts[f"{asked}.cache_write_tokens"],
                {
                    "cache_write_30m": figures.counts[f"{times}.ttl_30m_tokens"],
                    "cache_write_12h": figures.counts[f"{times}.ttl_12h_tokens"],
                },
            ),
        ),
    )
    reasoning = figures.count("output_tokens_details.reasoning_tokens")
    made = split_answer(figures, "output_tokens", output, reasoning)
    searches: dict[Quantity, int] = {}
    if tool_usage is not None:
        searches["web_search"] = read(TOOLS, tool_usage).count("web_search.num_requests")
    return Counts.of(RESPONSES.provider, {**sent.quantities, **made.quantities, **searches})
