"""What the tests of scenarios share: texts read and run on the reference policy, and goldens."""

from functools import cache
from pathlib import Path
from typing import Final

from policyengine.app.scenarios.folders import PolicyFolder, read_folder
from policyengine.app.scenarios.reading import ReadScenarios, read_scenarios
from policyengine.app.scenarios.report import drawn_findings, failures_text
from policyengine.app.scenarios.run import Result, run_scenario
from policyengine.policy.timeline import Timeline

ROOT: Final = Path(__file__).resolve().parents[3]
REFERENCE: Final = ROOT / "policies" / "codeflicker"
HERE: Final = Path(__file__).resolve().parent


@cache
def reference() -> PolicyFolder:
    """The versions of the reference policy."""
    return read_folder(REFERENCE, ROOT)


def timeline() -> Timeline:
    """The reference policy's timeline."""
    found = reference().timeline
    assert found is not None, reference().report()
    return found


def results_of(read: ReadScenarios) -> tuple[Result, ...]:
    """Run all scenarios of a file that has no findings."""
    assert read.document is not None, drawn_findings(read.findings, read.source.lines)
    return tuple(
        run_scenario(read.source, index, scenario, timeline())
        for index, scenario in enumerate(read.document.scenarios)
    )


def run(steps: str, given: str = "{at: 2026-02-01T00:00:00Z, plan: free}") -> Result:
    """Run one scenario of the given steps, written as in a file."""
    indented = "".join(f"      {line}\n" for line in steps.strip("\n").splitlines())
    text = (
        f"about: a test\nscenarios:\n  - title: a test\n    given: {given}\n    steps:\n{indented}"
    )
    (result,) = results_of(read_scenarios(text, "test.yaml"))
    return result


def drawn_reading(path: Path) -> str:
    """Read a file, and draw what is wrong with it."""
    read = read_scenarios(path.read_bytes(), path.name)
    return drawn_findings(read.findings, read.source.lines) + "\n"


def drawn_run(path: Path) -> str:
    """Run a file, and draw what is not met."""
    read = read_scenarios(path.read_bytes(), path.name)
    lines = {read.source.name: read.source.lines}
    parts = [line for each in results_of(read) for line in failures_text(each, lines)]
    return "\n".join(parts) + "\n"


def codes_of(result: Result) -> list[str]:
    """The codes of what is not met."""
    return [each.code for each in result.failures]


def messages_of(result: Result) -> list[str]:
    """The messages of what is not met."""
    return [each.message for each in result.failures]


if __name__ == "__main__":  # `PYTHONPATH=tests python -m app.scenarios.playing` writes the goldens
    for bad in HERE.glob("broken/*.yaml"):
        bad.with_suffix(".txt").write_text(drawn_reading(bad))
    for unmet in HERE.glob("unmet/*.yaml"):
        unmet.with_suffix(".txt").write_text(drawn_run(unmet))
