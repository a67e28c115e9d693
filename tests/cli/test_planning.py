"""`plan`: one page that a product manager can read, exit codes for CI, and the same as data."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.planning.repositories import SECOND, SHOP_GUARDS, begin, make_dearer
from app.repositories import commit_all
from cli.terminal import Terminal

USAGE = """\
who,at,in,out,model
ana,1,200000,40000,large
ana,900000,150000,60000,large
bo,5,900000,20000,standard
cy,9,195000,260000,large
"""
MAPPING = """\
format: 1
mapping: teams
about: Requests of three teams.
columns: {who: who, t: at, prompt: in, answer: out, model: model}
wallets: {named_by: [who], plan: plus, still_short: refuse}
models: {column: model, names: [{like: large, model: large}], otherwise: {model: standard}}
time: {column: t, unit: seconds, zero_at: 2026-02-01T00:00:00Z}
units: {text_input: prompt, text_output: answer}
without_usage: skip
"""
SIMULATED = "plan --usage usage.csv --mapping teams.yaml"
GUARDS = f"""\
{SHOP_GUARDS}\
  whoever: {{measure: wallet_rise, at_most: 30%, otherwise: warn, why: Agreed in March.}}
"""


@pytest.fixture
def shop(empty: Terminal) -> Terminal:
    """A terminal on a branch that makes a model dearer, with usage and without guards."""
    begin(empty.folder)
    make_dearer(empty.folder)
    Path("usage.csv").write_text(USAGE)
    Path("teams.yaml").write_text(MAPPING)
    return empty


def test_a_plan_is_one_page_with_the_verdict_first(shop: Terminal, transcript: Any) -> None:
    Path("guards.yaml").write_text(GUARDS)
    script = f"""
    plan
    {SIMULATED}
    {SIMULATED} --format markdown
    plan --against main --guards nowhere.yaml
    plan nowhere
    plan --against nowhere
    plan --usage usage.csv
    """
    lines = "\n".join(line.strip() for line in script.strip().splitlines())
    assert shop.play(lines) == transcript


def test_exit_codes_tell_ci_what_happened(shop: Terminal) -> None:
    assert shop.run("plan").code == 0
    assert shop.run("plan --detailed-exitcode").code == 2
    assert shop.run("plan --against nowhere").code == 2
    assert shop.run("plan --against nowhere --detailed-exitcode").code == 1
    Path("guards.yaml").write_text(SHOP_GUARDS)
    assert shop.run("plan").code == 1
    assert shop.run("plan --detailed-exitcode").code == 1
    Path("guards.yaml").write_text(SHOP_GUARDS.replace("block", "warn"))
    assert shop.run("plan").code == 0
    assert shop.run("plan --detailed-exitcode").code == 2
    SECOND.unlink()
    assert shop.run("plan --detailed-exitcode").code == 0


def test_files_with_errors_are_findings_and_no_plan(shop: Terminal) -> None:
    Path("guards.yaml").write_text(SHOP_GUARDS.replace("price_rise", "price_raise"))
    answer = shop.run("plan")
    assert (answer.code, answer.out) == (1, "")
    assert "guards.yaml:4:28: error[PE121]" in answer.err
    SECOND.write_text(SECOND.read_text().replace("multiplier: 5", "multiplir: 5"))
    answer = shop.run("plan")
    assert answer.code == 1
    assert "error[PE110]" in answer.err
    assert "there is no plan of files with errors" in answer.err


def test_machines_get_the_verdict_and_the_simulation(shop: Terminal) -> None:
    Path("guards.yaml").write_text(SHOP_GUARDS)
    plain = json.loads(shop.run(f"{SIMULATED} --format json").out)
    assert (plain["format"], plain["version"], plain["verdict"]) == (
        "policyengine-plan",
        1,
        "block",
    )
    assert plain["simulation"]["wallets"]["worse"]["value"] == 2
    assert [each["verdict"] for each in plain["guards"]["judged"]] == ["block", "block"]
    again = plain["again"].removeprefix("policyengine ").partition(" --at ")[0]
    repeated = json.loads(shop.run(f"{again} --format json").out)
    for each in (plain, repeated):
        del each["simulation"]["this_run"], each["against"], each["again"], each["diff"]["old"]
    assert repeated == plain


def test_what_a_ledger_recorded_may_be_the_usage(shop: Terminal) -> None:
    assert shop.run("subscribe ana plus --db shop.db").code == 0
    charge = "charge ana -m large -c text_input=200000 --db shop.db"
    assert shop.run(charge).code == 0
    plain = json.loads(shop.run("plan --usage ledger --db shop.db --format json").out)
    assert plain["simulation"]["wallets"]["worse"]["value"] == 1
    assert "--usage ledger --db shop.db" in plain["again"]


def test_nothing_that_differs_is_a_short_page(shop: Terminal) -> None:
    commit_all(shop.folder, "all of it")
    answer = shop.run("plan --against HEAD")
    assert answer.code == 0
    assert answer.out.startswith("✓ ALLOW  nothing differs\n")
    assert "no difference" in answer.out
