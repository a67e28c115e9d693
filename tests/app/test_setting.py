"""Setting a value: it changes and nothing else does, whatever the layout; never to nonsense."""

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policyengine.app.coverage.changes import changes_of
from policyengine.app.setting import PathUnknown, with_value
from policyengine.policy.facts import Fact, facts_of
from policyengine.policy.load import load_policy
from policyengine.policy.nodes import ScalarNode
from policyengine.policy.source import load_source
from policyengine.values.diagnostics import Span

ROOT = Path(__file__).resolve().parents[2]
POLICIES = sorted((ROOT / "policies").glob("*/*.yaml"))
REFERENCE = ROOT / "policies" / "codeflicker" / "v1.yaml"

LAYOUT = """\
models:
  lite: {multiplier: 0.5} # the small one
  "gpt-4.1":
    # dear
    multiplier: 6 # six

    tiers:
      - when: "all_input > 200000"
        multiplier: 12
  none: {}
packs:
  one:
    credits: 500
  # the end
why: 说明 # 注
"""


@cache
def facts(path: Path) -> tuple[tuple[Fact, ...], tuple[tuple[str, ...], ...]]:
    loaded = load_policy(path.read_bytes(), path.name)
    assert loaded.document is not None
    found = facts_of(loaded.source)
    return found, tuple(changes_of(each, loaded.document) or ("Other",) for each in found)


def around(text: str, span: Span) -> tuple[str, str]:
    """What stands before and behind a span; the mark at the beginning has no column."""
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    marks = [int(no == 1 and text.startswith("\ufeff")) for no in (span.line, span.end_line)]
    begins = starts[span.line - 1] + span.column - 1 + marks[0]
    ends = starts[span.end_line - 1] + span.end_column - 1 + marks[1]
    return text[:begins], text[ends:]


def dressed(text: str, *, crlf: bool, mark: bool) -> bytes:
    text = text.replace("\n", "\r\n") if crlf else text
    return (("\ufeff" if mark else "") + text).encode()


@settings(max_examples=60, deadline=None)
@given(data=st.data(), crlf=st.booleans(), mark=st.booleans())
def test_every_value_of_every_policy_is_set_and_nothing_else(
    data: st.DataObject, *, crlf: bool, mark: bool
) -> None:
    path = data.draw(st.sampled_from(POLICIES))
    every, changes = facts(path)
    number = data.draw(st.integers(0, len(every) - 1))
    fact, new = every[number], data.draw(st.sampled_from(changes[number]))
    before = dressed(path.read_text(), crlf=crlf, mark=mark)
    setting = with_value(before, path.name, fact.path, new)
    assert (setting.old, setting.line) == (fact.text, fact.line)
    node = load_source(setting.text.encode(), path.name)[0].node(fact.pointer)
    assert isinstance(node, ScalarNode)
    assert node.text == new
    head, tail = around(before.decode(), fact.span)
    assert setting.text.startswith(head)
    assert setting.text.endswith(tail)
    middle = setting.text[len(head) : len(setting.text) - len(tail)]
    assert middle.rstrip("\r\n") in {new, f'"{new}"'}


@settings(max_examples=40, deadline=None)
@given(data=st.data(), text=st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"])))
def test_any_text_is_written_so_that_it_is_read_again(data: st.DataObject, text: str) -> None:
    path = data.draw(st.sampled_from(["why", "source.placeholders", "source.page"]))
    setting = with_value(REFERENCE.read_bytes(), "v1.yaml", path, text)
    if not setting.findings:
        source = load_source(setting.text.encode(), "v1.yaml")[0]
        node = source.node("/" + path.replace(".", "/"))
        assert isinstance(node, ScalarNode)
        assert node.text == text


@pytest.mark.parametrize(
    ("path", "value", "old", "new"),
    [
        ("models.lite.multiplier", "1", "{multiplier: 0.5} #", "{multiplier: 1} #"),
        ("models.lite.title", "Lite", "{multiplier: 0.5} #", "{multiplier: 0.5, title: Lite} #"),
        ("models.none.multiplier", "1", "none: {}", "none: {multiplier: 1}"),
        ("models.gpt-4.1.multiplier", "7", "multiplier: 6 # six", "multiplier: 7 # six"),
        (
            "models.gpt-4.1.title",
            "GPT",
            "multiplier: 6 # six\n",
            "multiplier: 6 # six\n    title: GPT\n",
        ),
        (
            "models.gpt-4.1.minimum",
            "0.5",
            "        multiplier: 12\n",
            "        multiplier: 12\n    minimum: 0.5\n",
        ),
        (
            "models.gpt-4.1.tiers.0.when",
            "all_input > 1",
            '"all_input > 200000"',
            '"all_input > 1"',
        ),
        (
            "models.gpt-4.1.tiers.0.applies_to",
            "whole_request",
            '200000"\n',
            '200000"\n        applies_to: whole_request\n',
        ),
        ("packs.one.title", "One", "    credits: 500\n", "    title: One\n    credits: 500\n"),
        (
            "packs.one.expires",
            "never",
            "    credits: 500\n",
            "    credits: 500\n    expires: never\n",
        ),
        ("why", "a: b", "说明 #", '"a: b" #'),
        ("version", "1", "models:\n", "version: 1\nmodels:\n"),
        ("status", "draft", "models:\n", "status: draft\nmodels:\n"),
    ],
)
@pytest.mark.parametrize("crlf", [False, True])
def test_layout_and_comments_stay_around_a_value(
    path: str, value: str, old: str, new: str, *, crlf: bool
) -> None:
    assert old in LAYOUT
    setting = with_value(dressed(LAYOUT, crlf=crlf, mark=False), "p.yaml", path, value)
    assert setting.text.encode() == dressed(LAYOUT.replace(old, new, 1), crlf=crlf, mark=False)


def test_a_key_goes_behind_a_last_line_without_an_end() -> None:
    for end in ("\n", "\r\n"):
        text = f"plans:{end}  pro:{end}    title: Pro"
        setting = with_value(text.encode(), "p.yaml", "plans.pro.cycle", "1 month")
        assert setting.text == f"{text}{end}    cycle: 1 month"


def test_a_first_key_behind_a_dash_keeps_its_place() -> None:
    text = "alerts:\n  - expiring_within: 3 days\n"
    setting = with_value(text.encode(), "p.yaml", "alerts.0.balance_below", "20%")
    assert setting.text == "alerts:\n  - expiring_within: 3 days\n    balance_below: 20%\n"


def test_a_text_of_several_lines_becomes_one_in_quotes() -> None:
    for end in ("\n", "\r\n"):
        text = f"why: |{end}  one{end}  two{end}version: 1{end}"
        setting = with_value(text.encode(), "p.yaml", "why", "new: words")
        assert setting.text == f'why: "new: words"{end}version: 1{end}'


@pytest.mark.parametrize(
    ("path", "message", "remedy"),
    [
        (
            "models.lit.multiplier",
            "there is no `models.lit.multiplier`",
            "did you mean `models.lite.multiplier`?",
        ),
        ("models.lite", "`models.lite` is no single value", "it has `multiplier`"),
        (
            "models.gpt-4.1.tiers.3.when",
            "there is no `models.gpt-4.1.tiers.3.when`",
            "name an entry by its place, from 0 to 0",
        ),
        ("why.not", "there is no `why.not`", "leave out what follows the value"),
        ("colours.red", "there is no `colours.red`", "it has `models`, `packs`, `why`"),
        ("models.mini", "there is no `models.mini`", "it has `lite`, `gpt-4.1`, `none`"),
    ],
)
def test_a_path_that_leads_nowhere_is_told_the_way(path: str, message: str, remedy: str) -> None:
    with pytest.raises(PathUnknown) as caught:
        with_value(LAYOUT.encode(), "p.yaml", path, "1")
    assert (str(caught.value), caught.value.remedy) == (message, remedy)


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("models.lite.multiplier", "1_000", "PE040"),
        ("models.lite.multiplier", "dear", "PE120"),
        ("models.lite.multiplier", "-1", "PE124"),
        ("charge.failed_request", "fre", "PE121"),
        ("cohorts", "annual", None),
        ("time.zone", "Mars", "PE237"),
        ("shortfall.in_debt", "refuse_all", "PE241"),
    ],
)
def test_a_value_that_would_not_be_valid_is_a_finding(
    path: str, value: str, code: str | None
) -> None:
    if code is None:
        with pytest.raises(PathUnknown):
            with_value(REFERENCE.read_bytes(), "v1.yaml", path, value)
        return
    setting = with_value(REFERENCE.read_bytes(), "v1.yaml", path, value)
    assert [each.code for each in setting.findings] == [code]
    assert all(setting.drawn())


def test_a_version_must_still_fit_the_others() -> None:
    beside = REFERENCE.with_name("v2.yaml")
    others = [("v2.yaml", beside.read_bytes())]
    setting = with_value(
        REFERENCE.read_bytes(), "v1.yaml", "effective", "2027-01-01T00:00:00Z", others
    )
    assert {each.code for each in setting.findings} == {"PE404"}
    alone = with_value(beside.read_bytes(), "v2.yaml", "models.lite.multiplier", "2")
    assert alone.findings == ()


def test_a_file_that_cannot_be_read_shows_its_findings() -> None:
    setting = with_value(b"models: [", "p.yaml", "models.lite.multiplier", "2")
    assert [each.code for each in setting.findings] == ["PE010"]
