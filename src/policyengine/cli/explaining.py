"""`explain`: every number of a transaction with its reason; or the page of a code."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Final

import typer

from policyengine.cli.call import Call, print_json, with_call
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
        typer.Argument(
            metavar="ID", help="A transaction (`ana:17`), a finding (`PE101`) or a refusal's code."
        ),
    ],
) -> int:
    """Derive every number of a transaction: usage, rates, multiplier, rounding, lots, with lines.

    Example: policyengine explain ana:17
    """
    if _FINDING.fullmatch(name) or _REFUSAL.fullmatch(name):
        return _page(call, name)
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


def _page(call: Call, code: str) -> int:
    """Print what a code means."""
    title, text = _of_finding(code) if _FINDING.fullmatch(code) else _of_refusal(code)
    if call.output == "json":
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
