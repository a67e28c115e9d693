"""Estimates before each charge, from the lengths of answers that the replay has seen so far."""

from collections import deque

from policyengine.app.reading import HISTORY_SAMPLE
from policyengine.engine.commands import Usage
from policyengine.engine.estimating import Range, assumed, output_unit, quantiles
from policyengine.engine.modifying import with_hours
from policyengine.engine.rating import rate
from policyengine.ledger.changes import Charged
from policyengine.ledger.holds import EstimateNote
from policyengine.ledger.subscriptions import NOBODY
from policyengine.ledger.transactions import Refusal
from policyengine.policy.policy import Policy
from policyengine.values.calendar import Instant


class Estimator:
    """Knows how long the latest answers were: of a wallet with a model, and of a model."""

    def __init__(self) -> None:
        """Start without history."""
        self._own: dict[tuple[str, str], deque[int]] = {}
        self._shared: dict[str, deque[int]] = {}

    def note(
        self, policy: Policy, wallet_id: str, usage: Usage, at: Instant
    ) -> EstimateNote | None:
        """Estimate a request as it could have been before it ran: its input and the history.

        Gives: None for usage that the policy would refuse.
        """
        at = at if usage.started_at is None else usage.started_at
        unit = output_unit(policy)
        sent = {name: count for name, count in usage.counts if policy.units.get(name) == "input"}
        lengths = self._lengths(policy, wallet_id, usage.model)
        prices = []
        for length in (lengths.low, lengths.expected, lengths.high):
            counts = {**sent, unit: length} if unit is not None else sent
            asked = with_hours(policy, Usage(usage.model, tuple(counts.items())), NOBODY, at)
            price = rate(policy, asked)
            if isinstance(price, Refusal):
                return None
            prices.append(price.total_micro)
        return EstimateNote(*prices)

    def learn(self, policy: Policy, wallet_id: str, charge: Charged) -> None:
        """Remember how long an answer was."""
        unit = output_unit(policy)
        length = next((count for name, count in charge.counts if name == unit), 0)
        for history in (
            self._own.setdefault((wallet_id, charge.model), deque(maxlen=HISTORY_SAMPLE)),
            self._shared.setdefault(charge.model, deque(maxlen=HISTORY_SAMPLE)),
        ):
            history.append(length)

    def _lengths(self, policy: Policy, wallet_id: str, model: str) -> Range:
        own = quantiles(self._own.get((wallet_id, model), ()))
        return own or quantiles(self._shared.get(model, ())) or assumed(policy)
