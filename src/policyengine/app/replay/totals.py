"""What a replay adds up: rows, charges, refusals, credits, and the source's own costs."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Context, Decimal
from typing import Final

from policyengine.app.replay.model_table import Skipped
from policyengine.app.replay.raw_rows import RawRow, Unreadable
from policyengine.app.replay.usage_rows import UsageRow
from policyengine.ledger.changes import Charged
from policyengine.ledger.transactions import Refusal, Transaction
from policyengine.values.amounts import Micro
from policyengine.values.calendar import Instant

BAD_SHOWN_MAX: Final = 10
DETAILS_MAX: Final = 1000
"""Different cells that are counted under one reason; the rest is counted as others."""
OTHERS: Final = "others"
COSTS: Final = Context(prec=80)
"""How the source's costs are added: exactly, up to 80 digits."""


@dataclass(slots=True)
class Share:
    """Charges of one model or plan."""

    charges: int = 0
    requests: int = 0
    price_micro: Micro = 0
    charged_micro: Micro = 0
    source_cost: Decimal = Decimal(0)


@dataclass(slots=True)
class Totals:
    """The sums of a replay; all but `recorded` are the same when it is run again.

    `recorded` counts what this run wrote into the ledger, by kind of transaction; with it go
    `expired_micro`, what time took, and `replayed`, the charges that were there before.
    """

    rows: int = 0
    skipped: dict[str, Counter[str]] = field(default_factory=dict)
    bad: int = 0
    first_bad: list[tuple[int, int, str]] = field(default_factory=list)
    repeated: int = 0
    wallets: int = 0
    joins_refused: Counter[str] = field(default_factory=Counter)
    earliest_at: Instant | None = None
    latest_at: Instant | None = None
    accepted: Share = field(default_factory=Share)
    models: dict[str, Share] = field(default_factory=dict)
    plans: dict[str, Share] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    refused_requests: int = 0
    refused_micro: Micro = 0
    helped: int = 0
    packs: Counter[str] = field(default_factory=Counter)
    packs_micro: Micro = 0
    upgrades: Counter[str] = field(default_factory=Counter)
    grants: int = 0
    grants_micro: Micro = 0
    flagged: int = 0
    source_cost: Decimal = Decimal(0)
    source_cost_apart: Decimal = Decimal(0)
    source_rows_apart: int = 0
    estimated: int = 0
    covered: int = 0
    off_micro: Micro = 0
    estimated_price_micro: Micro = 0
    replayed: int = 0
    recorded: Counter[str] = field(default_factory=Counter)
    expired_micro: Micro = 0
    available_micro: Micro = 0

    @property
    def used(self) -> int:
        """Give the rows that were handed to the ledger."""
        left_out = sum(each.total() for each in self.skipped.values())
        return self.rows - self.bad - left_out - self.repeated

    @property
    def uncollected_micro(self) -> Micro:
        """Give what accepted charges cost but no credits were left for."""
        return self.accepted.price_micro - self.accepted.charged_micro

    def skip(self, skipped: Skipped) -> None:
        """Count a row that the mapping leaves out."""
        details = self.skipped.setdefault(skipped.reason, Counter())
        is_known = skipped.detail in details or len(details) < DETAILS_MAX
        details[skipped.detail if is_known else OTHERS] += 1

    def spoil(self, raw: RawRow, why: Unreadable) -> None:
        """Count a row that cannot be used."""
        self.bad += 1
        if len(self.first_bad) < BAD_SHOWN_MAX:
            self.first_bad.append((raw.number, raw.line, why.message))

    def source(self, cost: Decimal, apart_above: Decimal | None) -> Decimal:
        """Add what the source says that a row cost; gives 0 for a cost that is set apart."""
        if apart_above is not None and cost > apart_above:
            self.source_cost_apart = COSTS.add(self.source_cost_apart, cost)
            self.source_rows_apart += 1
            return Decimal(0)
        self.source_cost = COSTS.add(self.source_cost, cost)
        return cost

    def accept(self, row: UsageRow, charge: Charged, plan: str, cost: Decimal) -> None:
        """Add an accepted charge."""
        for share in (
            self.accepted,
            self.models.setdefault(charge.model, Share()),
            self.plans.setdefault(plan, Share()),
        ):
            share.charges += 1
            share.requests += row.requests
            share.price_micro += charge.price_micro
            share.charged_micro += charge.charged_micro
            share.source_cost = COSTS.add(share.source_cost, cost)
        self.flagged += bool(charge.flags)
        note = charge.estimate
        if note is not None:
            self.estimated += 1
            self.covered += note.low_micro <= charge.price_micro <= note.high_micro
            self.off_micro += abs(charge.price_micro - note.expected_micro)
            self.estimated_price_micro += charge.price_micro

    def refuse(self, row: UsageRow, refusal: Refusal) -> None:
        """Add a refused charge."""
        self.refused[refusal.code] += 1
        self.refused_requests += row.requests
        self.refused_micro += refusal.details.get("needed_micro", 0)

    def record(self, transaction: Transaction) -> None:
        """Count a transaction that this run wrote."""
        self.recorded[transaction.kind if transaction.refusal is None else "refusal"] += 1
        for move in transaction.moves:
            if move.target == "expired":
                self.expired_micro += move.amount_micro
