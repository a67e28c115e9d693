"""`overage`, `top-up`, `top-up-paid`, `top-up-failed`, `convert`, `seats`: a wallet's limits."""

from typing import Annotated, Literal, TypeAlias

import typer

from policyengine.cli.call import Call, with_call
from policyengine.cli.options import Actor, Key, WalletId

Allowed: TypeAlias = Literal["on", "off"]

_Allowed = Annotated[Allowed, typer.Argument(metavar="on|off", help="Allow it, or forbid it.")]
_TopUpId = Annotated[str, typer.Argument(metavar="TOP_UP", help="The top-up's id: `ana:17`.")]
_Reference = Annotated[
    str,
    typer.Option("--reference", metavar="TEXT", help="The payment, which happened elsewhere."),
]


@with_call()
def overage(
    call: Call,
    wallet: WalletId,
    allowed: _Allowed,
    limit: Annotated[
        str | None,
        typer.Option("--limit", metavar="CREDITS", help="The most, where the policy has more."),
    ] = None,
    by: Actor = "",
    key: Key = None,
) -> int:
    """Allow or forbid credits beyond the balance, at the policy's price.

    Example: policyengine overage ana on --limit 100
    """
    from policyengine.cli.receipts import answer_receipt

    with call.engine() as engine:
        receipt = engine.set_overage(wallet, allowed == "on", limit=limit, actor=by, key=key)
        return answer_receipt(call, engine, receipt)


@with_call()
def top_up(call: Call, wallet: WalletId, allowed: _Allowed, by: Actor = "", key: Key = None) -> int:
    """Allow or forbid that credits are bought by themselves when few are left.

    Example: policyengine top-up ana on
    """
    from policyengine.cli.receipts import answer_receipt

    with call.engine() as engine:
        receipt = engine.set_top_up(wallet, allowed == "on", actor=by, key=key)
        return answer_receipt(call, engine, receipt)


@with_call()
def top_up_paid(
    call: Call, top_up_id: _TopUpId, reference: _Reference = "", key: Key = None
) -> int:
    """Say that a top-up was paid: its credits come.

    Example: policyengine top-up-paid ana:17 --reference pay_123
    """
    from policyengine.cli.receipts import answer_receipt

    with call.engine() as engine:
        receipt = engine.top_up_paid(top_up_id, reference=reference, key=key)
        return answer_receipt(call, engine, receipt)


@with_call()
def top_up_failed(call: Call, top_up_id: _TopUpId, key: Key = None) -> int:
    """Say that a top-up was not paid: it is dropped, and the next one waits longer.

    Example: policyengine top-up-failed ana:17
    """
    from policyengine.cli.receipts import answer_receipt

    with call.engine() as engine:
        return answer_receipt(call, engine, engine.top_up_failed(top_up_id, key=key))


@with_call()
def convert(
    call: Call,
    wallet: WalletId,
    unit: Annotated[str, typer.Argument(metavar="UNIT", help="The old unit, as in the policy.")],
    count: Annotated[int, typer.Argument(metavar="COUNT", min=1, help="How many.")],
    reference: Annotated[
        str, typer.Option("--reference", metavar="TEXT", help="What it rests on; used once.")
    ] = "",
    by: Actor = "",
    key: Key = None,
) -> int:
    """Turn units of an older scheme into credits, once for each reference.

    Example: policyengine convert ana messages 20 --reference account-7
    """
    from policyengine.cli.receipts import answer_receipt

    with call.engine() as engine:
        receipt = engine.convert(wallet, unit, count, reference=reference, actor=by, key=key)
        return answer_receipt(call, engine, receipt)


@with_call()
def seats(
    call: Call,
    wallet: WalletId,
    count: Annotated[int, typer.Argument(metavar="SEATS", min=1, help="How many seats.")],
    by: Actor = "",
    key: Key = None,
) -> int:
    """Say how many seats a wallet has: more count at once, fewer from the next cycle on.

    Example: policyengine seats acme 12
    """
    from policyengine.cli.receipts import answer_receipt

    with call.engine() as engine:
        return answer_receipt(call, engine, engine.set_seats(wallet, count, actor=by, key=key))
