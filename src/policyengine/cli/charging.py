"""`charge` and `refund`: pay for a request, and give back what it took."""

from typing import TYPE_CHECKING, Annotated

import typer

from policyengine.cli.call import Call, with_call
from policyengine.cli.options import (
    Actor,
    Conversation,
    Counts,
    Key,
    ModelName,
    ModifierNames,
    OperationId,
    OutcomeOf,
    Reason,
    WalletId,
    modifiers_of,
    some_counts,
)

if TYPE_CHECKING:
    from policyengine.app.engine import Engine
    from policyengine.engine.estimating import Estimate


@with_call()
def charge(  # noqa: PLR0917  # typer passes each by its name
    call: Call,
    wallet: WalletId,
    model: ModelName,
    count: Counts = None,
    modifier: ModifierNames = None,
    outcome: OutcomeOf = "succeeded",
    conversation: Conversation = "",
    operation: OperationId = "",
    after_request: Annotated[
        bool,
        typer.Option(
            "--after-request",
            help="It has run already: a shortfall follows the policy's `after_request`.",
        ),
    ] = False,
    started_at: Annotated[
        str | None,
        typer.Option(
            "--started-at",
            metavar="INSTANT",
            help="When it began; the policy version of that time prices it.",
        ),
    ] = None,
    estimated: Annotated[
        bool,
        typer.Option(
            "--estimated",
            help="Estimate it from its input first, and note that; see `estimate --calibration`.",
        ),
    ] = False,
    key: Key = None,
) -> int:
    """Pay for a request at once, out of the lots that come first in the policy's burn order.

    Example: policyengine charge ana --model standard --count text_input=1200
    --count text_output=400 --conversation c-1 --key request-17
    """
    from policyengine.cli.receipts import answer_receipt

    counts, modifiers = some_counts(count), modifiers_of(modifier)
    with call.engine() as engine:
        receipt = engine.charge(
            wallet,
            model,
            counts,
            outcome=outcome,
            started_at=started_at,
            after_request=after_request,
            conversation=conversation,
            operation=operation,
            estimate=_estimate(engine, wallet, model, counts, modifiers) if estimated else None,
            modifiers=modifiers,
            key=key,
        )
        return answer_receipt(call, engine, receipt)


def _estimate(
    engine: "Engine", wallet: str, model: str, counts: dict[str, int], modifiers: tuple[str, ...]
) -> "Estimate | None":
    """Estimate a request from what is sent; None where it would be refused."""
    from policyengine.engine.estimating import Estimate

    units = engine.policy_of(wallet).units
    sent = {unit: count for unit, count in counts.items() if units.get(unit) == "input"}
    found = engine.estimate(wallet, model, sent, modifiers=modifiers)
    return found if isinstance(found, Estimate) else None


@with_call()
def refund(
    call: Call,
    charge_id: Annotated[
        str, typer.Argument(metavar="CHARGE", help="The charge's or capture's id: `ana:17`.")
    ],
    amount: Annotated[
        str | None,
        typer.Option("--amount", metavar="CREDITS", help="How much; all of it without this."),
    ] = None,
    case: Annotated[
        str | None, typer.Option("--case", metavar="ID", help="The case that it settles.")
    ] = None,
    reason: Reason = "",
    by: Actor = "",
    key: Key = None,
) -> int:
    """Give back what a charge took, to the lots that paid, latest first.

    Example: policyengine refund ana:17 --amount 1.50 --reason "wrong model was chosen"
    """
    from policyengine.cli.receipts import answer_receipt

    with call.engine() as engine:
        receipt = engine.refund(charge_id, amount, case_id=case, reason=reason, actor=by, key=key)
        return answer_receipt(call, engine, receipt)
