"""A mapping file as document models: one class per part, each key described with an example."""

from decimal import Decimal
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from policyengine.policy.document.words import (
    Expression,
    InstantText,
    ModelName,
    Name,
    Part,
    PositiveNumber,
    Prose,
)

CONSTANT_PATTERN = r"^[A-Za-z0-9._@+-]{1,64}$"
DELIMITER_PATTERN = r"^(,|;|\||tab)$"
JOIN_PATTERN = r"^[._@+-]$"
NAMES_MAX = 1000
WAYS_MAX = 10
TIMES_MAX = 1_000_000

Column: TypeAlias = Annotated[str, Field(min_length=1, max_length=200)]
Constant: TypeAlias = Annotated[str, Field(pattern=CONSTANT_PATTERN)]
Words: TypeAlias = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=200)]], Field(max_length=100)
]


class FileForm(Part):
    """How the file is written, where its name does not say."""

    type: Literal["csv", "jsonl", "parquet"] | None = Field(
        default=None,
        description="The file's type, for a name that does not end in it.",
        examples=["jsonl"],
    )
    delimiter: Annotated[str, Field(pattern=DELIMITER_PATTERN)] | None = Field(
        default=None,
        description="What stands between two cells of a CSV file: `,` `;` `|` or `tab`.",
        examples=[";"],
    )


class Way(Part):
    """A way out for a wallet that is short of credits; it has exactly one of the first three keys.

    A pack or a grant is only added where, as often as `at_most` still allows, it covers what is
    missing.
    """

    upgrade_to: Name | None = Field(
        default=None,
        description="Move up to this plan, if it lies above the wallet's own.",
        examples=["pro_plus"],
    )
    buy_pack: Name | None = Field(
        default=None,
        description="Buy as many of this pack as cover what is missing.",
        examples=["pack_500"],
    )
    grant: PositiveNumber | None = Field(
        default=None,
        description="Grant a multiple of so many credits by hand, as under a contract.",
        examples=[1000],
    )
    at_most: Annotated[int, Field(ge=1, le=TIMES_MAX)] | None = Field(
        default=None,
        description="The most packs, or multiples of the grant; required by both.",
        examples=[20],
    )
    per: Literal["cycle", "wallet"] | None = Field(
        default=None,
        description="What `at_most` counts for: a cycle of the plan, or a wallet's whole life.",
        examples=["cycle"],
    )


class Wallets(Part):
    """Whose credits a row spends, how wallets begin, and what they do when credits run out."""

    named_by: list[Name] = Field(
        default_factory=list,
        max_length=5,
        description="The columns that name the wallet; none: all rows share the wallet `prefix`.",
        examples=[["session"]],
    )
    join: Annotated[str, Field(pattern=JOIN_PATTERN)] | None = Field(
        default=None,
        description="The sign between two columns of the name; required by two or more.",
        examples=["."],
    )
    prefix: Constant | None = Field(
        default=None,
        description="What every wallet's id begins with, a letter or digit first.",
        examples=["acme-"],
    )
    when_blank: Constant | None = Field(
        default=None,
        description="What an empty cell of the name counts as; absent: the row is skipped.",
        examples=["nobody"],
    )
    policy: Name | None = Field(
        default=None,
        description="The wallets' policy, where several are loaded.",
        examples=["codeflicker"],
    )
    plan: Name = Field(
        description="The plan that a wallet joins at its first row.", examples=["pro"]
    )
    when_short: list[Way] = Field(
        default_factory=list,
        max_length=WAYS_MAX,
        description="What a wallet does when a charge is refused for want of credits, in order.",
        examples=[[{"buy_pack": "pack_500", "at_most": 20, "per": "cycle"}]],
    )
    still_short: Literal["refuse", "after_request"] = Field(
        description="What happens then: the refusal stands, or the policy's rule for requests "
        "that have already run decides.",
        examples=["refuse"],
    )


class ModelRule(Part):
    """One row of the table of models: a name with `*` for any text, and what it means here."""

    like: Annotated[str, Field(min_length=1, max_length=200)] = Field(
        description="The model's name in the file; `*` stands for any text.",
        examples=["claude-opus-*"],
    )
    model: ModelName | None = Field(
        default=None, description="The policy's model.", examples=["frontier"]
    )
    skip: Prose | None = Field(
        default=None,
        description="Why such rows are left out; they are counted under this reason.",
        examples=["no model was recorded"],
    )


class Otherwise(Part):
    """What a model is that no rule names: a model of the policy, or rows to leave out."""

    model: ModelName | None = Field(
        default=None, description="The policy's model.", examples=["standard"]
    )
    skip: Prose | None = Field(
        default=None,
        description="Why such rows are left out; they are counted under this reason.",
        examples=["the table has no such model"],
    )


class Models(Part):
    """Which model of the policy a row used."""

    column: Name | None = Field(
        default=None,
        description="The column with the model's name; absent: every row is `otherwise`.",
        examples=["model"],
    )
    names: list[ModelRule] = Field(
        default_factory=list,
        max_length=NAMES_MAX,
        description="The models of the file; the first rule that fits decides.",
        examples=[[{"like": "claude-opus-*", "model": "frontier"}]],
    )
    otherwise: Otherwise = Field(
        description="What every other model is.",
        examples=[{"skip": "the table has no such model"}],
    )


class Time(Part):
    """When a row's request began; `zero_at` and `first_row_at` exclude each other."""

    column: Name = Field(description="The column with the time.", examples=["t"])
    plus: list[Name] = Field(
        default_factory=list,
        max_length=5,
        description="Columns to add to it, in the same unit, such as the start of a session.",
        examples=[["agent_start"]],
    )
    unit: Literal["seconds", "milliseconds", "microseconds", "iso", "iso_utc"] = Field(
        description="How it is written: a number, or an ISO 8601 date and time; `iso_utc` takes "
        "one without an offset for UTC.",
        examples=["seconds"],
    )
    zero_at: InstantText | None = Field(
        default=None,
        description="The instant that the number 0 means; absent: the start of 1970.",
        examples=["2026-02-01T00:00:00Z"],
    )
    first_row_at: InstantText | None = Field(
        default=None,
        description="Shift all rows so that the earliest falls on this instant.",
        examples=["2026-02-01T00:00:00Z"],
    )
    stretch: PositiveNumber = Field(
        default=Decimal(1),
        description="Multiply the time since `zero_at` or `first_row_at`: 0.5 is twice as fast.",
        examples=[1],
    )


class Outcomes(Part):
    """Which requests did not succeed."""

    column: Name = Field(description="The column with the outcome.", examples=["status"])
    failed: Words = Field(
        default_factory=list, description="Its texts for a failed request.", examples=[["error"]]
    )
    cancelled: Words = Field(
        default_factory=list,
        description="Its texts for a request that the user stopped.",
        examples=[["stopped"]],
    )


class Cost(Part):
    """What the source says that the row cost, summed beside the credits."""

    column: Name = Field(description="The column with the amount.", examples=["cost"])
    unit: Prose = Field(description="What the amounts are in, for the summary.", examples=["USD"])
    set_apart_above: PositiveNumber | None = Field(
        default=None,
        description="Amounts above this are taken for slips: summed apart, still charged.",
        examples=[100],
    )


class MappingDocument(Part):
    """A mapping file: how one kind of usage file is charged."""

    format: Literal[1] = Field(description="The version of this language.", examples=[1])
    mapping: Name = Field(description="The mapping's name.", examples=["claude_code"])
    about: Prose = Field(
        description="What the file holds, in a sentence.",
        examples=["Requests of coding sessions."],
    )
    file: FileForm | None = Field(
        default=None,
        description="How the file is written, where its name does not say.",
        examples=[{"type": "jsonl"}],
    )
    columns: dict[Name, Column] = Field(
        min_length=1,
        max_length=100,
        description="The columns that are used: a name for this file, and the column's own. In "
        "JSON lines, `usage.input` is the member `input` of the member `usage`.",
        examples=[{"prompt": "prompt_tokens", "answer": "completion_tokens"}],
    )
    blank: dict[Name, Literal["zero", "skip"]] = Field(
        default_factory=dict,
        description="Columns of numbers that may be empty: 0, or skip the row and count it.",
        examples=[{"image_tokens": "zero"}],
    )
    wallets: Wallets = Field(
        description="Whose credits a row spends.",
        examples=[{"named_by": ["user"], "plan": "pro", "still_short": "refuse"}],
    )
    models: Models = Field(
        description="Which model of the policy a row used.",
        examples=[{"column": "model", "otherwise": {"model": "standard"}}],
    )
    time: Time = Field(
        description="When a row's request began.",
        examples=[{"column": "time", "unit": "seconds"}],
    )
    units: dict[Name, Expression] = Field(
        min_length=1,
        max_length=50,
        description="The policy's units, each as a column or arithmetic over columns; no token "
        "may be counted twice.",
        examples=[{"text_input": "prompt - cached", "text_cached": "cached"}],
    )
    rounding: Literal["up", "down", "half_up", "half_even"] | None = Field(
        default=None,
        description="How counts that are not whole are rounded; absent: such a row is bad.",
        examples=["half_up"],
    )
    requests: Expression | None = Field(
        default=None,
        description="How many requests a row stands for; absent: one.",
        examples=["requests"],
    )
    without_usage: Literal["charge", "skip"] = Field(
        description="Rows whose counts are all 0: charged like others, or skipped and counted.",
        examples=["skip"],
    )
    skip_repeated: list[Name] = Field(
        default_factory=list,
        max_length=20,
        description="Skip a row if another with the same time and wallet has the same cells here.",
        examples=[["model", "prompt", "answer"]],
    )
    conversation: Name | None = Field(
        default=None, description="The column that names the conversation.", examples=["session"]
    )
    operation: Name | None = Field(
        default=None, description="The column that names the operation.", examples=["agent"]
    )
    outcome: Outcomes | None = Field(
        default=None,
        description="Which requests did not succeed; absent: all did.",
        examples=[{"column": "status", "failed": ["error"]}],
    )
    cost: Cost | None = Field(
        default=None,
        description="What the source says that a row cost.",
        examples=[{"column": "cost", "unit": "USD"}],
    )
