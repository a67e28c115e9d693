"""`import-prices`: a published price list becomes the next version of a policy."""

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal, TypeAlias

import typer

from policyengine.cli.call import Format, print_json
from policyengine.cli.faults import FINDINGS, NOTHING, OK, WrongUse

if TYPE_CHECKING:
    from datetime import datetime

    from policyengine.app.importing.importing import Asked, Imported
    from policyengine.app.importing.records import PriceList
    from policyengine.policy.load import Loaded

ListName: TypeAlias = Literal["genai-prices", "litellm"]
NUMBER_MAX: Final = 10**6

From: TypeAlias = Annotated[
    ListName, typer.Option("--from", help="The installed package whose price list is read.")
]
CreditPrice: TypeAlias = Annotated[
    str, typer.Option("--credit-price", metavar="USD", help="What one credit is worth.")
]
Markup: TypeAlias = Annotated[
    str,
    typer.Option("--markup", metavar="PERCENT", help="The markup of models that are new: `20%`."),
]
Providers: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--provider", metavar="NAME", help="Only this provider; repeat it for more."),
]
Models: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--model", metavar="NAME", help="Only this model, or `gpt-5*`; repeatable."),
]
Effective: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--effective", metavar="INSTANT", help="When the prices come into force. [default: now]"
    ),
]


def import_prices(
    folder: Annotated[
        Path,
        typer.Argument(metavar="[DIR]", help="The policy's folder: its name is the policy's."),
    ] = Path("policies/imported"),
    *,
    source: From = "genai-prices",
    credit_price: CreditPrice = "0.01",
    markup: Markup = "0%",
    provider: Providers = None,
    model: Models = None,
    effective: Effective = None,
    publish: Annotated[
        bool, typer.Option("--publish", help="Write published versions instead of drafts.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing.")] = False,
    listed: Annotated[
        bool,
        typer.Option("--list", help="List every model, imported or not and why; write nothing."),
    ] = False,
    output: Annotated[
        Format, typer.Option("--format", help="Text for people, JSON for machines.")
    ] = "text",
) -> int:
    """Turn the price list of an installed package into units, models and modifiers.

    A folder without a policy gets a whole one, with placeholders for what a price list does not
    know. One with a policy gets its next version: the rates change, everything else stays. Files
    that are there are never changed. No network is used.

    Leaves with 1 when the policy would have errors, with 5 when nothing is imported.

    Example: policyengine import-prices policies/acme --from litellm --provider anthropic
    """
    from policyengine.app.importing.importing import imported
    from policyengine.app.importing.reading import read_list
    from policyengine.cli import import_view

    asked = _asked(folder, credit_price, markup, provider, model, effective, publish=publish)
    try:
        prices = read_list(source)
    except ValueError as error:
        raise WrongUse(str(error), f"`pip install {source}`") from error
    _check_providers(prices, provider or [])
    there = _there(folder)
    done = imported(prices, there, folder, asked)
    if output == "json":
        print_json(import_view.import_form(done, written=not (dry_run or listed)))
    elif listed:
        import_view.show_models(done)
    else:
        import_view.show_import(done, asked, written=not dry_run)
    code = _code(done)
    if code == OK and not (dry_run or listed):
        _write(done)
    return code


def _asked(
    folder: Path,
    credit_price: str,
    markup: str,
    providers: list[str] | None,
    models: list[str] | None,
    effective: str | None,
    *,
    publish: bool,
) -> "Asked":
    from datetime import UTC, datetime

    from policyengine.app.importing.importing import Asked, exchange
    from policyengine.app.importing.naming import Wanted
    from policyengine.policy.document.words import NAME_PATTERN

    name = folder.absolute().name
    if not re.fullmatch(NAME_PATTERN, name):
        raise WrongUse(
            f"`{name}` is no name of a policy", "name a folder in small letters, digits and `_`"
        )
    price = _number(credit_price, "--credit-price")
    exchange(price)
    return Asked(
        Wanted(tuple(providers or ()), tuple(models or ())),
        name,
        price,
        _number(markup.removesuffix("%").strip(), "--markup"),
        datetime.now(UTC).replace(microsecond=0) if effective is None else _instant(effective),
        "published" if publish else "draft",
    )


def _number(text: str, option: str) -> Decimal:
    """Read a number exactly as it is written."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or number < 0 or number > NUMBER_MAX:
        raise WrongUse(f"`{text}` is no number for {option}", "write it as `0.01` or `20%`")
    return number


def _instant(text: str) -> "datetime":
    from datetime import UTC

    from policyengine.values.calendar import datetime_of, parse_instant

    return datetime_of(parse_instant(text)).astimezone(UTC)


def _check_providers(prices: "PriceList", asked: Sequence[str]) -> None:
    from difflib import get_close_matches

    from policyengine.app.importing.naming import providers_of, unknown_of

    known = providers_of(prices)
    unknown = unknown_of(asked, known)
    if unknown is not None:
        near = get_close_matches(unknown, known, n=1)
        meant = f"did you mean `{near[0]}`? " if near else ""
        raise WrongUse(
            f"{prices.name} has no provider `{unknown}`", f"{meant}it has {', '.join(known)}"
        )


def _there(folder: Path) -> tuple["Loaded", ...]:
    """Read the policy that is in the folder.

    Raises: PolicyError where it has errors.
    """
    from policyengine.app.policies import usable_policies

    if not any(folder.glob("*.y*ml")):
        return ()
    return usable_policies([folder]).loaded


def _code(done: "Imported") -> int:
    from policyengine.values.diagnostics import has_errors

    if has_errors(done.findings):
        return FINDINGS
    return OK if done.priced.models else NOTHING


def _write(done: "Imported") -> None:
    """Write the new files; one that is there already stays, and is an error."""
    for each in done.files:
        each.path.parent.mkdir(parents=True, exist_ok=True)
        with each.path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(each.text)
