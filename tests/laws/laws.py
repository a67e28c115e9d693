"""The laws that every history obeys, each as a function that asserts it."""

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Final

from engine.wallets import CREDIT
from laws.histories import History
from laws.rulebooks import OVERAGE_LIMIT, TOP_UPS_MAX
from policyengine.engine.batch import Desk, decide_all
from policyengine.engine.caps import Whose, cap_states
from policyengine.engine.commands import Adjust, Command, Settle, case_seq, target_seq
from policyengine.engine.decide import decide
from policyengine.engine.situation import Prior
from policyengine.ledger.book import Book, apply, due_at, without_closed_lots
from policyengine.ledger.change_texts import changes_of, changes_text
from policyengine.ledger.changes import (
    Charged,
    LotEnded,
    LotOpened,
    OverageChanged,
    ReRated,
    TopUpRequested,
)
from policyengine.ledger.invariants import faults_of
from policyengine.ledger.lots import LotTerms
from policyengine.ledger.transactions import Transaction, change_of
from policyengine.simulate.memory import MemoryLedger
from policyengine.values.calendar import Instant

DEBT_LIMIT: Final = 40 * CREDIT

JOINING: Final = {"subscribe", "change_plan", "cancel", "renew", "adopt"}
ORIGINS: Final = {
    "plan": {*JOINING, "recur", "seats"},
    "gift": JOINING,
    "pack": {"purchase"},
    "grant": {"grant", "recur"},
    "adjustment": {"adjust"},
    "debt": {"charge", "capture"},
    "overage": {"charge", "capture", "hold"},
    "bonus": {"purchase"},
    "conversion": {"convert"},
    "refund": {"refund", "change_plan"},
    "carried": {*JOINING, "recur", "release", "time_out", "capture", "refund"},
}


def books_are_sound(history: History) -> None:
    """Every credit of a lot is in exactly one pot, and nothing is below zero."""
    for decision in history.decisions:
        assert faults_of(decision.book) == ()
        assert decision.book.debt_micro <= DEBT_LIMIT
        if decision.recorded:
            last = decision.recorded[-1]
            assert decision.book.available_micro == last.available_micro
            assert decision.book.debt_micro == last.debt_micro
        assert decision.book.due_at == due_at(decision.book)


def folding_gives_the_same_book(history: History) -> None:
    """The book is nothing but its transactions, folded in order."""
    for wallet_id, book in history.ledger.books.items():
        folded = Book(wallet_id, history.timeline.name)
        for transaction in history.ledger.transactions[wallet_id]:
            folded = apply(folded, transaction)
        lots = {lot.terms.no: lot for lot in history.ledger.lots(wallet_id)}
        assert folded.lots == lots
        assert replace(folded, lots={}, due_at=0) == replace(book, lots={}, due_at=0)


def refusals_change_nothing(history: History) -> None:
    """A refusal moves and changes nothing."""
    for transaction in history.recorded:
        if transaction.refusal is not None:
            assert (transaction.moves, transaction.changes) == ((), ())


def time_goes_forward(history: History) -> None:
    """A wallet's transactions are in the order of their effective times, and are numbered."""
    for transactions in history.ledger.transactions.values():
        times = [each.effective_at for each in transactions]
        assert times == sorted(times)
        assert [each.seq for each in transactions] == list(range(1, len(transactions) + 1))
        assert len({each.key for each in transactions}) == len(transactions)


def changes_survive_writing(history: History) -> None:
    """What a transaction changes reads back as it was written."""
    for transaction in history.recorded:
        assert changes_of(changes_text(transaction.changes)) == transaction.changes


def _with_lots(
    history: History,
) -> Iterator[tuple[Transaction, dict[int, LotTerms], dict[int, Instant]]]:
    """Give each transaction with the terms of all lots, and when lots ended before it."""
    for transactions in history.ledger.transactions.values():
        terms: dict[int, LotTerms] = {}
        ended: dict[int, Instant] = {}
        for transaction in transactions:
            for change in transaction.changes:
                if isinstance(change, LotOpened):
                    terms[change.terms.no] = change.terms
            yield transaction, terms, ended
            for change in transaction.changes:
                if isinstance(change, LotEnded):
                    ended[change.lot_no] = transaction.effective_at


def lots_are_spent_within_their_time(history: History) -> None:
    """No lot is spent or set aside at or after its expiry or end, nor filled by what comes back."""
    for transaction, terms, ended in _with_lots(history):
        for move in transaction.moves:
            lot = terms[move.lot_no]
            spent = move.source == "available" and move.target in {"held", "consumed"}
            filled = move.target == "available"
            if spent or filled:
                assert lot.effective_at <= transaction.effective_at < lot.expires_at
                assert move.lot_no not in ended
            if (move.source, move.target) == ("available", "expired"):
                over = {lot.expires_at, *ended.values()}
                by_decision = any(
                    isinstance(change, LotEnded) and change.lot_no == move.lot_no
                    for change in transaction.changes
                )
                trimmed = transaction.kind in {"renew", "recur"} and lot.rolls
                assert by_decision or trimmed or transaction.effective_at in over


def credits_come_from_rules(history: History) -> None:
    """Credits are issued by a grant, a purchase or an adjustment; the rest are moved or lent."""
    for transaction, terms, _ in _with_lots(history):
        issued: Counter[str] = Counter()
        withdrawn: Counter[str] = Counter()
        for move in transaction.moves:
            if move.source == "issued":
                source = terms[move.lot_no].source
                assert transaction.kind in ORIGINS[source], (source, transaction.kind)
                issued[source] += move.amount_micro
            if move.target == "withdrawn":
                withdrawn[move.source] += move.amount_micro
        # What a re-rating has given or taken besides comes back without being withdrawn.
        if not any(each.re_rated for each in history.timeline.policies):
            assert issued["carried"] + issued["refund"] <= withdrawn.total()
            assert issued["refund"] <= withdrawn["consumed"]
        lent = [each for each in transaction.changes if each.kind == "debt_changed"]
        assert issued["debt"] == sum(each.by_micro for each in lent if each.how == "lent")
        over = [each for each in transaction.changes if isinstance(each, OverageChanged)]
        assert issued["overage"] == sum(each.by_micro for each in over if each.how == "lent")


def no_more_comes_back_than_was_taken(history: History) -> None:
    """What refunds and re-ratings give back is never more than what was taken by then."""
    taken: Counter[str] = Counter()
    back: Counter[str] = Counter()
    for transaction, terms, _ in _with_lots(history):
        wallet, given = transaction.wallet_id, 0
        for move in transaction.moves:
            if move.target == "consumed":
                taken[wallet] += move.amount_micro
            elif move.source == "consumed" and move.target != "withdrawn":
                back[wallet] += move.amount_micro
            elif move.source == "issued" and terms[move.lot_no].source == "refund":
                given += move.amount_micro
        back[wallet] += given
        assert back[wallet] <= taken[wallet]
        if transaction.kind == "change_plan":
            re_rated = change_of(transaction, ReRated)
            assert given == (0 if re_rated is None else max(0, -re_rated.by_micro))


def overage_is_bounded_and_accounted_for(history: History) -> None:
    """What is due never passes the limit, and is what was lent less what came back or was billed.

    No lot of overage is spent twice, and nothing but a renewal or a change of plan bills it.
    """
    for transactions in history.ledger.transactions.values():
        due = 0
        for transaction in transactions:
            for change in transaction.changes:
                if isinstance(change, OverageChanged):
                    due += change.by_micro
                    assert change.how != "invoiced" or transaction.kind in JOINING
                    assert (change.by_micro > 0) == (change.how == "lent")
            assert 0 <= due <= OVERAGE_LIMIT * CREDIT
    for book in history.ledger.books.values():
        assert book.limits.overage_micro <= OVERAGE_LIMIT * CREDIT


def caps_hold_before_a_request(history: History) -> None:
    """A request that has not run never leaves less than nothing of a cap that holds for it."""
    for decision in history.decisions:
        answer = decision.answer
        if decision.is_replay or answer.refusal is not None or answer.kind != "hold":
            continue
        policy = history.timeline.version(answer.policy.version)
        assert policy is not None
        hold = decision.book.holds[answer.seq]
        if not hold.held_micro:  # what costs nothing passes nothing
            continue
        whose = Whose(hold.model, hold.member, hold.conversation_id)
        for state in cap_states(policy, decision.book, whose, answer.effective_at):
            assert state.used_micro + state.held_micro <= state.rule.amount_micro


def top_ups_never_storm(history: History) -> None:
    """No more are asked for than the policy allows, none for what is pending already."""
    for wallet_id, transactions in history.ledger.transactions.items():
        asked: list[tuple[Instant, Instant, Instant]] = []
        book = Book(wallet_id, history.timeline.name)
        for transaction in transactions:
            before = book
            book = apply(book, transaction)
            change = change_of(transaction, TopUpRequested)
            if change is None:
                continue
            at = transaction.effective_at
            policy = history.timeline.version(transaction.policy.version)
            assert policy is not None
            rule = policy.limits.top_up
            assert rule is not None
            pending = before.limits.pending_micro
            assert book.available_micro + book.held_micro + pending < rule.below_micro
            assert sum(1 for each in asked if at < each[1]) < TOP_UPS_MAX
            assert all(each[2] <= at for each in asked)
            asked.append((at, change.forget_at, change.next_from))


def caps_on_balances_are_obeyed(history: History) -> None:
    """What a capped plan gives leaves no more in the wallet than its cap, holds included."""
    for transactions in history.ledger.transactions.values():
        held = 0
        for transaction in transactions:
            for move in transaction.moves:
                held += move.amount_micro * ((move.target == "held") - (move.source == "held"))
            for change in transaction.changes:
                if not isinstance(change, LotOpened) or change.terms.source != "plan":
                    continue
                cap = history.timeline.giver(change.terms.rule)[0].balance_at_most_micro
                assert cap is None or transaction.available_micro + held <= cap


def no_more_is_kept_than_the_most(history: History) -> None:
    """At one boundary no more is carried of a grant than its rule allows."""
    for transactions in history.ledger.transactions.values():
        for transaction in transactions:
            if transaction.kind not in {"renew", "recur"}:
                continue
            kept: Counter[str] = Counter()
            for change in transaction.changes:
                if isinstance(change, LotOpened) and change.terms.times_kept:
                    kept[change.terms.rule.partition(".")[2]] += change.terms.granted_micro
            for rule, amount in kept.items():
                limits = [
                    grant.kept.at_most_micro
                    for policy in history.timeline.policies
                    for plan in policy.plans.values()
                    for grant in plan.grants
                    if grant.rule == rule and grant.kept is not None
                ]
                known = [each for each in limits if each is not None]
                assert not known or amount <= max(known)


def releases_and_expiries_mint_nothing(history: History) -> None:
    """What a release, an expiry or a time-out leaves is never more than what was there."""
    for transactions in history.ledger.transactions.values():
        available = 0
        for transaction in transactions:
            gained = transaction.available_micro - available
            held = sum(
                (move.target == "held") * move.amount_micro
                - (move.source == "held") * move.amount_micro
                for move in transaction.moves
            )
            if transaction.kind in {"release", "time_out", "extend", "expire", "report", "resolve"}:
                assert gained + held <= 0
            available = transaction.available_micro


def charges_take_what_they_say(history: History) -> None:
    """A charge takes what it records, never more than its price, and no refund gives back more."""
    for transactions in history.ledger.transactions.values():
        taken: dict[int, int] = {}
        for transaction in transactions:
            charge = change_of(transaction, Charged)
            if charge is not None:
                consumed = sum(
                    move.amount_micro for move in transaction.moves if move.target == "consumed"
                )
                assert 0 <= consumed == charge.charged_micro <= charge.price_micro
                taken[transaction.seq] = consumed
            if transaction.kind == "refund" and transaction.parent_seq is not None:
                taken[transaction.parent_seq] -= sum(
                    move.amount_micro for move in transaction.moves if move.source == "consumed"
                )
                assert taken[transaction.parent_seq] >= 0


def burn_order_is_total_and_obeyed(history: History) -> None:
    """A charge leaves nothing in a general lot that comes before another general one it drew on."""
    for decision in history.decisions:
        answer = decision.answer
        draws = [each for each in answer.moves if each.target == "consumed"]
        lots = decision.book.lots
        if answer.kind != "charge" or decision.is_replay or len(draws) < 2:
            continue
        for earlier, later in itertools.pairwise(draws):
            if not lots[earlier.lot_no].terms.restricted_to and earlier.source == "available":
                assert lots[earlier.lot_no].remaining == 0 or lots[later.lot_no].terms.restricted_to


def retries_change_nothing(history: History, chance: Random) -> None:
    """A retry, whenever it comes, gives the stored answer; its key names nothing else."""
    ledger = history.ledger
    before = _state(ledger)
    answered = [
        (command, decision.answer)
        for command, decision in zip(history.commands, history.decisions, strict=True)
        if decision.recorded and not isinstance(command.body, Settle)
    ]
    for command, answer in chance.sample(answered, min(12, len(answered))):
        again = ledger.execute_one(replace(command, at=command.at + chance.randrange(10**12)))
        assert (again.answer, again.recorded, again.is_replay) == (answer, (), True)
        other = ledger.execute_one(replace(command, body=Adjust(-1), reason=str(chance.random())))
        assert other.answer.refusal is not None
        assert (other.answer.refusal.code, other.recorded) == ("idempotency_key_reused", ())
    assert before == _state(ledger)


def _state(ledger: MemoryLedger) -> dict[str, tuple[Book, int]]:
    return {each: (book, len(ledger.transactions[each])) for each, book in ledger.books.items()}


def sweepers_change_nothing(history: History, chance: Random) -> None:
    """Whenever sweepers run, the same transactions come of it, at the same effective times."""
    timeline = history.timeline
    swept = MemoryLedger({timeline.name: timeline})
    for command, decision in zip(history.commands, history.decisions, strict=True):
        book = swept.books.get(command.wallet_id)
        if book is not None and decision.recorded:
            latest = max(decision.answer.effective_at, book.settled_at)
            moments = [latest, min(book.due_at, latest), chance.randint(book.settled_at, latest)]
            for number, at in enumerate(sorted(chance.sample(moments, chance.randrange(4)))):
                sweep = Command(command.wallet_id, f"sweep-{command.key}-{number}", at, Settle())
                swept.execute_one(sweep)
        swept.execute_one(command)
    assert swept.transactions == history.ledger.transactions
    for wallet_id, book in history.ledger.books.items():
        other = swept.books[wallet_id]
        assert without_closed_lots(book).lots == without_closed_lots(other).lots
        assert replace(book, lots={}, due_at=0) == replace(other, lots={}, due_at=0)


def pruning_changes_nothing(history: History) -> None:
    """A ledger that forgets no lot decides alike; priors are looked up by brute force."""
    books: dict[str, Book] = {}
    written: defaultdict[str, list[Transaction]] = defaultdict(list)
    for command, decision in zip(history.commands, history.decisions, strict=True):
        wallet = written[command.wallet_id]
        book = books.get(command.wallet_id, Book(command.wallet_id, history.timeline.name))
        answered = next((each for each in wallet if each.key == command.key), None)
        target, corrections = _found(wallet, target_seq(command.body))
        case, followed = _found(wallet, case_seq(command.body))
        prior = Prior(answered, target, corrections, (), case, followed)
        whole = decide(history.timeline, book, command, prior)
        assert (decision.recorded, decision.answer) == (whole.recorded, whole.answer)
        books[command.wallet_id] = whole.book
        wallet += whole.recorded


def _found(
    wallet: list[Transaction], number: int | None
) -> tuple[Transaction | None, tuple[Transaction, ...]]:
    """Look up a transaction and those that act on it."""
    named = next((each for each in wallet if each.seq == number), None)
    return named, tuple(each for each in wallet if number and each.parent_seq == number)


def batches_change_nothing(history: History) -> None:
    """Commands decided in one batch come out as one at a time."""
    desk = Desk({}, {}, {})
    decisions = decide_all({history.timeline.name: history.timeline}, desk, history.commands)
    assert [each.answer for each in decisions] == [each.answer for each in history.decisions]
    assert [each.recorded for each in decisions] == [each.recorded for each in history.decisions]
    assert desk.recorded == history.ledger.transactions
    assert set(desk.opened.values()) == {None}
