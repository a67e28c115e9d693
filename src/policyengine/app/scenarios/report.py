"""Running scenario files: what came of them, drawn for people and counted for machines."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias

from policyengine.app.scenarios.document import Scenario
from policyengine.app.scenarios.folders import (
    PolicyFolder,
    is_scenario_file,
    read_folder,
    shown_path,
)
from policyengine.app.scenarios.reading import ReadScenarios, read_scenarios
from policyengine.app.scenarios.run import Result, run_scenario
from policyengine.policy.source import Source
from policyengine.policy.timeline import Timeline
from policyengine.values.diagnostics import Diagnostic, Span, drawn, has_errors

ExitCode: TypeAlias = Literal[0, 1, 5]

ALL_PASSED: Final = 0
SOME_FAILED: Final = 1
NOTHING_TO_CHECK: Final = 5


@dataclass(frozen=True, slots=True)
class Report:
    """What came of all scenarios.

    `findings` are what is wrong with scenario files and policies, so that scenarios could not run.
    `lines` are the lines of every file that was read, for drawing.
    """

    results: tuple[Result, ...]
    findings: tuple[Diagnostic, ...]
    files: int
    lines: Mapping[str, Sequence[str]]

    @property
    def passed(self) -> tuple[Result, ...]:
        """Give the scenarios in which everything is as expected."""
        return tuple(each for each in self.results if each.passed)

    @property
    def failed(self) -> tuple[Result, ...]:
        """Give the scenarios in which something is not."""
        return tuple(each for each in self.results if not each.passed)

    @property
    def failures(self) -> tuple[Diagnostic, ...]:
        """Give everything that is wrong, files that could not be run first."""
        return (*self.findings, *(each for result in self.failed for each in result.failures))

    @property
    def exit_code(self) -> ExitCode:
        """Give 0 when everything passed, 1 when something did not, 5 when there was nothing."""
        if self.failed or has_errors(self.findings):
            return SOME_FAILED
        return ALL_PASSED if self.results else NOTHING_TO_CHECK

    def text(self) -> str:
        """Draw every failure on its line, then count."""
        parts = [drawn_findings([each], self.lines.get(each.file, ())) for each in self.findings]
        for result in self.failed:
            head = f"{result.file}:{result.line}: FAILED {result.title}"
            parts.append("\n".join([head, *failures_text(result, self.lines)]))
        return "\n\n".join([*parts, self.summary])

    @property
    def summary(self) -> str:
        """Count in one line."""
        if not self.results and not self.findings:
            return "no scenarios found"
        expectations = sum(each.expectations for each in self.results)
        return (
            f"{_counted(len(self.passed), 'scenario')} passed, {len(self.failed)} failed; "
            f"{_counted(expectations, 'expectation')} in {_counted(self.files, 'file')}"
            + (f", {_counted(len(self.findings), 'finding')}" if self.findings else "")
        )


def drawn_findings(findings: Iterable[Diagnostic], lines: Sequence[str]) -> str:
    """Draw findings of one file."""
    return "\n".join(drawn(each, lines) for each in findings)


def failures_text(result: Result, lines: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Draw the failures of one scenario."""
    return (drawn(each, lines.get(each.file, ())) for each in result.failures)


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def scenario_files(paths: Sequence[Path]) -> list[Path]:
    """Find scenario files: those named, and all below the folders named, in order, each once.

    Raises: FileNotFoundError for a path that is not there.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_file():
            found[path] = None
        elif path.is_dir():
            below = sorted((*path.rglob("*.yaml"), *path.rglob("*.yml")))
            found.update(dict.fromkeys(each for each in below if is_scenario_file(each)))
        else:
            raise FileNotFoundError(f"there is no file or folder `{path}`")
    return list(found)


Play: TypeAlias = Callable[[ReadScenarios, int, Scenario, Timeline], Result]
"""How a scenario of a file is run."""


def _run(read: ReadScenarios, index: int, scenario: Scenario, timeline: Timeline) -> Result:
    return run_scenario(read.source, index, scenario, timeline)


def run_scenarios(paths: Sequence[Path], play: Play = _run, *, with_drafts: bool = False) -> Report:
    """Run every scenario of files and folders on all versions of its policy.

    Takes: who runs each of them, if anything is to be known beyond its result; whether drafts come
    into force as well.
    Raises: FileNotFoundError for a path that is not there.
    """
    root = Path.cwd()
    files = scenario_files(paths)
    folders: dict[Path, PolicyFolder] = {}
    findings: list[Diagnostic] = []
    results: list[Result] = []
    lines: dict[str, Sequence[str]] = {}
    for path in files:
        home = path.absolute().parent.parent
        if home not in folders:
            folders[home] = read_folder(home, root, with_drafts=with_drafts)
            lines.update(folders[home].lines)
            findings += (each for each in folders[home].findings if each.severity == "error")
        read = read_scenarios(path.read_bytes(), shown_path(path, root))
        lines[read.source.name] = read.source.lines
        faults = usable(read, folders[home])
        findings += faults
        if not faults:
            results += results_of(read, folders[home], play)
    return Report(tuple(results), tuple(dict.fromkeys(findings)), len(files), lines)


def usable(read: ReadScenarios, folder: PolicyFolder) -> tuple[Diagnostic, ...]:
    """Give what keeps a scenario file from being run; nothing for one that can be."""
    if read.document is None:
        return read.findings
    if folder.timeline is None:
        return (_no_policy(read.source, folder),)
    return ()


def _no_policy(source: Source, folder: PolicyFolder) -> Diagnostic:
    message = "there is no policy in the folder above"
    help_ = "keep scenarios in a folder `scenarios` beside the versions of their policy"
    if has_errors(folder.findings):
        message = "the policy of these scenarios has errors"
        help_ = "mend the policy first: `policyengine validate` shows its errors"
    elif folder.drafts:
        message = "every version in the folder above is a draft, and decides nothing"
        help_ = "run them with drafts: `policyengine test --drafts`"
    return Diagnostic("SC208", message, source.name, Span(1, 1, 1, 1), help=help_)


def results_of(read: ReadScenarios, folder: PolicyFolder, play: Play) -> Iterator[Result]:
    """Run the scenarios of a file that can be run."""
    if read.document is not None and folder.timeline is not None:
        for index, scenario in enumerate(read.document.scenarios):
            yield play(read, index, scenario, folder.timeline)
