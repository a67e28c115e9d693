"""Mutation of policies: each fact is changed in turn, and scenarios are asked who notices."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias

from policyengine.app.coverage.changes import changes_of
from policyengine.app.coverage.exercise import (
    Coverage,
    Excuse,
    RuleFact,
    Tried,
    covered,
    exercises,
)
from policyengine.app.scenarios.run import notices
from policyengine.policy.load import load_policy
from policyengine.policy.nodes import ScalarNode
from policyengine.policy.rewriting import replaced, written
from policyengine.policy.scalars import number_of
from policyengine.policy.timeline import Timeline
from policyengine.policy.versions import timeline_of

Fate: TypeAlias = Literal["noticed", "survived", "excused", "invalid"]

FACTS_AT_ONCE: Final = 8
"""Facts that a process takes at a time."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A fact with another value, and what became of it; `asked` counts who read the fact."""

    fact: RuleFact
    new: str
    fate: Fate
    asked: int = 0
    excuse: Excuse | None = None


@dataclass(frozen=True, slots=True)
class Mutation:
    """What became of all changes of a policy; `idle_excuses` are about none that survived."""

    policy: str
    mutants: tuple[Mutant, ...]
    idle_excuses: tuple[tuple[Excuse, str], ...]

    def of(self, fate: Fate) -> tuple[Mutant, ...]:
        """Give the changes with a fate."""
        return tuple(each for each in self.mutants if each.fate == fate)

    @property
    def noticed(self) -> int:
        """Count the changes that some scenario notices."""
        return len(self.of("noticed"))

    @property
    def counted(self) -> int:
        """Count the changes that some scenario should notice: valid ones without an excuse."""
        return self.noticed + len(self.of("survived"))


class Mutator:
    """Changes the facts of one policy, one at a time; the files stay as they are."""

    def __init__(self, coverage: Coverage) -> None:
        """Read the versions once more, to change them as texts."""
        self.coverage = coverage
        self.loaded = tuple(
            load_policy(each.source, each.file) for each in coverage.timeline.policies
        )

    def mutants_of(self, fact: RuleFact) -> Iterator[Mutant]:
        """Give every change of a fact with its fate."""
        asked = self._asked(fact)
        for new, timeline in self.timelines_of(fact).items():
            if timeline is None:
                yield Mutant(fact, new, "invalid")
            elif any(notices(each.source, each.index, each.scenario, timeline) for each in asked):
                yield Mutant(fact, new, "noticed", len(asked))
            else:
                excuse = next(
                    (each for each in self.coverage.excuses if each.covers(fact, new)), None
                )
                fate: Fate = "survived" if excuse is None else "excused"
                yield Mutant(fact, new, fate, len(asked), excuse)

    def timelines_of(self, fact: RuleFact) -> dict[str, Timeline | None]:
        """Give the timeline with each change of a fact, or None where a change is not valid."""
        index = [each.source.name for each in self.loaded].index(fact.file)
        document = self.loaded[index].document
        changes = () if document is None else changes_of(fact.fact, document)
        return {new: self._changed(index, fact, new) for new in changes}

    def _asked(self, fact: RuleFact) -> list[Tried]:
        """Give the scenarios that read a fact, those that read little first: they are about it."""
        found = [each for each in self.coverage.tried if exercises(each.every, fact)]
        return sorted(found, key=lambda each: len(each.every))

    def _changed(self, index: int, fact: RuleFact, new: str) -> Timeline | None:
        old = self.loaded[index]
        node = old.source.node(fact.fact.pointer)
        if not isinstance(node, ScalarNode):
            return None
        value = number_of(new) if fact.fact.kind == "number" else new
        text = replaced(old.source.text, node.span, written(value, node))
        changed = load_policy(text, old.source.name)
        if changed.policy is None:
            return None
        files = (*self.loaded[:index], changed, *self.loaded[index + 1 :])
        return timeline_of(files, with_drafts=_has_drafts(self.coverage.timeline)).timeline


def _has_drafts(timeline: Timeline) -> bool:
    return any(policy.document.status == "draft" for policy in timeline.policies)


def mutated(paths: Sequence[Path], covers: Sequence[Coverage], jobs: int = 1) -> list[Mutation]:
    """Change every fact of policies in turn, and ask the scenarios that read it who notices.

    Takes: the paths that `covered` was given, and what it gave; how many processes may help.
    Gives: the same for any number of processes.
    """
    counts = [len(each.facts) for each in covers]
    if jobs == 1:
        return [_mutation(each, _mutants(each, range(len(each.facts)))) for each in covers]
    drafts = any(_has_drafts(each.timeline) for each in covers)
    begun = tuple(paths), drafts
    with ProcessPoolExecutor(jobs, initializer=_begin, initargs=begun) as pool:
        work = [
            (number, first)
            for number, count in enumerate(counts)
            for first in range(0, count, FACTS_AT_ONCE)
        ]
        found: list[list[Mutant]] = [[] for _ in covers]
        for (number, _), some in zip(work, pool.map(_work, work), strict=True):
            found[number] += some
    return [_mutation(each, some) for each, some in zip(covers, found, strict=True)]


def _mutants(coverage: Coverage, numbers: Sequence[int]) -> list[Mutant]:
    mutator = Mutator(coverage)
    facts = [coverage.facts[number] for number in numbers]
    return [mutant for fact in facts for mutant in mutator.mutants_of(fact)]


def _mutation(coverage: Coverage, mutants: Sequence[Mutant]) -> Mutation:
    excused = {(each.excuse.place, each.new) for each in mutants if each.excuse is not None}
    idle = tuple(
        (excuse, new)
        for excuse in coverage.excuses
        for new in excuse.entry.to
        if (excuse.place, new) not in excused
    )
    return Mutation(coverage.policy, tuple(mutants), idle)


_COVERS: Final[list[Coverage]] = []
"""What a helping process works on."""


def _begin(paths: tuple[Path, ...], with_drafts: bool) -> None:  # by the pool
    _COVERS[:] = covered(paths, with_drafts=with_drafts)[1]


def _work(part: tuple[int, int]) -> list[Mutant]:
    number, first = part
    coverage = _COVERS[number]
    last = min(first + FACTS_AT_ONCE, len(coverage.facts))
    return _mutants(coverage, range(first, last))
