"""The prover: a claim, one or two versions and a scope in; what is known of it out."""

from dataclasses import dataclass
from typing import TypeAlias, assert_never

from policyengine.policy.policy import Policy
from policyengine.proving.balances import BalanceVerdict, judge_balance
from policyengine.proving.claims import (
    BalanceClaim,
    Claim,
    CustomerClaim,
    NoClaim,
    PriceClaim,
    parse_claim,
)
from policyengine.proving.customers import PlanVerdict, judge_customers
from policyengine.proving.prices import Answer, Example, Scope, Verdict, judge_prices

AnyVerdict: TypeAlias = Verdict | PlanVerdict | BalanceVerdict


@dataclass(frozen=True, slots=True)
class Proof:
    """What is known of a claim: part by part, and of the whole."""

    claim: Claim
    verdicts: tuple[AnyVerdict, ...]

    @property
    def answer(self) -> Answer:
        """Give the answer for all parts: refuted by one is refuted, unknown in one is unknown."""
        answers = {each.answer for each in self.verdicts}
        if "refuted" in answers:
            return "refuted"
        return "unknown" if "unknown" in answers or not answers else "proved"

    @property
    def smallest(self) -> tuple[Verdict, Example] | None:
        """Give the smallest request that refutes a claim about prices, of all models."""
        found = [
            (each, each.example)
            for each in self.verdicts
            if isinstance(each, Verdict) and each.example is not None
        ]
        return min(found, key=lambda pair: pair[1].size, default=None)


def prove(text: str, new: Policy, old: Policy | None, scope: Scope) -> Proof | NoClaim:
    """Judge a claim.

    Gives: the proof, or why the text is no claim that these versions can be asked.
    """
    claim = parse_claim(text, new, old)
    match claim:
        case NoClaim():
            return claim
        case PriceClaim():
            return Proof(claim, judge_prices(claim, new, old, scope))
        case CustomerClaim():
            if old is None:
                return NoClaim("worse off than under which version", "name it: `--vs FILE`")
            return Proof(claim, judge_customers(new, old, scope))
        case BalanceClaim():
            return Proof(claim, (judge_balance(claim, new, old),))
        case _:
            assert_never(claim)
