"""The pytest plugin: scenario files are tests, and each scenario has a snapshot of its ledger."""

from pathlib import Path

import pytest

FOLDER = "scenarios"
SUFFIXES = frozenset({".yaml", ".yml"})


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect a scenario file; other files are none of this plugin's business."""
    if file_path.suffix not in SUFFIXES or file_path.parent.name != FOLDER:
        return None
    # Every test run on a machine that has this package loads the plugin: whoever has no scenarios
    # does not wait for the house to be imported, and a coverage plugin has started by now.
    from policyengine.app.scenarios.collecting import collected  # noqa: PLC0415  # as said above

    return collected(file_path, parent)
