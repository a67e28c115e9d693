"""The languages: English and Chinese, each with its catalogue and its way to count and list."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from policyengine.values.calendar import CalendarSpan
from policyengine.wording.chinese.conduct import CONDUCT as CONDUCT_ZH
from policyengine.wording.chinese.nouns import NOUNS as NOUNS_ZH
from policyengine.wording.chinese.pages import PAGES as PAGES_ZH
from policyengine.wording.chinese.refusals import REFUSALS as REFUSALS_ZH
from policyengine.wording.chinese.rules import RULES as RULES_ZH
from policyengine.wording.english.conduct import CONDUCT
from policyengine.wording.english.nouns import NOUNS
from policyengine.wording.english.pages import PAGES
from policyengine.wording.english.refusals import REFUSALS
from policyengine.wording.english.rules import RULES
from policyengine.wording.rendering import Language

_WORDS: Final = {"and": " and ", "or": " or "}
_SIGNS_ZH: Final = {"and": "和", "or": "或"}
_BORDER_ZH: Final = re.compile(r"(?<=[一-鿿])(?=[A-Za-z0-9])|(?<=[A-Za-z0-9%])(?=[一-鿿])")
_SPANS_ZH: Final = {
    "second": "秒",
    "minute": "分钟",
    "hour": "小时",
    "day": "天",
    "week": "周",
    "month": "个月",
    "year": "年",
}


def _counted(number: str, is_one: bool, noun: str) -> str:
    one, bar, many = noun.partition("|")
    if not bar:  # a name that the catalogue does not have: policies write measures in the plural
        one, many = noun.removesuffix("s"), noun
    return f"{number} {one if is_one else many}"


def _joined(texts: tuple[str, ...], joined: str) -> str:
    if joined == "list":
        return ", ".join(texts)
    return f"{', '.join(texts[:-1])}{_WORDS[joined]}{texts[-1]}"


def _span(span: CalendarSpan, each: bool) -> str:
    if not each:
        return str(span)
    return f"every {span.unit}" if span.count == 1 else f"every {span}"


def _counted_zh(number: str, _is_one: bool, noun: str) -> str:
    return f"{number} {noun}"


def _joined_zh(texts: tuple[str, ...], joined: str) -> str:
    if joined == "list":
        return "、".join(texts)
    return f"{'、'.join(texts[:-1])}{_SIGNS_ZH[joined]}{texts[-1]}"


def _span_zh(span: CalendarSpan, each: bool) -> str:
    unit = _SPANS_ZH[span.unit]
    if not each:
        return f"{span.count} {unit}"
    return f"每{unit}" if span.count == 1 else f"每 {span.count} {unit}"


def _spaced_zh(text: str) -> str:
    """Put a blank between Chinese signs and letters or digits."""
    return _BORDER_ZH.sub(" ", text)


ENGLISH: Final = Language(
    "en",
    MappingProxyType({**RULES, **CONDUCT, **NOUNS, **REFUSALS, **PAGES}),
    _counted,
    _joined,
    _span,
    str,
)
CHINESE: Final = Language(
    "zh",
    MappingProxyType({**RULES_ZH, **CONDUCT_ZH, **NOUNS_ZH, **REFUSALS_ZH, **PAGES_ZH}),
    _counted_zh,
    _joined_zh,
    _span_zh,
    _spaced_zh,
)
LANGUAGES: Final[Mapping[str, Language]] = MappingProxyType({"en": ENGLISH, "zh": CHINESE})
