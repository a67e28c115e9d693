"""`validate`, `fmt` and `schema`: findings in three formats, exit codes, and safe rewriting."""

import json
from pathlib import Path

import pytest

from cli.terminal import Terminal
from policyengine.policy.schema import schema_text

POLICY = Path("policies/my_product/v1.yaml")


def edit(old: str, new: str, path: Path = POLICY) -> None:
    """Replace a text in the policy, which must be there."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_a_policy_without_findings_is_one_line(terminal: Terminal) -> None:
    answer = terminal.run("validate")
    assert answer.code == 0
    assert answer.out.startswith("2 files, 1 policy, 0 errors, 0 warnings (")


def test_a_finding_is_drawn_on_its_line_with_the_fix(terminal: Terminal) -> None:
    edit("credits: 1000,", "alowance: 1000,")
    line = f"  68 | {POLICY.read_text().splitlines()[67]}"
    answer = terminal.run("validate policies")
    assert answer.code == 1
    assert answer.out.splitlines()[:4] == [
        "policies/my_product/v1.yaml:68:17: error[PE110] unknown key `alowance` in a grant",
        line,
        "     |                 ^^^^^^^^",
        "     = help: did you mean `credits`?",
    ]
    assert "2 files, 1 policy, 1 error, 0 warnings" in answer.out


def test_findings_are_json_for_machines(terminal: Terminal) -> None:
    edit("credits: 1000,", "alowance: 1000,")
    answer = terminal.run("validate --format json")
    plain = json.loads(answer.out)
    assert (plain["files"], plain["errors"], plain["warnings"]) == (2, 1, 0)
    (finding,) = plain["findings"]
    assert finding["code"] == "PE110"
    assert finding["pointer"] == "/plans/plus/grants/monthly/alowance"
    assert (finding["line"], finding["column"], finding["end_column"]) == (68, 17, 25)


def test_findings_are_notes_for_github_and_text_for_its_log(terminal: Terminal) -> None:
    edit("credits: 1000,", "alowance: 1000,")
    answer = terminal.run("validate --format github")
    assert answer.out.splitlines()[0] == (
        "::error file=policies/my_product/v1.yaml,line=68,col=17,endLine=68,endColumn=25,"
        "title=PE110::unknown key `alowance` in a grant%0A= help: did you mean `credits`?"
    )
    assert "  68 |" in answer.out


def test_github_gets_ten_errors_and_the_number_of_the_others(terminal: Terminal) -> None:
    edit("burn_order:", "".join(f"key_{n}: 1\n" for n in range(13)) + "burn_order:")
    notes = [
        line
        for line in terminal.run("validate --format github").out.splitlines()
        if line.startswith("::error")
    ]
    assert len(notes) == 10
    assert notes[-1].endswith("%0A3 more of them are in the log")


def test_scenario_files_are_checked_as_well(terminal: Terminal) -> None:
    edit("then: {balance: 100}", "then: {balence: 100}", POLICY.parent / "scenarios/promises.yaml")
    answer = terminal.run("validate")
    assert answer.code == 1
    assert "promises.yaml" in answer.out
    assert "`balence`" in answer.out


def test_a_single_file_is_checked_without_its_neighbours(terminal: Terminal) -> None:
    assert terminal.run(f"validate {POLICY}").out.startswith("1 file, 1 policy, 0 errors")


def test_with_nothing_to_check_it_leaves_with_5(empty: Terminal) -> None:
    Path("policies").mkdir()
    for command in ("validate", "fmt", "test", "validate --format json"):
        assert empty.run(command).code == 5


def test_without_policies_it_says_how_to_get_some(empty: Terminal) -> None:
    answer = empty.run("validate")
    assert answer.code == 2
    assert "policyengine init ." in answer.err


@pytest.mark.parametrize(("level", "code"), [("error", 0), ("warning", 1)])
def test_the_fail_level_says_what_fails(terminal: Terminal, level: str, code: int) -> None:
    edit("credits: 1000,", "credits: 1000.005,")
    answer = terminal.run(f"validate --fail-level {level}")
    assert "warning[" in answer.out
    assert answer.code == code


def test_a_policy_with_errors_decides_nothing(terminal: Terminal) -> None:
    terminal.run("subscribe ana plus")
    edit("credits: 1000,", "alowance: 1000,")
    answer = terminal.run("charge ana -m small -c text_input=1")
    assert answer.code == 1
    assert "error[PE110]" in answer.err
    assert "error: the policies have errors; nothing was done\n" in answer.err


def test_a_draft_decides_nothing(terminal: Terminal) -> None:
    edit("status: published", "status: draft")
    answer = terminal.run("subscribe ana plus")
    assert answer.code == 2
    assert "is a draft, and a draft decides nothing" in answer.err
    assert not Path(".policyengine").exists()


def test_fmt_leaves_the_starter_policy_alone(terminal: Terminal) -> None:
    before = POLICY.read_bytes()
    answer = terminal.run("fmt")
    assert (answer.code, answer.out) == (0, "2 files, 0 changed\n")
    assert POLICY.read_bytes() == before


def test_fmt_check_says_what_would_change_and_changes_nothing(terminal: Terminal) -> None:
    edit("{smallest: 0.01, round: up,", "{ smallest: 0.01,round: up,")
    before = POLICY.read_bytes()
    answer = terminal.run("fmt --check")
    assert answer.code == 1
    assert answer.out == f"would change {POLICY}\n2 files, 1 would change\n"
    assert POLICY.read_bytes() == before
    assert terminal.run("fmt").out == f"changed {POLICY}\n2 files, 1 changed\n"
    assert "{smallest: 0.01, round: up," in POLICY.read_text()
    assert sorted(each.name for each in POLICY.parent.iterdir()) == ["scenarios", "v1.yaml"]
    assert terminal.run("fmt --check").code == 0


def test_fmt_shows_what_keeps_a_file_from_being_read(terminal: Terminal) -> None:
    edit("credits: {smallest", "credits: {{smallest")
    answer = terminal.run("fmt")
    assert answer.code == 1
    assert "v1.yaml:24" in answer.out
    assert "1 with errors" in answer.out


@pytest.mark.parametrize("kind", ["policy", "scenario", "mapping"])
def test_a_schema_is_json_schema(empty: Terminal, kind: str) -> None:
    answer = empty.run(f"schema {kind}")
    assert json.loads(answer.out)["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_the_policy_schema_is_the_one_that_policies_are_checked_with(empty: Terminal) -> None:
    assert empty.run("schema").out == schema_text()


def test_fix_mends_what_has_one_reading_and_checks_the_rest(terminal: Terminal) -> None:
    good = POLICY.read_text()
    edit("multiplier: 4\n", "multiplir: 4x\n")
    edit("credits: 1000,", "credits: 1,000,")
    answer = terminal.run("validate --fix")
    assert answer.code == 1
    key, number, blank, rest = answer.out.splitlines()[:4]
    assert key.endswith(":40:5: mended[PE110] unknown key `multiplir` in a model: now `multiplier`")
    assert number.endswith("mended[PE120] `multiplier` takes a number, not the text `4x`: now `4`")
    assert blank == ""
    assert rest.startswith("policies/my_product/v1.yaml:68:26: error[PE040] `1,000` is not plain")
    assert POLICY.read_text() == good.replace("credits: 1000,", "credits: 1,000,")


def test_fix_changes_nothing_in_files_without_mistakes(terminal: Terminal) -> None:
    before = POLICY.read_bytes(), POLICY.stat().st_mtime_ns
    plain = terminal.json("validate --fix")
    assert plain["mended"] == []
    assert (POLICY.read_bytes(), POLICY.stat().st_mtime_ns) == before


def test_a_code_has_a_page_of_its_own_and_is_no_transaction(terminal: Terminal) -> None:
    page = terminal.run("explain-code pe110")
    assert page.code == 0
    assert page.out.startswith("PE110: an unknown key\n\n")
    refusal = terminal.json("explain-code insufficient_credits")
    assert refusal["title"] == "a refusal"
    answer = terminal.run("explain PE110")
    assert (answer.code, answer.out) == (2, "")
    assert "see `policyengine explain-code PE110`" in answer.err


def test_schemas_know_the_names_of_the_policies(terminal: Terminal) -> None:
    own = json.loads(terminal.run("schema --for policies").out)
    assert own["$defs"]["Cancel"]["properties"]["to"]["enum"] == ["free", "plus", "max"]
    scenario = json.loads(terminal.run("schema scenario --for policies").out)
    assert scenario["$defs"]["Given"]["properties"]["plan"]["examples"] == ["free", "plus", "max"]
    assert terminal.run("schema mapping --for policies").code == 2


def test_schemas_are_written_again_after_a_name_was_added(terminal: Terminal) -> None:
    assert terminal.run("schema --for policies --write").out == (
        "unchanged schemas/policy.schema.json\nunchanged schemas/scenario.schema.json\n"
    )
    edit("  large:\n", "  huge: {multiplier: 9}\n  large:\n")
    answer = terminal.run("schema --for policies --write")
    assert answer.out == "wrote schemas/policy.schema.json\nwrote schemas/scenario.schema.json\n"
    assert '"huge"' in Path("schemas/policy.schema.json").read_text()
    assert terminal.run("schema --write").code == 2
    edit("# yaml-language-server", "# editor")
    Path("policies/my_product/scenarios/promises.yaml").unlink()
    answer = terminal.run("schema --for policies --write")
    assert (answer.code, answer.out) == (2, "")
    assert "no file names its schema" in answer.err
