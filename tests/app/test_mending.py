"""Edits of findings: applied where they are proven, and nothing else of the file changes."""

from functools import cache
from typing import Final

import pytest

from app.shops import policy_text
from policy.mistakes import Mistake, good_policies, mistakes
from policyengine.app.mending import Mended, edited, mended
from policyengine.app.starter import starter_files
from policyengine.policy.load import load_policy
from policyengine.policy.source import Source
from policyengine.values.diagnostics import Diagnostic, Edit, Span

SAMPLE: Final = 10
"""One of so many mistakes of the corpus is mended: each is read many times."""

RESTORED: Final = {
    "a wrong unit of time",
    "a multiplier with x",
    "full-width digits",
    "a full-width colon",
    "a comma for a point",
    "a tab",
    "a key twice",
}
"""Mistakes that have one reading: mended, each file is as it was before, byte for byte."""


def read(text: str) -> tuple[Source, tuple[Diagnostic, ...]]:
    """Read a text as a policy."""
    loaded = load_policy(text, "p.yaml")
    return loaded.source, loaded.diagnostics


@cache
def sample() -> tuple[Mistake, ...]:
    """Give some mistakes of every rule."""
    return tuple(mistakes())[::SAMPLE]


def test_a_mistake_is_undone_or_left_and_never_made_into_something_else() -> None:
    good = {each.name: each.text for each in good_policies()}
    restored = 0
    for mistake in sample():
        after = mended(mistake.text, read)
        is_restored = after.text == good[mistake.file]
        assert is_restored or after == Mended(mistake.text, ()), mistake.title
        assert is_restored or mistake.rule not in RESTORED, mistake.title
        restored += is_restored
    assert restored >= 0.7 * len(sample())


def test_several_mistakes_in_one_file_are_mended_together() -> None:
    text = policy_text()
    wrong = text.replace("multiplier: 4\n", "multiplir: 4x\n").replace("zone: UTC", "zone：UTC")
    wrong = wrong.replace("  late_usage", "\tlate_usage").replace("minimum: 0.01", "minimum: 0,01")
    after = mended(wrong, read)
    assert after.text == text
    assert [each.code for each in after.findings] == ["PE004", "PE018", "PE110", "PE120", "PE040"]


@pytest.mark.parametrize("width", [2, 4, 8])
def test_tabs_are_as_wide_as_the_rest_of_the_file_tells(width: int) -> None:
    text = policy_text()
    lines = [
        " " * (width // 2 * (len(line) - len(line.lstrip()))) + line.lstrip()
        for line in text.split("\n")
    ]
    wide = "\n".join(lines)
    at = next(number for number, line in enumerate(lines) if line.lstrip().startswith("late_"))
    lines[at] = "\t" + lines[at].lstrip()
    assert mended("\n".join(lines), read).text == wide


def test_a_tab_that_fits_nowhere_stays() -> None:
    wrong = policy_text().replace("\n  late_usage", "\n   \tlate_usage")
    assert mended(wrong, read).text == wrong


def test_line_ends_and_a_byte_order_mark_stay() -> None:
    text = "\ufeff" + policy_text().replace("\n", "\r\n")
    wrong = text.replace("multiplier: 4\r", "multiplir: 4\r")
    assert mended(wrong, read).text == text


def test_a_policy_without_errors_says_the_same_afterwards() -> None:
    text = policy_text()

    def read_with_a_warning(text: str) -> tuple[Source, tuple[Diagnostic, ...]]:
        source, _ = read(text)
        edit = Edit(Span(14, 10, 14, 11), "2")  # `version: 1` would become another one
        warning = Diagnostic("PE999", "so", "p.yaml", edit.span, severity="warning", edit=edit)
        return source, () if "version: 2" in text else (warning,)

    assert mended(text, read_with_a_warning).text == text


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("multiplier: 4\n", "multiplier: 4 credits\n"),  # a unit that has another meaning
        ("balance_below: 20%", "balance_below: 0.2"),
        ("minimum: 0.01", "minimum: 1,500"),
        ("after_request: take", "after_requests_end: take"),
        ("    cycle: 1 month\n", "    cycle: 1\n"),
        ("title: Plus\n", "title: Plus\n    title: Pro\n"),
        ("policy: my_product", "policy: My Product"),
    ],
)
def test_what_has_two_readings_is_left_to_the_author(old: str, new: str) -> None:
    wrong = policy_text().replace(old, new, 1)
    assert wrong != policy_text()
    assert mended(wrong, read) == Mended(wrong, ())


def test_templates_need_no_mending() -> None:
    for template in ("chat", "agent", "image", "team"):
        for path, content in starter_files(template).items():
            if path.name == "v1.yaml":
                assert mended(content.decode(), read) == Mended(content.decode(), ())


def test_an_edit_replaces_its_stretch_alone() -> None:
    assert edited("ab\r\ncd\r\n", Edit(Span(1, 2, 2, 2), "-")) == "a-d\r\n"
