"""`demo`: the story is the same every time, its numbers are real, and what it names next works."""

import re
from pathlib import Path
from time import process_time
from typing import Any

import pytest

from cli.terminal import Terminal


def test_the_story_at_80_columns(empty: Terminal, transcript: Any) -> None:
    assert empty.play("demo") == transcript


def test_the_story_is_the_same_when_it_is_told_again_and_wider(
    empty: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = empty.run("demo").out
    monkeypatch.setenv("COLUMNS", "120")
    assert empty.run("demo").out == first


def test_no_line_of_the_story_is_broken(empty: Terminal) -> None:
    lines = empty.run("demo").out.splitlines()
    assert max(map(len, lines)) <= 80
    assert all(line.startswith(("✓ ", "  ", "Next", "Your")) for line in lines if line)


def test_the_story_takes_less_than_five_seconds_and_writes_into_one_folder(
    empty: Terminal,
) -> None:
    began = process_time()
    assert empty.run("demo").code == 0
    assert process_time() - began < 5
    assert [each.name for each in Path().iterdir()] == [".policyengine"]


def test_what_the_story_names_next_works(empty: Terminal) -> None:
    told = empty.run("demo").out
    commands = re.findall(r"^  policyengine (.+)$", told, re.MULTILINE)
    assert len(commands) == 3
    for command in commands:
        answer = empty.run(command)
        assert answer.code == 0, answer.err
        assert "1.92" in answer.out


def test_the_numbers_of_the_story_are_those_of_its_ledger(empty: Terminal) -> None:
    empty.run("demo")
    balance = empty.json("balance ana --demo")
    # 2,000 + 500 less 1.92: (1,200 x 100 + 400 x 500) / 1,000,000 x 6 = 0.32 x 6
    assert balance["available"] == "2498.08"
    assert [lot["remaining"] for lot in balance["lots"]] == ["1998.08", "500"]
    assert empty.run("verify --demo").code == 0


def test_the_story_is_json_for_machines(empty: Terminal) -> None:
    plain = empty.json("demo")
    assert plain["charged"]["charge"]["charged"] == "1.92"
    assert plain["retried"]["replayed"] is True
    assert plain["failed"]["charge"]["charged"] == "0"
    assert plain["refused"]["refusal"]["code"] == "insufficient_credits"
    assert plain["sound"] is True
