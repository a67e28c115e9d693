"""`subscribe`, `set-cohort`, `change-plan`, `cancel`, `buy`, `settle`: plan, packs and time."""

from typing import Annotated, Final

import typer

from policyengine.cli.call import Call, with_call
from policyengine.cli.faults import OK
from policyengine.cli.options import Key, WalletId

SETTLED_SHOWN: Final = 100

_Plan = Annotated[str, typer.Argument(metavar="PLAN", help="The plan, as the policy lists it.")]


@with_call()
def subscribe(
    call: Call,
    wallet: WalletId,
    plan: _Plan,
    policy: Annotated[
        str,
        typer.Option(
            "--policy", metavar="NAME", help="The policy, where several are in the folder."
        ),
    ] = "",
    cohort: Annotated[
        str,
        typer.Option("--cohort", metavar="NAME", help="The cohort of the policy that it is in."),
    ] = "",
    key: Key = None,
) -> int:
    """Open a wallet and join its first plan; opens the ledger as well where there is none.

    Example: policyengine subscribe ana pro
    """
    from policyengine.cli.receipts import answer_receipt

    with call.engine(create=True) as engine:
        receipt = engine.subscribe(wallet, plan, policy=policy, cohort=cohort, key=key)
        return answer_receipt(call, engine, receipt)


@with_call()
def set_cohort(
    call: Call,
    wallet: WalletId,
    cohort: Annotated[
        str,
        typer.Argument(metavar="COHORT", help="The cohort, as the policy lists it; `-` for none."),
    ],
    key: Key = None,
) -> int:
    """Put a wallet into a cohort, whose multipliers hold from now on, whatever its plan.

    Example: policyengine set-cohort ana annual
    """
    from policyengine.cli.receipts import answer_receipt

    with call.engine() as engine:
        name = "" if cohort == "-" else cohort
        return answer_receipt(call, engine, engine.set_cohort(wallet, name, key=key))


@with_call()
def change_plan(call: Call, wallet: WalletId, plan: _Plan, key: Key = None) -> int:
    """Move to another plan: up or down, now or at the end of the cycle, as the policy says.

    Example: policyengine change-plan ana pro_plus
    """
    from policyengine.cli.receipts import answer_receipt

    with call.engine() as engine:
        return answer_receipt(call, engine, engine.change_plan(wallet, plan, key=key))


@with_call()
def cancel(call: Call, wallet: WalletId, key: Key = None) -> int:
    """Leave the plan, as the policy says of cancelling.

    Example: policyengine cancel ana
    """
    from policyengine.cli.receipts import answer_receipt

    with call.engine() as engine:
        return answer_receipt(call, engine, engine.cancel(wallet, key=key))


@with_call()
def buy(
    call: Call,
    wallet: WalletId,
    pack: Annotated[str, typer.Argument(metavar="PACK", help="The pack, as the policy lists it.")],
    reference: Annotated[
        str,
        typer.Option("--reference", metavar="TEXT", help="The payment, which happened elsewhere."),
    ] = "",
    key: Key = None,
) -> int:
    """Add a pack that was paid for elsewhere.

    Example: policyengine buy ana pack_500 --reference pay_123 --key pay_123
    """
    from policyengine.cli.receipts import answer_receipt

    with call.engine() as engine:
        receipt = engine.buy_pack(wallet, pack, reference=reference, key=key)
        return answer_receipt(call, engine, receipt)


@with_call()
def settle(call: Call, wallet: WalletId) -> int:
    """Bring a wallet up to now: write expiries, renewals and time-outs that are due.

    Every other command does this by itself; it is for idle wallets.

    Example: policyengine settle ana
    """
    from policyengine.cli.history_view import entries_form, settled_parts

    with call.engine() as engine:
        due = [each for each in engine.entries(wallet) if each.is_due]
        engine.settle(wallet)
        written = list(engine.entries(wallet, limit=SETTLED_SHOWN)) if due else []
    settled = written[-len(due) :] if due else []
    call.answer(lambda: settled_parts(wallet, len(due), settled), lambda: entries_form(settled))
    return OK
