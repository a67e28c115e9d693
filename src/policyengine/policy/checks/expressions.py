"""Expressions in their places: they read, their names are known, their result is what is needed."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from policyengine.policy.checks.findings import found, pointer_to
from policyengine.policy.checks.units import names_are_clear
from policyengine.policy.document import PolicyDocument
from policyengine.policy.expressions import (
    Dimension,
    Expression,
    ExpressionFault,
    parse_expression,
)
from policyengine.policy.slips import only_slip
from policyengine.policy.source import Source
from policyengine.policy.vocabulary import ABNORMAL_NAMES, vocabulary_of
from policyengine.values.diagnostics import Diagnostic, Edit


class Reader:
    """Reads the expressions of one kind of place; the same text is read once."""

    def __init__(self, names: Mapping[str, Dimension], wants: Dimension) -> None:
        """Take the names that the place offers, and the unit that it needs."""
        self.names = names
        self._wants = wants
        self._known: dict[str, Expression | ExpressionFault] = {}

    def read(self, text: str) -> Expression | ExpressionFault:
        """Read a text."""
        if text not in self._known:
            self._known[text] = parse_expression(text, self.names, self._wants)
        return self._known[text]


def reader_of_formulas(document: PolicyDocument) -> Reader:
    """Give the reader of `charge.formula`."""
    return Reader(vocabulary_of(document).of_formulas, "credits")


def reader_of_conditions(document: PolicyDocument) -> Reader:
    """Give the reader of tiers."""
    return Reader(vocabulary_of(document).of_conditions, "yes_no")


def check_expressions_read(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """Every formula and condition is an expression of its place."""
    of_abnormal = Reader(ABNORMAL_NAMES, "yes_no")
    for index, rule in enumerate(document.abnormal):
        yield from _faults(source, pointer_to("abnormal", index, "when"), of_abnormal, rule.when)
    if not names_are_clear(document, source):  # what a name means is to be settled first
        return
    of_formulas = reader_of_formulas(document)
    yield from _faults(source, "/charge/formula", of_formulas, document.charge.formula)
    of_conditions = reader_of_conditions(document)
    for name, model in document.models.items():
        for index, tier in enumerate(model.tiers):
            pointer = pointer_to("models", name, "tiers", index, "when")
            yield from _faults(source, pointer, of_conditions, tier.when)


def _faults(source: Source, pointer: str, reader: Reader, text: str) -> Iterator[Diagnostic]:
    parsed = reader.read(text)
    if isinstance(parsed, ExpressionFault):
        span = source.span_within(pointer, parsed.start, parsed.end)
        finding = found(source, parsed.code, pointer, parsed.message, parsed.help, span=span)
        word = text[parsed.start : parsed.end]
        meant = only_slip(word, reader.names) if parsed.code == "PE310" else ""
        # In a text of several lines or with escapes the place is that of the whole text.
        is_there = (span.end_line, span.end_column) == (span.line, span.column + len(word))
        yield replace(finding, edit=Edit(span, meant)) if meant and is_there else finding
