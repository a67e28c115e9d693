"""Which lines of the policy a number comes from."""

from collections.abc import Iterator
from typing import Final

from policyengine.app.scenarios.seen import Seen
from policyengine.engine.charging import standing_of
from policyengine.engine.derivation import Place, factor_text, place_of
from policyengine.engine.estimating import Estimate
from policyengine.engine.explaining import explain, rule_place
from policyengine.values.diagnostics import Related, Span

CAUSES_SHOWN_MAX: Final = 6
_SAID_ELSEWHERE: Final = "/version"


def causes_of(seen: Seen) -> tuple[Related, ...]:
    """Give the places of the policy behind what a step did, each once, most telling first.

    Gives: those of the answer; where there is none, those of what the clock wrote and of the
    lots that the wallet has.
    """
    found: dict[tuple[str, int], str] = {}
    for place, words in _places(seen):
        if place.pointer != _SAID_ELSEWHERE:
            found.setdefault((place.file, place.line), words)
    return tuple(
        Related(Span(line, 1, line, 1), words, file)
        for (file, line), words in list(found.items())[:CAUSES_SHOWN_MAX]
    )


def _places(seen: Seen) -> Iterator[tuple[Place, str]]:
    answer = seen.answer
    written = [each for each in seen.recorded if each is not answer]
    if answer is not None and answer.seq:
        written.insert(0, answer)
    for transaction in written:
        for _, step in explain(seen.timeline, transaction, seen.lots).walk():
            if step.place is not None:
                yield step.place, f"{step.label}: {step.value}" if step.value else step.label
    policy = seen.timeline.at(seen.balance.as_of)
    if policy is not None and isinstance(seen.estimate, Estimate):
        name = seen.estimate.model
        priced = policy.models[name if name in policy.models else policy.unknown_as or name]
        standing = standing_of(seen.book)
        price = priced.for_wallet(standing.plan, standing.cohort).price
        multiplier = factor_text(price.multiplier)
        yield (
            place_of(policy, price.pointer),
            f"multiplier of `{seen.estimate.model}`: x {multiplier}",
        )
        yield place_of(policy, "/estimate/output_tokens"), f"lengths by {seen.estimate.basis}"
    for lot in seen.balance.lots:
        place = rule_place(seen.timeline, lot.terms.rule)
        if place is not None:
            yield place, f"lot {lot.terms.no} `{lot.terms.rule}`"
