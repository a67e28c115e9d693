"""Ledgers for the store's tests: transactions written by hand, without the engine's rules."""

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from policyengine.ledger.book import Book, apply
from policyengine.ledger.changes import (
    CaseClosed,
    CaseOpened,
    Change,
    Charged,
    DebtChanged,
    GiftGiven,
    HoldClosed,
    HoldSet,
    LotEnded,
    LotOpened,
    Referenced,
    SeriesEnded,
    SeriesSet,
    SubscriptionSet,
)
from policyengine.ledger.holds import Draw, EstimateNote, Hold
from policyengine.ledger.lots import LotEnd, LotTerms, Pot, Restriction
from policyengine.ledger.subscriptions import PendingChange, Rollover, Series, Subscription
from policyengine.ledger.transactions import Move, PolicyRef, Refusal, Transaction, TransactionKind
from policyengine.store.batch import Entry
from policyengine.store.sessions import WriteSession
from policyengine.store.store import LedgerStore
from policyengine.values.calendar import NEVER, CalendarSpan
from policyengine.values.canonical import sha256_hex

POLICY = "codeflicker"
SOURCE = "policy: codeflicker\nversion: 1\n"
REF = PolicyRef(POLICY, 1, sha256_hex(SOURCE.encode()))
SOURCE_2 = "policy: codeflicker\nversion: 2\n"
REF_2 = PolicyRef(POLICY, 2, sha256_hex(SOURCE_2.encode()))
START = 1_768_000_000_000_000
HOUR = 3_600_000_000
CREDIT = 1_000_000


def content_hash(source: str) -> str:
    return sha256_hex(source.encode())


@dataclass(slots=True)
class Scribe:
    """Writes one wallet's transactions; each verb appends one and gives it."""

    wallet_id: str
    at: int = START
    policy: PolicyRef = REF
    book: Book = field(init=False)
    start: Book | None = None
    written: list[Transaction] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.book = Book(self.wallet_id, POLICY)

    @property
    def seq(self) -> int:
        return self.book.seq + 1

    def twin(self) -> "Scribe":
        """Give a scribe that goes on from the same book on its own."""
        other = copy(self)
        other.written = list(self.written)
        return other

    def entry(self) -> Entry:
        """Give what was written since the last entry."""
        done = Entry(self.start, self.book, tuple(self.written))
        self.start, self.written = self.book, []
        return done

    def write(
        self,
        kind: TransactionKind,
        moves: Iterable[tuple[int, Pot, Pot, int]] = (),
        changes: Iterable[Change] = (),
        **fields: Any,
    ) -> Transaction:
        """Append any transaction; its balances are worked out."""
        listed = tuple(Move(*each) for each in moves)
        listed_changes = tuple(changes)
        available = self.book.available_micro
        for move in listed:
            available += move.amount_micro * (
                (move.target == "available") - (move.source == "available")
            )
        debt = sum(each.by_micro for each in listed_changes if isinstance(each, DebtChanged))
        key = f"{kind}-{self.seq}"
        defaults: dict[str, Any] = {
            "key": key,
            "fingerprint": sha256_hex(key.encode()),
            "actor": "api",
            "available_micro": available,
            "debt_micro": self.book.debt_micro + debt,
        }
        transaction = Transaction(
            self.wallet_id,
            self.seq,
            kind,
            self.at,
            self.policy,
            moves=listed,
            changes=listed_changes,
            **{**defaults, **fields},
        )
        self.book = apply(self.book, transaction)
        self.written.append(transaction)
        return transaction

    def grant(
        self, amount: int, expires_at: int = NEVER, kind: TransactionKind = "grant", **terms: Any
    ) -> int:
        """Open a lot; gives its number."""
        number = self.book.lots_opened + 1
        opened = LotTerms(number, self.seq, "grant", "api.grant", amount, self.at, expires_at)
        changes = [LotOpened(replace(opened, **terms))]
        self.write(kind, [(number, "issued", "available", amount)], changes)
        return number

    def charge(self, amount: int, model: str = "frontier", **fields: Any) -> Transaction:
        """Charge the lots in order of their numbers."""
        moves = [
            (draw.lot_no, "available", "consumed", draw.amount_micro)
            for draw in self._draws(amount)
        ]
        charged = Charged(
            model,
            (("text_input", 900), ("text_output", 80)),
            "succeeded",
            self.at,
            1,
            amount,
            amount,
            estimate=EstimateNote(1, amount, 2 * amount),
        )
        return self.write("charge", moves, [charged], **fields)  # type: ignore[arg-type]  # pots

    def refuse(self, kind: TransactionKind = "charge", **fields: Any) -> Transaction:
        refusal = Refusal(
            "insufficient_credits", "needs `5.00`, 3.20 available", {"needed_micro": 5, "ways": []}
        )
        return self.write(kind, refusal=refusal, **fields)

    def hold(self, amount: int, life: int = HOUR, **fields: Any) -> int:
        """Open a hold; gives its number."""
        draws = self._draws(amount)
        number = self.seq
        hold = Hold(
            number,
            draws,
            self.at + life,
            self.at + 24 * HOUR,
            "frontier",
            "talk",
            f"op-{number}",
            EstimateNote(1, 2, 3),
            0,
            self.at - 5,
        )
        self.write(
            "hold",
            [(draw.lot_no, "available", "held", draw.amount_micro) for draw in draws],
            [HoldSet(hold)],
            **fields,
        )
        return number

    def capture(self, number: int, amount: int, *, final: bool = True) -> Transaction:
        """Consume from a hold; the final capture gives the rest back."""
        hold = self.book.holds[number]
        moves: list[tuple[int, Pot, Pot, int]] = []
        left: list[Draw] = []
        short = amount
        for draw in hold.draws:
            taken = min(short, draw.amount_micro)
            short -= taken
            if taken:
                moves.append((draw.lot_no, "held", "consumed", taken))
            if draw.amount_micro > taken:
                left.append(Draw(draw.lot_no, draw.amount_micro - taken))
        charged = Charged(
            "frontier", (("text_output", 80),), "succeeded", self.at, 1, amount, amount
        )
        if final:
            moves += [(draw.lot_no, "held", "available", draw.amount_micro) for draw in left]
            change: Change = HoldClosed(number)
        else:
            captured = hold.captured_micro + amount
            change = HoldSet(replace(hold, draws=tuple(left), captured_micro=captured))
        return self.write("capture", moves, [charged, change], parent_seq=number)

    def time_out(self, number: int) -> Transaction:
        hold = self.book.holds[number]
        self.at = max(self.at, hold.expires_at)
        moves: list[tuple[int, Pot, Pot, int]] = [
            (draw.lot_no, "held", "available", draw.amount_micro) for draw in hold.draws
        ]
        changes = [HoldClosed(number)]
        key = f"settle:time_out:{number}"
        return self.write("time_out", moves, changes, parent_seq=number, key=key, fingerprint="")

    def expire(self, lot_no: int) -> Transaction:
        lot = self.book.lots[lot_no]
        key = f"settle:expire:{lot_no}:{self.seq}"
        self.at = max(self.at, min(lot.terms.expires_at, NEVER - 1))
        return self.write(
            "expire", [(lot_no, "available", "expired", lot.remaining)], key=key, fingerprint=""
        )

    def refund(self, charge: Transaction, amount: int) -> Transaction:
        """Give part of a charge back to the first lot that paid it."""
        lot_no = charge.moves[0].lot_no
        return self.write(
            "refund",
            [(lot_no, "consumed", "available", amount)],
            parent_seq=charge.seq,
            conversation_id=charge.conversation_id,
        )

    def subscribe(self, plan: str = "pro", *, waits: bool = False) -> Transaction:
        pending = PendingChange("pro_plus", "upgrade") if waits else None
        subscription = Subscription(
            plan, 1, self.at, self.at, 3, self.at, self.at + 720 * HOUR, pending
        )
        kind: TransactionKind = "subscribe" if self.book.subscription is None else "change_plan"
        return self.write(kind, changes=[SubscriptionSet(subscription), GiftGiven(f"gift.{plan}")])

    def recur(self, amount: int = 5 * CREDIT) -> int:
        """Note a recurring grant; gives its number."""
        number = self.book.series_opened + 1
        series = Series(
            number,
            self.seq,
            "api.grant",
            amount,
            self.at,
            self.at + 24 * HOUR,
            self.at + 2400 * HOUR,
            2,
            CalendarSpan(1, "day"),
            Rollover(1 * CREDIT, 9 * CREDIT),
            60,
            Restriction(("lite",), ("text_input",)),
        )
        self.write("grant", changes=[SeriesSet(series)])
        return number

    def end_series(self, number: int) -> Transaction:
        return self.write("recur", changes=[SeriesEnded(number)])

    def carry(self, lot_no: int) -> int:
        """End a lot early and carry what remains of it into a new one; gives its number."""
        lot = self.book.lots[lot_no]
        number = self.book.lots_opened + 1
        ends_at = self.at + 800 * HOUR
        terms = LotTerms(
            number,
            self.seq,
            "carried",
            lot.terms.rule,
            lot.remaining,
            self.at,
            ends_at,
            40,
            Restriction(("lite", "frontier"), ("text_output",)),
            cycle_bound=True,
            rolls=True,
            series_no=1,
        )
        self.write(
            "change_plan",
            [
                (lot_no, "available", "withdrawn", lot.remaining),
                (number, "issued", "available", lot.remaining),
            ],
            [LotEnded(lot_no, LotEnd("carried", self.at, ends_at)), LotOpened(terms)],
        )
        return number

    def lend(self, amount: int) -> Transaction:
        number = self.book.lots_opened + 1
        terms = LotTerms(number, self.seq, "debt", "shortfall.debt", amount, self.at, NEVER)
        charged = Charged("frontier", (), "succeeded", self.at, 1, amount, amount)
        return self.write(
            "charge",
            [(number, "issued", "available", amount), (number, "available", "consumed", amount)],
            [LotOpened(terms), DebtChanged(amount, "lent"), charged],
        )

    def report(self, charge: Transaction) -> Transaction:
        opened = CaseOpened(charge.seq, charge.conversation_id)
        return self.write("report", changes=[opened], parent_seq=charge.seq)

    def resolve(self, case: Transaction) -> Transaction:
        closed = CaseClosed(case.seq, "explained")
        return self.write("resolve", changes=[closed], parent_seq=case.seq)

    def _draws(self, amount: int) -> tuple[Draw, ...]:
        draws: list[Draw] = []
        for number, lot in self.book.lots.items():
            taken = min(amount, lot.remaining)
            if taken:
                draws.append(Draw(number, taken))
                amount -= taken
        assert not amount, "the wallet has too little for this test"
        return tuple(draws)


def story(wallet_id: str = "ana") -> Scribe:
    """Tell a wallet's life in which every kind of change happens and much of it stays."""
    scribe = Scribe(wallet_id)
    scribe.subscribe("free")
    gone = scribe.grant(40 * CREDIT, START + 10 * HOUR)
    kept = scribe.grant(50 * CREDIT, restricted_to=Restriction(("frontier",)), source="pack")
    scribe.recur()
    scribe.end_series(scribe.recur())
    scribe.at += HOUR
    first = scribe.charge(30 * CREDIT, conversation_id="talk", operation_id="op-1", reason="answer")
    scribe.refuse(conversation_id="talk")
    scribe.at += HOUR
    number = scribe.hold(9 * CREDIT, conversation_id="talk")
    scribe.capture(number, 4 * CREDIT, final=False)
    scribe.time_out(scribe.hold(1 * CREDIT))
    scribe.write("purchase", changes=[Referenced("payment-17")])
    scribe.refund(first, 2 * CREDIT)
    scribe.policy = REF_2
    scribe.carry(kept)
    scribe.at += HOUR
    scribe.resolve(scribe.report(first))
    scribe.report(first)
    scribe.subscribe("pro", waits=True)
    scribe.hold(5 * CREDIT)
    scribe.refund(first, 3 * CREDIT)
    scribe.lend(2 * CREDIT)
    scribe.at = max(scribe.at, START + 10 * HOUR)
    scribe.expire(gone)
    scribe.write(
        "adjust", [(scribe.book.lots_opened - 1, "available", "withdrawn", 1)], reason="slip"
    )
    return scribe


def wander(wallet_id: str, seed: int, steps: int) -> Scribe:
    """Do plausible things at random, the same ones for the same seed."""
    random = Random(f"{wallet_id}{seed}")
    scribe = Scribe(wallet_id)
    scribe.subscribe()
    for _ in range(steps):
        scribe.at += random.randrange(HOUR)
        step(scribe, random)
    return scribe


def step(scribe: Scribe, random: Random) -> None:
    """Do one plausible thing."""
    book = scribe.book
    choice = random.random()
    if book.available_micro < 30 * CREDIT:
        scribe.grant(random.randrange(40, 90) * CREDIT, NEVER if choice < 0.5 else scribe.at + HOUR)
    elif choice < 0.6:
        conversation = random.choice(("", "talk", "work"))
        scribe.charge(random.randrange(1, 20 * CREDIT), conversation_id=conversation)
    elif choice < 0.7:
        scribe.hold(random.randrange(1, 20 * CREDIT))
    elif choice < 0.8 and book.holds:
        number = random.choice(list(book.holds))
        hold = book.holds[number]
        final = random.random() < 0.5
        scribe.capture(number, random.randrange(hold.held_micro + 1), final=final)
    elif choice < 0.85:
        scribe.refuse()
    elif choice < 0.9 and book.series:
        scribe.end_series(next(iter(book.series)))
    elif choice < 0.95:
        scribe.recur()
    else:
        lot = random.choice([lot for lot in book.lots.values() if lot.remaining])
        scribe.carry(lot.terms.no)


def remember(session: WriteSession) -> None:
    session.remember_policy(REF, SOURCE)
    session.remember_policy(REF_2, SOURCE_2)


def save(store: LedgerStore, *scribes: Scribe, forget: bool = True) -> None:
    """Write what scribes have written since their last entries; `forget`, so that it is read."""
    with store.writing() as session:
        remember(session)
        session.write([scribe.entry() for scribe in scribes])
    if forget:
        store._shelf.clear()


def put(store: LedgerStore, *entries: Entry) -> None:
    """Write entries one after another in one session."""
    with store.writing() as session:
        remember(session)
        for entry in entries:
            session.write([entry])
    store._shelf.clear()


def open_part(book: Book) -> Book:
    """Give a book as a store gives it back: without closed lots."""
    return replace(book, lots={no: lot for no, lot in book.lots.items() if lot.is_open})
