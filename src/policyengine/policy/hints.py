"""What an author probably meant by a value that is not in the language's own form."""

import re
from collections.abc import Iterable
from decimal import Decimal, localcontext
from difflib import get_close_matches
from typing import Final

from policyengine.policy.slips import only_slip

_UNITS: Final = ("second", "minute", "hour", "day", "week", "month", "year")
_UNIT_SHORT: Final = {
    "s": "second",
    "sec": "second",
    "min": "minute",
    "mins": "minute",
    "h": "hour",
    "hr": "hour",
    "hrs": "hour",
    "d": "day",
    "w": "week",
    "wk": "week",
    "mo": "month",
    "mth": "month",
    "y": "year",
    "yr": "year",
}
_COUNTS: Final = {
    "a": 1,
    "an": 1,
    "one": 1,
    "two": 2,
    "three": 3,
    "six": 6,
    "seven": 7,
    "twelve": 12,
    "thirty": 30,
}
_CYCLES: Final = {
    "hourly": "1 hour",
    "daily": "1 day",
    "weekly": "1 week",
    "monthly": "1 month",
    "quarterly": "3 months",
    "yearly": "1 year",
    "annual": "1 year",
    "annually": "1 year",
}
_SPAN = re.compile(r"([0-9]{1,6}|[a-z]+)[ _-]*([a-z]+)")
_INSTANT = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2}))?)?"
    r" *(Z|UTC|[+-]\d{2}:\d{2})?",
    re.ASCII | re.IGNORECASE,
)
_CLOCK = re.compile(
    r"(\d{1,2})(?:[:.h](\d{2})(?::00)?|h)? *(a\.?m\.?|p\.?m\.?|o'clock|uhr)?",
    re.ASCII | re.IGNORECASE,
)
_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,4})?) *(?:%|％|percent|per cent|pct)?")
_QUOTED_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,12})?")
_NUMBER_AND_UNIT = re.compile(
    r"[$€£¥xX×*]? *((?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,12})?)"
    r" *(?:[$€£¥xX×*]|[A-Za-z]{3,}[A-Za-z ]*)?"
)
_FACTOR = re.compile(r"[xX×*] ?([0-9.]+)|([0-9.]+) ?[xX×*]")
_NOT_IN_NAME = re.compile(r"[^a-z0-9]+")

KEY_SYNONYMS: Final = {
    "allowance": "credits",
    "amount": "credits",
    "billing_period": "cycle",
    "date": "effective",
    "default_model": "unknown_model",
    "description": "why",
    "display_name": "title",
    "end": "until",
    "expiry": "expires",
    "expiration": "expires",
    "id": "policy",
    "if": "when",
    "interval": "cycle",
    "label": "title",
    "name": "title",
    "overdraft": "debt",
    "period": "cycle",
    "prices": "rates",
    "reason": "why",
    "rounding": "round",
    "start": "from",
    "timezone": "zone",
    "ttl": "expires",
    "tz": "zone",
    "valid_for": "expires",
}
"""Words that other systems use, and ours."""

KEYS_IN_CHINESE: Final = {
    "版本": "version",
    "政策": "policy",
    "生效时间": "effective",
    "状态": "status",
    "说明": "why",
    "时间": "time",
    "时区": "zone",
    "积分": "credits",
    "单位": "units",
    "费率": "rates",
    "模型": "models",
    "倍率": "multiplier",
    "计费": "charge",
    "套餐": "plans",
    "周期": "cycle",
    "有效期": "expires",
    "结转": "carry_over",
    "积分包": "packs",
    "价格": "price",
    "名称": "title",
    "优先级": "priority",
    "变更": "changes",
    "升级": "upgrade",
    "降级": "downgrade",
    "取消": "cancel",
    "提醒": "alerts",
    "退款": "refunds",
}
"""Keys as authors may write them in Chinese, and ours."""

_NOON: Final = 12
_HOUR_MAX, _MINUTE_MAX = 23, 59
READ_MAX: Final = 64
"""Characters of a value that are read for what was meant; some patterns take quadratic time."""

CLOSE: Final = 3 / 5
VERY_CLOSE: Final = 3 / 4


def nearest(word: str, known: Iterable[str], cutoff: float = CLOSE) -> str:
    """Find the known word that is spelt most like a word, or nothing."""
    choices = list(known)
    folded = re.sub(r"[^a-z0-9]+", "_", word[:READ_MAX].lower()).strip("_")
    if folded in choices:
        return folded
    return next(iter(get_close_matches(folded, choices, n=1, cutoff=cutoff)), "")


def nearest_key(word: str, known: Iterable[str]) -> tuple[str, bool]:
    """Find the known key that was probably meant, and tell whether it is all but certain."""
    choices = list(known)
    near = nearest(word, choices)
    if near:
        return near, bool(nearest(word, choices, VERY_CLOSE))
    synonym = nearest(word, KEY_SYNONYMS, VERY_CLOSE)
    meant = KEYS_IN_CHINESE.get(word) or KEY_SYNONYMS.get(synonym, "")
    return (meant, False) if meant in choices else ("", False)


def span_meant(text: str) -> str:
    """Read `30d`, `1month`, `one week` or `monthly` as a span, or give nothing."""
    folded = text[:READ_MAX].strip().lower()
    if folded in _CYCLES:
        return _CYCLES[folded]
    match = _SPAN.fullmatch(folded)
    if match is None:
        return ""
    count = int(match[1]) if match[1].isdecimal() else _COUNTS.get(match[1], 0)
    unit = _UNIT_SHORT.get(match[2]) or nearest(match[2].removesuffix("s"), _UNITS)
    if not count or not unit:
        return ""
    return f"{count} {unit}" + ("" if count == 1 else "s")


def span_is_certain(text: str) -> bool:
    """Tell whether the unit of a text that is read as a span is plainly one of the units."""
    folded = text[:READ_MAX].strip().lower()
    match = _SPAN.fullmatch(folded)
    if match is None:
        return folded in _CYCLES
    return match[2] in _UNIT_SHORT or bool(only_slip(match[2].removesuffix("s"), _UNITS))


def instant_meant(text: str) -> str:
    """Read a date or a sloppy instant as an instant; without a zone, UTC is assumed."""
    match = _INSTANT.fullmatch(text[:READ_MAX].strip())
    if match is None:
        return ""
    year, month, day, hour, minute, second, zone = match.groups()
    is_utc = zone is None or zone.upper() in {"Z", "UTC"}
    clock = f"{int(hour or 0):02d}:{minute or '00'}:{second or '00'}"
    return f"{year}-{int(month):02d}-{int(day):02d}T{clock}{'Z' if is_utc else zone}"


def date_meant(text: str) -> str:
    """Read a sloppy date as a date, or give nothing."""
    return instant_meant(text).partition("T")[0]


def time_of_day_meant(text: str) -> str:
    """Read `9am`, `9:00` or `17h` as a time of day, or give nothing."""
    match = _CLOCK.fullmatch(text[:READ_MAX].strip())
    if match is None:
        return ""
    hour, minute, half = int(match[1]), int(match[2] or 0), (match[3] or "").lower()
    if half[:1] in {"a", "p"} and 1 <= hour <= _NOON:
        hour = hour % _NOON + (_NOON if half[0] == "p" else 0)
    return f"{hour:02d}:{minute:02d}" if hour <= _HOUR_MAX and minute <= _MINUTE_MAX else ""


def percentage_meant(value: str | int | Decimal) -> str:
    """Read `20`, `0.2`, `20 %` or `20 percent` as a percentage, or give nothing."""
    if isinstance(value, Decimal) and 0 < value < 1:
        with localcontext() as context:
            context.prec = 40
            share = format((value * 100).normalize(), "f")
        return f"{share}%"
    match = _PERCENT.fullmatch(str(value)[:READ_MAX].strip().lower())
    return f"{match[1]}%" if match else ""


def number_meant(text: str) -> tuple[str, bool]:
    """Read a number in quotes or with a unit, and tell whether nothing else was in the text."""
    if _QUOTED_NUMBER.fullmatch(text):
        return text, True
    match = _NUMBER_AND_UNIT.fullmatch(text[:READ_MAX].strip())
    return (match[1], False) if match else ("", False)


def factor_meant(text: str) -> str:
    """Read `1.5x` or `x 1.5` as a number, or give nothing."""
    match = _FACTOR.fullmatch(text[:READ_MAX].strip())
    number = (match[1] or match[2]) if match else ""
    return number if _QUOTED_NUMBER.fullmatch(number) else ""


def spans_meant(number: int, example: str) -> tuple[str, ...]:
    """Give the spans that a number without a unit may stand for: the usual unit of its key first.

    Takes: a span that suits the key, such as `15 minutes`.
    """
    usual = example.partition(" ")[2].removesuffix("s")
    units = dict.fromkeys((usual, "day", "month") if usual in _UNITS else ("day", "month"))
    return tuple(f"{number} {unit}{'' if number == 1 else 's'}" for unit in units)


def name_meant(text: str) -> str:
    """Write a text as a name: lower-case letters, digits and `_`, or give nothing."""
    name = _NOT_IN_NAME.sub("_", text.lower()).strip("_")[:64]
    return name if name[:1].isalpha() else ""
