"""Amazon Bedrock's usage of Converse: cached and written tokens are outside the input."""

from typing import Final

from policyengine.adapters.counts import Counts, Quantity
from policyengine.adapters.reading import Figures, Rows, Shape, UsageForm, read
from policyengine.adapters.splitting import check_total

FORM: Final = UsageForm(
    "bedrock",
    Shape(
        {
            "inputTokens": "required",
            "outputTokens": "required",
            "totalTokens": "required",
            "cacheReadInputTokens": "count",
            "cacheWriteInputTokens": "count",
            # The service sends these two beside their documented names.
            "cacheReadInputTokenCount": "count",
            "cacheWriteInputTokenCount": "count",
            "cacheDetails": Rows(Shape({"ttl": "word", "inputTokens": "required"})),
        }
    ),
    "in a stream, the event `metadata` has it",
)

_TIMES: Final[dict[str, Quantity]] = {"5m": "cache_write_5m", "1h": "cache_write_1h"}


def bedrock(usage: object) -> Counts:
    """Count the usage of Converse or ConverseStream.

    Takes: `usage` of the response. What InvokeModel answers is the model's own: for Claude, use
        `anthropic`.
    Raises: UsageError.
    Source: the shape TokenUsage of botocore's model of bedrock-runtime; the page on prompt caching.
    """
    figures = read(FORM, usage)
    anew, output = figures.count("inputTokens"), figures.count("outputTokens")
    cached = figures.agreed("cacheReadInputTokens", "cacheReadInputTokenCount") or 0
    written = figures.agreed("cacheWriteInputTokens", "cacheWriteInputTokenCount") or 0
    check_total(
        figures,
        "totalTokens",
        anew + output + cached + written,
        "input, cache reads, cache writes and output together",
    )
    return Counts.of(
        FORM.provider,
        {
            "text_input": anew,
            "text_cached": cached,
            **_by_time(figures, written),
            "text_output": output,
        },
    )


def _by_time(figures: Figures, written: int) -> dict[Quantity, int]:
    rows = figures.rows["cacheDetails"]
    if not rows:
        return {"cache_write": written}
    split: dict[Quantity, int] = {}
    for row in rows:
        quantity = _TIMES.get(row.words["ttl"] or "")
        if quantity is None:
            raise row.fault(
                "ttl", f"unknown time `{row.words['ttl']}`; known are {', '.join(_TIMES)}"
            )
        split[quantity] = split.get(quantity, 0) + row.count("inputTokens")
    if sum(split.values()) != written:
        raise figures.fault(
            "cacheDetails",
            f"its times add up to {sum(split.values())}, not to the {written} written",
        )
    return split
