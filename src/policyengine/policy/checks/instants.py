"""Dates and times that exist, and time zones that are known."""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from policyengine.policy.checks.findings import found, pointer_to
from policyengine.policy.document import PolicyDocument
from policyengine.policy.hints import VERY_CLOSE
from policyengine.policy.source import Source
from policyengine.values.calendar import parse_instant
from policyengine.values.diagnostics import Diagnostic, shown

YEAR_MIN: Final = 1970
YEAR_MAX: Final = 8999

_MONTHS: Final = 12
_YEAR, _MONTH, _DAY = slice(0, 4), slice(5, 7), slice(8, 10)
_CLOCK: Final = (
    ("hour", slice(11, 13), 23),
    ("minute", slice(14, 16), 59),
    ("second", slice(17, 19), 59),
)
_OFFSET_LENGTH: Final = len("+08:00")

_NO_ZONES: Final = ("posix", "right/", "localtime", "Factory")
"""What zone databases hold beside zones; `localtime` differs from machine to machine."""
_ABBREVIATION_LENGTH_MAX: Final = 4
_OFFSET: Final = re.compile(r"(UTC|GMT|Etc/GMT)? *[+-].*", re.IGNORECASE)
_CITIES: Final = {
    "bangalore": "Asia/Kolkata",
    "beijing": "Asia/Shanghai",
    "delhi": "Asia/Kolkata",
    "mumbai": "Asia/Kolkata",
    "san_francisco": "America/Los_Angeles",
    "seattle": "America/Los_Angeles",
    "shenzhen": "Asia/Shanghai",
}
"""Large cities whose zone bears another city's name."""


@dataclass(frozen=True, slots=True)
class _Fault:
    message: str
    start: int
    end: int
    help: str
    code: str = "PE235"


def check_dates_exist(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """Each date is in the calendar, each time of day on the clock, within the years of ledgers."""
    for pointer, text in _dates(document):
        fault = _fault_of(text)
        if fault is not None:
            span = source.span_within(pointer, fault.start, fault.end)
            yield found(source, fault.code, pointer, fault.message, fault.help, span=span)


def _dates(document: PolicyDocument) -> Iterator[tuple[str, str]]:
    yield "/effective", document.effective
    if document.source is not None:
        yield "/source/read", document.source.read
    for name, plan in document.plans.items():
        for grant, part in plan.grants.items():
            if part.between is not None:
                place = pointer_to("plans", name, "grants", grant, "between")
                yield f"{place}/from", part.between.from_
                yield f"{place}/until", part.between.until
    if document.replaces is not None:
        for index, keep in enumerate(document.replaces.keep):
            place = pointer_to("replaces", "keep", index)
            yield f"{place}/joined_before", keep.joined_before
            yield f"{place}/until", keep.until


def _fault_of(text: str) -> _Fault | None:
    """Find what is wrong with a date or instant whose form the schema has checked."""
    return _wrong_day(text) or _wrong_time(text) or _wrong_year(text)


def _wrong_day(text: str) -> _Fault | None:
    month = int(text[_MONTH])
    if not 1 <= month <= _MONTHS:
        message = f"there is no month `{text[_MONTH]}`"
        return _fault_at(_MONTH, message, "write a month from `01` to `12`")
    last = monthrange(int(text[_YEAR]), month)[1]
    if not 1 <= int(text[_DAY]) <= last:
        message = f"the month {text[: _MONTH.stop]} has no day `{text[_DAY]}`"
        return _fault_at(_DAY, message, f"write a day from `01` to `{last}`")
    return None


def _wrong_time(text: str) -> _Fault | None:
    if len(text) == _DAY.stop:
        return None
    parts = list(_CLOCK)
    if not text.endswith("Z"):
        start = len(text) - _OFFSET_LENGTH
        parts += [("hour", slice(start + 1, start + 3), 23)]
        parts += [("minute", slice(start + 4, start + 6), 59)]
    for name, place, most in parts:
        if int(text[place]) > most:
            message = f"there is no {name} `{text[place]}`"
            return _fault_at(place, message, f"write `00` to `{most}`")
    return None


def _wrong_year(text: str) -> _Fault | None:
    is_within = YEAR_MIN <= int(text[_YEAR]) <= YEAR_MAX
    if is_within and len(text) > _DAY.stop:
        is_within = _is_instant(text)
    if is_within:
        return None
    message = f"`{text}` is outside the years {YEAR_MIN} to {YEAR_MAX}"
    return _Fault(message, 0, len(text), "write a date that a ledger can hold", "PE236")


def _fault_at(place: slice, message: str, help_: str) -> _Fault:
    return _Fault(message, place.start, place.stop, help_)


def _is_instant(text: str) -> bool:
    try:
        parse_instant(text)
    except ValueError:  # the offset moves it over the border
        return False
    return True


def check_zone_is_known(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """The time zone is one of the IANA database."""
    zone = document.time.zone
    if not _is_zone(zone):
        message = f"there is no time zone {shown(zone)}"
        yield found(source, "PE237", "/time/zone", message, _zone_help(zone))


def _is_zone(name: str) -> bool:
    if name.startswith(_NO_ZONES):
        return False
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError):  # unknown, not a plain path, a folder of zones
        return False
    return True


def _zone_help(name: str) -> str:
    city = name.rpartition("/")[2].lower().replace(" ", "_")
    if city in _CITIES:
        return f"did you mean `{_CITIES[city]}`?"
    example = "write the name of a place in it, such as `Asia/Shanghai`, or `UTC`"
    if len(name) <= _ABBREVIATION_LENGTH_MAX or _OFFSET.fullmatch(name):
        return example
    # The names below `Etc` have their signs the other way round: no guess leads there.
    hidden = ("Etc/", *_NO_ZONES)
    zones = (each for each in sorted(available_timezones()) if not each.startswith(hidden))
    known = {each.lower(): each for each in zones}
    near = [each for each in known if each.endswith(f"/{city}")]
    near += get_close_matches(name.lower(), known, n=1, cutoff=VERY_CLOSE)
    return f"did you mean `{known[near[0]]}`?" if near else example
