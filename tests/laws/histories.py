"""Histories made at random: numbers become commands that fit the wallet as it is by then."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random
from typing import Final, TypeAlias

from hypothesis import strategies as st

from engine.wallets import CREDIT, DAY, HOUR, MINUTE, START
from policyengine.engine.commands import (
    Adjust,
    Body,
    BuyPack,
    Cancel,
    Capture,
    ChangePlan,
    Charge,
    Command,
    Extend,
    GiveGrant,
    OpenHold,
    Refund,
    Release,
    ReportAbnormal,
    ResolveCase,
    SetCohort,
    Settle,
    Subscribe,
    Usage,
    VoidGrant,
)
from policyengine.engine.decide import Decision
from policyengine.ledger.book import Book
from policyengine.ledger.changes import Outcome
from policyengine.ledger.lots import Restriction
from policyengine.ledger.subscriptions import Rollover
from policyengine.ledger.transactions import Transaction
from policyengine.policy.timeline import Timeline
from policyengine.simulate.memory import MemoryLedger
from policyengine.values.calendar import NEVER, CalendarSpan, Instant

Step: TypeAlias = tuple[int, int, int, int, int, int]
"""What to do, to whom, when, and three numbers that say how."""

WALLETS: Final = ("ana", "bo")
_ANY: Final = st.integers(0, 999)
steps: Final = st.lists(st.tuples(_ANY, _ANY, _ANY, _ANY, _ANY, _ANY), min_size=10, max_size=50)


def steps_of(chance: Random, count: int) -> list[Step]:
    """Give steps by chance, for runs longer than hypothesis makes."""
    numbers = [[chance.randrange(1000) for _ in range(6)] for _ in range(count)]
    return [(a, b, c, d, e, f) for a, b, c, d, e, f in numbers]


@dataclass(slots=True)
class History:
    """Commands in order, with what a ledger in memory decided on each."""

    timeline: Timeline
    ledger: MemoryLedger
    commands: list[Command] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)

    @property
    def recorded(self) -> list[Transaction]:
        """All transactions, in the order in which they were written."""
        return [each for decision in self.decisions for each in decision.recorded]


def played(timeline: Timeline, numbers: list[Step]) -> History:
    """Turn numbers into a history: two subscriptions, then a command for each step."""
    history = History(timeline, MemoryLedger({timeline.name: timeline}))
    for index, wallet_id in enumerate(WALLETS):
        plan = ("pro", "free", "pro_plus")[numbers[index][3] % 3]
        cohort = "annual" * (numbers[index][4] % 2)
        _execute(history, Command(wallet_id, "join", START, Subscribe(plan, cohort=cohort)))
    now = START
    for number, step in enumerate(numbers):
        wallet_id = WALLETS[step[1] % 10 == 0]
        book = history.ledger.books[wallet_id]
        at = _instant(step, now, book)
        now = max(now, at)
        _execute(history, _command(history, step, Command(wallet_id, f"k{number}", at, Settle())))
    return history


def _execute(history: History, command: Command) -> None:
    history.commands.append(command)
    history.decisions.append(history.ledger.execute_one(command))


def _instant(step: Step, now: Instant, book: Book) -> Instant:
    """Give when: at once, soon, much later, around the next thing due, or before now."""
    when, size = step[2], step[3]
    kind = when % 20
    if kind < 7:
        return now
    if kind < 13:
        return now + (when // 20 + 1) * (MINUTE, MINUTE, HOUR, DAY // 4)[size % 4]
    if kind == 13:
        return max(0, now - (size + 1) * MINUTE)
    if kind == 14:
        return now + (when // 20 + 1) * DAY
    if kind == 15:
        return now + 1
    near = book.due_at if book.due_at < now + 40 * DAY else now
    return max(now, near) + (kind - 18)


def _command(history: History, step: Step, blank: Command) -> Command:
    what = step[0] % 100
    earlier = [each for each in history.commands if each.wallet_id == blank.wallet_id]
    if what in {98, 99}:  # a retry, later
        return replace(earlier[step[3] % len(earlier)], at=blank.at)
    if what == 97:  # an old key for something else
        key = earlier[step[3] % len(earlier)].key
        return replace(blank, key=key, body=Adjust(CREDIT + step[4]), reason="mistaken")
    limit, make = next(each for each in _BODIES if what < each[0])
    return replace(blank, body=make(history, blank, step), reason="correction" * (limit == _ADJUST))


def _charge(_history: History, blank: Command, step: Step) -> Charge:
    return Charge(_usage(blank.at, step), after_request=bool(step[5] % 3), conversation_id="c")


def _usage(at: Instant, step: Step) -> Usage:
    size, kind, more = step[3:]
    counts = {
        "text_input": size * (10, 3000, 90_000)[kind % 3],
        "image_output": more * (kind % 5 == 0) * 10,
        "text_output": size * 7,
    }
    if kind % 41 == 40:
        counts["text_inptu"] = 5
    model = "gpt" if kind > 970 else ("standard", "lite", "frontier")[kind % 3]
    started = at - size * MINUTE * (1, 20)[more % 2] + (20 * size * MINUTE * (kind % 31 == 0))
    outcome: Outcome = ("succeeded", "succeeded", "succeeded", "failed", "cancelled")[more % 5]
    names = (("batch",), ("auto", "fast"), ("auto", "batch"), ("fast",))[more % 4]
    return Usage(
        model,
        tuple(counts.items()),
        max(started, 0) if kind % 7 == 0 else None,
        outcome,
        names if kind % 4 == 0 else (),
    )


def _hold(_history: History, blank: Command, step: Step) -> OpenHold:
    size, kind, more = step[3:]
    life = (None, CalendarSpan(more % 90 + 1, "minute"), CalendarSpan(more % 9 + 1, "day"))
    if kind % 2:
        return OpenHold(usage=_usage(blank.at, step), life=life[more % 3])
    return OpenHold((size - 20) * CREDIT // (1, 7)[more % 2], life=life[more % 3])


def _some_hold(history: History, wallet_id: str, number: int) -> int:
    open_ones = sorted(history.ledger.books[wallet_id].holds)
    if open_ones and number % 8:
        return open_ones[number % len(open_ones)]
    return _any_seq(history, wallet_id, number)


def _any_seq(history: History, wallet_id: str, number: int) -> int:
    """Name any transaction that there is, or one that there will not be."""
    known = range(1, history.ledger.books[wallet_id].seq + 1)
    return known[number % len(known)] if number % 3 else 10**9


def _some_seq(history: History, wallet_id: str, number: int, *kinds: str) -> int:
    found = [
        each.seq
        for each in history.ledger.transactions[wallet_id]
        if each.kind in kinds and each.refusal is None
    ]
    if found and number % 10:
        return found[-1 - number % min(len(found), 9)]
    return _any_seq(history, wallet_id, number)


def _capture(history: History, blank: Command, step: Step) -> Capture | OpenHold:
    size, kind, more = step[3:]
    if not history.ledger.books[blank.wallet_id].holds and kind % 9:
        return _hold(history, blank, step)
    hold = _some_hold(history, blank.wallet_id, more)
    if kind % 3:
        return Capture(hold, usage=_usage(blank.at, step), final=bool(more % 3))
    return Capture(hold, amount_micro=(size - 2) * CREDIT // 3, final=bool(more % 3))


def _grant(_history: History, blank: Command, step: Step) -> GiveGrant:
    at = blank.at
    when, size, kind, more = step[2:]
    interval = (None, CalendarSpan(1, "day"), CalendarSpan(1, "month"), CalendarSpan(9, "hour"))[
        kind % 4
    ]
    amount = (size + 1) * CREDIT // 2
    restriction = (
        Restriction(),
        Restriction(("lite", "frontier")),
        Restriction((), ("text_input", "image_output")),
        Restriction((), ("text_output",)),
        Restriction(("standard",), ("text_input",)),
    )[more % 5]
    roll = Rollover(min(size, kind) * CREDIT, max(size, kind) * CREDIT)
    return GiveGrant(
        amount,
        priority=more % 80,
        effective_at=at + (when - 200) * HOUR if kind % 3 == 0 else None,
        expires_at=at + (more + 1) * HOUR if kind % 5 else None,
        interval=interval,
        anchor_at=max(0, at - size * HOUR) if interval and more % 2 else None,
        rollover=roll if interval and size % 2 else None,
        restricted_to=restriction,
    )


def _adjust(_history: History, blank: Command, step: Step) -> Adjust:
    expires = (None, blank.at + step[4] * HOUR, NEVER)[step[5] % 3]
    return Adjust((step[3] - 400) * CREDIT // 10, expires)


def _refund(history: History, blank: Command, step: Step) -> Refund:
    target = _some_seq(history, blank.wallet_id, step[5], "charge", "capture")
    case = None if step[4] % 5 else _some_seq(history, blank.wallet_id, step[3], "report")
    return Refund(target, None if step[4] % 2 else step[3] * CREDIT // 50, case)


def _cohort(step: Step) -> SetCohort:
    return SetCohort(("annual", "", "anual")[step[4] % 3])


_Make: TypeAlias = Callable[[History, Command, Step], Body]
_ADJUST: Final = 76
_BODIES: Final[tuple[tuple[int, _Make], ...]] = (
    (28, _charge),
    (38, _hold),
    (49, _capture),
    (53, lambda history, blank, step: Release(_some_hold(history, blank.wallet_id, step[5]))),
    (
        56,
        lambda history, blank, step: Extend(
            _some_hold(history, blank.wallet_id, step[5]), CalendarSpan(step[3] + 1, "minute")
        ),
    ),
    (66, _grant),
    (
        69,
        lambda history, blank, step: VoidGrant(
            _some_seq(history, blank.wallet_id, step[5], "grant", "purchase")
        ),
    ),
    (72, lambda _history, _blank, step: BuyPack(("pack_500", "pack_5")[step[3] % 9 == 0], "pay")),
    (_ADJUST, _adjust),
    (84, _refund),
    (
        90,
        lambda _history, _blank, step: ChangePlan(
            ("free", "pro", "pro_plus", "max")[step[3] % 13 % 4]
        ),
    ),
    (92, lambda _history, _blank, step: Cancel() if step[3] % 2 else _cohort(step)),
    (
        94,
        lambda history, blank, step: ReportAbnormal(
            _some_seq(history, blank.wallet_id, step[5], "charge") if step[4] % 3 else None,
            "c" * (step[4] % 2),
        ),
    ),
    (
        96,
        lambda history, blank, step: ResolveCase(
            _some_seq(history, blank.wallet_id, step[5], "report"), "explained"
        ),
    ),
    (100, lambda _history, _blank, _step: Settle()),
)
