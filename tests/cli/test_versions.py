"""`new-version`, `publish`, `timeline` and the lock: the life of a policy's versions."""

import json
from pathlib import Path
from typing import Any

import pytest

from cli.terminal import Terminal
from policyengine.app.starter import starter_files

FOLDER = Path("policies/codeflicker")
FIRST, SECOND, THIRD = (FOLDER / f"v{number}.yaml" for number in (1, 2, 3))
LOCK = Path("policies/policies.lock")


@pytest.fixture
def shop(empty: Terminal) -> Terminal:
    """A terminal in a folder with the reference policy, at an instant before its version 2."""
    for path, content in starter_files("codeflicker").items():
        if "scenarios" not in path.parts and "mappings" not in path.parts:
            target = empty.folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    empty.at = "2026-08-01T00:00:00Z"
    return empty


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_the_life_of_a_version_from_draft_to_lock(shop: Terminal, transcript: Any) -> None:
    first = shop.play(
        'timeline\npublish\nnew-version --why "Pro gets even more."\ntimeline\npublish\ntimeline'
    )
    edit(THIRD, "credits: 2400", "credits: 2600")
    edit(FIRST, "multiplier: 6", "multiplier: 7")
    second = shop.play("validate\ndiff codeflicker\npublish\nnew-version\nnew-version")
    assert f"{first}\n# two published versions are edited by hand\n\n{second}" == transcript


def test_a_new_version_keeps_comments_layout_and_promises(shop: Terminal) -> None:
    before = SECOND.read_text().splitlines()
    assert shop.run("new-version --effective 2026-12-01T00:00:00Z").code == 0
    after = THIRD.read_text().splitlines()
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert changed == [
        ("version: 2", "version: 3"),
        ("effective: 2026-10-01T00:00:00Z", "effective: 2026-12-01T00:00:00Z"),
        ("status: published", "status: draft"),
        (
            (
                "why: Frontier gets cheaper below its threshold, Pro gets more credits, packs live "
                "shorter."
            ),
            'why: "Say here what changes, and why."',
        ),
        ("  version: 1", "  version: 2"),
    ]


def test_promises_that_are_over_are_not_repeated(shop: Terminal) -> None:
    assert shop.run("new-version --effective 2027-02-01T00:00:00Z").code == 0
    text = THIRD.read_text()
    assert text.endswith(
        "\nreplaces:\n  version: 2\n  rates_and_models: from_effective\n  plans: at_next_cycle\n"
        "  packs: new_purchases\n"
    )
    assert shop.run("validate").code == 0


def test_a_first_version_is_followed_by_one_that_replaces_it(shop: Terminal) -> None:
    SECOND.unlink()
    edit(FIRST, "why: First published credit rules.", "why: >-\n  First rules,\n  in two lines.")
    assert shop.run('new-version --why "More: of it"').code == 0
    text = SECOND.read_text()
    assert '\neffective: 2026-09-01T00:00:00Z\nstatus: draft\nwhy: "More: of it"\nsource:' in text
    assert text.endswith("\n\nreplaces:\n  version: 1\n" + text.partition("  version: 1\n")[2])
    assert "keep" not in text
    assert shop.run("validate").code == 0


def test_what_stands_behind_replaces_stays_there(shop: Terminal) -> None:
    text = SECOND.read_text()
    head, _, replaces = text.partition("\nreplaces:\n")
    moved = head.replace("\nalerts:", f"\nreplaces:\n{replaces}\n# About alerts.\nalerts:")
    SECOND.write_text(moved + "\n")
    assert shop.run("new-version --effective 2027-02-01T00:00:00Z").code == 0
    assert "  packs: new_purchases\n\n# About alerts.\nalerts:" in THIRD.read_text()


@pytest.mark.parametrize(
    ("command", "code", "message"),
    [
        ("new-version nobody", 1, "has no policy `nobody` that can be read"),
        ("new-version --effective 2026-09-30T00:00:00Z", 1, "version 2 itself comes into force"),
        ("publish codeflicker@7", 1, "there is no version 7"),
        ("publish codeflicker@x", 2, "`codeflicker@x` is no version"),
        ("timeline nobody", 1, "has no policy `nobody`"),
    ],
)
def test_what_cannot_be_done_is_said_with_what_mends_it(
    shop: Terminal, command: str, code: int, message: str
) -> None:
    answer = shop.run(command)
    assert (answer.code, message in answer.err) == (code, True), answer.err
    assert "= help: " in answer.err
    assert not THIRD.exists()
    assert not LOCK.exists()


def test_with_several_policies_one_is_named(shop: Terminal) -> None:
    other = Path("policies/other/v1.yaml")
    other.parent.mkdir()
    other.write_text(FIRST.read_text().replace("policy: codeflicker", "policy: other"))
    assert "has 2 policies: codeflicker, other" in shop.run("timeline").err
    assert shop.run("publish other").out == ("locked other version 1 in policies/policies.lock\n")
    assert shop.run("publish codeflicker@1").code == 0
    assert [line.split()[:2] for line in LOCK.read_text().splitlines()[2:]] == [
        ["other", "1"],
        ["codeflicker", "1"],
    ]


def test_a_version_that_would_reach_back_is_published_only_on_purpose(shop: Terminal) -> None:
    shop.run("new-version --effective 2026-11-01T00:00:00Z")
    shop.at = "2026-11-02T00:00:00Z"
    answer = shop.run("publish")
    assert answer.code == 1
    assert "version 3 would reach into the past" in answer.err
    assert "status: draft" in THIRD.read_text()
    assert shop.run("publish --in-the-past").code == 0
    assert "status: published" in THIRD.read_text()
    assert "version 3 is published already" in shop.run("publish codeflicker@3").err
    assert "every version is published already" in shop.run("publish").err


def test_a_draft_with_errors_is_not_published(shop: Terminal) -> None:
    shop.run("new-version")
    edit(THIRD, "to: free, unused", "to: nowhere, unused")
    before = THIRD.read_bytes()
    answer = shop.run("publish")
    assert answer.code == 1
    assert "error[PE201]" in answer.out
    assert answer.out.endswith("nothing was published\n")
    assert THIRD.read_bytes() == before
    assert not LOCK.exists()


def test_a_file_that_is_there_is_not_overwritten(shop: Terminal) -> None:
    THIRD.write_text("mine")
    assert shop.run("new-version").code == 1
    assert THIRD.read_text() == "mine"
    THIRD.unlink()
    shop.run("new-version")
    answer = shop.run("new-version")
    assert answer.code == 1
    assert "version 3 of `codeflicker` is a draft already" in answer.err


def test_a_broken_lock_is_not_added_to(shop: Terminal) -> None:
    LOCK.write_text("codeflicker 1\n")
    answer = shop.run("publish")
    assert answer.code == 1
    assert "`codeflicker 1` is no line of a lock" in answer.err
    assert LOCK.read_text() == "codeflicker 1\n"


def test_lines_are_added_below_a_last_line_without_an_end(shop: Terminal) -> None:
    shop.run("publish codeflicker@1")
    LOCK.write_text(LOCK.read_text().rstrip("\n"))
    assert shop.run("publish codeflicker@2").code == 0
    assert shop.run("validate").code == 0
    assert len(LOCK.read_text().splitlines()) == 4


def test_the_lock_holds_files_to_what_they_were(shop: Terminal) -> None:
    shop.run("publish")
    edit(FIRST, "units: #", "units:   # comments do not count:")
    assert shop.run("validate").code == 0
    assert shop.run(f"validate {FIRST}").code == 0
    edit(FIRST, "multiplier: 6", "multiplier: 7")
    for path in ("", str(FIRST)):
        answer = shop.run(f"validate {path}")
        assert answer.code == 1
        assert "error[PE412] version 1 is published, and it says something else" in answer.out
        assert "> policies/policies.lock:3:1: it was published as" in answer.out
    assert "error[PE412]" in shop.run("subscribe ana pro").err
    FIRST.unlink()
    SECOND.unlink()
    Path("policies/other").mkdir()
    Path("policies/other/v1.yaml").write_text(
        starter_files("codeflicker")[FIRST].decode().replace("y: codeflicker", "y: other")
    )
    answer = shop.run("validate --format json")
    codes = {each["code"]: each for each in json.loads(answer.out)["findings"]}
    assert set(codes) == {"PE413", "PE414"}
    assert codes["PE414"]["file"] == "policies/policies.lock"


def test_a_timeline_is_plain_data_for_machines(shop: Terminal) -> None:
    shop.run("publish codeflicker@1")
    plain = shop.json("timeline")
    first, second = plain["versions"]
    assert (first["state"], first["locked"], first["until"]) == (
        "in_force",
        True,
        "2026-10-01T00:00:00Z",
    )
    assert (second["state"], second["locked"], second["until"]) == ("to_come", False, None)
    assert second["replaces"]["keep"][0]["plan"] == "pro_plus"


def test_a_timeline_says_who_stays_and_who_moves(shop: Terminal) -> None:
    shop.run("publish codeflicker@1")
    edit(SECOND, "plans: at_next_cycle", "plans: new_subscribers_only")
    text = SECOND.read_text()
    SECOND.write_text(text[: text.index("  keep:")])
    out = shop.run("timeline").out
    assert "version 2: its plans are for new subscribers; others keep theirs" in out
    assert "version 2: published, and not in policies.lock" in out
