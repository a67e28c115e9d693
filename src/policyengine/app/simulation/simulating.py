"""From what a caller asks to a report: mapping found and checked, usage run, time taken."""

import time
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from policyengine.app.replay.faults import ReplayError
from policyengine.app.replay.files import usage_file
from policyengine.app.replay.intake import Intake, Progress
from policyengine.app.replay.mapping.document import MappingDocument
from policyengine.app.replay.mapping.load import find_mapping, load_mapping
from policyengine.app.replay.mapping.suiting import check_suits
from policyengine.app.replay.totals import Totals
from policyengine.app.simulation.about import About, Report
from policyengine.app.simulation.ledger import ledger_recording
from policyengine.app.simulation.running import Means, simulate
from policyengine.app.simulation.sides import Side, timeline_of
from policyengine.app.simulation.usage import usage_recording
from policyengine.app.starter import policy_folder
from policyengine.values.diagnostics import drawn


def _silent(_phase: str, _done: int, _total: int | None) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Change:
    """The change that is simulated: old and new policy, and the share of wallets to take."""

    old: Side
    new: Side
    share: Fraction = Fraction(1)


def simulate_file(
    file: Path,
    mapping: str,
    change: Change,
    means: Means,
    *,
    rows_max: int | None = None,
    progress: Progress = _silent,
) -> Report:
    """Simulate a usage file.

    Takes: a mapping by its path, or by its name beside either policy.
    Raises: PolicyError, ReplayError for files that cannot be used.
    """
    began = time.monotonic_ns()
    data, document = _mapping(mapping, change)
    intake = Intake(usage_file(file, document), document, rows_max)
    sides, totals = (change.old, change.new), Totals()
    with usage_recording(intake, data, sides, totals, progress) as recording:
        simulated = simulate(recording, sides, change.share, means, progress)
    took_ms = (time.monotonic_ns() - began) // 1_000_000
    about = About(
        str(file),
        intake.file.sha256,
        document.mapping,
        "rows",
        change.old,
        change.new,
        totals,
        means.workers,
        took_ms,
    )
    return Report(about, simulated)


def simulate_ledger(
    url: str, change: Change, means: Means, *, progress: Progress = _silent
) -> Report:
    """Simulate what the wallets of a ledger were asked.

    Takes: the ledger's address; an old side that is the policy of its wallets.
    Raises: PolicyError, ReplayError for what cannot be simulated; the store's faults.
    """
    began = time.monotonic_ns()
    sides = (change.old, change.new)
    with ledger_recording(url, sides, progress) as recording:
        simulated = simulate(recording, sides, change.share, means, progress)
        sha256, left_out = recording.sha256, recording.left_out
    took_ms = (time.monotonic_ns() - began) // 1_000_000
    about = About(url, sha256, "", "entries", *sides, None, means.workers, took_ms, left_out)
    return Report(about, simulated)


def _mapping(name: str, change: Change) -> tuple[bytes, MappingDocument]:
    """Find a mapping beside the old policy or the new one, and check it against both."""
    path = _found(name, change)
    data = path.read_bytes()
    loaded = load_mapping(data, str(path))
    findings = loaded.findings
    document = loaded.document
    if document is not None:
        timelines = [timeline_of(side) for side in (change.old, change.new)]
        suiting = [check_suits(loaded.source, document, {each.name: each}) for each in timelines]
        findings = next((each for each in suiting if each), ())
    if document is None or findings:
        lines = loaded.source.lines
        raise ReplayError("\n\n".join(drawn(each, lines) for each in findings), findings)
    return data, document


def _found(name: str, change: Change) -> Path:
    places = []
    for side in (change.old, change.new):
        path = policy_folder(side.label)
        places.append(path.parent if path.is_file() else path)
    try:
        return find_mapping(name, places[0])
    except ReplayError:
        return find_mapping(name, places[1])
