"""Where times fall: by hand, in whole microseconds."""

from decimal import Decimal

import pytest

from policyengine.app.replay.mapping.document import Time
from policyengine.app.replay.placing import placing_of
from policyengine.values.calendar import instant_text

START = "2026-02-01T00:00:00Z"
SECOND = 1_000_000


@pytest.mark.parametrize(
    ("options", "time", "expected"),
    [
        ({}, 1_770_000_000 * SECOND, "2026-02-02T02:40:00Z"),
        ({"zero_at": START}, 90 * SECOND, "2026-02-01T00:01:30Z"),
        ({"zero_at": START}, -1, "2026-01-31T23:59:59.999999Z"),
        ({"zero_at": START, "stretch": Decimal("0.5")}, 3, "2026-02-01T00:00:00.000001Z"),
        ({"zero_at": START, "stretch": Decimal(24)}, 3600 * SECOND, "2026-02-02T00:00:00Z"),
        ({"first_row_at": START}, 1_000 * SECOND, START),
        ({"first_row_at": START}, 1_060 * SECOND, "2026-02-01T00:01:00Z"),
        ({"first_row_at": START, "stretch": Decimal(2)}, 1_060 * SECOND, "2026-02-01T00:02:00Z"),
    ],
)
def test_a_time_falls_where_the_mapping_says(
    options: dict[str, object], time: int, expected: str
) -> None:
    rules = Time.model_validate({"column": "t", "unit": "seconds", **options})
    assert expected == instant_text(placing_of(rules, earliest=1_000 * SECOND).instant(time))
