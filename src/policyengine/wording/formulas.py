"""Expressions of a policy as phrases: signs and names become words, numbers stay exact."""

from collections.abc import Mapping
from fractions import Fraction
from functools import reduce
from typing import Final, assert_never

from policyengine.policy.document.policy import PolicyDocument
from policyengine.policy.expressions import ExpressionFault, parse_expression
from policyengine.policy.expressions.tree import (
    Arithmetic,
    Choice,
    Comparison,
    Extreme,
    Logic,
    Name,
    Negative,
    Node,
    Number,
    Opposite,
    Quotient,
    Rounding,
)
from policyengine.policy.vocabulary import (
    ABNORMAL_NAMES,
    MULTIPLIER,
    Vocabulary,
    vocabulary_of,
)
from policyengine.wording.words import Measured, Sentence, Term, Value, listed, number, say

_SIGNS: Final = {
    "+": "sum",
    "-": "difference",
    "*": "product",
    ">": "more",
    ">=": "at_least",
    "<": "less",
    "<=": "at_most",
    "==": "equal",
    "!=": "other",
}
_WHOLES: Final = frozenset({"all_input", "all_output", MULTIPLIER, *ABNORMAL_NAMES})


class _Reader:
    """What turning an expression into phrases takes from its place."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary

    def phrase(self, node: Node) -> Value:  # noqa: C901, PLR0911  # one case per kind of node
        match node:
            case Number(value):
                return number(value)
            case Name(name):
                return self._name(name)
            case Negative(operand):
                return say("formula.negative", value=self._part(operand))
            case Arithmetic(sign, left, right):
                return self._arithmetic(sign, left, right)
            case Quotient(operand, divisor):
                return say("formula.quotient", left=self._part(operand), right=number(divisor))
            case Comparison(signs, operands):
                return self._comparison(signs, operands)
            case Logic(word, operands):
                return self._joined(word, operands)
            case Opposite(operand):
                return say("formula.not", value=self._part(operand))
            case Extreme(function, operands):
                inner = listed((self.phrase(each) for each in operands), "list")
                return say(f"formula.{function}", values=inner)
            case Rounding(function, operand, step):
                inner_value = self.phrase(operand)
                return say(f"formula.{function}", value=inner_value, step=number(step))
            case Choice(body, test, orelse):
                return say(
                    "formula.choice",
                    body=self.phrase(body),
                    test=self.phrase(test),
                    orelse=self.phrase(orelse),
                )
            case _:
                assert_never(node)

    def _arithmetic(self, sign: str, left: Node, right: Node) -> Sentence:
        if sign == "*":
            return say("formula.product", left=self._part(left), right=self._part(right))
        return say(
            f"formula.{_SIGNS[sign]}",
            left=self.phrase(left),
            right=self._part(right) if sign == "-" else self.phrase(right),
        )

    def _part(self, node: Node) -> Value:
        """Give a phrase that stands within another one, in brackets where it would blend."""
        inner = self.phrase(node)
        blends = isinstance(node, Logic | Choice) or (
            isinstance(node, Arithmetic) and node.sign != "*"
        )
        return say("formula.brackets", value=inner) if blends else inner

    def _comparison(self, signs: tuple[str, ...], operands: tuple[Node, ...]) -> Value:
        steps: list[Value] = [
            say(
                f"formula.{_SIGNS[sign]}",
                left=self._measured(left, right),
                right=self._measured(right, left),
            )
            for sign, left, right in zip(signs, operands[:-1], operands[1:], strict=True)
        ]
        return reduce(_both, steps)

    def _joined(self, word: str, operands: tuple[Node, ...]) -> Value:
        """Join conditions; one of the other kind stands in brackets."""
        parts = [
            say("formula.brackets", value=self.phrase(each))
            if isinstance(each, Logic)
            else self.phrase(each)
            for each in operands
        ]
        return reduce(_both if word == "and" else _either, parts)

    def _measured(self, node: Node, other: Node) -> Value:
        """Give a number that is compared with counts its measure: `200,000 tokens`."""
        if not isinstance(node, Number) or not isinstance(other, Name):
            return self._part(node)
        units = self.vocabulary.counts.get(other.name, ())
        if not units:
            return self.phrase(node)
        return Measured(Fraction(node.value), self.vocabulary.measures[units[0]])

    def _name(self, name: str) -> Value:
        if name in self.vocabulary.priced:
            measure = self.vocabulary.priced[name]
            return say("formula.at_rate", measure=Term("measure", measure))
        if name in _WHOLES:
            return say(f"formula.{name}")
        if name in self.vocabulary.measures:
            return Term("unit", name)
        return say("formula.all", measure=Term("measure", name.removeprefix("all_")))


def _both(left: Value, right: Value) -> Value:
    return say("formula.and", left=left, right=right)


def _either(left: Value, right: Value) -> Value:
    return say("formula.or", left=left, right=right)


_NO_COUNTS: Final = Vocabulary({}, {}, {}, {})


def formula_phrase(document: PolicyDocument) -> Value:
    """Say how a request is priced."""
    vocabulary = vocabulary_of(document)
    return _phrase(document.charge.formula, vocabulary, vocabulary.of_formulas, "credits")


def condition_phrase(document: PolicyDocument, text: str) -> Value:
    """Say the condition of a tier."""
    vocabulary = vocabulary_of(document)
    return _phrase(text, vocabulary, vocabulary.of_conditions, "yes_no")


def abnormal_phrase(text: str) -> Value:
    """Say which charges are abnormal."""
    return _phrase(text, _NO_COUNTS, ABNORMAL_NAMES, "yes_no")


def _phrase(text: str, vocabulary: Vocabulary, names: Mapping[str, str], wants: str) -> Value:
    parsed = parse_expression(text, names, wants)
    if isinstance(parsed, ExpressionFault):
        raise ValueError(f"`{text}` was not checked: {parsed.message}")  # noqa: TRY004
    return _Reader(vocabulary).phrase(parsed.root)
