"""Running a scenario: each step is decided as a backend's call would be, then compared."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final

from policyengine.app.scenarios.causes import causes_of
from policyengine.app.scenarios.checks import OF_CHARGES, OF_SHORTFALLS
from policyengine.app.scenarios.comparison import Mismatch, count_of, mismatches
from policyengine.app.scenarios.document import Scenario, Step
from policyengine.app.scenarios.ledger_text import ledger_text
from policyengine.app.scenarios.seen import Seen
from policyengine.app.scenarios.stage import Stage, Watch
from policyengine.app.scenarios.then import Then
from policyengine.policy.nodes import ScalarNode
from policyengine.policy.source import Source
from policyengine.policy.timeline import Timeline
from policyengine.values.diagnostics import Diagnostic

FAILURES_MAX: Final = 50
"""Failures of one scenario that are kept; the first ones are the telling ones."""
_NOTHING_EXPECTED: Final = Then()
_OF_ANSWERS: Final = {*OF_CHARGES, *OF_SHORTFALLS, "estimated"}


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a scenario: `failures` are empty when everything is as expected.

    `ledger` is the text of the whole ledger; `expectations` is how many were looked at.
    """

    file: str
    title: str
    line: int
    expectations: int
    failures: tuple[Diagnostic, ...]
    ledger: str

    @property
    def passed(self) -> bool:
        """Tell whether everything is as expected."""
        return not self.failures


def run_scenario(
    source: Source,
    index: int,
    scenario: Scenario,
    timeline: Timeline,
    watch: Watch | None = None,
) -> Result:
    """Run one scenario of a file on all versions of its policy.

    Takes: the file, the scenario's place in it, and the scenario as it was read from there; who is
    told when decisions begin and are over.
    """
    stage = Stage.of(timeline, watch)
    place = f"/scenarios/{index}"
    failures = list(_played(stage, scenario, source, place))
    failures += unsound(stage, source, place)
    return Result(
        source.name,
        scenario.title,
        source.value_span(f"{place}/title").line,
        sum(count_of(step.then) for step in scenario.steps),
        tuple(failures[:FAILURES_MAX]),
        ledger_text(scenario.title, stage.ledger),
    )


def notices(source: Source, index: int, scenario: Scenario, timeline: Timeline) -> bool:
    """Tell whether a scenario finds anything wrong; it is left at the first thing.

    Takes: what `run_scenario` takes.
    """
    stage = Stage.of(timeline)
    place = f"/scenarios/{index}"
    found = chain(_played(stage, scenario, source, place), unsound(stage, source, place))
    return next(found, None) is not None


def unsound(stage: Stage, source: Source, place: str) -> Iterator[Diagnostic]:
    """Report what is wrong with the books after a scenario, whatever it expects."""
    for fault in stage.unsound():
        message = f"the ledger is not sound: {fault}"
        yield Diagnostic("SC304", message, source.name, source.key_span(place), pointer=place)


def _played(stage: Stage, scenario: Scenario, source: Source, place: str) -> Iterator[Diagnostic]:
    if scenario.given is not None and (refusal := stage.begin(scenario.given)) is not None:
        yield Diagnostic(
            "SC302",
            f"the given wallet is refused, {refusal.code}: {refusal.message}",
            source.name,
            source.key_span(f"{place}/given"),
            pointer=f"{place}/given",
        )
        return
    for number, step in enumerate(scenario.steps):
        seen = stage.perform(step, number + 1)
        found = [*_of_answer(stage, step, seen), *_of_state(step, seen)]
        failures = [_drawable(source, f"{place}/steps/{number}", *each) for each in found]
        failures.sort(key=lambda each: each.span)
        if failures:  # the causes are the same for all that is wrong with a step
            failures[0] = replace(failures[0], related=causes_of(seen))
        yield from failures


def _drawable(source: Source, place: str, code: str, mismatch: Mismatch) -> Diagnostic:
    pointer = place + mismatch.pointer
    is_value = isinstance(source.node(pointer), ScalarNode) and "/then/" in pointer
    span = source.value_span(pointer) if is_value else source.key_span(pointer)
    return Diagnostic(
        code, mismatch.message, source.name, span, pointer=pointer, help=mismatch.help
    )


def _of_answer(stage: Stage, step: Step, seen: Seen) -> Iterator[tuple[str, Mismatch]]:
    """Compare whether the step is accepted, and how a retry is answered."""
    then = step.then or _NOTHING_EXPECTED
    pointer = f"/{step.verb}"
    if seen.refusal is not None and then.refused is None:
        message = f"the step is refused, {seen.refusal.code}: {seen.refusal.message}"
        help_ = f"where that is meant, expect it: `then: {{refused: {seen.refusal.code}}}`"
        yield "SC302", Mismatch("refused", pointer, message, help_)
    accepted = sum(1 for each in seen.attempts if each.refusal is None)
    if accepted and step.times and then.refused is not None and then.accepted is None:
        message = f"{accepted} of the {step.times} attempts are accepted"
        help_ = f"where that is meant, expect it: `accepted: {accepted}`"
        yield "SC302", Mismatch("refused", pointer, message, help_)
    codes = sorted({each.refusal.code for each in seen.attempts if each.refusal})
    if then.refused is not None and len(codes) > 1:
        message = f"attempts are refused for different reasons: {', '.join(codes)}"
        yield "SC302", Mismatch("refused", pointer, message)
    if step.again is not None and (seen.recorded or not _is_same_answer(stage, step.again, seen)):
        message = "the retry is not answered as the first time, or changes something"
        yield "SC303", Mismatch("again", pointer, message)


def _is_same_answer(stage: Stage, name: str, seen: Seen) -> bool:
    _, first = stage.sent[name]
    answer = seen.answer
    if not first.answer.seq and answer is not None:  # not recorded, so decided once more
        return answer.refusal == first.answer.refusal
    return answer == first.answer


def _of_state(step: Step, seen: Seen) -> Iterator[tuple[str, Mismatch]]:
    """Compare everything that the step expects."""
    if step.then is None:
        return
    is_refused = seen.refusal is not None and step.then.refused is None
    for mismatch in mismatches(step.then, seen):
        follows = is_refused and mismatch.pointer.split("/")[2] in _OF_ANSWERS
        if not follows:  # of the refusal, which is reported
            yield "SC301", mismatch
