"""Arguments and options that several commands share, and how their texts are read."""

from typing import Annotated, Final, Literal, TypeAlias

import typer

from policyengine.cli.faults import WrongUse

COUNT_DIGITS_MAX: Final = 15

Outcome: TypeAlias = Literal["succeeded", "failed", "cancelled"]

WalletId: TypeAlias = Annotated[str, typer.Argument(metavar="WALLET", help="The wallet's id.")]
ModelName: TypeAlias = Annotated[
    str, typer.Option("--model", "-m", metavar="MODEL", help="The model, as the policy lists it.")
]
Counts: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--count",
        "-c",
        metavar="UNIT=N",
        help="How many of a unit were used; repeat it for each unit, as `text_input=1200`.",
    ),
]
ModifierNames: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--modifier",
        metavar="NAME",
        help="A modifier of the policy that holds, such as `batch`; repeat it for each.",
    ),
]
OutcomeOf: TypeAlias = Annotated[
    Outcome, typer.Option("--outcome", help="How the request ended; the policy says what it costs.")
]
Key: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--key", metavar="KEY", help="Names this attempt: a retry with it changes nothing."
    ),
]
Conversation: TypeAlias = Annotated[
    str, typer.Option("--conversation", metavar="ID", help="The conversation it belongs to.")
]
OperationId: TypeAlias = Annotated[
    str, typer.Option("--operation", metavar="ID", help="The operation it belongs to.")
]
Reason: TypeAlias = Annotated[
    str, typer.Option("--reason", metavar="TEXT", help="Why; it stays in the ledger.")
]
Actor: TypeAlias = Annotated[
    str, typer.Option("--by", metavar="WHO", help="Who does it; it stays in the ledger.")
]
HoldId: TypeAlias = Annotated[str, typer.Argument(metavar="HOLD", help="The hold's id: `ana:5`.")]


def counts_of(texts: list[str] | None) -> dict[str, int]:
    """Read `text_input=1200` and the like.

    Raises: WrongUse for another form, or a unit that is given twice.
    """
    counts: dict[str, int] = {}
    for text in texts or []:
        unit, sign, number = text.partition("=")
        digits = number.replace(",", "").replace("_", "").strip()
        if not sign or not unit or not digits.isascii() or not digits.isdecimal():
            raise WrongUse(
                f"`{text}` is not a count", "write the unit and a whole number: `text_input=1200`"
            )
        if len(digits) > COUNT_DIGITS_MAX:
            raise WrongUse(f"`{text}` is more than can be counted", "check the number")
        name = unit.strip()
        if name in counts:
            raise WrongUse(f"the unit `{name}` is given twice", "add the two counts up")
        counts[name] = int(digits)
    return counts


def modifiers_of(names: list[str] | None) -> tuple[str, ...]:
    """Read the names of modifiers.

    Raises: WrongUse for one that is given twice.
    """
    for name in names or []:
        if (names or []).count(name) > 1:
            raise WrongUse(f"the modifier `{name}` is given twice", "give it once")
    return tuple(names or ())


def some_counts(texts: list[str] | None) -> dict[str, int]:
    """Read counts, at least one.

    Raises: WrongUse where there is none.
    """
    counts = counts_of(texts)
    if not counts:
        raise WrongUse("nothing is counted", "say what was used: `--count text_input=1200`")
    return counts
