"""The figures in docs/counting.md are those that the presets give."""

import re
from pathlib import Path

from policyengine.tokens.image import count_image
from policyengine.tokens.presets import PRESETS
from policyengine.tokens.size import Size

PAGE = Path(__file__).parents[2] / "docs" / "counting.md"
ROW = re.compile(
    r"^\| (?P<names>`[^|]+`) \|.*\| (?P<small>\d+) \| (?P<large>\d+) \|$", re.MULTILINE
)


def test_the_page_names_every_preset_with_its_counts() -> None:
    documented = {
        name: (int(row["small"]), int(row["large"]))
        for row in ROW.finditer(PAGE.read_text(encoding="utf-8"))
        for name in re.findall(r"`([^`]+)`", row["names"])
    }
    counted = {
        name: (
            count_image(Size(1024, 1024), "auto", formula),
            count_image(Size(4032, 3024), "auto", formula),
        )
        for name, formula in PRESETS.items()
    }

    assert documented == counted
