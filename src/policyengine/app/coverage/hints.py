"""What a scenario would have to do to notice a change, in one sentence."""

from collections.abc import Mapping
from typing import Final

from policyengine.app.coverage.mutation import Mutant
from policyengine.policy.facts import Fact, FactKind

_BY_KEY: Final[Mapping[str, str]] = {
    "effective": "start a request a moment before {old}, and one just then",
    "zone": "let a day or month end while the zones have different dates or clocks",
    "round_at": "charge two units at once whose prices both have to be rounded",
    "minimum": "charge for so little that its price is below {old}",
    "late_usage": "report a request that began {old} ago, and one that began a moment before",
    "unknown_model": "charge for a model that is not listed",
    "failed_request": "charge for a request that failed, with both input and output",
    "cancelled_request": "charge for a request that was cancelled, with both input and output",
    "cycle": "look at the wallet a moment before its cycle ends after {old}, and just then",
    "expires": "look at the lots a moment before the credits expire, and just then",
    "carry_over": "leave credits unspent at the end of a cycle, and look at the new one",
    "given": "look at the wallet in its second cycle",
    "burn_order": "let two lots that {old} tells apart be there, and say which one pays",
    "sold_to": "buy the pack on `{old}`, and on another plan",
    "unused": "change the plan with credits left, and look at what became of them",
    "carried_expires": "change the plan with credits left, and look at when they expire",
    "new_cycle": "change the plan in the middle of a cycle, and look at `cycle_end`",
    "when": "change the plan in the middle of a cycle, and look at the plan at once",
    "to": "leave the plan, and look at the plan that follows",
    "output_tokens": "estimate a request without saying how long its answer will be",
    "hold": "hold without saying how long, and look a moment before {old} are over and just then",
    "longest_hold": "ask for a hold of {old}, and for one that is a little longer",
    "grace": "capture a hold a moment before {old} after its end, and just then",
    "capture_above_hold": "capture more than a hold has, and look at the hold",
    "before_request": "charge more than there is",
    "after_request": "charge more than there is for a request that has run",
    "expired_lot": "refund a charge that a lot paid which has expired meanwhile",
    "new_lot_expires": "refund to a lot that has expired, and look at when the new one does",
    "balance_below": "expect `alerts` just above and just below {old} of what was granted",
    "expiring_within": "expect `alerts` {old} before credits expire, and a moment earlier",
    "abnormal": "charge exactly at the bound of `{old}`, and a little more",
    "counted_as": "estimate a request by its `text` and `images`",
    "counting": "estimate a request by its `text` and `images`",
    "keep": "let a wallet that joined just before and one that joined just then renew",
    "tiers": "charge exactly at the bound of the tier, and one count above it",
}
"""By the last key of a path that is listed here."""

_BY_KIND: Final[Mapping[FactKind, str]] = {
    "number": "expect an amount that {old} and {new} lead to different values of",
    "percentage": "expect an amount that {old} and {new} lead to different values of",
    "choice": "let the case happen that `{old}` is the answer to, and expect what it says",
    "span": "look a moment before {old} are over, and just then",
    "instant": "let something happen a moment before {old}, and just then",
    "time": "let a request begin a minute before {old}, and just then",
    "expression": "let the condition just hold, and just not hold",
    "name": "let a case happen that only `{old}` is named for",
    "text": "",
}


def hint_of(mutant: Mutant) -> str:
    """Say what a scenario would have to do to notice a change."""
    fact = mutant.fact.fact
    return _sentence(fact).format(old=fact.text, new=mutant.new)


def _sentence(fact: Fact) -> str:
    for step in reversed(fact.steps):
        if step in _BY_KEY and not (step == "when" and fact.kind == "expression"):
            return _BY_KEY[str(step)]
    return _BY_KIND[fact.kind]
