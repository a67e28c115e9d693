"""Anthropic's usage: cached and written tokens are outside the input, thinking inside the output.

A request may run several iterations. Their entries are what is billed: what a compaction used is in
no total, and an advisor's or a fallback's tokens are another model's.
"""

from dataclasses import dataclass
from typing import Final

from policyengine.adapters.counts import Counts, Quantity
from policyengine.adapters.reading import Figures, Kind, Rows, Shape, UsageForm, read
from policyengine.adapters.splitting import split_answer, written_by_time

TOKENS: Final[dict[str, Kind | Shape | Rows]] = {
    "input_tokens": "required",
    "output_tokens": "required",
    "cache_read_input_tokens": "count",
    "cache_creation_input_tokens": "count",
    "cache_creation": Shape(
        {"ephemeral_5m_input_tokens": "count", "ephemeral_1h_input_tokens": "count"}
    ),
    "output_tokens_details": Shape({"thinking_tokens": "count"}),
    "type": "word",
    "model": "word",
}

FORM: Final = UsageForm(
    "anthropic",
    Shape(
        {
            **TOKENS,
            "iterations": Rows(Shape(TOKENS)),
            "server_tool_use": Shape(
                {
                    "web_search_requests": "count",
                    "web_fetch_requests": "count",
                    "tool_search_requests": "count",
                }
            ),
            # How a retry is billed on another model; its figures are no tokens of this request.
            "fallback_credit": "ignored",
        }
    ),
    "in a stream, `message_start` has the input and `message_delta` the final output: "
    "merge the fields of both",
)

OWN_ITERATIONS: Final = frozenset({"message", "compaction"})
"""The iterations that the request's own model ran."""


def anthropic(usage: object) -> Counts:
    """Count the usage of a message, or one entry of its `iterations`.

    Takes: `usage` of a Message or BetaMessage; of a stream, the one that the SDK accumulates.
    Raises: UsageError; also where another model ran an iteration, so that no one price fits: count
        each entry of `iterations` with the model that it names.
    Source: anthropic.types.Usage and anthropic.types.beta.BetaUsage; the pages on prompt caching,
        compaction and the advisor tool.
    """
    figures = read(FORM, usage)
    rows = figures.rows["iterations"]
    if rows:
        _check_iterations(figures, rows)
    billed = [_tokens(each) for each in rows or (figures,)]
    output = sum(each.output for each in billed)
    # Iterations do not say what they thought; the whole does, of the messages among them.
    thinking = figures.count("output_tokens_details.thinking_tokens")
    quantities: dict[Quantity, int] = {
        **split_answer(figures, "output_tokens", output, thinking).quantities,
        "text_input": sum(each.anew for each in billed),
        "text_cached": sum(each.cached for each in billed),
        "web_search": figures.count("server_tool_use.web_search_requests"),
        "web_fetch": figures.count("server_tool_use.web_fetch_requests"),
        "tool_search": figures.count("server_tool_use.tool_search_requests"),
    }
    for each in billed:
        for quantity, count in each.written.items():
            quantities[quantity] = quantities.get(quantity, 0) + count
    return Counts.of(FORM.provider, quantities)


@dataclass(frozen=True, slots=True)
class _Tokens:
    anew: int
    cached: int
    written: dict[Quantity, int]
    output: int


def _tokens(figures: Figures) -> _Tokens:
    total_field = "cache_creation_input_tokens"
    return _Tokens(
        figures.count("input_tokens"),
        figures.count("cache_read_input_tokens"),
        written_by_time(
            figures,
            total_field,
            figures.counts[total_field],
            {
                "cache_write_5m": figures.counts["cache_creation.ephemeral_5m_input_tokens"],
                "cache_write_1h": figures.counts["cache_creation.ephemeral_1h_input_tokens"],
            },
        ),
        figures.count("output_tokens"),
    )


def _check_iterations(figures: Figures, rows: tuple[Figures, ...]) -> None:
    """Check that one model ran all iterations and that their messages make up the answer."""
    models = {model for row in rows if (model := row.words["model"]) is not None}
    for row in rows:
        check_own(row)
        if len(models) > 1 and row.words["model"] is not None:
            raise row.fault(
                "model", "the iterations ran on several models; count each entry with its own"
            )
    answered = sum(row.count("output_tokens") for row in rows if row.words["type"] == "message")
    if answered != figures.count("output_tokens"):
        raise figures.fault(
            "output_tokens",
            f"{figures.count('output_tokens')} is not what the iterations of type `message` "
            f"add up to, which is {answered}",
        )


def check_own(row: Figures) -> None:
    """Check that an iteration is of a type that the request's own model runs.

    Raises: UsageError for another model's, whose tokens have another price.
    """
    if (found := row.words["type"]) not in OWN_ITERATIONS:
        raise row.fault(
            "type",
            f"`{found}` is usage of another model; count each entry of `iterations` "
            "with the model that it names",
        )
