"""`anchor` and `verify --anchor`: a file outside the ledger that holds it to its past."""

import json
import shutil
from pathlib import Path

import pytest

from cli.terminal import Terminal

LEDGER = Path(".policyengine/credits.db")
CHARGE = "charge ana -m large -c text_input=1200"


@pytest.fixture
def ana(terminal: Terminal) -> Terminal:
    """A terminal with a key, whose ledger has the wallet `ana` with one charge."""
    Path("anchor.key").write_bytes(b"0123456789abcdef" * 2 + b"\n")
    terminal.run("subscribe ana plus")
    terminal.run(CHARGE)
    return terminal


def test_a_ledger_that_went_on_is_held_to_its_anchor(ana: Terminal) -> None:
    made = ana.run("anchor a.json --key-file anchor.key")
    assert made.code == 0
    assert "anchored in a.json" in made.out
    assert "with the key that was given" in made.out
    ana.run(CHARGE)
    found = ana.run("verify --anchor a.json --key-file anchor.key")
    assert found.code == 0
    assert "all that was there at 2026-02-01T09:00:00Z is there" in " ".join(found.out.split())
    assert ana.json("verify --anchor a.json")["anchor"] == {
        "at": "2026-02-01T09:00:00Z",
        "signed": True,
        "checked": False,
    }


def test_an_older_copy_in_the_place_of_a_ledger_is_found(ana: Terminal) -> None:
    """It is sound in itself: an audit alone finds nothing."""
    shutil.copy(LEDGER, "old.db")
    ana.run(CHARGE)
    ana.run("anchor a.json")
    assert ana.run("verify --db old.db").code == 0
    found = ana.run("verify --db old.db --anchor a.json")
    assert found.code == 1
    assert "wallet `ana`: has 2 transactions; the anchor has 3 of it" in " ".join(found.out.split())
    (fault,) = ana.json("verify --db old.db --anchor a.json")["faults"]
    assert (fault["table"], fault["name"]) == ("wallet", "ana")


def test_the_environment_names_the_key(ana: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLICYENGINE_ANCHOR_KEY_FILE", "anchor.key")
    ana.run("anchor a.json")
    monkeypatch.delenv("POLICYENGINE_ANCHOR_KEY_FILE")
    assert ana.json("verify --anchor a.json --key-file anchor.key")["anchor"]["checked"] is True


def test_an_anchor_may_go_down_a_pipe(ana: Terminal) -> None:
    out = ana.run("anchor -").out
    assert json.loads(out)["wallets"] == 1
    Path("piped.json").write_text(out)
    found = ana.run("verify --anchor piped.json")
    assert (found.code, "not signed" in " ".join(found.out.split())) == (0, True)


def test_an_anchor_is_never_written_over(ana: Terminal) -> None:
    assert ana.json("anchor a.json") == {
        "file": "a.json",
        "wallets": 1,
        "transactions": 2,
        "root": json.loads(Path("a.json").read_text())["root"],
        "signed": False,
    }
    before = Path("a.json").read_bytes()
    again = ana.run("anchor a.json")
    assert (again.code, "is there already" in again.err) == (2, True)
    assert Path("a.json").read_bytes() == before


def test_an_anchor_that_was_altered_is_a_finding(ana: Terminal) -> None:
    ana.run("anchor a.json --key-file anchor.key")
    Path("a.json").write_text(Path("a.json").read_text().replace('"wallets": 1', '"wallets": 2'))
    signed = ana.run("verify --anchor a.json --key-file anchor.key")
    assert (signed.code, "was altered since" in signed.err) == (1, True)
    unsigned = ana.run("verify --anchor a.json")
    assert (unsigned.code, "do not list what it counts" in unsigned.err) == (1, True)


def test_a_key_that_is_missing_or_short_is_wrong_use(ana: Terminal) -> None:
    assert ana.run("anchor a.json --key-file none.key").code == 2
    Path("short.key").write_text("secret")
    answer = ana.run("anchor a.json --key-file short.key")
    assert (answer.code, "at least 16 bytes" in answer.err) == (2, True)
    assert not Path("a.json").exists()
    ana.run("anchor a.json")
    answer = ana.run("verify --anchor a.json --key-file short.key")
    assert (answer.code, "at least 16 bytes" in answer.err) == (2, True)
