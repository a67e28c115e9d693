"""The engine's questions: balance, history, explanations, estimates, models; they write nothing."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from policyengine.app.history import Entry, Operation, entry_of, operations_of
from policyengine.app.inputs import split_id
from policyengine.app.repricing import StoredPolicies, content_hash
from policyengine.app.shell import Shell
from policyengine.engine.balance import Balance, balance_of
from policyengine.engine.batch import Named
from policyengine.engine.derivation import Step
from policyengine.engine.estimating import (
    Estimate,
    Range,
    assumed,
    estimate,
    output_unit,
    quantiles,
)
from policyengine.engine.explaining import explain
from policyengine.engine.refusals import refusal, unknown_model
from policyengine.engine.settling import settle
from policyengine.ledger.book import Book
from policyengine.ledger.changes import Charged, ForCase
from policyengine.ledger.transactions import Refusal, Transaction, change_of
from policyengine.policy.policy import ModelPrices, Policy
from policyengine.policy.timeline import Timeline
from policyengine.store.findings import Report
from policyengine.store.history import Conversation
from policyengine.store.sessions import ReadSession
from policyengine.store.verify import verify
from policyengine.values.calendar import Instant

PAGE: Final = 20
"""How many conversations or entries a page has unless the caller says."""
OPERATIONS_MAX: Final = 20_000
"""The most transactions of one conversation that are gathered into operations."""
OPERATIONS_PAGE: Final = 1000
ABOUT_AT: Final = 2
"""What the caller said stands behind when and by which version was decided."""
HISTORY_SAMPLE: Final = 200
"""How many earlier answers tell how long the next one may be."""


class NotFound(Exception):  # noqa: N818  # it says what happened
    """A wallet or transaction that is asked about does not exist."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A transaction with the derivation of its numbers."""

    transaction: Transaction
    derivation: Step


@dataclass(frozen=True, slots=True)
class Calibration:
    """How good the stored estimates were.

    `coverage` counts charges whose price was within [low, high]; errors are sums of
    |price - expected| and of prices, in micro-credits, so that error = off / price.
    """

    charges: int
    covered: int
    off_micro: int
    price_micro: int


class Reading:
    """What can be asked of a ledger without changing it."""

    def __init__(self, shell: Shell) -> None:
        """Ask through a shell."""
        self.shell = shell

    def _timeline(self, book: Book) -> Timeline:
        timeline = self.shell.policies.timelines.get(book.policy)
        if timeline is None:
            raise NotFound(f"policy `{book.policy}` of wallet `{book.wallet_id}` is not loaded")
        return timeline

    def _settled(
        self, session: ReadSession, wallet_id: str
    ) -> tuple[Timeline, Policy, Book, Instant]:
        """Bring a wallet up to now in memory; what was due is written by the next command."""
        book = session.books([wallet_id]).get(wallet_id)
        if book is None:
            raise NotFound(f"there is no wallet `{wallet_id}`")
        timeline = self._timeline(book)
        at = max(self.shell.clock(), book.settled_at)
        policy = timeline.at(at)
        if policy is None:
            raise NotFound(f"no version of `{timeline.name}` is in force")
        settled, _ = settle(timeline, book, at)
        return timeline, policy, settled, at

    def balance(self, wallet_id: str) -> Balance:
        """Give a wallet's balance now, lot by lot in the order of spending.

        Raises: NotFound for an unknown wallet.
        """
        with self.shell.store.reading() as session:
            _, policy, book, at = self._settled(session, wallet_id)
        return balance_of(policy, book, at)

    def find(self, transaction_id: str) -> Named:
        """Give a transaction with what corrects it and the lots that it touched.

        Raises: NotFound for an unknown transaction.
        """
        wallet_id, number = split_id(transaction_id)
        with self.shell.store.reading() as session:
            return _found(session, wallet_id, number)

    def explain(self, transaction_id: str) -> Explanation:
        """Derive every number of a transaction, each with its policy file, version and line.

        Raises: NotFound for an unknown transaction.
        """
        wallet_id, number = split_id(transaction_id)
        with self.shell.store.reading() as session:
            named = _found(session, wallet_id, number)
            timeline = self._timeline_then(session, named.transaction)
        lots = {lot.terms.no: lot for lot in named.lots}
        step = explain(timeline, named.transaction, lots)
        told = tuple(_told(named.transaction))
        head, rest = step.steps[:ABOUT_AT], step.steps[ABOUT_AT:]
        return Explanation(named.transaction, replace(step, steps=(*head, *told, *rest)))

    def _timeline_then(self, session: ReadSession, transaction: Transaction) -> Timeline:
        """Give the versions that explain a transaction: its own is the one that decided.

        A file that has changed since, or that is gone, is replaced by what the ledger remembers.
        """
        ref = transaction.policy
        timeline = self.shell.policies.timelines.get(ref.name)
        loaded = None if timeline is None else timeline.version(ref.version)
        if timeline is not None and loaded is not None and loaded.sha256 == ref.sha256:
            return timeline
        stored = StoredPolicies(session, {}).version(ref)
        if stored is None:
            raise NotFound(f"version {ref.version} of `{ref.name}` is not loaded")
        others = () if timeline is None else timeline.policies
        kept = tuple(each for each in others if each.version != ref.version)
        ordered = sorted((*kept, stored), key=lambda each: each.version)
        return Timeline(tuple(ordered), tuple(each.effective_at for each in ordered))

    def conversations(
        self, wallet_id: str, *, before: int | None = None, limit: int = PAGE
    ) -> tuple[Conversation, ...]:
        """Give what a wallet's conversations have cost, the latest active one first.

        Takes: `before`, the `last_seq` of the last conversation of the page before.
        Raises: NotFound for an unknown wallet.
        """
        with self.shell.store.reading() as session:
            self._settled(session, wallet_id)
            found = session.conversations(wallet_id, before_seq=before, limit=limit)
        return tuple(found)

    def operations(self, wallet_id: str, conversation: str) -> tuple[Operation, ...]:
        """Give what happened in a conversation, operation by operation, in order.

        Raises: NotFound for an unknown wallet, or a conversation that it has not had.
        """
        found: list[Transaction] = []
        with self.shell.store.reading() as session:
            _, _, book, _ = self._settled(session, wallet_id)
            while len(found) < OPERATIONS_MAX:
                page = session.transactions(
                    wallet_id,
                    after_seq=found[-1].seq if found else 0,
                    conversation_id=conversation,
                    limit=OPERATIONS_PAGE,
                )
                found += [each.transaction for each in page]
                if len(page) < OPERATIONS_PAGE:
                    break
        if not found:
            raise NotFound(f"wallet `{wallet_id}` has no conversation `{conversation}`")
        return operations_of(found, book.holds)

    def entries(
        self, wallet_id: str, *, before: int | None = None, limit: int = PAGE
    ) -> tuple[Entry, ...]:
        """Give a page of a wallet's statement, oldest first; the newest page without `before`.

        It ends with what time has brought about by now and the next command will write.
        Raises: NotFound for an unknown wallet.
        """
        with self.shell.store.reading() as session:
            book = session.books([wallet_id]).get(wallet_id)
            if book is None:
                raise NotFound(f"there is no wallet `{wallet_id}`")
            page = session.transactions(wallet_id, before_seq=before, limit=limit)
            touched = {move.lot_no for each in page for move in each.transaction.moves}
            lots = {**book.lots, **session.lots(wallet_id, touched - book.lots.keys())}
        written = [entry_of(each.transaction, lots) for each in reversed(page)]
        if before is not None:
            return tuple(written)
        at = max(self.shell.clock(), book.settled_at)
        settled, due = settle(self._timeline(book), book, at)
        return (*written, *(entry_of(each, settled.lots, is_due=True) for each in due))

    def models(self, policy: str = "") -> tuple[Policy, tuple[ModelPrices, ...]]:
        """Give the models of the version in force now, with their multipliers.

        Raises: NotFound for an unknown policy, or where several are loaded and none is named.
        """
        timelines = self.shell.policies.timelines
        name = policy or (next(iter(timelines)) if len(timelines) == 1 else "")
        if name not in timelines:
            raise NotFound(f"there is no policy `{name}`: one of {', '.join(timelines)}")
        found = timelines[name].at(self.shell.clock())
        if found is None:
            raise NotFound(f"no version of `{name}` is in force")
        return found, tuple(found.models.values())

    def estimate(
        self,
        wallet_id: str,
        model: str,
        counts: Mapping[str, int],
        *,
        output_tokens: int | None = None,
        modifiers: Iterable[str] = (),
    ) -> Estimate | Refusal:
        """Estimate a request before it runs, by the charge's own code.

        Takes: `counts` of what will be sent; the `modifiers` that will hold for it; `output_tokens`
        where the caller knows the answer's length. Else the lengths come from the wallet's history
        with the model, from the model's, or from the policy's assumption, whichever exists first.
        """
        names = tuple(modifiers)
        with self.shell.store.reading() as session:
            timeline, policy, book, at = self._settled(session, wallet_id)
            if model not in policy.models and policy.unknown_as is None:
                from_caller = Range(0, 0, 0)
                return estimate(timeline, book, model, counts, from_caller, "caller", at, names)
            if output_tokens is not None:
                if output_tokens < 0:
                    return refusal("invalid_amount", "an answer has 0 tokens or more")
                known = Range(output_tokens, output_tokens, output_tokens)
                return estimate(timeline, book, model, counts, known, "caller", at, names)
            unit = output_unit(policy)
            own = quantiles(_lengths(session, wallet_id, model, unit))
            if own is not None:
                return estimate(timeline, book, model, counts, own, "wallet history", at, names)
            shared = quantiles(_lengths(session, None, model, unit))
            if shared is not None:
                return estimate(timeline, book, model, counts, shared, "model history", at, names)
            return estimate(timeline, book, model, counts, assumed(policy), "policy", at, names)

    def estimate_request(
        self,
        wallet_id: str,
        model: str,
        request: Mapping[str, object],
        *,
        sizes: Mapping[str, tuple[int, int]] | None = None,
        output_tokens: int | None = None,
        modifiers: Iterable[str] = (),
    ) -> Estimate | Refusal:
        """Estimate a whole request as a provider's API takes it: texts, images, tools.

        Takes: the request as decoded from JSON; for images that are elsewhere, their `sizes`.
        Raises: CountingUnsaid where the policy does not say how the model counts;
        RequestUncountableError for a part that cannot be counted.
        """
        # Counting needs tiktoken, which no other question does.
        from policyengine.app.counting import request_counts  # noqa: PLC0415  # as said above

        policy = self.policy_of(wallet_id)
        if model not in policy.models:
            return unknown_model(policy, model)
        counts = request_counts(policy, model, request, sizes)
        return self.estimate(
            wallet_id, model, counts, output_tokens=output_tokens, modifiers=modifiers
        )

    def policy_of(self, wallet_id: str) -> Policy:
        """Give the version that is in force for a wallet now.

        Raises: NotFound for an unknown wallet.
        """
        with self.shell.store.reading() as session:
            return self._settled(session, wallet_id)[1]

    def calibration(self, wallet_id: str | None = None, limit: int = 1000) -> Calibration:
        """Compare stored estimates with the charges that followed.

        Takes: how many of the latest charges of each model count.
        """
        models = {
            model: None
            for timeline in self.shell.policies.timelines.values()
            for policy in timeline.policies
            for model in policy.models
        }
        with self.shell.store.reading() as session:
            charges = [
                charge
                for model in models
                for charge in session.charge_history(wallet_id, model, limit)
            ]
        return calibration_of(charges)

    def verify(
        self, wallet_ids: Iterable[str] | None = None, progress: Callable[[], None] | None = None
    ) -> Report:
        """Audit the ledger: hashes, sums, projections, and each charge priced again.

        Takes: some wallets, or None for all; what to call for each transaction.
        Gives: what was checked and what is wrong; nothing is changed.
        """
        with self.shell.store.reading() as session:
            policies = StoredPolicies(session, dict(self.shell.policies.timelines))

            def recheck(book: Book, transaction: Transaction) -> str | None:
                if progress is not None:
                    progress()
                return policies.recheck(book, transaction)

            return verify(
                session, wallet_ids=wallet_ids, content_hash=content_hash, recheck=recheck
            )

    def transactions_written(self) -> int:
        """Give how many transactions the ledger has, for a progress bar."""
        with self.shell.store.reading() as session:
            row = session.driver.one(session.statements.last_txn)
        return 0 if row is None else int(row[0])


def _told(transaction: Transaction) -> Iterator[Step]:
    """Give what the caller said of a transaction."""
    if transaction.parent_seq is not None:
        yield Step("about", f"{transaction.wallet_id}:{transaction.parent_seq}")
    case: ForCase | None = change_of(transaction, ForCase)
    if case is not None:
        yield Step("for case", f"{transaction.wallet_id}:{case.case_seq}")
    for label, value in (
        ("conversation", transaction.conversation_id),
        ("operation", transaction.operation_id),
        ("reason", transaction.reason),
        ("by", transaction.actor),
    ):
        if value:
            yield Step(label, value)


def _found(session: ReadSession, wallet_id: str, number: int) -> Named:
    named = session.named([(wallet_id, number)]).get((wallet_id, number))
    if named is None:
        raise NotFound(f"there is no transaction `{wallet_id}:{number}`")
    return named


def calibration_of(charges: list[Charged]) -> Calibration:
    """Count how many prices fell within their estimates, and how far they were off."""
    total = covered = off = price = 0
    for charge in charges:
        note = charge.estimate
        if note is None:
            continue
        total += 1
        covered += note.low_micro <= charge.price_micro <= note.high_micro
        off += abs(charge.price_micro - note.expected_micro)
        price += charge.price_micro
    return Calibration(total, covered, off, price)


def _lengths(
    session: ReadSession, wallet_id: str | None, model: str, unit: str | None
) -> list[int]:
    charges = session.charge_history(wallet_id, model, HISTORY_SAMPLE)
    return [dict(charge.counts).get(unit or "", 0) for charge in charges]
