"""Which facts of a policy scenarios exercise: found by running them on watched policies."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from policyengine.app.coverage.reads import Read, Reads
from policyengine.app.coverage.watched import watched_timeline
from policyengine.app.scenarios.document import Excused, Scenario
from policyengine.app.scenarios.reading import ReadScenarios
from policyengine.app.scenarios.report import Report, run_scenarios
from policyengine.app.scenarios.run import Result, run_scenario
from policyengine.policy.facts import Fact, facts_of
from policyengine.policy.source import Source, load_source
from policyengine.policy.timeline import Timeline

_IDENTITY: Final = frozenset({"/format", "/policy", "/version", "/replaces/version"})
"""Facts that say which file this is: nothing else could stand there."""
_ALWAYS: Final = ("/effective", "/status")
"""Facts that everything which a version decides rests on."""


@dataclass(frozen=True, slots=True)
class RuleFact:
    """A fact that decides something, of one version."""

    version: int
    file: str
    fact: Fact

    @property
    def place(self) -> str:
        """Give the place as messages do: `policies/acme/v1.yaml:14`."""
        return f"{self.file}:{self.fact.line}"

    @property
    def reads(self) -> tuple[Read, ...]:
        """Give every read that reads this fact: of itself, or of a place above it."""
        found, pointer = [], self.fact.pointer
        while pointer:
            found.append((self.version, pointer))
            pointer = pointer.rpartition("/")[0]
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Tried:
    """A scenario that was run, and what it read: where it decided, and for any reason."""

    source: Source
    index: int
    scenario: Scenario
    result: Result
    deciding: frozenset[Read]
    every: frozenset[Read]


@dataclass(frozen=True, slots=True)
class Excuse:
    """An entry of `excused` in a scenario file."""

    file: str
    line: int
    entry: Excused

    @property
    def place(self) -> str:
        """Give the place as messages do."""
        return f"{self.file}:{self.line}"

    def covers(self, fact: RuleFact, new: str) -> bool:
        """Tell whether it is about this change."""
        entry = self.entry
        is_version = entry.version in {None, fact.version}
        return is_version and entry.fact == fact.fact.path and new in entry.to


@dataclass(frozen=True, slots=True)
class Coverage:
    """The facts of one policy, and those that no scenario exercises.

    `idle` facts are not among them: nothing can depend on them as the others are.
    """

    timeline: Timeline
    facts: tuple[RuleFact, ...]
    missed: tuple[RuleFact, ...]
    idle: tuple[RuleFact, ...]
    excuses: tuple[Excuse, ...]
    tried: tuple[Tried, ...]

    @property
    def policy(self) -> str:
        """Give the policy's name."""
        return self.timeline.name

    @property
    def exercised(self) -> int:
        """Count the facts that some scenario exercises."""
        return len(self.facts) - len(self.missed)


@dataclass(slots=True)
class _Exercise:
    """One policy while its scenarios run."""

    timeline: Timeline
    reads: Reads
    watched: Timeline
    tried: list[Tried] = field(default_factory=list)
    excuses: list[Excuse] = field(default_factory=list)


def covered(
    paths: Sequence[Path], *, with_drafts: bool = False
) -> tuple[Report, tuple[Coverage, ...]]:
    """Run scenarios as `run_scenarios` does, and find which facts they exercise.

    Gives: what came of the scenarios; and the coverage of each policy that has some, in the order
    in which they were run.
    Raises: FileNotFoundError for a path that is not there.
    """
    exercises: dict[int, _Exercise] = {}

    def play(read: ReadScenarios, index: int, scenario: Scenario, timeline: Timeline) -> Result:
        if id(timeline) not in exercises:
            reads = Reads()
            exercises[id(timeline)] = _Exercise(timeline, reads, watched_timeline(timeline, reads))
        return _play(exercises[id(timeline)], read, index, scenario)

    report = run_scenarios(paths, play, with_drafts=with_drafts)
    return report, tuple(_coverage(each) for each in exercises.values())


def _play(exercise: _Exercise, read: ReadScenarios, index: int, scenario: Scenario) -> Result:
    reads, source = exercise.reads, read.source
    if not index and read.document is not None:
        exercise.excuses += [
            Excuse(source.name, source.value_span(f"/excused/{no}").line, each)
            for no, each in enumerate(read.document.excused)
        ]
    reads.forget()
    result = run_scenario(source, index, scenario, exercise.watched, reads)
    exercise.tried.append(
        Tried(source, index, scenario, result, frozenset(reads.deciding), reads.every)
    )
    return result


def _coverage(exercise: _Exercise) -> Coverage:
    deciding = {read for tried in exercise.tried for read in tried.deciding}
    every = rule_facts(exercise.timeline)
    idle = tuple(each for each in every if is_idle(exercise.timeline, each))
    facts = tuple(each for each in every if each not in idle)
    missed = tuple(each for each in facts if not exercises(deciding, each))
    excuses = tuple(exercise.excuses)
    return Coverage(exercise.timeline, facts, missed, idle, excuses, tuple(exercise.tried))


def exercises(reads: frozenset[Read] | set[Read], fact: RuleFact) -> bool:
    """Tell whether a fact is among what was read."""
    if fact.fact.pointer in _ALWAYS:
        return any(version == fact.version for version, _ in reads)
    return any(read in reads for read in fact.reads)


def is_idle(timeline: Timeline, fact: RuleFact) -> bool:
    """Tell a fact that the language requires and that nothing can depend on.

    That is when carried credits expire where none are carried, and what a change of plan does where
    there is one plan.
    """
    policy = timeline.version(fact.version)
    if policy is None or fact.fact.steps[0] != "changes":
        return False
    if len(policy.plans) == 1 and fact.fact.pointer != "/changes/cancel/to":
        return True
    if fact.fact.steps[-1] != "carried_expires":
        return False
    part: Any = policy.document.changes
    for step in fact.fact.steps[1:-1]:
        part = part[step] if isinstance(step, int) else getattr(part, step)
    return bool(part.unused != "carry_over")


def rule_facts(timeline: Timeline) -> tuple[RuleFact, ...]:
    """Give the facts of all versions that decide something, in the order of the files.

    Texts for people, the identity of the file and words without an alternative do not count.
    """
    return tuple(
        RuleFact(policy.version, policy.file, fact)
        for policy in timeline.policies
        for fact in facts_of(load_source(policy.source, policy.file)[0])
        if fact.kind != "text"
        and fact.pointer not in _IDENTITY
        and not (fact.kind == "choice" and len(fact.choices) == 1)
    )
