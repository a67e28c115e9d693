"""`grant`, `void`, `adjust`: credits that people give and take by hand."""

from typing import Annotated

import typer

from policyengine.cli.call import Call, with_call
from policyengine.cli.faults import WrongUse
from policyengine.cli.options import Actor, Key, Reason, WalletId

PRIORITY_USUAL = 50

_Expires = Annotated[
    str | None,
    typer.Option("--expires", metavar="INSTANT", help="When they expire; never without this."),
]


@with_call()
def grant(  # noqa: PLR0917  # typer passes each by its name
    call: Call,
    wallet: WalletId,
    amount: Annotated[str, typer.Argument(metavar="CREDITS", help="How many credits.")],
    expires: _Expires = None,
    starts: Annotated[
        str | None,
        typer.Option("--starts", metavar="INSTANT", help="When they come; now without this."),
    ] = None,
    every: Annotated[
        str | None,
        typer.Option("--every", metavar="SPAN", help="They come again and again: `1 month`."),
    ] = None,
    keep: Annotated[
        str | None,
        typer.Option(
            "--keep",
            metavar="MIN..MAX",
            help="At each return what is left becomes at least MIN and at most MAX.",
        ),
    ] = None,
    priority: Annotated[
        int, typer.Option("--priority", min=0, max=1000, help="Lower is spent first.")
    ] = PRIORITY_USUAL,
    only_model: Annotated[
        list[str] | None,
        typer.Option("--only-model", metavar="MODEL", help="They pay for this model only."),
    ] = None,
    only_unit: Annotated[
        list[str] | None,
        typer.Option("--only-unit", metavar="UNIT", help="They pay for this unit only."),
    ] = None,
    reason: Reason = "",
    by: Actor = "",
    key: Key = None,
) -> int:
    """Give credits by hand, now or later, once or recurring.

    Example: policyengine grant ana 100 --expires 2027-01-01T00:00:00Z --reason "beta tester"
    """
    from policyengine.cli.receipts import answer_receipt

    with call.engine() as engine:
        receipt = engine.grant(
            wallet,
            amount,
            priority=priority,
            effective_at=starts,
            expires_at=expires,
            every=every,
            rollover=_limits(keep),
            models=only_model or (),
            units=only_unit or (),
            reason=reason,
            actor=by,
            key=key,
        )
        return answer_receipt(call, engine, receipt)


def _limits(text: str | None) -> tuple[str, str] | None:
    if text is None:
        return None
    least, dots, most = text.partition("..")
    if not dots or not least or not most:
        raise WrongUse(f"`{text}` has not the form MIN..MAX", "write for example `--keep 100..300`")
    return least, most


@with_call()
def void(
    call: Call,
    grant_id: Annotated[
        str, typer.Argument(metavar="GRANT", help="The grant's or purchase's id: `ana:4`.")
    ],
    reason: Reason = "",
    by: Actor = "",
    key: Key = None,
) -> int:
    """Take back what is unused of a grant or purchase, and end its recurrences.

    Example: policyengine void ana:4 --reason "given to the wrong wallet"
    """
    from policyengine.cli.receipts import answer_receipt

    with call.engine() as engine:
        receipt = engine.void(grant_id, reason=reason, actor=by, key=key)
        return answer_receipt(call, engine, receipt)


@with_call()
def adjust(
    call: Call,
    wallet: WalletId,
    amount: Annotated[
        str, typer.Option("--credits", metavar="CREDITS", help="How many: `5`, or `-5` to take.")
    ],
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="Why; it stays in the ledger.")
    ],
    expires: _Expires = None,
    by: Actor = "",
    key: Key = None,
) -> int:
    """Correct a balance by hand, up or down; the reason is required.

    Example: policyengine adjust ana --credits -5 --reason "counted twice by the old system"
    """
    from policyengine.cli.receipts import answer_receipt

    with call.engine() as engine:
        receipt = engine.adjust(
            wallet, amount, reason=reason, expires_at=expires, actor=by, key=key
        )
        return answer_receipt(call, engine, receipt)
