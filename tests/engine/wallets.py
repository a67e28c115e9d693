"""Policies to test with, and a wallet that takes commands and is audited after each of them."""

from collections.abc import Mapping
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any, Final

from policyengine.engine.commands import Body, Command, Subscribe, Usage
from policyengine.engine.decide import Decision
from policyengine.ledger.book import Book, apply
from policyengine.ledger.invariants import faults_of
from policyengine.ledger.lots import Lot
from policyengine.ledger.transactions import Transaction
from policyengine.policy.compilation import compile_policy
from policyengine.policy.document.policy import PolicyDocument
from policyengine.policy.policy import Policy
from policyengine.policy.source import Source, load_source
from policyengine.policy.timeline import Timeline
from policyengine.simulate.memory import MemoryLedger
from policyengine.values.amounts import Micro
from policyengine.values.calendar import SECOND, Instant, parse_instant

CREDIT: Final = 1_000_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

_FOLDER: Final = Path(__file__).parents[2] / "policies" / "codeflicker"


def at(text: str) -> Instant:
    """Read `2026-02-01` or `2026-02-01T10:00:00`, in UTC."""
    return parse_instant(f"{text}Z" if "T" in text else f"{text}T00:00:00Z")


START: Final = at("2026-02-01")


@cache
def reference(version: int) -> tuple[Source, Any]:
    """Read a version of the reference policy: its source and its plain tree."""
    path = _FOLDER / f"v{version}.yaml"
    text = path.read_text(encoding="utf-8")
    source, findings = load_source(text, f"policies/codeflicker/{path.name}")
    assert findings == ()
    return source, source.plain


def policy(changes: Mapping[str, Any] | None = None, version: int = 1) -> Policy:
    """Compile the reference policy with some places changed: `{"charge/minimum": Decimal(0)}`."""
    source, plain = reference(version)
    plain = deepcopy(plain)
    for place, value in (changes or {}).items():
        *parents, last = place.split("/")
        part = plain
        for each in parents:
            part = part[int(each) if isinstance(part, list) else each]
        if value is None:
            del part[last]
        else:
            part[last] = value
    return compile_policy(PolicyDocument.model_validate(plain), source, f"{version}" * 64)


def spend(credits_: int, model: str = "standard", **more: Any) -> Usage:
    """Give usage that costs so many credits at the reference rates: 10,000 input tokens each."""
    return Usage.of(model, {"text_input": credits_ * 10_000}, **more)


class Wallet:
    """One wallet in a ledger in memory; a second book is folded beside it and must be equal."""

    def __init__(self, *policies: Policy, plan: str = "pro", start: Instant = START) -> None:
        versions = policies or (policy(),)
        self.timeline = Timeline.of(*versions)
        self.ledger = MemoryLedger({self.timeline.name: self.timeline})
        self.now = start
        self.folded = Book("ana", self.timeline.name)
        self.count = 0
        if plan:
            self.do(Subscribe(plan))

    @property
    def book(self) -> Book:
        return self.ledger.books["ana"]

    @property
    def available(self) -> Micro:
        return self.book.available_micro

    @property
    def lots(self) -> dict[int, Lot]:
        return {lot.terms.no: lot for lot in self.ledger.lots("ana")}

    @property
    def remaining(self) -> dict[int, Micro]:
        """What is left in the lots that have something left."""
        return {no: lot.remaining for no, lot in self.lots.items() if lot.remaining}

    @property
    def transactions(self) -> list[Transaction]:
        return self.ledger.transactions["ana"]

    def do(self, body: Body, when: Instant | None = None, **more: Any) -> Transaction:
        """Decide a command at an instant, from then on the wallet's now; give the answer."""
        return self.decide(body, when, **more).answer

    def decide(
        self, body: Body, when: Instant | None = None, key: str = "", reason: str = ""
    ) -> Decision:
        self.now = self.now if when is None else when
        self.count += 1
        command = Command("ana", key or f"k{self.count}", self.now, body, reason=reason)
        decision = self.ledger.execute_one(command)
        self._audit(decision)
        return decision

    def refused(self, body: Body, when: Instant | None = None, **more: Any) -> str:
        """Decide a command that is refused; give the code."""
        answer = self.do(body, when, **more)
        assert answer.refusal is not None, answer
        return answer.refusal.code

    def _audit(self, decision: Decision) -> None:
        book = decision.book
        assert faults_of(book) == ()
        for transaction in decision.recorded:
            self.folded = apply(self.folded, transaction)
            assert transaction.available_micro == self.folded.available_micro
            assert transaction.debt_micro == self.folded.debt_micro
        assert faults_of(self.folded) == ()
        if decision.recorded:
            open_lots = {no: lot for no, lot in self.folded.lots.items() if lot.is_open}
            assert {no: lot for no, lot in book.lots.items() if lot.is_open} == open_lots
            assert (book.seq, book.holds, book.series, book.subscription) == (
                self.folded.seq,
                self.folded.holds,
                self.folded.series,
                self.folded.subscription,
            )
