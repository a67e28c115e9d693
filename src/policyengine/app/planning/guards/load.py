"""Reading guards files: strictly, with the line and column of every mistake."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final, TypeAlias

from policyengine.app.planning.guards.checks import check_meaning, check_suits
from policyengine.app.planning.guards.document import Guard, GuardsDocument
from policyengine.app.planning.guards.shape import guards_form
from policyengine.policy.policy import Policy
from policyengine.policy.reading import ReadFile, read_file
from policyengine.review.margins import Costs
from policyengine.values.diagnostics import Diagnostic, drawn

FILE_USUAL: Final = "guards.yaml"

LoadedGuards: TypeAlias = ReadFile[GuardsDocument]


class GuardsError(Exception):
    """A guards file with mistakes; the message draws each on its line."""

    def __init__(self, message: str, findings: tuple[Diagnostic, ...]) -> None:
        """Carry the drawings and the findings behind them."""
        super().__init__(message)
        self.findings = findings


@dataclass(frozen=True, slots=True)
class Guards:
    """The guards of a file by name, each with its line; `costs` where the file has them."""

    file: str
    guards: tuple[tuple[str, int, Guard], ...]
    costs: Costs | None


def load_guards(data: bytes | str, name: str) -> LoadedGuards:
    """Read a guards file, as `read_file` does."""
    return read_file(data, name, guards_form(), check_meaning)


def usable_guards(path: Path, policies: tuple[Policy, ...]) -> Guards:
    """Read a guards file that must be free of errors and suit the policies.

    Raises: GuardsError with every finding drawn; OSError where it cannot be read.
    """
    read = load_guards(path.read_bytes(), str(path))
    findings = read.findings
    if read.document is not None:
        findings = check_suits(read.source, read.document, policies)
    if read.document is None or findings:
        report = "\n\n".join(drawn(each, read.source.lines) for each in findings)
        raise GuardsError(report, findings)
    guards = tuple(
        (name, read.source.key_span(f"/guards/{name}").line, guard)
        for name, guard in read.document.guards.items()
    )
    return Guards(str(path), guards, _costs(read.document))


def _costs(document: GuardsDocument) -> Costs | None:
    part = document.costs
    if part is None:
        return None
    models = {
        model: {unit: Fraction(cost) for unit, cost in units.items()}
        for model, units in part.models.items()
    }
    return Costs(part.currency, Fraction(part.credit), part.per, models)
