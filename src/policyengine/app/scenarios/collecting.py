"""Scenarios as pytest items: one test per scenario, named by its title."""

from collections.abc import Callable, Iterator
from difflib import unified_diff
from pathlib import Path
from typing import Any, Final

import pytest

from policyengine.app.scenarios.document import Scenario
from policyengine.app.scenarios.folders import (
    PolicyFolder,
    is_scenario_file,
    read_folder,
    shown_path,
)
from policyengine.app.scenarios.reading import ReadScenarios, read_scenarios
from policyengine.app.scenarios.report import drawn_findings, failures_text, usable
from policyengine.app.scenarios.run import run_scenario
from policyengine.policy.timeline import Timeline

_FOLDERS: Final = pytest.StashKey[dict[Path, PolicyFolder]]()
BROKEN: Final = "can be run"
"""The name of the only test of a file that cannot."""


class ScenarioFailed(Exception):  # noqa: N818  # it says what happened
    """A scenario is not met; the message is all that a report needs."""


def collected(path: Path, parent: pytest.Collector) -> "ScenarioModule | None":
    """Give the collector of a scenario file, or None for another file."""
    if not is_scenario_file(path):
        return None
    return ScenarioModule.from_parent(parent, path=path)


class ScenarioModule(pytest.File):
    """A scenario file."""

    def collect(self) -> Iterator["ScenarioItem"]:
        """Give a test for each scenario, or one that fails for a file that cannot be run."""
        folder = _folder(self.config, self.path.parent.parent)
        name = shown_path(self.path, self.config.rootpath)
        read = read_scenarios(self.path.read_bytes(), name)
        if usable(read, folder) or read.document is None or folder.timeline is None:
            yield ScenarioItem.from_parent(self, name=BROKEN, callobj=_broken(read, folder))
            return
        has_snapshots = self.config.pluginmanager.hasplugin("syrupy")
        make = _with_snapshot if has_snapshots else _without_snapshot
        for index, scenario in enumerate(read.document.scenarios):
            test = make(read, index, scenario, folder.timeline)
            item = ScenarioItem.from_parent(self, name=scenario.title, callobj=test)
            item.line = read.source.value_span(f"/scenarios/{index}/title").line
            yield item


def _folder(config: pytest.Config, path: Path) -> PolicyFolder:
    """Read a policy folder once for all its scenario files."""
    known = config.stash.setdefault(_FOLDERS, {})
    if path not in known:
        known[path] = read_folder(path, config.rootpath)
    return known[path]


class ScenarioItem(pytest.Function):
    """A scenario as a test. It is a function test, so that fixtures and snapshots work in it."""

    line = 1

    def reportinfo(self) -> tuple[Path, int, str]:
        """Give the place that editors jump to; pytest counts lines from 0."""
        return self.path, self.line - 1, self.name

    def repr_failure(  # type: ignore[override]  # as pytest's own Function has it
        self, excinfo: pytest.ExceptionInfo[BaseException]
    ) -> Any:
        """Show what is not met, drawn on the scenario's lines, and no Python."""
        if isinstance(excinfo.value, ScenarioFailed):
            return str(excinfo.value)
        return super().repr_failure(excinfo)


def _broken(read: ReadScenarios, folder: PolicyFolder) -> Callable[[], None]:
    def test() -> None:
        parts = [drawn_findings(usable(read, folder), read.source.lines), folder.report()]
        raise ScenarioFailed("\n\n".join(part for part in parts if part))

    return test


def _without_snapshot(
    read: ReadScenarios, index: int, scenario: Scenario, timeline: Timeline
) -> Callable[[], None]:
    def test() -> None:
        result = run_scenario(read.source, index, scenario, timeline)
        if not result.passed:
            failures = failures_text(result, {read.source.name: read.source.lines})
            raise ScenarioFailed("\n".join((*failures, "", result.ledger)))

    return test


def _with_snapshot(
    read: ReadScenarios, index: int, scenario: Scenario, timeline: Timeline
) -> Callable[[Any], None]:
    # syrupy is a tool of tests; the package itself does not need it.
    from policyengine.app.scenarios.snapshots import LedgerSnapshots  # noqa: PLC0415  # as said

    def test(snapshot: Any) -> None:
        result = run_scenario(read.source, index, scenario, timeline)
        taken = snapshot.use_extension(LedgerSnapshots)
        if not result.passed:  # what is not as expected is not what should be remembered
            taken.update_snapshots = taken.update_new_snapshots_only = False
        is_same = taken == result.ledger
        if not result.passed:
            failures = failures_text(result, {read.source.name: read.source.lines})
            raise ScenarioFailed("\n".join((*failures, "", result.ledger)))
        if not is_same:
            before = taken.executions[taken.num_executions - 1].recalled_data
            raise ScenarioFailed(_changed(before, result.ledger))

    return test


def _changed(before: str | None, now: str) -> str:
    """Show how a ledger differs from its snapshot, and what to do."""
    accept = "  = help: if that is meant, run `pytest --snapshot-update` and commit the snapshot"
    if before is None:
        return f"this scenario's ledger has no snapshot yet\n{accept}\n\n{now}"
    lines = unified_diff(before.splitlines(), now.splitlines(), "snapshot", "now", lineterm="", n=2)
    return "\n".join(["the ledger is not as in its snapshot", accept, "", *lines])
