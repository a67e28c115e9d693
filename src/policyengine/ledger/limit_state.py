"""A wallet's limits at the edges of its balance: caps, overage, top-ups, seats."""

from dataclasses import dataclass
from typing import Final, Literal

from pydantic import TypeAdapter

from policyengine.values.amounts import Micro
from policyengine.values.calendar import Instant
from policyengine.values.making import quickly_made

CAP_USES_MAX: Final = 1000
"""How many names a wallet counts at once for its caps; a longer list would slow every charge."""
RE_RATES_MAX: Final = 100
"""How many cycles' re-rates of a wallet are remembered, for refunds of what was charged before."""
TOP_UPS_MAX: Final = 100
"""How many top-ups of a wallet are remembered: pending ones, and those that a maximum counts."""


@quickly_made
@dataclass(frozen=True, slots=True)
class CapUse:
    """What one name (a member, a conversation, a model) has used of a cap until `ends_at`."""

    cap: str
    name: str
    ends_at: Instant
    used_micro: Micro


@dataclass(frozen=True, slots=True)
class OverageDue:
    """Overage that no invoice has yet: credits lent under one rule, and their price in money.

    `price` is what one credit costs, as the policy writes it. What holds set aside counts.
    """

    rule: str
    price: str
    currency: str
    amount_micro: Micro


@dataclass(frozen=True, slots=True)
class TopUp:
    """A purchase that was asked for, by the transaction `seq`; counted until `forget_at`."""

    seq: int
    amount_micro: Micro
    pack: str
    requested_at: Instant
    forget_at: Instant
    state: Literal["pending", "paid", "failed"] = "pending"


@dataclass(frozen=True, slots=True)
class ReRate:
    """What the use of a cycle would have cost more, or below 0 less, on a plan.

    `settled` tells that an upgrade to the plan has taken or given that difference; what is noted
    of other plans counts from there on. `let_go_micro` is what could not be taken.
    """

    plan: str
    ends_at: Instant
    by_micro: Micro
    settled: bool = False
    let_go_micro: Micro = 0


@quickly_made
@dataclass(frozen=True, slots=True)
class LimitState:
    """What a wallet has used of its limits, what it has agreed to, and what was re-rated.

    `overage_on` and `top_up_on` are None until the wallet is asked. `seats` is how many were asked
    for, `seats_given` for how many this cycle has given credits. After `failures` failed top-ups
    in a row, none is asked for before `top_up_from`. `debt_paid_micro` is the debt that credits or
    an invoice paid and no refund has given back; credits that paid it lasted to `debt_paid_until`.
    INVARIANT: names are counted once per cap; no amount is below 0.
    """

    uses: tuple[CapUse, ...] = ()
    overage_on: bool | None = None
    overage_limit_micro: Micro | None = None
    overage: tuple[OverageDue, ...] = ()
    top_up_on: bool | None = None
    top_ups: tuple[TopUp, ...] = ()
    top_up_from: Instant = 0
    failures: int = 0
    seats: int = 1
    seats_given: int = 1
    re_rates: tuple[ReRate, ...] = ()
    debt_paid_micro: Micro = 0
    debt_paid_until: Instant = 0

    @property
    def overage_micro(self) -> Micro:
        """Give the overage that no invoice has yet."""
        return sum(each.amount_micro for each in self.overage)

    @property
    def pending_micro(self) -> Micro:
        """Give the credits of top-ups that were asked for and are not answered yet."""
        return sum(each.amount_micro for each in self.top_ups if each.state == "pending")

    def used_micro(self, cap: str, name: str, ends_at: Instant) -> Micro:
        """Give what a name has used of a cap in the window that ends at an instant."""
        for use in self.uses:
            if use.cap == cap and use.name == name and use.ends_at == ends_at:
                return use.used_micro
        return 0

    def window_end(self, cap: str, name: str, at: Instant) -> Instant | None:
        """Give the end of the window in which a name's use of a cap is counted at an instant."""
        for use in self.uses:
            if use.cap == cap and use.name == name and at < use.ends_at:
                return use.ends_at
        return None

    def re_rate(self, plan: str, ends_at: Instant) -> Micro:
        """Give what the use of a cycle would have cost more on a plan, and is not settled."""
        for each in self.re_rates:
            if (each.plan, each.ends_at, each.settled) == (plan, ends_at, False):
                return each.by_micro
        return 0

    def settled_re_rate(self, ends_at: Instant) -> ReRate | None:
        """Give how the use of a cycle was last re-rated; None if it was not."""
        settled = (each for each in self.re_rates if each.settled and each.ends_at == ends_at)
        return next(settled, None)

    def overage_due(self, rule: str) -> Micro:
        """Give the overage lent under a rule that no invoice has yet."""
        return sum(each.amount_micro for each in self.overage if each.rule == rule)

    def top_up(self, seq: int) -> TopUp | None:
        """Give the top-up that a transaction asked for, if it is remembered."""
        return next((each for each in self.top_ups if each.seq == seq), None)


UNTOUCHED: Final = LimitState()
_LIMIT_STATE: Final[TypeAdapter[LimitState]] = TypeAdapter(LimitState)


def limit_state_text(limits: LimitState) -> str:
    """Write limits as compact JSON, always in the same way; nothing for the usual one."""
    if limits == UNTOUCHED:
        return ""
    return _LIMIT_STATE.dump_json(limits, exclude_defaults=True).decode()


def limit_state_of(text: str) -> LimitState:
    """Read limits back."""
    return _LIMIT_STATE.validate_json(text, strict=True) if text else UNTOUCHED
