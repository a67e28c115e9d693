"""The facts of a policy file: every value that its author chose, with its path and place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from policyengine.policy.document.words import EXPRESSION_LENGTH_MAX, PROSE_LENGTH_MAX
from policyengine.policy.nodes import ListNode, Node, ScalarNode, Value, pointer_of
from policyengine.policy.outline import Asked, Kind, Step
from policyengine.policy.shape import policy_form
from policyengine.policy.source import Source
from policyengine.values.diagnostics import Span

FactKind: TypeAlias = Literal[
    "number", "percentage", "choice", "span", "instant", "time", "expression", "name", "text"
]

_KINDS: Final[Mapping[Kind, FactKind]] = {
    "number": "number",
    "whole number": "number",
    "percentage": "percentage",
    "word": "choice",
    "span": "span",
    "instant": "instant",
    "time of day": "time",
    "name": "name",
    "model name": "name",
    "date": "text",
}
_OF_TEXT: Final[Mapping[int, FactKind]] = MappingProxyType(
    {EXPRESSION_LENGTH_MAX: "expression", PROSE_LENGTH_MAX: "text"}
)


@dataclass(frozen=True, slots=True)
class Fact:
    """One value of a policy file.

    `path` names it as people do: `models.frontier.tiers.0.multiplier`; `pointer` as explanations
    do. `text` is what the author wrote, without quotes; `value` what it means, an exact number
    where it is one; `span` where it stands. `choices` is the closed list that it is from; of a
    span, the words that may stand in its place. `is_whole` tells a number without decimals.

    A `name` is one that the file or the world gives to something: a plan, a model, a time zone. A
    `text` is for people only and decides nothing.
    """

    path: str
    pointer: str
    steps: tuple[Step, ...]
    kind: FactKind
    text: str
    value: Value
    span: Span
    choices: tuple[str, ...] = ()
    is_whole: bool = False

    @property
    def line(self) -> int:
        """Give the line that the value stands in."""
        return self.span.line


def facts_of(source: Source) -> tuple[Fact, ...]:
    """Give every fact of a policy file, in the order of the file.

    Takes: a source that has the shape of a policy.
    Gives: one fact for each value that is not a mapping or a list; an item of a list is one.
    Raises: KeyError for a source with a key that policies do not have.
    """
    return () if source.root is None else tuple(_below(source.root, ()))


def path_of(steps: tuple[Step, ...]) -> str:
    """Write a place as people name it: keys and positions in lists, from 0 on, with dots."""
    return ".".join(map(str, steps))


def _below(node: Node, steps: tuple[Step, ...]) -> Iterator[Fact]:
    if isinstance(node, ScalarNode):
        yield _fact(node, policy_form().outline.asked_at(steps))
    elif isinstance(node, ListNode):
        for index, item in enumerate(node.items):
            yield from _below(item, (*steps, index))
    else:
        for entry in node.entries:
            yield from _below(entry.value, (*steps, entry.key.text))


def _fact(node: ScalarNode, asked: Asked) -> Fact:
    return Fact(
        path_of(asked.steps),
        pointer_of(asked.steps),
        asked.steps,
        kind_of(asked),
        node.text,
        node.value,
        node.span,
        asked.words,
        asked.kind == "whole number",
    )


def kind_of(asked: Asked) -> FactKind:
    """Tell of a place for a single value what kind of fact stands there."""
    if asked.kind == "text":  # a zone and a currency are names as well, from the world's lists
        return _OF_TEXT.get(asked.schema.get("maxLength", 0), "name")
    return _KINDS[asked.kind]
