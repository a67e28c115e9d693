"""`hold`, `capture`, `release`, `extend`: credits set aside while a request runs."""

from typing import Annotated

import typer

from policyengine.cli.call import Call, with_call
from policyengine.cli.faults import WrongUse
from policyengine.cli.options import (
    Conversation,
    Counts,
    HoldId,
    Key,
    ModifierNames,
    OperationId,
    OutcomeOf,
    WalletId,
    counts_of,
    modifiers_of,
)

_Amount = Annotated[
    str | None, typer.Option("--amount", metavar="CREDITS", help="An amount, in place of usage.")
]
_Model = Annotated[
    str | None,
    typer.Option("--model", "-m", metavar="MODEL", help="The model, with --count in its units."),
]


@with_call()
def hold(  # noqa: PLR0917  # typer passes each by its name
    call: Call,
    wallet: WalletId,
    amount: _Amount = None,
    model: _Model = None,
    count: Counts = None,
    modifier: ModifierNames = None,
    life: Annotated[
        str | None,
        typer.Option("--for", metavar="SPAN", help="How long; the policy's `hold` without this."),
    ] = None,
    conversation: Conversation = "",
    operation: OperationId = "",
    key: Key = None,
) -> int:
    """Set credits aside for a request: an amount, or the price of what is expected.

    Example: policyengine hold ana --model frontier --count text_input=1200
    --count text_output=4000 --for "5 minutes"
    """
    from policyengine.cli.receipts import answer_receipt

    _either(amount, model)
    with call.engine() as engine:
        held = engine.hold(
            wallet,
            credits_held=amount,
            model=model,
            counts=counts_of(count),
            modifiers=modifiers_of(modifier),
            life=life,
            conversation=conversation,
            operation=operation,
            key=key,
        )
        return answer_receipt(call, engine, held.receipt)


@with_call()
def capture(
    call: Call,
    hold_id: HoldId,
    amount: _Amount = None,
    model: _Model = None,
    count: Counts = None,
    modifier: ModifierNames = None,
    outcome: OutcomeOf = "succeeded",
    partly: Annotated[
        bool, typer.Option("--partly", help="More will follow: the rest stays set aside.")
    ] = False,
    key: Key = None,
) -> int:
    """Turn a hold into a charge for what was used; what is left of it goes back.

    Example: policyengine capture ana:5 --model frontier --count text_input=1200
    --count text_output=400
    """
    from policyengine.cli.receipts import answer_receipt

    _either(amount, model)
    with call.engine() as engine:
        receipt = engine.capture(
            hold_id,
            model=model,
            counts=counts_of(count),
            amount=amount,
            outcome=outcome,
            modifiers=modifiers_of(modifier),
            final=not partly,
            key=key,
        )
        return answer_receipt(call, engine, receipt)


@with_call()
def release(call: Call, hold_id: HoldId, key: Key = None) -> int:
    """Give a hold back to the lots that it came from.

    Example: policyengine release ana:5
    """
    from policyengine.cli.receipts import answer_receipt

    with call.engine() as engine:
        return answer_receipt(call, engine, engine.release(hold_id, key=key))


@with_call()
def extend(
    call: Call,
    hold_id: HoldId,
    by: Annotated[str, typer.Option("--by", metavar="SPAN", help="How much longer.")],
    key: Key = None,
) -> int:
    """Let a hold last longer, within what the policy allows.

    Example: policyengine extend ana:5 --by "10 minutes"
    """
    from policyengine.cli.receipts import answer_receipt

    with call.engine() as engine:
        return answer_receipt(call, engine, engine.extend(hold_id, by, key=key))


def _either(amount: str | None, model: str | None) -> None:
    if (amount is None) == (model is None):
        raise WrongUse(
            "say an amount or usage, one of the two",
            "write `--amount 5`, or `--model standard --count text_input=1200`",
        )
