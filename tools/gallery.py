"""The counts of `policies/README.md`: `python -m tools.gallery` writes them anew.

Rules are the rows of a policy's section, versions and scenarios those of its folder. The sentences
are written by hand.
"""

import re
import sys
from pathlib import Path
from typing import Final

import yaml

ROOT: Final = Path(__file__).resolve().parent.parent
DOCUMENT: Final = ROOT / "policies" / "README.md"
CANNOT: Final = "**cannot be said**"

_SECTION: Final = re.compile(r"^### (\w+)\n(.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)
_ROW: Final = re.compile(
    r"^(\| \[(\w+)\]\(#\w+\) \| [^|]+ \|) \d+ \| \d+ \| \d+ \| \d+ \| \d+ \|$", re.MULTILINE
)
_TOTAL: Final = re.compile(r"^\| \*\*all\*\* \|.*$", re.MULTILINE)


def counted(text: str) -> str:
    """Give the document with its counts as they are."""
    counts = {name: _counts(name, section) for name, section in _SECTION.findall(text)}
    sums = [sum(each[column] for each in counts.values()) for column in (1, 2, 3, 4)]
    text = _ROW.sub(lambda row: f"{row[1]} {_cells(counts[row[2]])}", text)
    return _TOTAL.sub(f"| **all** | {len(counts)} schemes | | {_cells(sums)}", text)


def _counts(name: str, section: str) -> list[int]:
    folder = DOCUMENT.parent / name
    rules = [line for line in section.splitlines() if line.startswith("| ")][1:]
    unsaid = sum(CANNOT in line for line in rules)
    scenarios = sum(
        len(yaml.safe_load(file.read_text(encoding="utf-8"))["scenarios"])
        for file in folder.glob("scenarios/*.yaml")
    )
    versions = len(list(folder.glob("v*.yaml")))
    return [versions, scenarios, len(rules), len(rules) - unsaid, unsaid]


def _cells(counts: list[int]) -> str:
    return "".join(f"{each} | " for each in counts).rstrip()


def main() -> int:
    """Write the counts anew; give the exit code."""
    before = DOCUMENT.read_text(encoding="utf-8")
    after = counted(before)
    if after != before:
        DOCUMENT.write_text(after, encoding="utf-8")
        print(DOCUMENT)  # what was written
    return 0


if __name__ == "__main__":
    sys.exit(main())
