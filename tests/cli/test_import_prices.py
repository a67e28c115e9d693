"""`import-prices`: files appear beside those that are there, and the exit code says how it went."""

from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from cli.terminal import Terminal
from policyengine.app.importing import reading

IMPORT = "import-prices policies/acme --provider anthropic --markup 20% --effective"
FIRST = "2026-10-01T00:00:00Z"
LATER = "2027-03-01T00:00:00Z"


def test_an_import_makes_a_policy_that_validates_without_a_warning(empty: Terminal) -> None:
    assert empty.run(f"{IMPORT} {LATER} --publish").code == 0
    empty.at = LATER
    for command in ("validate --fail-level warning", "fmt --check", "models"):
        answer = empty.run(command)
        assert answer.code == 0, answer.out + answer.err


def test_an_import_again_changes_nothing(empty: Terminal) -> None:
    empty.run(f"{IMPORT} {FIRST}")
    before = {path: path.read_bytes() for path in Path("policies").rglob("*.yaml")}
    answer = empty.run(f"{IMPORT} {LATER}")
    assert answer.code == 0
    assert "nothing has changed since the last import of genai-prices" in answer.out
    assert {path: path.read_bytes() for path in Path("policies").rglob("*.yaml")} == before


def test_a_version_is_appended_and_the_one_before_stays(empty: Terminal) -> None:
    empty.run(f"{IMPORT} {LATER}")
    first = Path("policies/acme/v1.yaml")
    text = first.read_text().replace("text_output: 500}", "text_output: 400}", 1)
    assert text != first.read_text()
    first.write_text(text)
    answer = empty.run(f"{IMPORT} 2027-04-01T00:00:00Z")
    assert "text_output 400 -> 500 per 1,000,000 (+25 %)" in answer.out
    assert first.read_text() == text
    assert "version: 2\n" in Path("policies/acme/v2.yaml").read_text()
    assert empty.run("validate --fail-level warning").code == 0


@pytest.mark.parametrize("option", ["--dry-run", "--list"])
def test_nothing_is_written_when_only_asked(empty: Terminal, option: str) -> None:
    answer = empty.run(f"{IMPORT} {LATER} {option}")
    assert answer.code == 0
    assert "priced models (100.0%)" in answer.out
    assert not Path("policies").exists()


def test_what_is_left_out_is_listed_with_its_reason(empty: Terminal) -> None:
    answer = empty.run("import-prices --from litellm --provider ollama --list")
    assert answer.code == 5
    assert "not: the list has no price above 0 for it" in " ".join(answer.out.split())


def test_machines_get_every_model_and_every_change(empty: Terminal) -> None:
    told = empty.json(f"{IMPORT} {FIRST}")
    assert (told["list"], told["written"], told["left_out"]) == ("genai-prices", True, [])
    assert len(told["imported"]) == told["priced"] > 20
    first, second = told["files"]
    assert first == {"file": "policies/acme/v1.yaml", "effective": FIRST, "changes": []}
    assert second["changes"][0]["kind"] == "added"


def test_a_policy_with_errors_gets_no_version(empty: Terminal) -> None:
    empty.run(f"{IMPORT} {LATER}")
    answer = empty.run(
        f"import-prices policies/acme --provider anthropic --model *haiku* --effective {FIRST} "
        "--credit-price 0.02"
    )
    assert answer.code == 1
    assert "the policy would have these errors; nothing was written" in answer.out
    assert len(list(Path("policies").rglob("*.yaml"))) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("policies/my-shop", "`my-shop` is no name of a policy"),
        ("--provider anthropi", "did you mean `anthropic`?"),
        ("--provider zzzz", "genai-prices has no provider `zzzz`"),
        ("--credit-price cheap", "`cheap` is no number for --credit-price"),
        ("--credit-price 0.03", "a dollar is no exact number of credits"),
        ("--markup -5%", "`-5` is no number for --markup"),
        ("--effective tomorrow", "tomorrow"),
    ],
)
def test_wrong_usage_leaves_with_2(empty: Terminal, arguments: str, message: str) -> None:
    answer = empty.run(f"import-prices {arguments}")
    assert answer.code == 2
    assert message in answer.err


def test_a_package_that_is_missing_can_be_installed(
    empty: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> None:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(reading, "distribution", missing)
    answer = empty.run("import-prices --from litellm")
    assert answer.code == 2
    assert "`pip install litellm`" in answer.err
