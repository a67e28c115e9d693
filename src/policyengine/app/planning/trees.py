"""The scenarios of a plan: which are new, gone or changed, what they expect, what they lead to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias

from policyengine.app.planning.playing import Played, outcome_of
from policyengine.app.scenarios.document import Scenario
from policyengine.app.scenarios.folders import SCENARIOS
from policyengine.app.scenarios.reading import ReadScenarios, read_scenarios
from policyengine.app.scenarios.report import run_scenarios
from policyengine.app.scenarios.run import Result, run_scenario
from policyengine.policy.policy import Policy
from policyengine.policy.timeline import Timeline

Fate: TypeAlias = Literal["new", "changed", "gone"]

FATES: Final[tuple[Fate, ...]] = ("new", "changed", "gone")


@dataclass(frozen=True, slots=True)
class Edited:
    """A scenario that a change adds, alters or takes away."""

    fate: Fate
    file: str
    title: str


@dataclass(frozen=True, slots=True)
class Scenarios:
    """What a change means for scenarios.

    `results` are what came of them on all versions, as `test` runs them; `played` what they lead to
    under the old version of their policy and the new one.
    """

    edited: tuple[Edited, ...]
    results: tuple[Result, ...]
    played: tuple[Played, ...]

    @property
    def unmet(self) -> tuple[Result, ...]:
        """Give the scenarios that expect something else than what comes of them."""
        return tuple(each for each in self.results if not each.passed)

    @property
    def different(self) -> tuple[Played, ...]:
        """Give those that come out otherwise."""
        return tuple(each for each in self.played if each.differs)


def scenarios_of(
    home: Path, before: Mapping[str, bytes], pairs: Sequence[tuple[Policy, Policy]]
) -> Scenarios:
    """Run the scenarios of the policies that change.

    Takes: the folder of policies, scenario files as they were by their place below it, the pairs
    of versions to play under. Files of scenarios must be free of mistakes.
    """
    folders = {Path(new.file).absolute().parent: (old, new) for old, new in pairs}
    places = [each / SCENARIOS for each in folders if (each / SCENARIOS).is_dir()]
    played: list[Played] = []

    def play(read: ReadScenarios, index: int, scenario: Scenario, timeline: Timeline) -> Result:
        result = run_scenario(read.source, index, scenario, timeline)
        pair = folders.get(Path(read.source.name).absolute().parent.parent)
        if pair is not None:
            was, now = (outcome_of(scenario, each) for each in pair)
            played.append(Played(result.file, result.line, result.title, was, now))
        return result

    results = run_scenarios(places, play).results if places else ()
    return Scenarios(_edited(before, _texts(home)), results, tuple(played))


def _texts(home: Path) -> dict[str, bytes]:
    return {
        path.relative_to(home).as_posix(): path.read_bytes()
        for suffix in ("yaml", "yml")
        for path in sorted(home.rglob(f"{SCENARIOS}/*.{suffix}"))
    }


def _edited(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> tuple[Edited, ...]:
    """Compare scenarios by file and title; what is written in another way is the same."""
    found: list[Edited] = []
    for file in dict.fromkeys((*after, *before)):
        if before.get(file) == after.get(file):
            continue
        old, new = (_by_title(each.get(file), file) for each in (before, after))
        found += (Edited("new", file, each) for each in new if each not in old)
        found += (Edited("gone", file, each) for each in old if each not in new)
        found += (
            Edited("changed", file, each) for each in new if each in old and old[each] != new[each]
        )
    return tuple(sorted(found, key=lambda each: FATES.index(each.fate)))


def _by_title(data: bytes | None, file: str) -> dict[str, Scenario]:
    document = None if data is None else read_scenarios(data, file).document
    return {} if document is None else {each.title: each for each in document.scenarios}
