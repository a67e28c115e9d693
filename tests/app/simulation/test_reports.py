"""Reports: every form says the same, nothing in them is taken for markup or fetched."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from app.replay.usage_files import made_rows
from app.simulation.simulations import REFERENCE, altered, change, many_rows, simulated, written
from policyengine.app.simulation.about import Report
from policyengine.app.simulation.form import FORMAT, VERSION, simulation_form
from policyengine.app.simulation.html import simulation_html
from policyengine.app.simulation.markdown import simulation_markdown
from policyengine.app.simulation.tables import facts, headline, tables
from policyengine.app.simulation.wording import (
    credits_shown,
    percent_text,
    points_text,
    share_text,
    signed,
)
from policyengine.app.starter import packaged


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    return simulated(written(tmp_path_factory.mktemp("report")))


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Report:
    rows = many_rows(seed=5, wallets=900, count=4000)
    return simulated(written(tmp_path_factory.mktemp("sample"), rows), change(share="1/5"))


def test_the_form_has_its_version_and_adds_up(report: Report) -> None:
    form = json.loads(json.dumps(simulation_form(report)))
    assert (form["format"], form["version"]) == (FORMAT, VERSION)
    assert sum(each["value"] for each in form["wallets"].values()) == form["usage"]["wallets"]
    refused = form["figures"]["refused"]["new"]["value"]
    assert refused == sum(each["new"]["refused"] for each in form["plans"].values())
    assert refused == sum(each["new"] for each in form["refusals"].values())
    assert form["sample"] is None
    assert len(form["largest"]) == 10
    assert form["old"]["versions"][0]["version"] == 1
    assert form["ran_out"]["wallets"] == len(form["ran_out"]["listed"]) > 0


def test_the_form_is_what_the_published_schema_says(report: Report, sample: Report) -> None:
    schema = json.loads((packaged("schemas") / "reports/simulate.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    for each in (report, sample):
        form = json.loads(json.dumps(simulation_form(each)))
        assert [fault.message for fault in validator.iter_errors(form)] == []
        assert not validator.is_valid({**form, "more": 1})
        assert not validator.is_valid({**form, "from": "yesterday"})


def test_a_sample_states_its_method_and_its_bands(sample: Report) -> None:
    form = simulation_form(sample)
    assert "stratified" in form["sample"]["method"]
    assert form["sample"]["confidence_percent"] == 95
    price = form["figures"]["price"]["change"]
    assert float(price["low"]) < float(price["value"]) < float(price["high"])
    for text in (simulation_markdown(sample), simulation_html(sample)):
        assert "±" in text
        assert "stratified" in text
    assert headline(sample).startswith("about") or "about" in headline(sample)


def test_every_table_is_as_wide_as_its_columns(report: Report, sample: Report) -> None:
    for each in (report, sample):
        found = list(tables(each))
        assert {"In total", "Winners and losers", "Price by model"} <= {t.title for t in found}
        for table in found:
            assert {len(row) for row in table.rows} == {len(table.columns)}, table.title


def test_markdown_has_each_table_once(report: Report) -> None:
    text = simulation_markdown(report)
    for table in tables(report):
        assert text.count(f"### {table.title}\n") == 1
    assert re.search(r"\| -[0-9,]+\.[0-9]{2} \|", text)


class Page(HTMLParser):
    """Reads a page strictly: every element that is opened is closed in order."""

    VOID = ("meta", "line", "path")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("which", ["report", "sample"])
def test_the_page_is_whole_and_asks_for_nothing_else(
    which: str, request: pytest.FixtureRequest
) -> None:
    text = simulation_html(request.getfixturevalue(which))
    page = Page()
    page.feed(text)
    page.close()
    assert page.open == []
    assert not {tag for tag, _ in page.seen} & {"script", "link", "img", "iframe", "object"}
    assert not any({"src", "href"} & set(attributes) for _, attributes in page.seen)
    assert "url(" not in text
    assert "@import" not in text
    assert "prefers-color-scheme: dark" in text
    assert [tag for tag, _ in page.seen].count("svg") >= 2
    assert all("aria-label" in attributes for tag, attributes in page.seen if tag == "svg")


def test_names_of_wallets_cannot_break_out_of_a_report(tmp_path: Path) -> None:
    rows = made_rows(seed=2, count=60)
    folder = tmp_path / "a<b>|*x*"
    folder.mkdir()
    evil = simulated(written(folder, rows))
    assert "a<b>" not in simulation_html(evil)
    assert "a&lt;b&gt;" in simulation_html(evil)
    assert r"a\<b\>\|\*x\*" in simulation_markdown(evil)


def test_a_change_that_changes_nothing_says_so(tmp_path: Path) -> None:
    same = REFERENCE / "v1.yaml"
    report = simulated(written(tmp_path, many_rows(count=80)), change(same, same))
    assert headline(report) == (
        "no wallet is worse off, 0 better; the price of all requests stays the same"
    )
    assert "The largest changes" not in simulation_markdown(report)
    assert simulation_html(report)


def test_losers_are_counted_in_the_headline(tmp_path: Path) -> None:
    file = written(tmp_path, many_rows(count=80))
    dearer = altered(tmp_path, 1, "multiplier: 6", "multiplier: 9")
    report = simulated(file, change(new=dearer))
    assert "wallets are worse off" in headline(report)
    assert "rises by" in headline(report)


def test_facts_name_what_was_left_out(report: Report) -> None:
    found = dict(facts(report))
    assert "the model is not in the table" in found["left out"]
    assert "version 2, taken as always in force" in found["new"]


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        ("1,234.57", credits_shown(1_234_567_890)),
        ("-0.01", credits_shown(-6_000)),
        ("0.00", credits_shown(4_000)),
        ("+5", signed("5")),
        ("-5", signed("-5")),
        ("0.00", signed("0.00")),
        ("-33.3 %", percent_text(-1, 3)),
        ("+100.0 %", percent_text(3, 3)),
        ("0.0 %", percent_text(0, 3)),
        ("-", percent_text(3, 0)),
        ("12.5 %", share_text(1, 8)),
        ("-", share_text(0, 0)),
        ("-16.7 %", points_text(-1667)),
        ("-", points_text(None)),
    ],
)
def test_figures_are_written_as_people_read_them(expected: str, found: str) -> None:
    assert expected == found
