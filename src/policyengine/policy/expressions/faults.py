"""What can be wrong with an expression: one record per finding, and the register of its codes."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

FaultCode: TypeAlias = Literal[
    "PE301",
    "PE302",
    "PE303",
    "PE304",
    "PE305",
    "PE306",
    "PE307",
    "PE308",
    "PE309",
    "PE310",
    "PE311",
    "PE312",
    "PE313",
    "PE314",
    "PE315",
]


@dataclass(frozen=True, slots=True)
class ExpressionFault:
    """Why an expression is refused, where in its text, and one act that mends it.

    `start` and `end` are character offsets into the text; the end is excluded.
    """

    code: FaultCode
    message: str
    start: int
    end: int
    help: str


FAULTS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "PE301": (
            "empty expression",
            (
                "This place needs an expression, and the text is empty. Write one, such as "
                "`tokens_at_rate * multiplier`."
            ),
        ),
        "PE302": (
            "expression too long",
            (
                "An expression has at most 200 characters, so that a reader can check it at a "
                "glance. What does not fit is usually a table: tiers, rates or multipliers in "
                "the policy."
            ),
        ),
        "PE303": (
            "sign not in the language",
            (
                "Expressions are written with plain letters, digits, `_`, spaces and the signs "
                "`+ - * / ( ) , < <= > >= == !=`, on one line. Signs from typography, "
                "spreadsheets or programming languages have no meaning here."
            ),
        ),
        "PE304": (
            "word not in the language",
            (
                "The words of expressions are `and`, `or`, `not`, `if` and `else`, in small "
                "letters. Words of programming languages beyond these are refused."
            ),
        ),
        "PE305": (
            "number not written plainly",
            (
                "A number is written with digits and at most one decimal point with digits on "
                "both sides: `0.5`, `12`, `200000`. No separators, leading zeros, exponents or "
                "suffixes."
            ),
        ),
        "PE306": (
            "number with too many digits",
            (
                "A number has at most 18 digits, before and after the point together: more than "
                "any amount of credits or count of tokens needs."
            ),
        ),
        "PE307": (
            "expression does not read",
            (
                "Something is missing or misplaced: a value, a sign between two values, a "
                "bracket, or the `else` of an `if`."
            ),
        ),
        "PE308": (
            "expression too large",
            (
                "An expression has at most 40 parts (numbers, names, operations) and at most 12 "
                "levels of nesting. Larger rules belong in tables of the policy."
            ),
        ),
        "PE309": (
            "construct not in the language",
            (
                "Expressions compute with flat names and numbers only. There are no parts of "
                "names, no lists, no texts, no powers and no definitions."
            ),
        ),
        "PE310": (
            "unknown name",
            (
                "Each place offers a fixed list of names, and this one is not among them. A "
                "misspelt name is an error here, never zero."
            ),
        ),
        "PE311": (
            "unknown function",
            ("The functions are `min`, `max`, `ceil` and `floor`; there are no others."),
        ),
        "PE312": (
            "function with the wrong inputs",
            (
                "`min` and `max` take two or more values. `ceil` and `floor` take one value "
                "and, if wanted, the step to round to, a number above zero: `ceil(charge, "
                "0.01)`."
            ),
        ),
        "PE313": (
            "division by something other than a number",
            (
                "`/` divides by a written number that is not zero, so that no request can ever "
                "meet a division by zero."
            ),
        ),
        "PE314": (
            "units that do not go together",
            (
                "Names have units. Equal units can be added and compared; anything can be "
                "multiplied by a plain number; credits times credits, or tokens plus credits, "
                "is no quantity."
            ),
        ),
        "PE315": (
            "wrong kind of result",
            (
                "A formula must give credits; a condition must give yes or no. The expression "
                "gives something else."
            ),
        ),
    }
)
"""For each code its title and an explanation of a sentence or three."""
