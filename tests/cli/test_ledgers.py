"""Ledgers that are not as they should be, two processes on one ledger, and requests from files."""

import json
import shutil
import sqlite3
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from cli.terminal import Terminal

LEDGER = Path(".policyengine/credits.db")
CHARGE = "charge ana -m large -c text_input=1200"
POLICYENGINE = [sys.executable, "-m", "policyengine.cli.main"]
NOBODY = 65534


@pytest.fixture
def ana(terminal: Terminal) -> Terminal:
    """A terminal whose ledger has the wallet `ana` on plan `plus`: 1,000 credits."""
    terminal.run("subscribe ana plus")
    return terminal


@pytest.mark.usefixtures("ana")
def test_the_folder_of_the_ledger_is_kept_out_of_version_control() -> None:
    assert (LEDGER.parent / ".gitignore").read_text() == "*\n"


def test_a_ledger_is_named_by_path_url_or_environment(
    ana: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.move(LEDGER, "other.db")
    assert ana.run("balance ana").code == 2
    assert ana.run("balance ana --db other.db").code == 0
    assert ana.run("balance ana --db sqlite:///other.db").code == 0
    monkeypatch.setenv("POLICYENGINE_DB", "other.db")
    assert ana.run("balance ana").code == 0


def test_policies_are_named_by_environment(ana: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.move("policies", "rules")
    assert ana.run("balance ana").code == 2
    monkeypatch.setenv("POLICYENGINE_POLICIES", "rules")
    assert ana.run("balance ana").code == 0


def test_a_question_opens_no_ledger(terminal: Terminal) -> None:
    for command in ("balance ana", CHARGE, "verify", "history ana", "sweep"):
        assert terminal.run(command).code == 2
    assert not LEDGER.parent.exists()


def test_a_ledger_that_has_lost_its_end_is_said_to_be_damaged(ana: Terminal) -> None:
    ana.run(CHARGE)
    with LEDGER.open("r+b") as file:
        file.truncate(8192)
    answer = ana.run("balance ana")
    assert answer.code in {2, 3}
    assert answer.err.startswith("error: ")
    assert "Traceback" not in answer.err


# Root may write everything, so the charge is made by nobody; what it imports is read before that.
WITHOUT_RIGHTS = f"""
import os, sys
from policyengine.cli.main import run
run({CHARGE.split()!r})
if os.geteuid() == 0:
    os.setuid({NOBODY})
os.chdir(sys.argv[1])
sys.exit(run({[*CHARGE.split(), "--db", "credits.db"]!r}))
"""


def test_a_ledger_that_may_not_be_written_is_said_to_be(ana: Terminal) -> None:
    with TemporaryDirectory() as name:  # where other users may look
        folder = Path(name)
        shutil.copytree("policies", folder / "policies")
        shutil.copy(LEDGER, folder / "credits.db")
        (folder / "credits.db").chmod(0o444)
        folder.chmod(0o555)
        done = subprocess.run(  # noqa: S603  # our own command
            [sys.executable, "-c", WITHOUT_RIGHTS, str(folder)],
            cwd=ana.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        folder.chmod(0o700)
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith("error: ")
    assert "may not be written" in done.stderr
    assert "Traceback" not in done.stderr


def forge(statement: str) -> None:
    """Change the ledger behind its back."""
    with sqlite3.connect(LEDGER) as connection:
        for (name,) in connection.execute("select name from sqlite_master where type = 'trigger'"):
            connection.execute(f"drop trigger {name}")
        connection.execute(statement)
    connection.close()


def test_an_audit_names_the_transaction_that_was_forged(ana: Terminal) -> None:
    ana.run(CHARGE)
    forge("update move set amount_micro = amount_micro - 10000 where txn = 2")
    answer = ana.run("verify")
    assert answer.code == 1
    assert "✗ the ledger is wrong, first in txn `ana:2`" in answer.out


def test_a_balance_that_was_forged_is_made_anew_from_the_transactions(ana: Terminal) -> None:
    ana.run(CHARGE)
    forge("update wallet set available_micro = available_micro + 1000000")
    answer = ana.run("verify")
    assert answer.code == 1
    assert "first in wallet `ana`" in answer.out
    answer = ana.run("verify --rebuild")
    assert answer.code == 0
    assert answer.out.startswith("! mended: wallet `ana`")
    assert ana.json("balance ana")["available"] == "999.52"


def test_an_audit_prices_each_charge_again(ana: Terminal) -> None:
    ana.run(CHARGE)
    # The source of the policy says another multiplier than the one that was charged by.
    forge("update policy_version set source = replace(source, 'multiplier: 4', 'multiplier: 3')")
    answer = ana.run("verify")
    assert answer.code == 1
    assert "has the price 0.48; version 1 prices its usage at 0.36" in answer.out


def test_what_an_explanation_says_is_what_was_in_force_then(ana: Terminal) -> None:
    ana.run(CHARGE)
    policy = Path("policies/my_product/v1.yaml")
    policy.write_text(policy.read_text().replace("multiplier: 4\n", "multiplier: 5\n"))
    told = ana.run("explain ana:2").out
    assert "x 4  my_product version 1" in told
    assert "0.48 credits" in told


def test_comments_of_a_policy_may_change_while_it_is_in_use(ana: Terminal) -> None:
    policy = Path("policies/my_product/v1.yaml")
    policy.write_text(f"{policy.read_text()}# a note\n")
    assert ana.run(CHARGE).code == 0


def test_two_processes_charge_one_wallet_and_nothing_is_lost(ana: Terminal) -> None:
    arguments = [*CHARGE.split(), "--at", ana.at]
    with ExitStack() as stack:
        running = [
            stack.enter_context(
                subprocess.Popen(  # noqa: S603  # our own command
                    [*POLICYENGINE, *arguments, "--key", f"k{number}"],
                    cwd=ana.folder,
                    stdout=subprocess.DEVNULL,
                )
            )
            for number in range(2)
        ]
        assert [process.wait(60) for process in running] == [0, 0]
    assert ana.json("balance ana")["available"] == "999.04"  # 1,000 - 2 x 0.48
    assert ana.run("verify").code == 0


def test_a_text_is_counted_by_the_encoding_that_the_policy_names(ana: Terminal) -> None:
    Path("question.txt").write_text("hello world")
    plain = ana.json("estimate ana -m large --text question.txt --output-tokens 0")
    assert plain["counts"] == {"text_input": 2}


def test_a_request_is_counted_as_its_provider_would(ana: Terminal) -> None:
    request = {"model": "x", "messages": [{"role": "user", "content": "hello world"}]}
    Path("request.json").write_text(json.dumps(request))
    plain = ana.json("estimate ana -m large --request request.json --output-tokens 100")
    # 2 tokens of text, 4 around the message and 3 around the request
    assert plain["counts"] == {"text_input": 9}
    assert plain["output_tokens"]["basis"] == "caller"


def test_a_request_with_an_image_elsewhere_says_what_is_missing(ana: Terminal) -> None:
    part = {"type": "image_url", "image_url": {"url": "https://example.com/cat.png"}}
    Path("request.json").write_text(
        json.dumps({"model": "x", "messages": [{"role": "user", "content": [part]}]})
    )
    answer = ana.run("estimate ana -m large --request request.json")
    assert answer.code == 2
    assert "give its width and height" in answer.err


def test_a_request_that_is_no_object_or_no_json_is_refused(ana: Terminal) -> None:
    for text in ("[]", "[" * 100_000):
        Path("request.json").write_text(text)
        answer = ana.run("estimate ana -m large --request request.json")
        assert answer.code == 2
        assert answer.err.startswith("error: `request.json` is not")
