"""Pricing stored charges once more, under the policy version of their time as the ledger has it."""

from dataclasses import dataclass, field

from policyengine.engine.commands import usage_of
from policyengine.engine.modifying import with_hours
from policyengine.engine.rating import rate
from policyengine.ledger.book import Book, LedgerFault
from policyengine.ledger.changes import Charged
from policyengine.ledger.subscriptions import NOBODY, Standing
from policyengine.ledger.transactions import PolicyRef, Refusal, Transaction, change_of
from policyengine.policy.load import load_policy
from policyengine.policy.policy import Policy
from policyengine.policy.timeline import Timeline
from policyengine.store.sessions import ReadSession
from policyengine.values.amounts import Micro, credits_text


@dataclass(frozen=True, slots=True)
class Repriced:
    """A charge priced again: `price_micro` is None where that cannot be done, and `why` says why.

    A charge for an amount that the caller gave has no price to find again: it stands.
    """

    transaction: Transaction
    charge: Charged
    policy: Policy | None
    price_micro: Micro | None
    why: str = ""

    @property
    def is_as_charged(self) -> bool:
        """Tell whether the price is the one that was written."""
        return self.price_micro == self.charge.price_micro


@dataclass(slots=True)
class StoredPolicies:
    """Policy versions as a ledger remembers them, each read once.

    `timelines` tell the content hash of a version that rated late usage: the ledger notes its
    number only.
    """

    session: ReadSession
    timelines: dict[str, Timeline]
    _read: dict[PolicyRef, Policy | None] = field(default_factory=dict)

    def version(self, ref: PolicyRef) -> Policy | None:
        """Give a version that decided something; None where the ledger does not remember it."""
        if ref not in self._read:
            self._read[ref] = self._load(ref)
        return self._read[ref]

    def rated(self, transaction: Transaction, charge: Charged) -> Policy | None:
        """Give the version that rated a charge."""
        ref = transaction.policy
        if charge.rated_by == ref.version:
            return self.version(ref)
        timeline = self.timelines.get(ref.name)
        policy = None if timeline is None else timeline.version(charge.rated_by)
        return None if policy is None else self.version(ref_of(policy))

    def _load(self, ref: PolicyRef) -> Policy | None:
        try:
            text = self.session.policy_source(ref)
        except LedgerFault:
            return None
        loaded = load_policy(text, f"{ref.name} version {ref.version}")
        return loaded.policy

    def reprice(self, transaction: Transaction, charge: Charged) -> Repriced:
        """Price a charge again."""
        policy = self.rated(transaction, charge)
        if not charge.counts:
            price = charge.price_micro
            return Repriced(transaction, charge, policy, price, "the caller gave the amount")
        if policy is None:
            why = f"the ledger does not remember version {charge.rated_by}"
            return Repriced(transaction, charge, None, None, why)
        terms = charge.terms
        standing = NOBODY if terms is None else Standing(terms.plan, terms.cohort)
        usage = with_hours(policy, usage_of(charge), standing, charge.started_at)
        price_now = rate(policy, usage, standing)
        if isinstance(price_now, Refusal):
            return Repriced(transaction, charge, policy, None, price_now.message)
        return Repriced(transaction, charge, policy, price_now.total_micro)

    def recheck(self, _book: Book, transaction: Transaction) -> str | None:
        """Say what is wrong with a charge's price, for the store's audit; None when it is right."""
        charge: Charged | None = change_of(transaction, Charged)
        if charge is None:
            return None
        again = self.reprice(transaction, charge)
        if again.is_as_charged:
            return None
        written = credits_text(charge.price_micro)
        if again.price_micro is None:
            return f"has the price {written}, which cannot be found again: {again.why}"
        return (
            f"has the price {written}; version {charge.rated_by} prices its usage at "
            f"{credits_text(again.price_micro)}"
        )


def ref_of(policy: Policy) -> PolicyRef:
    """Name a policy version as the ledger does."""
    return PolicyRef(policy.name, policy.version, policy.sha256)


def content_hash(text: str) -> str:
    """Give the content hash of a policy's text; empty for one that is no policy."""
    policy = load_policy(text, "").policy
    return "" if policy is None else policy.sha256
