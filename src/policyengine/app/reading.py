"""The engine's questions: balance, history, explanations, estimates, models; they write nothing."""

from collections.abc import Mapping
from dataclasses import dataclass

from policyengine.app.inputs import split_id
from policyengine.app.shell import Shell
from policyengine.engine.balance import Balance, balance_of
from policyengine.engine.estimating import (
    Estimate,
    Range,
    assumed,
    estimate,
    output_unit,
    quantiles,
)
from policyengine.engine.explaining import Step, explain
from policyengine.engine.refusals import refusal
from policyengine.engine.settling import settle
from policyengine.ledger.book import Book
from policyengine.ledger.changes import Charged
from policyengine.ledger.transactions import Refusal, Transaction
from policyengine.policy.policy import ModelPrices, Policy
from policyengine.policy.timeline import Timeline
from policyengine.store.sessions import ReadSession
from policyengine.values.calendar import Instant

HISTORY_SAMPLE = 200
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

    def explain(self, transaction_id: str) -> Explanation:
        """Derive every number of a transaction, each with its policy file, version and line.

        Raises: NotFound for an unknown transaction.
        """
        wallet_id, number = split_id(transaction_id)
        with self.shell.store.reading() as session:
            named = session.named([(wallet_id, number)]).get((wallet_id, number))
            book = session.books([wallet_id]).get(wallet_id)
        if named is None or book is None:
            raise NotFound(f"there is no transaction `{transaction_id}`")
        lots = {lot.terms.no: lot for lot in named.lots}
        step = explain(self._timeline(book), named.transaction, lots)
        return Explanation(named.transaction, step)

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
    ) -> Estimate | Refusal:
        """Estimate a request before it runs, by the charge's own code.

        Takes: `counts` of what will be sent; `output_tokens` where the caller knows the answer's
        length. Else the lengths come from the wallet's history with the model, from the model's,
        or from the policy's assumption, whichever exists first.
        """
        with self.shell.store.reading() as session:
            timeline, policy, book, at = self._settled(session, wallet_id)
            if model not in policy.models:
                from_caller = Range(0, 0, 0)
                return estimate(timeline, book, model, counts, from_caller, "caller", at)
            if output_tokens is not None:
                if output_tokens < 0:
                    return refusal("invalid_amount", "an answer has 0 tokens or more")
                known = Range(output_tokens, output_tokens, output_tokens)
                return estimate(timeline, book, model, counts, known, "caller", at)
            unit = output_unit(policy)
            own = quantiles(_lengths(session, wallet_id, model, unit))
            if own is not None:
                return estimate(timeline, book, model, counts, own, "wallet history", at)
            shared = quantiles(_lengths(session, None, model, unit))
            if shared is not None:
                return estimate(timeline, book, model, counts, shared, "model history", at)
            return estimate(timeline, book, model, counts, assumed(policy), "policy", at)

    def calibration(self, wallet_id: str | None = None, limit: int = 100_000) -> Calibration:
        """Compare stored estimates with the charges that followed."""
        with self.shell.store.reading() as session:
            charges = session.charge_history(wallet_id, None, limit)
        return calibration_of(charges)


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
