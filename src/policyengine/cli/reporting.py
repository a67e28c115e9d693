"""`report`: a case of abnormal consumption, opened, priced again and closed in one go."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from policyengine.cli.call import Call, with_call
from policyengine.cli.faults import FINDINGS, OK, WrongUse
from policyengine.cli.options import Actor, Reason

if TYPE_CHECKING:
    from rich.console import RenderableType

    from policyengine.app.cases import Case


@with_call()
def report(
    call: Call,
    charge_id: Annotated[
        str | None, typer.Argument(metavar="[CHARGE]", help="The charge's id: `ana:17`.")
    ] = None,
    conversation: Annotated[
        str, typer.Option("--conversation", metavar="ID", help="A whole conversation instead.")
    ] = "",
    wallet: Annotated[
        str, typer.Option("--wallet", metavar="WALLET", help="Whose conversation it is.")
    ] = "",
    refund: Annotated[
        bool, typer.Option("--refund", help="Give back all that it took, whatever is found.")
    ] = False,
    reason: Reason = "",
    by: Actor = "",
) -> int:
    """Report abnormal consumption: each charge is priced again under the policy of its time.

    The case is closed at once: as explained, or as refunded where more was taken than its price,
    or twice. Reported again, it is the same case.

    Example: policyengine report ana:17 --reason "this cannot have cost so much"
    """
    wallet_id = _wallet(charge_id, conversation, wallet)
    with call.engine() as engine:
        case = engine.report(
            wallet_id,
            charge_id=charge_id,
            conversation=conversation,
            refund_all=refund,
            reason=reason,
            actor=by,
        )
    call.answer(lambda: case_parts(case), lambda: _form(case))
    return OK if case.refusal is None else FINDINGS


def _wallet(charge_id: str | None, conversation: str, wallet: str) -> str:
    from policyengine.app.inputs import split_id

    if (charge_id is None) != bool(conversation):
        raise WrongUse(
            "say which charge or which conversation, one of the two",
            "write `report ana:17`, or `report --conversation c-1 --wallet ana`",
        )
    if charge_id is not None:
        return split_id(charge_id)[0]
    if not wallet:
        raise WrongUse("say whose conversation it is", "add `--wallet ana`")
    return wallet


def case_parts(case: "Case") -> "Iterator[RenderableType]":
    """Draw a case with what it found of each charge."""
    from policyengine.app.sentences import counts_text
    from policyengine.cli.refusals import refusal_parts
    from policyengine.cli.screen import QUIET, STRONG, headline, indented, quiet, rows, table
    from policyengine.values.amounts import credits_text

    if case.refusal is not None:
        yield from refusal_parts(case.report, case.refusal)
        return
    known = ", reported before" if case.was_known else ""
    yield headline("good", (f"case {case.id}: {case.verdict}", STRONG), (known, QUIET))
    yield rows([("found", case.sentence)])
    if case.findings:
        yield ""
        drawn = table(
            ["charge", "used", "charged", "priced again", "given back"],
            ["charged", "priced again", "given back"],
        )
        for each in case.findings:
            charge, price = each.repriced.charge, each.repriced.price_micro
            drawn.add_row(
                each.repriced.transaction.id,
                f"{charge.model}: {counts_text(charge.counts)}",
                credits_text(charge.charged_micro),
                "unknown" if price is None else credits_text(price),
                credits_text(each.due_micro) if each.due_micro else "",
            )
        yield indented(drawn)
    for receipt in case.refunds:
        yield indented(quiet(f"refund {receipt.id}: {receipt.transaction.reason}"))


def _form(case: "Case") -> dict[str, Any]:
    from policyengine.app.forms import charge_form, refusal_form
    from policyengine.values.amounts import credits_plain

    if case.refusal is not None:
        return {"case": None, "refusal": refusal_form(case.refusal)}
    return {
        "case": case.id,
        "verdict": case.verdict,
        "known": case.was_known,
        "sentence": case.sentence,
        "refunded": credits_plain(case.refunded_micro),
        "refunds": [receipt.id for receipt in case.refunds],
        "charges": [
            {
                "id": each.repriced.transaction.id,
                "finding": each.kind,
                "why": each.why,
                "price": None
                if each.repriced.price_micro is None
                else credits_plain(each.repriced.price_micro),
                "given_back": credits_plain(each.due_micro),
                **charge_form(each.repriced.charge),
            }
            for each in case.findings
        ],
    }
