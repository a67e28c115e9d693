"""Write `schemas/policy.schema.json` from the document models: `python -m tools.schemas`."""

import sys
from pathlib import Path
from typing import Final

from policyengine.policy.schema import schema_text

SCHEMA: Final = Path(__file__).resolve().parent.parent / "schemas" / "policy.schema.json"


def main() -> int:
    """Write the schema; say where."""
    SCHEMA.write_text(schema_text())
    print(SCHEMA)
    return 0


if __name__ == "__main__":
    sys.exit(main())
