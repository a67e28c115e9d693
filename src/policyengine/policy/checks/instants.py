"""Dates and times that exist, and time zones that are known."""

import re
from calendar import month_name, monthrange
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from policyengine.policy.checks.findings import found, pointer_to
from policyengine.policy.document import PolicyDocument
from policyengine.policy.source import Source
from policyengine.values.calendar import parse_instant
from policyengine.values.diagnostics import Diagnostic, shown

_PARTS: Final = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2}):(\d{2})(?:\.\d+)?(?:Z|[+-](\d{2}):(\d{2})))?",
    re.ASCII,
)
_MOST: Final = {
    4: ("hour", 23),
    5: ("minute", 59),
    6: ("second", 59),
    7: ("hour", 23),
    8: ("minute", 59),
}
"""The parts behind the date, by their group in the pattern, and the largest value of each."""

_NO_ZONES: Final = ("posix", "right/", "localtime", "Factory")
"""What zone databases hold beside zones; `localtime` differs from machine to machine."""
