"""What a hostile policy file could try; each threat that docs/security.md names has its test."""

import ast
import re
import socket
from decimal import Decimal
from pathlib import Path

import pytest

from cli.terminal import Terminal
from engine.wallets import START, Wallet
from policyengine.engine.commands import COUNT_MAX, Charge, Command, Refund, Subscribe, Usage
from policyengine.policy.document import words
from policyengine.policy.events import NODES_MAX
from policyengine.policy.load import Loaded, load_policy
from policyengine.policy.schema import policy_schema
from policyengine.policy.text import BYTES_MAX
from policyengine.simulate.memory import MemoryLedger

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src" / "policyengine").rglob("*.py"))
POLICY = (ROOT / "policies" / "codeflicker" / "v1.yaml").read_text(encoding="utf-8")
FORMULA = "tokens_at_rate * multiplier"


def loaded(text: str | bytes) -> Loaded:
    return load_policy(text, "p.yaml")


def codes(text: str | bytes) -> set[str]:
    found = loaded(text)
    assert found.policy is None
    return {each.code for each in found.diagnostics if each.severity == "error"}


def changed(old: str, new: str) -> str:
    assert old in POLICY
    return POLICY.replace(old, new, 1)


def calls_in(path: Path) -> set[str]:
    """Name what a file calls, as it is written."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {ast.unparse(each.func) for each in ast.walk(tree) if isinstance(each, ast.Call)}


@pytest.mark.parametrize(
    "tag",
    [
        "!!python/object/apply:os.system ['touch {mark}']",
        "!!python/object/new:os.system ['touch {mark}']",
        "!!python/name:os.system",
        "!!python/module:os",
        "!!binary aGk=",
        "!include /etc/passwd",
        "!<tag:yaml.org,2002:python/tuple> [1]",
    ],
)
def test_code_execution_by_yaml_tags(tag: str, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    assert codes(f"format: {tag.format(mark=mark)}\n") & {"PE021"}
    assert not mark.exists()


def test_no_loader_that_builds_objects_is_called_anywhere() -> None:
    loaders = re.compile(r"yaml\.(load|full_load|unsafe_load|safe_load)(_all)?$|(pickle|marshal)\.")
    assert [
        (path.name, call) for path in SOURCES for call in calls_in(path) if loaders.match(call)
    ] == []


def test_alias_bomb() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 40)]
    assert codes("\n".join(lines)) >= {"PE020"}


def test_merge_key_doubling() -> None:
    lines = ["a0: &a0 {k: 1}"]
    lines += [f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}]}}" for n in range(1, 40)]
    assert codes("\n".join(lines)) >= {"PE020"}
    assert codes("a: {<<: {b: 1}}\n") >= {"PE022"}


def test_sexagesimal_numbers() -> None:
    found = loaded("version: " + "1:" * 1900 + "1\n")
    assert found.policy is None
    assert found.source.plain == {"version": "1:" * 1900 + "1"}  # a text, no number of base 60


@pytest.mark.parametrize(
    "written", ["no", "NO", "on", "yes", "1:30", "010", "1e3", "1_000", "0x1F", "+1", ".5"]
)
def test_silent_changes_of_meaning(written: str) -> None:
    """What YAML 1.1 takes for a truth, a time or a number of base 8 or 60 is an error here."""
    assert codes(changed("version: 1\n", f"version: {written}\n")), written


def test_numbers_are_exact_and_keys_are_said_once() -> None:
    assert loaded("format: 0.1\n").source.plain == {"format": Decimal("0.1")}
    assert codes("format: 1\nformat: 2\n") >= {"PE030"}


@pytest.mark.parametrize("deep", ["[" * 20_000, "{a: " * 20_000, "- " * 20_000])
def test_deep_nesting(deep: str) -> None:
    assert codes(deep) >= {"PE026"}


@pytest.mark.parametrize(
    "escape",
    [
        "__import__('os').system('true')",
        "().__class__.__mro__[1].__subclasses__()",
        "max.__globals__",
        "tokens_at_rate.__class__",
        "tokens_at_rate.real",
        "(x for x in (1,)).gi_frame",
        "[x for x in (1,)]",
        "{1: 2}",
        "'{0.__class__}'.format(1)",
        "f'{tokens_at_rate}'",
        "lambda: 1",
        "eval('1')",
        "exec('1')",
        "open('/etc/passwd')",
        "getattr(max, 'x')",
        "(y := 1)",
        "multiplier[0]",
        "max(*[1])",
        "'a' * 10",
        "1 if 1 else print()",
        "rand()",
        "randint(9)",
        "int('1')",
        "str(1)",
        "...",
        "None",
    ],
)
def test_expression_escapes(escape: str) -> None:
    assert codes(changed(FORMULA, '"' + escape + '"')), escape


@pytest.mark.parametrize(
    "bomb",
    [
        "9**9**8",
        "9 ** multiplier",
        "1 << 99999",
        "1e3000000",
        "1" * 150,
        "~1",
        "7 // 0",
        "7 % 0",
        "1 / 0",
    ],
)
def test_arithmetic_bombs(bomb: str) -> None:
    assert codes(changed(FORMULA, f'"tokens_at_rate * ({bomb})"')), bomb


def test_the_dearest_request_is_priced_in_whole_numbers() -> None:
    wallet = Wallet()
    usage = Usage.of("frontier", dict.fromkeys(wallet.timeline.policies[0].units, COUNT_MAX))
    answer = wallet.do(Charge(usage))
    assert answer.refusal is not None
    assert answer.refusal.code == "insufficient_credits"
    needed = answer.refusal.details["needed_micro"]
    assert (type(needed), needed > 10**15) == (int, True)


def test_regular_expressions_are_no_part_of_the_language() -> None:
    """No key takes a pattern; the patterns in the schema are ours, and each is matched at once."""
    keys = set(re.findall(r'"(\w*(?:regex|pattern|glob|match)\w*)": \{', str(policy_schema())))
    assert keys == set()
    hostile = "a" * 200 + "!"
    for name, pattern in vars(words).items():
        if isinstance(pattern, str) and pattern.startswith("^"):
            assert re.match(pattern, hostile) is None or name


def test_references_to_files_and_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    """A schema refers to itself only, and reading a policy opens no connection."""

    def refuse(*_: object) -> None:
        raise AssertionError("a policy was about to open a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    references = re.findall(r"'\$ref': '([^']*)'", str(policy_schema()))
    assert {each[:2] for each in references} <= {"#/"}
    for key in ("$ref", "$schema", "include", "import", "extends"):
        assert codes(POLICY + f"{key}: http://127.0.0.1:1/x\n"), key
        assert codes(POLICY + f"{key}: file:///etc/passwd\n"), key


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("#" * (BYTES_MAX + 1), "PE001"),
        ("[" + "1," * (NODES_MAX + 1) + "]", "PE025"),
        ("a: " + "x" * 4001, "PE027"),
        ("a: " + "9" * 31, "PE028"),
    ],
)
def test_cost_blow_up(text: str, code: str) -> None:
    assert code in codes(text)


def test_many_rules_are_checked_in_bounded_steps() -> None:
    models = "".join(f"  m{n}: {{multiplier: 1}}\n" for n in range(3000))
    found = loaded(changed("models:\n", f"models:\n{models}"))
    assert found.policy is not None
    assert len(found.policy.models) > 3000


def test_price_errors(terminal: Terminal) -> None:
    """A published version is bound to what it says: an edit of it is an error, not a new price."""
    assert terminal.run("publish my_product").code == 0
    file = terminal.folder / "policies" / "my_product" / "v1.yaml"
    text = file.read_text(encoding="utf-8")
    assert "multiplier: 4" in text
    file.write_text(text.replace("multiplier: 4", "multiplier: 0.4"), encoding="utf-8")
    answer = terminal.run("validate")
    assert (answer.code, "it was published as" in answer.out) == (1, True)
    assert terminal.run("subscribe ana plus").code == 1  # nor does an engine start on it


def test_other_wallets_and_other_policies() -> None:
    """A policy has no word for another policy or a wallet; a wallet has no door to another one."""
    for key in ("other_policy: acme", "wallet: ana", "grants_to: {ana: 5}"):
        assert codes(f"{POLICY}{key}\n"), key
    ledger = MemoryLedger({(rules := Wallet()).timeline.name: rules.timeline})
    for each in ("ana", "bo"):
        ledger.execute_one(Command(each, "join", START, Subscribe("pro")))
    taken = ledger.execute_one(
        Command("bo", "k", START, Charge(Usage.of("lite", {"text_input": 5})))
    )
    stolen = ledger.execute_one(Command("ana", "k", START, Refund(taken.answer.seq)))
    assert stolen.answer.refusal is not None
    assert stolen.answer.refusal.code == "unknown_transaction"


@pytest.mark.parametrize("sign", ["\\x1b", "\\x07", "\\x9b", "\\u202e", "\\u200b", "\\0"])
@pytest.mark.parametrize("place", ["in a comment", "in a name", "escaped"])
def test_steering_signs_in_names(sign: str, place: str) -> None:
    real = sign.encode().decode("unicode_escape")
    if place == "in a comment":
        assert codes(POLICY + f"# {real}\n") == {"PE003"}
    elif place == "in a name":
        assert codes(changed("  lite:", f"  li{real}te:")) == {"PE003"}
    else:
        name = f'"li{sign}te"' if sign != "\\0" else '"li\\0te"'
        assert codes(changed("  lite:", f"  {name}:"))


@pytest.mark.parametrize(
    "name", ["=1+1", "<script>", "a|b", "`a`", "a b", "../a", "a\nb", "-a", "@a"]
)
def test_names_that_mean_something_elsewhere(name: str) -> None:
    quoted = name.replace("\n", "\\n")
    assert codes(changed("  lite:", f'  "{quoted}":')), name
