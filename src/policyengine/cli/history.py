"""`history`: what each conversation cost, each operation in it, or every entry of the ledger."""

from typing import TYPE_CHECKING, Annotated

import typer

from policyengine.cli.call import Call, with_call
from policyengine.cli.faults import WrongUse
from policyengine.cli.options import WalletId

if TYPE_CHECKING:
    pass

LIMIT_MAX = 1000


@with_call()
def history(
    call: Call,
    wallet: WalletId,
    conversation: Annotated[
        str | None,
        typer.Option("--conversation", metavar="ID", help="Each operation of this conversation."),
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Every entry of the ledger, with the running balance.")
    ] = False,
    before: Annotated[
        str | None, typer.Option("--before", metavar="ID", help="The page before this entry.")
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", min=1, max=LIMIT_MAX, help="How many rows a page has.")
    ] = 20,
) -> int:
    """Show what a wallet's conversations cost; with --conversation, each operation in one.

    With --all it is a statement: every grant, charge, expiry and renewal, oldest first.

    Example: policyengine history ana --conversation c-1
    """
    from policyengine.cli import history_view as view

    if every and conversation is not None:
        raise WrongUse(
            "`--all` and `--conversation` show different things", "choose one of the two"
        )
    seq = _seq(wallet, before)
    with call.engine() as engine:
        if every:
            entries = engine.entries(wallet, before=seq, limit=limit)
            call.answer(
                lambda: view.entry_parts(wallet, entries, limit), lambda: view.entries_form(entries)
            )
        elif conversation is not None:
            operations = engine.operations(wallet, conversation)
            call.answer(
                lambda: view.operation_parts(wallet, conversation, operations),
                lambda: view.operations_form(wallet, conversation, operations),
            )
        else:
            found = engine.conversations(wallet, before=seq, limit=limit)
            call.answer(
                lambda: view.conversation_parts(wallet, found, limit),
                lambda: view.conversations_form(wallet, found, limit),
            )
    return 0


def _seq(wallet: str, before: str | None) -> int | None:
    """Read the id of an entry, with or without the wallet before it."""
    if before is None:
        return None
    from policyengine.app.inputs import split_id

    text = before if ":" in before else f"{wallet}:{before}"
    wallet_id, seq = split_id(text)
    if wallet_id != wallet:
        raise WrongUse(f"`{before}` is not an entry of wallet `{wallet}`", "check the id")
    return seq
