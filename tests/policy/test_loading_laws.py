"""Laws of loading: any input gets an answer, at once, whichever parser PyYAML was built with."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policyengine.policy.codes import CODES
from policyengine.policy.events import DEPTH_MAX, FAST_LOADER, NODES_MAX, PURE_LOADER
from policyengine.policy.nodes import Plain
from policyengine.policy.source import load_source, load_with
from policyengine.policy.text import BYTES_MAX
from policyengine.values.diagnostics import drawn, has_errors

ROOT = Path(__file__).parents[2]
POLICY = (ROOT / "policies" / "codeflicker" / "v1.yaml").read_text()

PIECES = st.sampled_from(
    [
        *"{}[]:,-?#&*!|>'\"%@`\\~<=+_.0123456789ab \n",
        *(
            "\t",
            "\r\n",
            "\r",
            "\0",
            "\u0085",
            "\u2028",
            "\ud800",
            "\ufeff",
            "：",
            "，",
            "é",
            "e\u0301",
        ),
        *("\n  ", "\n\n ", ": ", "- ", " #", "? ", "!!", "&a ", "*a ", "<<: ", "---\n", "...\n"),
        *("|\n", ">+\n", "|2\n", '"\\x', '"\\UFFFFFFFF"', "%YAML 1.1\n", "1_000", "1e9", ".inf"),
    ]
)


@st.composite
def mutated_policies(draw: st.DrawFn) -> str:
    """The reference policy with a few pieces put in, taken out or cut off."""
    text = POLICY
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        change = draw(st.sampled_from(["insert", "insert", "delete", "repeat", "cut"]))
        if change == "insert":
            text = text[:at] + draw(PIECES) + text[at:]
        elif change == "delete":
            text = text[:at] + text[at + draw(st.integers(1, 20)) :]
        elif change == "repeat":
            text = text[:at] + text[at : at + draw(st.integers(1, 40))] + text[at:]
        else:
            text = text[:at]
    return text


SCRAPS = st.lists(PIECES, max_size=40).map("".join)


def is_exact(value: Plain) -> bool:
    if isinstance(value, dict):
        return all(isinstance(key, str) and is_exact(each) for key, each in value.items())
    if isinstance(value, list):
        return all(map(is_exact, value))
    return value is None or isinstance(value, str | int | Decimal)


def check_answer(data: bytes | str) -> None:
    source, findings = load_source(data, "p.yaml")
    assert is_exact(source.plain)
    assert source.root is not None or has_errors(findings)
    for each in findings:
        assert each.code in CODES
        assert drawn(each, source.lines).startswith("p.yaml:")
        assert each.help
        assert 1 <= each.span.line <= len(source.lines) + 1


@given(st.binary(max_size=400))
def test_any_bytes_get_an_answer(data: bytes) -> None:
    check_answer(data)


@given(st.one_of(st.text(max_size=200), SCRAPS))
def test_any_text_gets_an_answer(data: str) -> None:
    check_answer(data)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(mutated_policies())
def test_any_mutation_of_a_policy_gets_an_answer(data: str) -> None:
    check_answer(data)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.one_of(mutated_policies(), SCRAPS))
def test_the_outcome_does_not_depend_on_how_pyyaml_was_built(data: str) -> None:
    fast, pure = load_with(data, "p", FAST_LOADER), load_with(data, "p", PURE_LOADER)
    assert fast == pure
    assert fast[0].places == pure[0].places


@pytest.mark.parametrize(
    "text",
    [
        POLICY,
        "a: {b: }\n",
        "- \n- ? x\n",
        "a: [b: , c]\n",
        "a: &x\n  b: 1\n",
        "a: |#x\n b\n",
        "a: really?\n",
        "a: {b: c?d}\n",
        "{? a : b}\n",
        "a: !x!y z\n",
        "a: b!\n",
        "a: 1\na:\n - [1]\n - b:\n\n",
        "a: |\n  x",
        "a: >-\n\n  x\n   y\n\n\nb: 1\n",
    ],
)
def test_both_parsers_agree_on_the_known_differences(text: str) -> None:
    fast, pure = load_with(text, "p", FAST_LOADER), load_with(text, "p", PURE_LOADER)
    assert fast == pure
    assert fast[0].places == pure[0].places


KIB = 1024
BOMBS: dict[str, tuple[bytes | str, str]] = {
    "a policy of 10 MB": ("why: x\n" * (10 * KIB * KIB // 7), "PE001"),
    "10 MB of brackets as bytes": (b"[" * 10 * KIB * KIB, "PE001"),
    "brackets": ("[" * (BYTES_MAX - 1), "PE026"),
    "braces": ("{" * (BYTES_MAX - 1), "PE026"),
    "hyphens": ("- " * (BYTES_MAX // 2 - 1), "PE026"),
    "question marks": ("? " * (BYTES_MAX // 2 - 1), "PE026"),
    "indentation": ("\n".join(" " * n + "a:" for n in range(700)), "PE026"),
    "laughs": ("a: &a [x]\n" + "b: [*a,*a]\n" * (NODES_MAX // 4 + 1), "PE025"),
    "merge keys": ("a: &a {x: 1}\nb: {<<: [*a,*a]}\n", "PE020"),
    "many values": ("[" + "1," * (NODES_MAX + 1) + "]", "PE025"),
    "a long number": ("a: " + "9" * (BYTES_MAX - 10), "PE027"),
    "sixties": ("a: " + "1:" * 1900 + "1", ""),
    "an exponent": ("a: 1e999999999", "PE040"),
    "underscores": ("\n".join(f"k{n}: 1{'_' * 3990}x" for n in range(64)), ""),
    "look-alikes": ("\n".join(f"k{n}: 0_{n}" for n in range(9000)), "PE040"),
    "a long text": ('a: "' + "x\\n" * (BYTES_MAX // 3 - 9) + '"', "PE027"),
    "an open quote": ('a: "' + "x\n" * (BYTES_MAX // 2 - 9), "PE014"),
    "doubled quotes": ("'" + "''" * (BYTES_MAX // 2 - 1), "PE014"),
    "comments": ("#\n" * (BYTES_MAX // 2 - 1), "PE006"),
    "a block of blanks": ("a: |\n" + "\n" * (BYTES_MAX - 20), ""),
    "no colons": ("a\n" * (BYTES_MAX // 2 - 1), "PE027"),
    "equal keys": ("a: 1\n" * (NODES_MAX // 2 - 1), "PE030"),
    "tabs": ("a:\t1\n" * 40_000, "PE004"),
    "accents": ("# e\u0301\n" * 40_000, "PE005"),
    "wide signs": ("a: 1\n" + "：" * 80_000, "PE018"),
    "broken indentation": (
        "a:\n" + "".join(f"{' ' * (700 - n)}b{n}:\n" for n in range(700)),
        "PE012",
    ),
}


@pytest.mark.parametrize("name", BOMBS)
@pytest.mark.parametrize("loader", [FAST_LOADER, PURE_LOADER], ids=["fast", "pure"])
def test_a_bomb_is_answered(name: str, loader: object) -> None:
    data, code = BOMBS[name]
    _, findings = load_with(data, "p.yaml", loader)
    assert ({code} if code else set()) <= {each.code for each in findings}


@pytest.mark.parametrize("depth", [DEPTH_MAX, DEPTH_MAX + 1])
def test_the_bound_on_depth_is_exact(depth: int) -> None:
    findings = load_source("[" * depth + "]" * depth, "p")[1]
    assert [each.code for each in findings] == ["PE026"] * (depth - DEPTH_MAX)


@pytest.mark.parametrize("values", [NODES_MAX - 1, NODES_MAX])
def test_the_bound_on_values_is_exact(values: int) -> None:
    findings = load_source("- 1\n" * values, "p")[1]
    assert [each.code for each in findings] == ["PE025"] * (values - NODES_MAX + 1)
