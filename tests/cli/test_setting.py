"""`set`: one line says what changed; the file stays as it is wherever it must."""

from pathlib import Path

import pytest

from cli.terminal import Terminal
from policyengine.policy.load import load_policy

POLICY = Path("policies/my_product/v1.yaml")


def test_a_value_is_set_and_the_change_is_one_line(terminal: Terminal) -> None:
    before = POLICY.read_text()
    answer = terminal.run("set models.large.multiplier 5")
    assert (answer.code, answer.out) == (
        0,
        "policies/my_product/v1.yaml:40: models.large.multiplier: 4 -> 5\n",
    )
    assert POLICY.read_text() == before.replace("multiplier: 4", "multiplier: 5", 1)


def test_a_dry_run_writes_nothing(terminal: Terminal) -> None:
    before = POLICY.read_bytes()
    answer = terminal.run("set models.large.multiplier 5 --dry-run")
    assert answer.out.endswith("models.large.multiplier: 4 -> 5  (nothing written)\n")
    assert POLICY.read_bytes() == before


def test_a_change_that_is_not_valid_is_drawn_and_not_written(terminal: Terminal) -> None:
    before = POLICY.read_bytes()
    answer = terminal.run("set charge.failed_request fre")
    assert answer.code == 1
    assert "error[PE121]" in answer.out
    assert answer.out.endswith("policies/my_product/v1.yaml stays as it is\n")
    assert POLICY.read_bytes() == before


def test_a_path_that_leads_nowhere_is_wrong_usage(terminal: Terminal) -> None:
    answer = terminal.run("set models.lrge.multiplier 5")
    assert answer.code == 2
    assert "there is no `models.lrge.multiplier`" in answer.err
    assert "did you mean `models.large.multiplier`?" in answer.err


def test_a_locked_version_stays_as_it_is(terminal: Terminal) -> None:
    document = load_policy(POLICY.read_bytes(), str(POLICY)).policy
    assert document is not None
    Path("policies/policies.lock").write_text(f"my_product 1 {document.sha256}\n")
    before = POLICY.read_bytes()
    answer = terminal.run("set models.large.multiplier 5")
    assert answer.code == 1
    assert "it never changes again" in answer.err
    assert "make a version of its own" in answer.err
    assert POLICY.read_bytes() == before


def test_the_newest_version_is_meant_unless_another_one_is_named(terminal: Terminal) -> None:
    second = POLICY.with_name("v2.yaml")
    text = POLICY.read_text()
    text = text.replace("\nversion: 1\n", "\nversion: 2\n").replace(
        "status: published", "status: draft"
    )
    text = text.replace("effective: 2026", "effective: 2027")
    second.write_text(
        text + "\nreplaces:\n  version: 1\n  rates_and_models: from_effective\n"
        "  plans: at_next_cycle\n  packs: new_purchases\n"
    )
    assert "v2.yaml" in terminal.run("set models.large.multiplier 5 --dry-run").out
    named = terminal.run("set models.large.multiplier 5 --dry-run --version 1 --policy my_product")
    assert "v1.yaml" in named.out
    by_file = terminal.run(f"set models.large.multiplier 5 --dry-run --file {POLICY}")
    assert by_file.out == named.out
    missing = terminal.run("set models.large.multiplier 5 --version 3")
    assert missing.code == 2


def test_several_policies_want_a_name(terminal: Terminal) -> None:
    other = Path("policies/other/v1.yaml")
    other.parent.mkdir()
    other.write_text(POLICY.read_text().replace("policy: my_product", "policy: other"))
    answer = terminal.run("set models.large.multiplier 5")
    assert (answer.code, "say which: `--policy NAME`" in answer.err) == (2, True)
    assert terminal.run("set models.large.multiplier 5 --policy other").code == 0


@pytest.mark.parametrize(
    ("path", "old"), [("models.large.multiplier", "4"), ("models.large.minimum", None)]
)
def test_a_change_is_data_for_machines(terminal: Terminal, path: str, old: str | None) -> None:
    form = terminal.json(f"set {path} 5")
    assert (form["path"], form["old"], form["new"], form["written"]) == (path, old, "5", True)


def test_setting_what_is_there_already_writes_nothing(terminal: Terminal) -> None:
    answer = terminal.run("set models.large.multiplier 4")
    assert (answer.code, answer.out.endswith("4 -> 4  (nothing written)\n")) == (0, True)
