"""`explain` and `explain-code`: the reason for every number of a transaction; what a code means."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Final

import typer

from policyengine.cli.call import Call, Format, print_json, with_call
from policyengine.cli.faults import WrongUse

if TYPE_CHECKING:
    from rich.console import RenderableType

    from policyengine.app.reading import Explanation

PAGE_WIDTH_MAX: Final = 100
_FINDING: Final = re.compile(r"[A-Z]{2}[0-9]{3}")
_REFUSAL: Final = re.compile(r"[a-z]+(_[a-z]+)+")


@with_call()
def explain(
    call: Call,
    name: Annotated[
        str,
        typer.Argument(metavar="ID", help="A transaction: `ana:17`."),
    ],
) -> int:
    """Derive every number of a transaction: usage, rates, multiplier, rounding, lots, with lines.

    Example: policyengine explain ana:17
    """
    if _FINDING.fullmatch(name) or _REFUSAL.fullmatch(name):
        raise WrongUse(
            f"`{name}` is a code, not a transaction", f"see `policyengine explain-code {name}`"
        )
    with call.engine() as engine:
        found = engine.explain(name)
    call.answer(lambda: _parts(found), lambda: _form(found))
    return 0


def _parts(found: "Explanation") -> "Iterator[RenderableType]":
    from policyengine.cli.derivation import derivation_parts

    return derivation_parts(found.derivation)


def _form(found: "Explanation") -> object:
    from policyengine.app.forms import step_form, transaction_form

    return {
        "transaction": transaction_form(found.transaction),
        "derivation": step_form(found.derivation),
    }


def explain_code(
    code: Annotated[
        str,
        typer.Argument(
            metavar="CODE", help="A finding's (`PE110`) or a refusal's (`insufficient_credits`)."
        ),
    ],
    output: Annotated[
        Format, typer.Option("--format", help="Text for people, JSON for machines.")
    ] = "text",
) -> int:
    """Print what a code means and why, with an example that is wrong and one that is right.

    Example: policyengine explain-code PE110
    """
    code = code if _REFUSAL.fullmatch(code) else code.upper()
    title, text = _of_refusal(code) if _REFUSAL.fullmatch(code) else _of_finding(code)
    if output == "json":
        print_json({"code": code, "title": title, "text": text})
    else:
        typer.echo(f"{code}: {title}\n\n{_wrapped(text)}".rstrip())
    return 0


def _wrapped(text: str) -> str:
    """Wrap prose to the screen; examples, which are indented, stay as they are."""
    import shutil
    import textwrap

    width = min(shutil.get_terminal_size().columns, PAGE_WIDTH_MAX)
    return "\n".join(
        line if line.startswith(" ") else textwrap.fill(line, width) for line in text.splitlines()
    )


def _of_finding(code: str) -> tuple[str, str]:
    from policyengine.app.codes import ALL_CODES

    if code not in ALL_CODES:
        raise WrongUse(f"there is no finding `{code}`", "copy the code from a finding: `PE101`")
    return ALL_CODES[code].title, ALL_CODES[code].explanation


def _of_refusal(code: str) -> tuple[str, str]:
    from policyengine.engine.refusals import CODES

    if code not in CODES:
        raise WrongUse(f"there is no refusal `{code}`", f"one of {', '.join(CODES)}")
    return "a refusal", CODES[code]
