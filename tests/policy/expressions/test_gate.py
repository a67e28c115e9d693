"""The allow-list on its own: what would happen if the passes before it let everything through."""

import ast

import pytest

from policy.expressions.written import NAMES
from policyengine.policy.expressions import Expression, ExpressionFault, parse_expression
from policyengine.policy.expressions.bounds import DEPTH_MAX, LENGTH_MAX, NODES_MAX
from policyengine.policy.expressions.gate import gated

# What escaped from, or stalled, evaluators of Python expressions in the past.
HOSTILE = [
    "().__class__.__bases__[0].__subclasses__()",
    "charge.__class__.__mro__",
    "charge.real",
    "charge.func_globals",
    "(1).from_bytes",
    "'{0.__class__}'.format(charge)",
    "'%s' % charge",
    "f'{charge.__class__}'",
    "f'{charge:{charge}}'",
    "__import__('os').system('id')",
    "__builtins__",
    "eval('1')",
    "exec('1')",
    "getattr(charge, 'real')",
    "type(charge)",
    "open('x')",
    "min.__self__",
    "min.__globals__",
    "(lambda: charge)()",
    "lambda: charge",
    "(charge for charge in min)",
    "(x := charge)",
    "[charge for charge in (1, 2)]",
    "{charge for charge in (1, 2)}",
    "{charge: 1 for charge in (1, 2)}",
    "(i.gi_frame for i in ())",
    "(yield)",
    "(yield from charge)",
    "(await charge)",
    "min(*charge)",
    "min(charge, *charge)",
    "min(**charge)",
    "min(charge, 1, key=charge)",
    "ceil(charge, step=1)",
    "min(charge, 1)(1)",
    "(min if failed else max)(1, 2)",
    "charge[0]",
    "charge[0:1]",
    "charge, charge",
    "[charge]",
    "{charge}",
    "{1: charge}",
    "9**9**9",
    "4000000**4000000",
    "9**300000*9**300000",
    "charge ** 2",
    "1 << 100000",
    "charge >> 1",
    "charge | 1",
    "charge & 1",
    "charge ^ 1",
    "~charge",
    "charge // 2",
    "charge % 2",
    "charge @ charge",
    "+charge",
    "charge is charge",
    "charge is not charge",
    "charge in charge",
    "charge not in charge",
    "True",
    "None",
    "...",
    "True + 1",
    "'a' * 3",
    "b'a'",
    "1j",
    "1e3",
    "0x10",
    "0b1",
    "0o7",
    "1_000",
    ".5",
    "5.",
    "00",
    "1234567890123456789",
    "0.1234567890123456789",
    "charge / 0",
    "charge / (1 - 1)",
    "charge / True",
    "charge / 0x10",
    "print(1)",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_the_gate_alone_refuses_what_is_not_in_the_language(text: str) -> None:
    result = gated(ast.parse(text, mode="eval").body, text, NAMES)
    assert isinstance(result, ExpressionFault)
    assert result.start < result.end <= len(text)


@pytest.mark.parametrize("text", HOSTILE)
def test_the_parser_refuses_what_is_not_in_the_language(text: str) -> None:
    assert isinstance(parse_expression(text, NAMES, "credits"), ExpressionFault)


@pytest.mark.parametrize(
    ("text", "code", "underlined", "message"),
    [
        ("charge + charge.real", "PE309", "charge.real", "`charge.real` is not in the language"),
        ("charge ** 2", "PE309", "charge ** 2", "`charge ** 2` is not in the language"),
        ("charge * +2", "PE309", "+2", "a `+` before a value has no meaning"),
        ("(charge)(2)", "PE311", "charge", "`charge` is a value, not a function"),
        ("(2)(2)", "PE309", "2", "`2` cannot be called"),
        ("min(1, 2, key=3)", "PE309", "min(1, 2, key=3)", "an input of a function has no name"),
        ("1 + 1e3", "PE305", "1e3", "`1e3` is not a plain number"),
        ("'a' + [1]", "PE305", "'a'", "`'a'` is not a plain number"),
        ("1 + 'a`'", "PE305", "'a`'", "is not a plain number"),
    ],
)
def test_the_gate_underlines_its_leftmost_refusal(
    text: str, code: str, underlined: str, message: str
) -> None:
    fault = gated(ast.parse(text, mode="eval").body, text, NAMES)
    assert isinstance(fault, ExpressionFault)
    assert (code, underlined) == (fault.code, text[fault.start : fault.end])
    assert message in fault.message


@pytest.mark.parametrize("text", ["(charge\n+ 1)", "(charge + é)", "(charge\t+ 1)"])
def test_the_gate_alone_refuses_a_text_that_is_not_one_plain_line(text: str) -> None:
    fault = gated(ast.parse(text, mode="eval").body, text, {**NAMES, "é": "credits"})
    assert isinstance(fault, ExpressionFault)
    assert fault.code == "PE303"


@pytest.mark.parametrize(
    "text",
    [
        "1" + "+1" * 3000,
        "(" * 5000 + "1" + ")" * 5000,
        "(" * 100 + "1" + ")" * 100,
        "min(" * 40 + "1",
        "not " * 49 + "failed",
        "-" * 199 + "1",
        "(" * 12 + "1 if failed else 2" + ") + 1 if failed else 2" * 8,
        "9" * 5000,
        "9" * 190,
        "charge" + "*9" * 90,
        "charge\0",
        "\0",
        "\ud800",
        "charge + \udfff",
        "charge\n",
        "charge\n+ 1",
        "charge\r+ 1",
        "charge \\\n+ 1",
        "charge # a comment",
        "charge; charge",
        "charge = 1",
        "charge += 1",
        "import os",
        "charge\x0c+ 1",
        "charge\u2028+ 1",
        "charge\u200b+ 1",
        "\ufeffcharge",
        "\u202echarge",
        "1if failed else 2",
        "0or charge",
        "'\\d'",
        "𝐜𝐡𝐚𝐫𝐠𝐞",
        "ªcharge",
    ],
)
def test_bombs_and_oddities_are_refused(text: str) -> None:
    assert isinstance(parse_expression(text, NAMES, "credits"), ExpressionFault)


def test_bounds_admit_what_they_name() -> None:
    longest = "1" + " " * (LENGTH_MAX - 7) + "+ 0.01"
    largest = "+".join(["charge"] * (NODES_MAX // 2))
    deepest = "-" * (DEPTH_MAX - 1) + "charge"
    bracketed = "(" * DEPTH_MAX + "123456789012345.678" + ")" * DEPTH_MAX
    assert len(longest) == LENGTH_MAX
    for text in (longest, largest, deepest, bracketed):
        assert isinstance(parse_expression(text, NAMES, "credits"), Expression)


def test_the_dearest_product_that_passes_stays_small() -> None:
    text = "*".join(["999999999999999999"] * 10)
    expression = parse_expression(text, NAMES, "credits")
    assert isinstance(expression, Expression)
    assert expression.compiled() == 999999999999999999**10
    assert expression.evaluate({}) == 999999999999999999**10
