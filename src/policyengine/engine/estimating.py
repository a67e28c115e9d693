"""Estimates: what a request will cost before it runs, by the charge's own code."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from policyengine.engine.burndown import pay
from policyengine.engine.caps import grant_states
from policyengine.engine.charging import Rated, bill_of, rate_usage, standing_of
from policyengine.engine.commands import Command, OpenHold, Usage
from policyengine.engine.overage import overage_room
from policyengine.engine.pacing import holding_back, paced_sources, ways_to_wait
from policyengine.engine.shortage import ways_out
from policyengine.engine.situation import NOTHING_PRIOR, Situation, in_force
from policyengine.ledger.book import Book
from policyengine.ledger.holds import Draw, EstimateNote
from policyengine.ledger.transactions import Refusal
from policyengine.policy.policy import Policy
from policyengine.policy.timeline import Timeline
from policyengine.values.amounts import Micro
from policyengine.values.calendar import Instant

HISTORY_MIN = 8
"""Fewer answers than this do not tell how long a wallet's answers are."""


@dataclass(frozen=True, slots=True)
class Range:
    """A short, a usual and a long case of the same quantity."""

    low: int
    expected: int
    high: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a request is expected to cost, and whether the wallet can pay it.

    `basis` says where the lengths of answers come from. `draws` pay the expected price;
    `short_micro` is what is missing for it, `short_high_micro` for the high price.
    """

    model: str
    output_tokens: Range
    basis: Literal["caller", "wallet history", "model history", "policy"]
    low_micro: Micro
    expected_micro: Micro
    high_micro: Micro
    available_micro: Micro
    draws: tuple[Draw, ...]
    short_micro: Micro
    short_high_micro: Micro
    ways_out: tuple[Mapping[str, Any], ...]

    @property
    def suffices(self) -> bool:
        """Tell whether the balance pays the expected price."""
        return not self.short_micro

    @property
    def note(self) -> EstimateNote:
        """Give what is stored with the charge that follows."""
        return EstimateNote(self.low_micro, self.expected_micro, self.high_micro)


def quantiles(lengths: Sequence[int]) -> Range | None:
    """Give the first decile, the median and the last decile of answers seen; None if too few."""
    if len(lengths) < HISTORY_MIN:
        return None
    ordered = sorted(lengths)
    last = len(ordered) - 1
    return Range(ordered[last // 10], ordered[last // 2], ordered[-(-last * 9 // 10)])


def output_unit(policy: Policy) -> str | None:
    """Give the unit that an answer's text is counted in: the first output unit of tokens."""
    measure = policy.document.units.get("tokens")
    return next(iter(measure.output), None) if measure is not None else None


def assumed(policy: Policy) -> Range:
    """Give the lengths that the policy assumes without history."""
    part = policy.document.estimate.output_tokens
    return Range(part.low, part.expected, part.high)


def estimate(
    timeline: Timeline,
    book: Book,
    model: str,
    input_counts: Mapping[str, int],
    lengths: Range,
    basis: Literal["caller", "wallet history", "model history", "policy"],
    at: Instant,
    modifiers: tuple[str, ...] = (),
) -> Estimate | Refusal:
    """Estimate a request on a settled book.

    Takes: counts of what will be sent; how long the answer may be; the modifiers that will hold.
    Gives: the estimate, or the refusal that a charge would meet for its model or units.
    """
    policy = in_force(timeline, at)
    rated: list[Rated] = []
    unit = output_unit(policy)
    for length in (lengths.low, lengths.expected, lengths.high):
        counts = dict(input_counts)
        if unit is not None:
            counts[unit] = counts.get(unit, 0) + length
        usage = Usage.of(model, counts, modifiers=modifiers)
        each = rate_usage(timeline, policy, usage, at, standing_of(book))
        if isinstance(each, Refusal):
            return each
        rated.append(each)
    low, expected, high = (each.price.total_micro for each in rated)
    paces = grant_states(policy, book, at)
    bills = [bill_of(each, book, each.price.total_micro) for each in rated[1:]]
    payment, at_most = (pay(each, paced_sources(policy, book, paces, each)) for each in bills)
    command = Command(book.wallet_id, "estimate", at, OpenHold())
    situation = Situation(timeline, policy, book, command, at, NOTHING_PRIOR)
    room = overage_room(policy, book)
    short_of_expected = max(0, payment.short_micro - room)
    short_of_high = max(0, at_most.short_micro - room)
    short = short_of_expected or short_of_high
    waits: list[dict[str, Any]] = []
    if short:
        bill, unpaid = (
            (bills[0], payment.short_micro)
            if short_of_expected
            else (bills[1], at_most.short_micro)
        )
        waits = ways_to_wait(book, paces, holding_back(policy, book, paces, bill, unpaid))
    return Estimate(
        model,
        lengths,
        basis,
        low,
        expected,
        high,
        book.available_micro,
        payment.draws,
        short_of_expected,
        short_of_high,
        tuple(ways_out(situation, model, short, waits)) if short else (),
    )
