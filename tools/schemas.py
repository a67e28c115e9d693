"""Write the files in `schemas/` from the document models: `python -m tools.schemas`."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from policyengine.app import anchors
from policyengine.app import diff_document as diff
from policyengine.app.planning import document as plan
from policyengine.app.planning.guards import schema as guards
from policyengine.app.replay.mapping import schema as mapping
from policyengine.app.reports import document as reports
from policyengine.app.scenarios import schema as scenario
from policyengine.app.simulation import document as simulation
from policyengine.policy import schema as policy

FOLDER: Final = Path(__file__).resolve().parent.parent / "schemas"
SCHEMAS: Final[Mapping[str, Callable[[], str]]] = MappingProxyType(
    {
        "policy.schema.json": policy.schema_text,
        "scenario.schema.json": scenario.schema_text,
        "mapping.schema.json": mapping.schema_text,
        "guards.schema.json": guards.schema_text,
        "reports/anchor.schema.json": anchors.schema_text,
        "reports/validate.schema.json": reports.validate_schema_text,
        "reports/test.schema.json": reports.scenarios_schema_text,
        "reports/diff.schema.json": diff.schema_text,
        "reports/simulate.schema.json": simulation.schema_text,
        "reports/plan.schema.json": plan.schema_text,
    }
)
"""The files by their names, and what makes the text of each."""


def main() -> int:
    """Write each schema anew; name those that changed."""
    for name, text in SCHEMAS.items():
        path = FOLDER / name
        if not path.exists() or path.read_text() != text():
            path.parent.mkdir(exist_ok=True)
            path.write_text(text())
            print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
