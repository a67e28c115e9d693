"""The commands that the ledger is hurt in the middle of: each kind of transaction is among them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

from policyengine.app.policies import Policies, usable_policies
from policyengine.engine.commands import (
    Adjust,
    Body,
    BuyPack,
    Cancel,
    Capture,
    ChangePlan,
    Charge,
    Command,
    Convert,
    Extend,
    FailTopUp,
    GiveGrant,
    OpenHold,
    PayTopUp,
    Refund,
    Release,
    ReportAbnormal,
    ResolveCase,
    SetOverage,
    SetSeats,
    Settle,
    SetTopUp,
    Subscribe,
    Usage,
    VoidGrant,
)
from policyengine.ledger.transactions import Transaction
from policyengine.simulate.memory import MemoryLedger
from policyengine.values.calendar import Instant, parse_instant, parse_span

CREDIT: Final = 1_000_000
MINUTE: Final = 60 * 1_000_000
DAY: Final = 24 * 60 * MINUTE
START: Final = parse_instant("2026-02-01T00:00:00Z")
_FOLDER: Final = Path(__file__).parents[1] / "policies"


@cache
def policies() -> Policies:
    """Read the policies of the story: with top-ups, seats, old units, overage, new terms at once."""
    return usable_policies([_FOLDER / each for each in ("top_ups", "overage", "choices")])


@dataclass(frozen=True, slots=True)
class Act:
    """Commands that are executed in one commit, and what a ledger in memory answers to them."""

    name: str
    commands: tuple[Command, ...]
    answers: tuple[Transaction, ...]


@dataclass(slots=True)
class Teller:
    """Tells the story to a ledger in memory, and keeps what it answers."""

    now: Instant = START
    memory: MemoryLedger = field(default_factory=lambda: MemoryLedger(policies().timelines))
    acts: list[Act] = field(default_factory=list)

    def act(self, name: str, *bodies: tuple[str, Body]) -> int:
        """Execute bodies, each on a wallet, in one commit; gives the number of the last answer."""
        commands = tuple(
            Command(wallet, f"{name}-{at}", self.now, body, reason="as agreed")
            for at, (wallet, body) in enumerate(bodies)
        )
        answers = tuple(each.answer for each in self.memory.execute(commands))
        self.acts.append(Act(name, commands, answers))
        return answers[-1].seq

    def ana(self, name: str, body: Body) -> int:
        """Let one thing happen to the first wallet; gives the number of the answer."""
        return self.act(name, ("ana", body))


def usage(tokens: int, model: str = "standard", unit: str = "text") -> Usage:
    """Give usage: a credit for each thousand tokens of `standard`."""
    return Usage.of(model, {unit: tokens})


def _spending(teller: Teller) -> None:
    teller.act("subscribe", ("ana", Subscribe("pro", "top_ups")))
    teller.ana("buy a pack", BuyPack("pack_50", "invoice-1"))
    teller.ana("grant", GiveGrant(30 * CREDIT, expires_at=START + 3 * DAY))
    teller.ana("grant again and again", GiveGrant(5 * CREDIT, interval=parse_span("1 week")))
    paid = teller.ana("charge", Charge(usage(40_000), conversation_id="talk"))
    teller.ana("refuse a charge", Charge(usage(900_000)))
    hold = teller.ana("hold", OpenHold(20 * CREDIT, operation_id="op"))
    teller.ana("capture a part", Capture(hold, amount_micro=3 * CREDIT, final=False))
    teller.ana("extend", Extend(hold, parse_span("5 minutes")))
    teller.ana("capture", Capture(hold, usage(9_000)))
    released = teller.ana("hold to release", OpenHold(6 * CREDIT))
    teller.ana("release", Release(released))
    case = teller.ana("report", ReportAbnormal(paid))
    teller.ana("refund a part", Refund(paid, 7 * CREDIT, case))
    teller.ana("resolve", ResolveCase(case, "refunded"))
    teller.ana("adjust up", Adjust(2 * CREDIT))
    teller.ana("adjust down", Adjust(-CREDIT))
    given = teller.ana("grant too much", GiveGrant(8 * CREDIT))
    teller.ana("void", VoidGrant(given))


def _limits(teller: Teller) -> None:
    teller.act("subscribe with overage", ("ben", Subscribe("pro", "overage")))
    teller.act("allow overage", ("ben", SetOverage(on=True)))
    beyond = Charge(usage(130_000), after_request=True)
    teller.act("charge beyond the balance", ("ben", beyond))
    teller.ana("allow top-ups", SetTopUp(on=True))
    asked = teller.ana("charge what asks for a top-up", Charge(usage(130_000)))
    teller.ana("pay the top-up", PayTopUp(asked, "invoice-2"))
    teller.now += DAY
    asked = teller.ana("ask again", Charge(usage(55_000)))
    teller.ana("fail the top-up", FailTopUp(asked))
    teller.ana("convert", Convert("messages", 40, "old-1"))


def _time(teller: Teller) -> None:
    teller.act("subscribe a team", ("cyd", Subscribe("team", "top_ups")))
    teller.act("say seats", ("cyd", SetSeats(3)))
    teller.ana("hold to time out", OpenHold(2 * CREDIT))
    teller.now += 20 * MINUTE
    teller.ana("time out", Settle())
    teller.ana("grant for a day", GiveGrant(4 * CREDIT, expires_at=teller.now + DAY))
    teller.now += DAY
    teller.ana("expire", Settle())
    teller.now += 8 * DAY
    teller.ana("recur", Settle())
    teller.ana("upgrade", ChangePlan("team"))
    teller.ana("downgrade", ChangePlan("pro"))
    teller.now += 40 * DAY
    teller.act("renew", ("ana", Settle()))
    everyone = ("ana", "ben", "cyd")
    charges = [(wallet, Charge(usage(1_000 + at))) for at, wallet in enumerate(everyone * 3)]
    teller.act("a batch of three wallets", *charges, ("dan", Subscribe("free", "top_ups")))
    teller.act("cancel", ("cyd", Cancel()))
    teller.act("subscribe to terms that will change", ("eve", Subscribe("pro", "choices")))
    teller.now += 400 * DAY
    teller.act("a year later", *((wallet, Settle()) for wallet in (*everyone, "eve")))


@cache
def story() -> tuple[Act, ...]:
    """Tell the whole story."""
    teller = Teller()
    for part in (_spending, _limits, _time):
        part(teller)
    return tuple(teller.acts)


def recorded() -> Iterator[Transaction]:
    """Give every transaction that the story leads to."""
    teller = Teller()
    for part in (_spending, _limits, _time):
        part(teller)
    for transactions in teller.memory.transactions.values():
        yield from transactions
