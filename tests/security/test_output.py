"""Labels that mean something to a terminal, a browser, a table or a build server stay labels."""

import json
import re
import shlex
import sqlite3
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from cli.terminal import Answer, Terminal
from policyengine.app.pages.blocks import Grid, Heading, markdown
from policyengine.values.characters import steers
from policyengine.wording.languages import ENGLISH
from policyengine.wording.words import Verbatim, say

STEERING = "\x1b[2J\x1b]0;title\x07\x9b31m\u202egnp.\r"
NAMES = ("<script>alert(1)</script>", "=1+1", "|a|", "`a`", "[a](http://x)", "::error::x", "%0A::x")
FORMATS = ("text", "json", "github", "sarif", "junit", "markdown")
COMMANDS = (
    "history ana",
    "history ana --all",
    "history ana --conversation {conversation}",
    "balance ana",
    "explain ana:2",
    "verify",
    "limits ana",
)


def steered(answer: Answer) -> list[str]:
    """Give what steers in an answer: only lines and tabs may."""
    return [repr(line) for line in re.split(r"[\n\t]", answer.out + answer.err) if steers(line)]


@pytest.fixture
def old_ledger(terminal: Terminal) -> str:
    """A ledger of an earlier time, which kept any text; gives the text in it."""
    terminal.run("subscribe ana plus")
    terminal.run("charge ana -m large -c text_input=1200 --conversation c --operation o")
    terminal.run("charge ana -m large -c text_input=999999999 --conversation c")
    terminal.run("grant ana 5 --reason r --by b")
    with sqlite3.connect(terminal.folder / ".policyengine" / "credits.db") as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            connection.execute(f'DROP TRIGGER "{name}"')
        for column in ("conversation_id", "operation_id", "actor", "reason", "refusal_message"):
            connection.execute(  # a name of ours
                f"UPDATE txn SET {column} = ? WHERE {column} <> ''",  # noqa: S608
                [f"{column}{STEERING}"],
            )
    connection.close()
    return f"conversation_id{STEERING}"


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("form", ["text", "json"])
def test_texts_of_an_old_ledger_cannot_steer_a_terminal(
    terminal: Terminal, old_ledger: str, command: str, form: str
) -> None:
    line = command.format(conversation=shlex.quote(old_ledger))
    answer = terminal.run(f"{line} --format {form}")
    assert steered(answer) == []
    if form == "json":
        json.loads(answer.out)


@pytest.mark.parametrize(
    "command",
    [
        "balance {}",
        "balance ana --db {}",
        "balance ana --policies {}",
        "validate {}",
        "charge ana -m {} -c text_input=1",
        "charge ana -m large -c {}=1",
        "grant ana 5 --reason {}",
        "subscribe ana {}",
        "explain-code {}",
        "explain {}",
        "{}",
    ],
)
@pytest.mark.parametrize("form", ["text", "json"])
def test_arguments_that_are_repeated_cannot_steer_it(
    terminal: Terminal, command: str, form: str
) -> None:
    terminal.run("subscribe bo plus")
    answer = terminal.run(f"{command.format(shlex.quote('x' + STEERING))} --format {form}")
    assert answer.code != 0
    assert steered(answer) == []


@pytest.mark.parametrize("form", FORMATS)
def test_names_of_files_cannot_steer_it_either(terminal: Terminal, form: str) -> None:
    name = f"a{STEERING.replace('/', '')}.yaml"
    (terminal.folder / name).write_text("format: 1\nwrong: 2\n")
    answer = terminal.run(f"validate . --format {form}")
    assert answer.code == 1
    assert steered(answer) == []


@pytest.mark.parametrize("name", [each.replace("/", "_") for each in NAMES])
def test_a_name_of_a_file_stays_in_its_place(terminal: Terminal, name: str) -> None:
    file = f"{name}.yaml"
    (terminal.folder / file).write_text("format: 1\nwrong: 2\n")
    quoted = shlex.quote(f"./{file}")
    table = terminal.run(f"validate {quoted} --format markdown").out.splitlines()
    rows = [line for line in table if line.startswith("| `")]
    assert rows
    for row in rows:
        assert len(re.findall(r"(?<!\\)\|", row)) == 4, row  # three cells
        assert row.count("`", 0, row.index(" | ")) == 2, row  # one quote
    tests = ET.fromstring(terminal.run(f"validate {quoted} --format junit").out)  # noqa: S314
    assert {each.tag for each in tests.iter()} <= {
        *("testsuites", "testsuite", "testcase", "failure", "system-out"),
    }
    lines = terminal.run(f"validate {quoted} --format github").out.splitlines()
    notes = [line for line in lines if line.startswith("::")]
    assert all(line.startswith("::error file=") for line in notes)
    json.loads(terminal.run(f"validate {quoted} --format sarif").out)


TITLE = next(key for key, text in ENGLISH.texts.items() if "{" not in text)
USAGE = """who,at,in,model
{name},1,199999,{name}
bo,5,1000000,small
"""
MAPPING = """\
format: 1
mapping: small
about: Three columns of a small file.
columns: {who: who, t: at, prompt: in, model: model}
wallets: {named_by: [who], plan: pro, still_short: refuse}
models: {column: model, otherwise: {model: standard}}
time: {column: t, unit: seconds, zero_at: 2026-02-01T00:00:00Z}
units: {text_input: prompt}
without_usage: skip
"""


@pytest.mark.parametrize("form", ["html", "md", "json"])
def test_names_in_recorded_usage_cannot_become_markup(terminal: Terminal, form: str) -> None:
    """Usage comes from elsewhere: its names are in reports that people open in a browser."""
    reference = Path(__file__).parents[2] / "policies" / "codeflicker"
    for version in ("v1.yaml", "v2.yaml"):
        (terminal.folder / version).write_text((reference / version).read_text("utf-8"), "utf-8")
    (terminal.folder / "usage.csv").write_text(USAGE.format(name="<script>x</script>"))
    (terminal.folder / "small.yaml").write_text(MAPPING)
    answer = terminal.run(
        "simulate --usage usage.csv --mapping small.yaml --policy v2.yaml --vs v1.yaml "
        f"--report out.{form}"
    )
    assert answer.code in {0, 1}, answer
    text = (terminal.folder / f"out.{form}").read_text("utf-8")
    if form != "json":
        assert "<script" not in text.replace("\\<script", "")
    assert not [line for line in text.splitlines() if steers(line.replace("\t", ""))]


@pytest.mark.parametrize("name", NAMES)
def test_names_in_pages_cannot_become_markup(name: str) -> None:
    grid = Grid((say(TITLE),), ((Verbatim(name),),))
    page = markdown((Heading(say(TITLE)), grid), ENGLISH)
    row = page.splitlines()[-1]
    assert len(re.findall(r"(?<!\\)\|", row)) == 2
    assert "<script" not in row.replace("\\<script", "")


def test_nothing_is_written_for_spreadsheets() -> None:
    """A cell that begins with `=` is a formula there: whoever adds such a format must quote it."""
    sources = Path(__file__).parents[2] / "src" / "policyengine"
    writers = [
        path.name
        for path in sources.rglob("*.py")
        if "csv.writer" in path.read_text("utf-8") or "DictWriter" in path.read_text("utf-8")
    ]
    assert writers == []
