"""What an author reads: for each mistake its code, the underlined text, message and help."""

import pytest

from policy.expressions.written import NAMES
from policyengine.policy.expressions import FAULTS, Expression, ExpressionFault, parse_expression

LANGUAGE = "use only `and`, `or`, `not`, `if` and `else` between names and numbers"
CHOICE = "write `a if condition else b`"
PLAIN = "write digits with at most one decimal point, such as `1.5`"
ONE_UNIT = "use values of one unit: a price turns counts into credits"
CHOOSE = "choose between two values: `… if condition else …`"
COMPARE = "compare it, such as `… > 0`"

# text (the underlined part between «»), code, message, help
MISTAKES = [
    ("«»", "PE301", "the expression is empty", "such as `tokens_at_rate * multiplier`"),
    ("«»   ", "PE301", "the expression is empty", "such as `tokens_at_rate * multiplier`"),
    (
        "1" + " + 1" * 49 + " + «1 + 1»",
        "PE302",
        "the expression has 205 characters, and 200 are the most",
        "split the rule into tiers",
    ),
    ("charge «×» multiplier", "PE303", "`×` has no meaning in an expression", "write `*`"),
    ("charge «−» 1", "PE303", "`−` has no meaning", "write `-`"),
    ("charge «≥» 1", "PE303", "`≥` has no meaning", "write `>=`"),
    ("charge «^» 2", "PE303", "`^` has no meaning", "write a power out as a product"),
    ("charge «**» 2", "PE303", "`**` has no meaning", "write a power out as a product"),
    ("«charge²»", "PE303", "`charge²` is not written in plain letters", "write a power out"),
    ("charge «//» 2", "PE303", "`//` has no meaning", "write `floor(x / 2)`"),
    ("charge «=» 2", "PE303", "`=` has no meaning", "write `==` to compare"),
    ("charge «=<» 2", "PE303", "`=<` has no meaning", "write `<=`"),
    ("charge > 1 «&&» failed", "PE303", "`&&` has no meaning", "write `and`"),
    ("charge > 1 «||» failed", "PE303", "`||` has no meaning", "write `or`"),
    ("«!»failed", "PE303", "`!` has no meaning", "write `not`"),
    ("charge * 20«%»", "PE303", "`%` has no meaning", "such as `0.2` for 20 %"),
    (
        "charge > «２００»",
        "PE303",
        "`２００` is not written in plain letters and digits",
        "write `200`",
    ),
    ("«ｃharge» > 1", "PE303", "`ｃharge` is not written in plain", "write `charge`"),
    ("«chаrge» > 1", "PE303", "`chаrge` is not written in plain", "this holds U+0430"),
    ("min«（»charge, 1)", "PE303", "`（` has no meaning", "write `(`"),
    ("charge«\u00a0»+ 1", "PE303", "U+00A0 has no meaning", "write a plain space"),
    ("charge«\n»", "PE303", "a line break has no meaning", "write the expression on one line"),
    ("charge«`»", "PE303", "a backtick has no meaning", "leave the quotes out"),
    ("charge «…»", "PE303", "`…` has no meaning", "leave it out"),
    ("charge «✓»", "PE303", "`✓` has no meaning", "leave it out"),
    ("charge «AND» failed", "PE304", "`AND` has no meaning", "write `and` in small letters"),
    ("«True»", "PE304", "`True` has no meaning in an expression", LANGUAGE),
    ("charge «is» 3", "PE304", "`is` has no meaning in an expression", LANGUAGE),
    ("«1.5x» * charge", "PE305", "`1.5x` is not a plain number", "leave `x` out, and write `*`"),
    ("charge * «2multiplier»", "PE305", "`2multiplier` is not", "`2 * multiplier`"),
    ("charge > «200k»", "PE305", "`200k` is not a plain number", "write `200000`"),
    ("charge > «1.5M»", "PE305", "`1.5M` is not a plain number", "write `1500000`"),
    ("charge > «1e3»", "PE305", "`1e3` is not a plain number", "write `1000`"),
    ("charge > «1e»-3", "PE305", "`1e` is not a plain number", PLAIN),
    ("charge > «1e999»", "PE305", "`1e999` is not a plain number", PLAIN),
    ("charge > «1.55e1»", "PE305", "`1.55e1` is not a plain number", PLAIN),
    ("charge > «1_000»", "PE305", "`1_000` is not a plain number", "write `1000`"),
    ("charge > «.5»", "PE305", "`.5` is not a plain number", "write `0.5`"),
    ("charge > «5.»", "PE305", "`5.` is not a plain number", "write `5`"),
    ("charge > «00.5»", "PE305", "`00.5` is not a plain number", "write `0.5`"),
    ("charge > «000»", "PE305", "`000` is not a plain number", "write `0`"),
    ("charge > «0x10»", "PE305", "`0x10` is not a plain number", "write it in decimal digits"),
    ("charge > «1.2.3»", "PE305", "`1.2.3` is not a plain number", PLAIN),
    ("charge > «200,000»", "PE305", "`200,000` is not a plain number", "write `200000`"),
    ("charge > «1,»5", "PE305", "`1,` is not a plain number", "write a point for decimals, `1.5`"),
    (
        "«1234567890123456789»",
        "PE306",
        "`1234567890123456789` has more than 18 digits",
        "round it to fewer digits",
    ),
    ("charge «+»", "PE307", "a value is missing after `+`", "write a name or a number after `+`"),
    ("«*» charge", "PE307", "a value is missing before `*`", "a name or a number before `*`"),
    ("«charge multiplier»", "PE307", "a sign is missing between `charge` and", "write `*`"),
    ("2«)»", "PE307", "this `)` closes nothing", "leave it out, or write the `(` it closes"),
    ("«(»charge", "PE307", "this `(` is never closed", "write the `)` that closes it"),
    ("(«)»", "PE307", "a value is missing before `)`", "write a name or a number"),
    ("«3(»4)", "PE307", "a sign is missing between `3` and `(`", "write `*` for times"),
    ("«failed not» failed", "PE307", "a sign is missing between", "write `and not`"),
    ("charge == «not» failed", "PE307", "`not` cannot follow `==`", "put brackets around"),
    ("1 «if» failed", "PE307", "this `if` has no `else`", CHOICE),
    ("(1 «if» failed) * 2", "PE307", "this `if` has no `else`", CHOICE),
    ("min(1 «if» failed, 2)", "PE307", "this `if` has no `else`", CHOICE),
    ("1 «else» 2", "PE307", "this `else` has no `if`", CHOICE),
    ("«if» failed", "PE307", "a value is missing before `if`", CHOICE),
    ("charge«,» charge", "PE307", "a comma stands only between the inputs", "write one value"),
    (
        "«1 if failed if failed else failed else 2»",
        "PE307",
        "the expression does not read",
        "put brackets around each",
    ),
    (
        "(" * 12 + "«(»1" + ")" * 13,
        "PE308",
        "brackets are nested more than 12 deep",
        "take some brackets out",
    ),
    (
        "«" + "+".join(["charge"] * 21) + "»",
        "PE308",
        "the expression has 41 parts, and 40 are the most",
        "move a part into tiers",
    ),
    (
        "«" + "-" * 12 + "charge»",
        "PE308",
        "the expression is nested 13 levels deep, 12 are the most",
        "move a part into tiers",
    ),
    ("charge * «+» 2", "PE307", "a value is missing before `+`", "a name or a number before"),
    ("charge > «multiplyer»", "PE310", "unknown name `multiplyer`", "did you mean `multiplier`?"),
    ("charge > «Charge»", "PE310", "unknown name `Charge`", "did you mean `charge`?"),
    ("charge > «zzz»", "PE310", "unknown name `zzz`", "use one of `all_input`, `all_output`, `cha"),
    ("charge > «__import__»", "PE310", "unknown name `__import__`", "use one of `all_input`"),
    ("«min» > 3", "PE310", "`min` is a function, not a value", "call it, such as `min(a, b)`"),
    ("«ceil» > 3", "PE310", "`ceil` is a function, not a value", "call it, such as `ceil(a)`"),
    ("«round»(charge, 2)", "PE311", "unknown function `round`", "write `ceil(a, 0.01)` or"),
    ("«mim»(charge, 2)", "PE311", "unknown function `mim`", "did you mean `min`?"),
    ("«multiplier»(2)", "PE311", "`multiplier` is a value, not a function", "write `multiplier *`"),
    ("«min()»", "PE312", "`min` takes two or more values, 0 given", "write `min(a, b)`"),
    ("«max(charge)»", "PE312", "`max` takes two or more values, 1 given", "write `max(a, b)`"),
    ("«ceil(1, 2, 3)»", "PE312", "`ceil` takes a value and perhaps a step, 3 given", "write `ceil"),
    ("«floor()»", "PE312", "`floor` takes a value and perhaps a step, 0 given", "write `floor(a)`"),
    ("ceil(charge, «0»)", "PE312", "the step of `ceil` must be a written number", "write a number"),
    (
        "ceil(charge, «-1»)",
        "PE312",
        "the step of `ceil` must be a written number",
        "write a number",
    ),
    ("ceil(1, «multiplier»)", "PE312", "the step of `ceil` must be a written", "write a number"),
    ("charge / «0»", "PE313", "a division by zero has no result", "divide by another number"),
    ("charge / «0.00»", "PE313", "a division by zero has no result", "divide by another number"),
    ("charge / «-2»", "PE313", "`-2` divides, and only a written number may", "divide by a number"),
    ("charge / «multiplier»", "PE313", "`multiplier` divides, and only", "divide by a number"),
    ("«charge * charge»", "PE314", "credits times credits is no quantity", "multiply by a plain"),
    ("«all_input * charge»", "PE314", "tokens times credits is no quantity", "multiply by a plain"),
    ("«all_input * all_input»", "PE314", "tokens times tokens is no quantity", "multiply by a"),
    (
        "«charge + all_input» + 1",
        "PE314",
        "`charge` is credits and `all_input` is tokens: they cannot be added",
        ONE_UNIT,
    ),
    (
        "«charge - 1 - multiplier»",
        "PE314",
        "`charge - 1` is credits and `multiplier` is a plain number: they cannot be subtracted",
        "multiply by the plain number instead",
    ),
    ("«max(charge, all_input)»", "PE314", "they cannot be inputs of `max`", ONE_UNIT),
    ("1 if «charge > multiplier» else 2", "PE314", "they cannot be compared", ONE_UNIT),
    ("1 if «failed» == failed else 2", "PE314", "cannot be compared", "join conditions with"),
    ("(«charge > 1») * 2", "PE314", "is yes or no and cannot be multiplied", CHOOSE),
    ("2 * «failed»", "PE314", "`failed` is yes or no and cannot be multiplied", CHOOSE),
    ("«failed» / 2", "PE314", "`failed` is yes or no and cannot be divided", CHOOSE),
    ("-«failed»", "PE314", "`failed` is yes or no and cannot be negative", CHOOSE),
    ("ceil(«failed»)", "PE314", "`failed` is yes or no and cannot be rounded", CHOOSE),
    ("not «charge»", "PE314", "`charge` is credits, and `not` needs yes or no", COMPARE),
    ("failed and «charge»", "PE314", "`charge` is credits, and `and` needs yes or no", COMPARE),
    ("«charge» or failed", "PE314", "`charge` is credits, and `or` needs yes or no", COMPARE),
    ("1 if «charge» else 2", "PE314", "`charge` is credits, and `if` needs yes or no", COMPARE),
    (
        "«charge if failed else all_input»",
        "PE314",
        "`charge` is credits and `all_input` is tokens: a choice needs one unit",
        "give both branches the same unit",
    ),
    ("«failed if failed else 2»", "PE314", "a choice needs one unit", "give both branches"),
    (
        "«all_input»",
        "PE315",
        "this place needs credits, and `all_input` is tokens",
        "compute with credits, such as `tokens_at_rate`",
    ),
    ("«multiplier * 2»", "PE315", "`multiplier * 2` is a plain number", "compute with credits"),
    ("«charge > 2»", "PE315", "this place needs credits, and `charge > 2` is yes or no", CHOOSE),
    (
        "«all_input + all_input + all_input + all_input»",
        "PE315",
        "`all_input + all_input + all_input + all…` is tokens",
        "compute with credits",
    ),
]


def fault_of(text: str, wants: str = "credits") -> ExpressionFault:
    fault = parse_expression(text, NAMES, wants)
    assert isinstance(fault, ExpressionFault), fault
    return fault


@pytest.mark.parametrize(("marked", "code", "message", "help_"), MISTAKES)
def test_a_mistake_is_underlined_named_and_mended(
    marked: str, code: str, message: str, help_: str
) -> None:
    before, underlined, after = marked.replace("»", "«").split("«")
    text = before + underlined + after
    fault = fault_of(text)
    assert (code, underlined) == (fault.code, text[fault.start : fault.end]), fault
    assert message in fault.message
    assert help_ in fault.help


def test_every_code_is_shown_by_a_mistake_or_kept_by_the_gate() -> None:
    shown = {code for _, code, _, _ in MISTAKES}
    assert set(FAULTS) - shown == {"PE309"}  # what only the gate can meet: `test_gate`


def test_every_code_has_a_title_and_an_explanation() -> None:
    for title, explanation in FAULTS.values():
        assert title[0].islower()
        assert not title.endswith(".")
        assert explanation[0].isupper() or explanation[0] == "`"
        assert explanation.endswith(".")


@pytest.mark.parametrize(
    ("text", "wants", "message", "help_"),
    [
        ("charge", "yes_no", "this place needs yes or no, and `charge` is credits", COMPARE),
        ("5", "yes_no", "this place needs yes or no, and `5` is a plain number", COMPARE),
        ("charge", "number", "this place needs a plain number", "such as `multiplier`"),
        ("charge", "seconds", "this place needs seconds", "no name here is seconds"),
    ],
)
def test_a_place_that_needs_another_unit_says_so(
    text: str, wants: str, message: str, help_: str
) -> None:
    fault = fault_of(text, wants)
    assert fault.code == "PE315"
    assert message in fault.message
    assert help_ in fault.help


def test_a_place_without_names_asks_for_numbers() -> None:
    fault = parse_expression("charge", {}, "credits")
    assert isinstance(fault, ExpressionFault)
    assert fault.help == "use numbers: no names are known here"


def test_few_names_are_listed_in_full_and_many_are_cut() -> None:
    few = parse_expression("zzz", {"charge": "credits"}, "credits")
    many = parse_expression("zzz", {f"name_{at}": "credits" for at in range(9)}, "credits")
    assert isinstance(few, ExpressionFault)
    assert isinstance(many, ExpressionFault)
    assert few.help == "use one of `charge`"
    assert many.help.endswith("`name_7`, …")


@pytest.mark.parametrize("wants", ["credits", "number", "seconds"])
def test_a_bare_number_takes_the_unit_that_the_place_needs(wants: str) -> None:
    expression = parse_expression("ceil(2 * 3 / 4) if 1 > 2 else -1", NAMES, wants)
    assert isinstance(expression, Expression)
    assert expression.dimension == wants


@pytest.mark.parametrize(
    ("text", "wants"),
    [
        ("all_input * multiplier", "tokens"),
        ("multiplier * all_input / 1000", "tokens"),
        ("multiplier * multiplier", "number"),
        ("2 * multiplier", "number"),
        ("multiplier * 2", "number"),
        ("multiplier + 1", "number"),
        ("1 + charge", "credits"),
        ("max(0.01, charge, 5)", "credits"),
        ("2 if failed else charge", "credits"),
        ("charge if failed else 2", "credits"),
        ("charge * (2 if all_input > 200000 else 1)", "credits"),
        ("0 < charge < 5", "yes_no"),
        ("1 < 2", "yes_no"),
        ("failed if charge > 1 else not failed", "yes_no"),
    ],
)
def test_units_combine(text: str, wants: str) -> None:
    expression = parse_expression(text, NAMES, wants)
    assert isinstance(expression, Expression), expression
    assert expression.dimension == wants
