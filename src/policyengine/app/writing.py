"""The verbs for a wallet's limits: overage, top-ups, seats, old units; and how a verb is sent."""

import uuid

from policyengine.app.inputs import Credits, micro_from, split_id
from policyengine.app.reading import Reading
from policyengine.app.receipts import Receipt
from policyengine.engine.commands import (
    Body,
    Command,
    Convert,
    FailTopUp,
    PayTopUp,
    SetOverage,
    SetSeats,
    SetTopUp,
)


class Writing(Reading):
    """Policies and a ledger: questions, and the verbs for what a wallet agrees to and has."""

    def _do(
        self, wallet_id: str, body: Body, key: str | None, actor: str = "", reason: str = ""
    ) -> Receipt:
        name = key if key is not None else f"auto-{uuid.uuid4()}"
        return self.shell.one(Command(wallet_id, name, 0, body, actor, reason))

    def set_overage(
        self,
        wallet_id: str,
        on: bool,  # `set_overage(wallet, True)` reads as it is meant
        *,
        limit: Credits | None = None,
        actor: str = "",
        key: str | None = None,
    ) -> Receipt:
        """Allow or forbid overage; `limit` is the wallet's own, where it is below the policy's."""
        body = SetOverage(on, None if limit is None else micro_from(limit))
        return self._do(wallet_id, body, key, actor)

    def set_top_up(
        self,
        wallet_id: str,
        on: bool,  # `set_top_up(wallet, True)` reads as it is meant
        *,
        actor: str = "",
        key: str | None = None,
    ) -> Receipt:
        """Allow or forbid top-ups; `Receipt.top_up` of later receipts asks for payments."""
        return self._do(wallet_id, SetTopUp(on), key, actor)

    def top_up_paid(
        self, top_up_id: str, *, reference: str = "", key: str | None = None
    ) -> Receipt:
        """Answer a top-up: it was paid, and its credits come; `reference` names the payment."""
        wallet_id, number = split_id(top_up_id)
        return self._do(wallet_id, PayTopUp(number, reference), key)

    def top_up_failed(self, top_up_id: str, *, key: str | None = None) -> Receipt:
        """Answer a top-up: it was not paid; the next one is asked for after a longer time."""
        wallet_id, number = split_id(top_up_id)
        return self._do(wallet_id, FailTopUp(number), key)

    def convert(
        self,
        wallet_id: str,
        unit: str,
        count: int,
        *,
        reference: str = "",
        actor: str = "",
        key: str | None = None,
    ) -> Receipt:
        """Turn units of an older scheme into credits, once for each `reference`."""
        return self._do(wallet_id, Convert(unit, count, reference), key, actor)

    def set_seats(
        self, wallet_id: str, seats: int, *, actor: str = "", key: str | None = None
    ) -> Receipt:
        """Say how many seats a wallet has: more count at once, fewer from the next cycle on."""
        return self._do(wallet_id, SetSeats(seats), key, actor)
