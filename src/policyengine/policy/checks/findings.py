"""How a check reports: the place in the file, nearest names, amounts as an author writes them."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Final, TypeAlias

from policyengine.policy.document import PolicyDocument
from policyengine.policy.hints import nearest
from policyengine.policy.nodes import ScalarNode, pointer_of
from policyengine.policy.remarks import alternatives
from policyengine.policy.slips import only_slip
from policyengine.policy.source import Source
from policyengine.values.diagnostics import Diagnostic, Edit, Related, Severity, Span

Check: TypeAlias = Callable[[PolicyDocument, Source], Iterable[Diagnostic]]
"""One question asked of a whole document: gives a finding for each place that fails it."""

NAMES_LISTED_MAX: Final = 8
DECIMALS_SHOWN_MAX: Final = 6


def found(
    source: Source,
    code: str,
    pointer: str,
    message: str,
    help_: str,
    *related: Related,
    span: Span | None = None,
    severity: Severity = "error",
) -> Diagnostic:
    """Make a finding about the value at a pointer.

    Takes: a span where another place than the value's own is meant, such as its key's.
    """
    place = source.value_span(pointer) if span is None else span
    return Diagnostic(code, message, source.name, place, severity, pointer, help_, related)


def found_at_key(
    source: Source,
    code: str,
    pointer: str,
    message: str,
    help_: str,
    *related: Related,
    severity: Severity = "error",
) -> Diagnostic:
    """Make a finding about the key of the value at a pointer."""
    span = source.key_span(pointer)
    return found(source, code, pointer, message, help_, *related, span=span, severity=severity)


def unknown_name(
    source: Source,
    code: str,
    pointer: str,
    message: str,
    word: str,
    known: Collection[str],
    *,
    otherwise: str = "",
    at_key: bool = False,
) -> Diagnostic:
    """Make a finding about a name that is not known, with the name that was meant.

    Takes: what to do instead where no name is known at all.
    """
    help_ = did_you_mean(word, known) if known or not otherwise else otherwise
    make = found_at_key if at_key else found
    finding = make(source, code, pointer, message, help_)
    meant = only_slip(word, known)
    return replace(finding, edit=Edit(finding.span, meant)) if meant else finding


def see_value(source: Source, pointer: str, message: str) -> Related:
    """Name a value elsewhere in the file that a finding speaks of."""
    return Related(source.value_span(pointer), message)


def see_key(source: Source, pointer: str, message: str) -> Related:
    """Name a key elsewhere in the file that a finding speaks of."""
    return Related(source.key_span(pointer), message)


def pointer_to(*steps: str | int) -> str:
    """Build a JSON pointer from keys and indexes."""
    return pointer_of(steps)


def written(source: Source, pointer: str) -> str:
    """Give a value as its author wrote it."""
    node = source.node(pointer)
    return node.text if isinstance(node, ScalarNode) else ""


def did_you_mean(word: str, known: Collection[str]) -> str:
    """Say which known name was probably meant, or which there are."""
    near = nearest(word, known)
    if near:
        return f"did you mean `{near}`?"
    if len(known) > NAMES_LISTED_MAX:
        listed = ", ".join(f"`{each}`" for each in list(known)[:NAMES_LISTED_MAX])
        return f"use one of {listed}, …"
    return f"use {alternatives(list(known))}"


def plain(number: Decimal | Fraction | int, decimals: int = DECIMALS_SHOWN_MAX) -> str:
    """Write a number as a policy does; what has more decimals is cut, and marked so."""
    exact = Fraction(number)
    sign, exact = ("-", -exact) if exact < 0 else ("", exact)
    whole, rest = divmod(exact, 1)
    digits = ""
    while rest and len(digits) < decimals:
        digit, rest = divmod(rest * 10, 1)
        digits += str(digit)
    return f"{sign}{whole}{'.' if digits else ''}{digits}{'…' if rest else ''}"
