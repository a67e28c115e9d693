"""Reading a file of one kind: strictly, with the line and column of every mistake."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeAlias

from policyengine.policy.form import Form, T
from policyengine.policy.shape import check_form
from policyengine.policy.source import Source, load_source
from policyengine.values.diagnostics import Diagnostic, drawn, has_errors

Check: TypeAlias = Callable[[Source, T], tuple[Diagnostic, ...]]
"""What a kind of file asks beyond its shape."""

Fault: TypeAlias = tuple[str, str, str, str]
"""Where (a pointer, or `~` and the pointer of a key), a code, a message, a help."""


@dataclass(frozen=True, slots=True)
class ReadFile(Generic[T]):
    """A file that was read: `document` is None when it has findings."""

    source: Source
    document: T | None
    findings: tuple[Diagnostic, ...]

    def report(self) -> str:
        """Draw all findings on their source lines."""
        return "\n\n".join(drawn(each, self.source.lines) for each in self.findings)


def read_file(data: bytes | str, name: str, form: Form[T], check_meaning: Check[T]) -> ReadFile[T]:
    """Read a file of one kind.

    Takes: its content, the name to report it by, and what files of the kind are.
    Gives: the document, or everything that is wrong with the text, the shape or the meaning,
    whichever comes first. Never raises.
    """
    source, findings = load_source(data, name)
    if has_errors(findings):
        return ReadFile(source, None, findings)
    document, findings = check_form(source, form)
    if document is not None:
        findings = check_meaning(source, document)
    return ReadFile(source, None if findings else document, findings)


def finding_of(source: Source, fault: Fault) -> Diagnostic:
    """Report a fault on the line of its place."""
    pointer, code, message, help_ = fault
    is_key, place = pointer.startswith("~"), pointer.removeprefix("~")
    span = source.key_span(place) if is_key else source.value_span(place)
    return Diagnostic(code, message, source.name, span, pointer=place, help=help_)
