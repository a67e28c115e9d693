"""Compare imported prices with the packages that list them, and write the table of differences."""

import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from peers.table import BEGIN, END, page  # noqa: E402  # the tests' folder is on the path now
from peers.test_agreement import PAGE, swept, unexplained, versions  # noqa: E402  # as above


def main() -> int:
    """Write the table; leaves with 1 where a difference is not explained."""
    found = swept()
    text = PAGE.read_text("utf-8")
    start, end = text.index(BEGIN), text.index(END) + len(END)
    PAGE.write_text(text[:start] + page(versions(), found) + text[end:], "utf-8")
    rest = [each for every in found.values() for each in unexplained(every)]
    for each in rest:
        print(each)
    return 1 if rest else 0


if __name__ == "__main__":
    sys.exit(main())
