"""A claim about prices as terms for the solver."""

from collections.abc import Mapping
from dataclasses import dataclass

from policyengine.policy.policy import Policy
from policyengine.proving.claims import NEW, OLD, PriceClaim
from policyengine.proving.pricing import Asked, count_names, price_term
from policyengine.proving.ratios import Ratio, Term, held, opposite
from policyengine.values.amounts import AMOUNT_MICRO_MAX, MICRO_PER_CREDIT


@dataclass(frozen=True, slots=True)
class Breaking:
    """The conditions under which a request breaks a claim."""

    claim: PriceClaim
    new: Policy
    old: Policy | None
    asked: Asked

    def __call__(self, counts: Mapping[str, Term]) -> list[Term]:
        """Give them: prices that a ledger can hold, and the opposite of the claim."""
        names = count_names(self.new, counts)
        conditions: list[Term] = []
        for name, policy in ((NEW, self.new), (OLD, self.old)):
            if policy is None:
                continue
            price = price_term(policy, self.asked, counts)
            conditions.append(price <= AMOUNT_MICRO_MAX)
            names[name] = Ratio(price, MICRO_PER_CREDIT)
        return [*conditions, opposite(held(self.claim.expression.root, names))]
