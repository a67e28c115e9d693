"""One charge of many: what `Engine.charge_many` takes."""

from collections.abc import Mapping
from dataclasses import dataclass

from policyengine.app.inputs import Moment, usage_from
from policyengine.engine.commands import Charge, Command
from policyengine.engine.estimating import Estimate
from policyengine.ledger.changes import Outcome


@dataclass(frozen=True, slots=True)
class ChargeRequest:
    """One charge of many: the arguments of `Engine.charge`."""

    wallet_id: str
    model: str
    counts: Mapping[str, int]
    key: str
    outcome: Outcome = "succeeded"
    started_at: Moment | None = None
    after_request: bool = False
    conversation: str = ""
    operation: str = ""
    estimate: Estimate | None = None
    modifiers: tuple[str, ...] = ()

    @property
    def command(self) -> Command:
        """Give the command that it means.

        Raises: ValueError for usage that is none.
        """
        usage = usage_from(self.model, self.counts, self.outcome, self.started_at, self.modifiers)
        note = None if self.estimate is None else self.estimate.note
        body = Charge(usage, self.after_request, self.conversation, self.operation, note)
        return Command(self.wallet_id, self.key, 0, body)
