"""`init`: what it writes works at once, and nothing is overwritten."""

import re
from pathlib import Path

import pytest

from app.repositories import commit_all
from cli.terminal import Terminal


@pytest.mark.parametrize("template", ["chat", "agent", "image", "team", "codeflicker"])
def test_a_new_folder_validates_tests_and_is_in_house_style(empty: Terminal, template: str) -> None:
    assert empty.run(f"init . --template {template}").code == 0
    for command in ("validate --fail-level warning", "test", "fmt --check", "models"):
        answer = empty.run(command)
        assert answer.code == 0, answer.out


def test_what_init_names_next_works(empty: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    told = empty.run("init my-prices").out
    monkeypatch.chdir(empty.folder / "my-prices")
    commands = re.findall(r"^  policyengine (.+)$", told, re.MULTILINE)
    assert commands == ["validate", "test", "models"]
    assert [empty.run(command).code for command in commands] == [0, 0, 0]


def test_guards_are_added_to_a_folder_that_has_policies(empty: Terminal) -> None:
    empty.run("init .")
    answer = empty.run("init . --template guards")
    assert answer.code == 0
    assert re.findall(r"^  (\S+)$", answer.out, re.MULTILINE) == [
        "policies/guards.yaml",
    ]
    commit_all(empty.folder)
    for command in ("validate --fail-level warning", "fmt --check", "plan"):
        done = empty.run(command)
        assert done.code == 0, done.out + done.err
    assert "policies/guards.yaml: 6 allow" in done.out
    assert empty.run("init . --template guards").code == 2
    Path("policies/guards.yaml").write_text("mine\n")
    assert empty.run("init . --template guards").code == 2
    assert Path("policies/guards.yaml").read_text() == "mine\n"


def test_what_is_commented_out_of_the_guards_is_right_as_well(empty: Terminal) -> None:
    empty.run("init .")
    empty.run("init . --template guards")
    file = Path("policies/guards.yaml")
    head, mark, rest = file.read_text().partition("# costs:")
    file.write_text(
        head + re.sub(r"^( *)# (?=costs|  |margins)", r"\1", mark + rest, flags=re.MULTILINE)
    )
    commit_all(empty.folder)
    assert "margins" in file.read_text()
    answer = empty.run("plan")
    assert "least margin" in answer.out, answer.err


def test_editors_find_the_schemas_beside_the_files(empty: Terminal) -> None:
    empty.run("init .")
    files = list(Path("policies").rglob("*.yaml"))
    assert len(files) == 2
    for file in files:
        named = re.match(r"# yaml-language-server: \$schema=(\S+)\n", file.read_text())
        assert named is not None
        assert (file.parent / named[1]).resolve().is_file()


def test_nothing_is_overwritten(empty: Terminal) -> None:
    policy = Path("policies/my_product/v1.yaml")
    policy.parent.mkdir(parents=True)
    policy.write_text("mine\n")
    answer = empty.run("init .")
    assert answer.code == 2
    assert f"`{policy}` is there already; nothing was written" in answer.err
    assert policy.read_text() == "mine\n"
    assert not Path("schemas").exists()
