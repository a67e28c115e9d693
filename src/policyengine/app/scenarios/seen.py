"""What can be seen after a step, in the words of `then`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from policyengine.app.history import operations_of
from policyengine.engine.balance import Balance
from policyengine.engine.commands import usage_of
from policyengine.engine.estimating import Estimate
from policyengine.engine.price_steps import price_lines
from policyengine.ledger.book import Book
from policyengine.ledger.changes import Charged, FellBack
from policyengine.ledger.lots import Lot
from policyengine.ledger.transactions import SETTLED_KINDS, Refusal, Transaction, change_of
from policyengine.policy.timeline import Timeline
from policyengine.values.calendar import NEVER, parse_instant

Entry: TypeAlias = Mapping[str, Any]
"""One entry of a list, by the keys of `then`."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A wallet after a step, and the answer that the step got.

    `attempts` are the answers: none where only time passes, several with `times`. `recorded` is
    what was written, the clock's transactions first. `book` and `balance` are as of the step, even
    where nothing was written. `history` is the wallet's whole ledger, `names` the steps that
    transactions are known by.
    """

    timeline: Timeline
    attempts: tuple[Transaction, ...]
    recorded: tuple[Transaction, ...]
    estimate: Estimate | Refusal | None
    book: Book
    balance: Balance
    lots: Mapping[int, Lot]
    history: tuple[Transaction, ...]
    names: Mapping[int, str]

    @property
    def answer(self) -> Transaction | None:
        """Give the answer that the step got, the last one of several."""
        return self.attempts[-1] if self.attempts else None

    @property
    def refusal(self) -> Refusal | None:
        """Give the refusal that the step met: of several attempts, the last one."""
        if isinstance(self.estimate, Refusal):
            return self.estimate
        refusals = [each.refusal for each in self.attempts if each.refusal is not None]
        return refusals[-1] if refusals else None

    @property
    def charge(self) -> Charged | None:
        """Give what the step charged, if it did."""
        found: Charged | None = None if self.answer is None else change_of(self.answer, Charged)
        return found


def read(seen: Seen, key: str) -> Any:
    """Give what a key of `then` speaks of; None where there is no such thing."""
    return _READERS[key](seen)


def _detail(name: str) -> Callable[[Seen], Any]:
    def find(seen: Seen) -> Any:
        return None if seen.refusal is None else seen.refusal.details.get(f"{name}_micro")

    return find


def _short(seen: Seen) -> Any:
    if isinstance(seen.estimate, Estimate):
        return seen.estimate.short_micro
    return _detail("short")(seen)


def _ways_out(seen: Seen) -> list[Entry] | None:
    if isinstance(seen.estimate, Estimate):
        ways = seen.estimate.ways_out
    elif seen.refusal is not None:
        ways = seen.refusal.details.get("ways_out", ())
    else:
        return None
    return [_way(each) for each in ways]


def _way(way: Mapping[str, Any]) -> Entry:
    entry = {key: value for key, value in way.items() if key not in {"credits_micro", "until"}}
    if "credits_micro" in way:
        entry["credits"] = way["credits_micro"]
    if "until" in way:
        entry["until"] = parse_instant(way["until"])
    return entry


def _of_charge(field: str) -> Callable[[Seen], Any]:
    def find(seen: Seen) -> Any:
        return None if seen.charge is None else getattr(seen.charge, field)

    return find


def _uncollected(seen: Seen) -> int | None:
    charge = seen.charge
    return None if charge is None else charge.price_micro - charge.charged_micro


def _tier(seen: Seen) -> str | None:
    charge = seen.charge
    if charge is None:
        return None
    policy = seen.timeline.version(charge.rated_by)
    if charge.tier is None or policy is None:
        return "none"
    return policy.models[charge.model].tiers[charge.tier].text


def _modifiers(seen: Seen) -> list[str] | None:
    charge = seen.charge
    if charge is None:
        return None
    return [] if charge.terms is None else list(charge.terms.modifiers)


def _price_lines(seen: Seen) -> list[Entry] | None:
    charge = seen.charge
    policy = None if charge is None else seen.timeline.version(charge.rated_by)
    if charge is None or policy is None or not charge.counts:
        return None
    usage = usage_of(charge)
    return [
        {
            "unit": unit.unit,
            "count": count,
            "rate": unit.rate,
            "multiplier": unit.multiplier,
            "credits": unit.rate * unit.multiplier * count / unit.per,
        }
        for unit, count in price_lines(policy, usage, charge.tier, charge.terms)
    ]


def _flagged(seen: Seen) -> bool | None:
    return None if seen.charge is None else bool(seen.charge.flags)


def _paid_by(seen: Seen) -> list[Entry]:
    moves = () if seen.answer is None else seen.answer.moves
    return [
        {
            "source": seen.lots[move.lot_no].terms.source,
            "rule": seen.lots[move.lot_no].terms.rule,
            "credits": move.amount_micro,
        }
        for move in moves
        if move.target == "consumed"
    ]


def _estimated(seen: Seen) -> Entry | None:
    estimate = seen.estimate
    if not isinstance(estimate, Estimate):
        return None
    return {
        "low": estimate.low_micro,
        "expected": estimate.expected_micro,
        "high": estimate.high_micro,
    }


def _lots(seen: Seen) -> list[Entry]:
    return [
        {
            "source": lot.terms.source,
            "rule": lot.terms.rule,
            "granted": lot.terms.granted_micro,
            "left": lot.remaining,
            "held": lot.held,
            "spent": lot.consumed,
            "expires": lot.terms.expires_at,
            "priority": lot.terms.priority,
        }
        for lot in seen.balance.lots
    ]


def _holds(seen: Seen) -> list[Entry]:
    return [
        {"hold": seen.names.get(seq, "-"), "credits": hold.held_micro, "expires": hold.expires_at}
        for seq, hold in sorted(seen.book.holds.items())
    ]


def _of_plan(field: str) -> Callable[[Seen], Any]:
    def find(seen: Seen) -> Any:
        subscription = seen.book.subscription
        return None if subscription is None else getattr(subscription, field)

    return find


def _fell_back_from(seen: Seen) -> str | None:
    change: FellBack | None = None if seen.answer is None else change_of(seen.answer, FellBack)
    return None if change is None else change.asked


def _caps(seen: Seen) -> list[Entry]:
    return [
        {
            "scope": each.rule.scope,
            "name": each.name or None,
            "left": each.left_micro,
            "resets": each.ends_at,
        }
        for each in seen.balance.caps
    ]


def _blocked_by(seen: Seen) -> Entry | None:
    details = {} if seen.refusal is None else seen.refusal.details
    if "scope" not in details:
        return None
    resets = details["resets_at"]
    return {
        "scope": details["scope"],
        "name": details["name"] or None,
        "left": details["left_micro"],
        "resets": NEVER if resets == "never" else parse_instant(resets),
    }


def _top_ups(seen: Seen) -> list[Entry]:
    return [
        {"credits": each.amount_micro, "pack": each.pack or None}
        for each in seen.balance.limits.top_ups
        if each.state == "pending"
    ]


def _cohort(seen: Seen) -> str:
    subscription = seen.book.subscription
    return "none" if subscription is None else subscription.cohort or "none"


def _pending(seen: Seen) -> str:
    subscription = seen.book.subscription
    pending = None if subscription is None else subscription.pending
    return "none" if pending is None else pending.plan


def _meanwhile(seen: Seen) -> list[Entry]:
    return [
        {"what": each.kind, "at": each.effective_at}
        for each in seen.recorded
        if each.kind in SETTLED_KINDS
    ]


def _totals(seen: Seen) -> Entry:
    lots = seen.lots.values()
    return {
        "granted": sum(lot.terms.granted_micro for lot in lots),
        "spent": sum(lot.consumed for lot in lots),
        "expired": sum(lot.expired for lot in lots),
        "withdrawn": sum(lot.withdrawn for lot in lots),
    }


def _conversations(seen: Seen) -> Entry:
    told: dict[str, list[Transaction]] = {}
    for each in seen.history:
        if each.conversation_id:
            told.setdefault(each.conversation_id, []).append(each)
    return {
        name: sum(
            operation.charged_micro - operation.refunded_micro
            for operation in operations_of(transactions, seen.book.holds)
        )
        for name, transactions in told.items()
    }


_READERS: Final[Mapping[str, Callable[[Seen], Any]]] = {
    "refused": lambda seen: "nothing" if seen.refusal is None else seen.refusal.code,
    "message": lambda seen: None if seen.refusal is None else seen.refusal.message,
    "needed": _detail("needed"),
    "available": _detail("available"),
    "short": _short,
    "ways_out": _ways_out,
    "accepted": lambda seen: sum(1 for each in seen.attempts if each.refusal is None),
    "price": _of_charge("price_micro"),
    "charged": _of_charge("charged_micro"),
    "uncollected": _uncollected,
    "fell_back_from": _fell_back_from,
    "price_lines": _price_lines,
    "tier": _tier,
    "modifiers": _modifiers,
    "rated_by": _of_charge("rated_by"),
    "flagged": _flagged,
    "paid_by": _paid_by,
    "estimated": _estimated,
    "decided_by": lambda seen: None if seen.answer is None else seen.answer.policy.version,
    "balance": lambda seen: seen.balance.available_micro,
    "held": lambda seen: seen.balance.held_micro,
    "debt": lambda seen: seen.balance.debt_micro,
    "overage": lambda seen: seen.balance.limits.overage_micro,
    "caps": _caps,
    "blocked_by": _blocked_by,
    "top_ups": _top_ups,
    "seats": lambda seen: seen.balance.limits.seats,
    "lots": _lots,
    "holds": _holds,
    "plan": _of_plan("plan"),
    "cohort": _cohort,
    "plan_version": _of_plan("version"),
    "pending": _pending,
    "cycle_start": _of_plan("starts_at"),
    "cycle_end": _of_plan("ends_at"),
    "alerts": lambda seen: [each.kind for each in seen.balance.alerts],
    "meanwhile": _meanwhile,
    "totals": _totals,
    "conversations": _conversations,
}
