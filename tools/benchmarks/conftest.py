"""Prints, after the timings, each figure as a ratio to the floor of its group."""

import os
from collections import defaultdict
from typing import Any

import pytest


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print the ratios; the best time of many rounds stands for each figure."""
    session = getattr(config, "_benchmarksession", None)
    if session is None or not session.benchmarks:
        return
    groups: dict[str, dict[str, float]] = defaultdict(dict)
    notes: dict[str, str] = {}
    for each in session.benchmarks:
        per = each.extra_info.get("per", 1)
        groups[each.group or ""][each.name.removeprefix("test_")] = each.stats.min / per
        notes[each.name.removeprefix("test_")] = each.extra_info.get("goal", "")
    terminalreporter.section(f"ratios to floors, load {os.getloadavg()[0]:.1f}")
    for group, figures in groups.items():
        floor = next((time for name, time in figures.items() if "floor" in name), None)
        terminalreporter.write_line(f"\n{group}")
        for name, time in figures.items():
            ratio = "" if floor is None else f"{time / floor:9.2f} x floor"
            rate = f"{1 / time:14,.0f} /s"
            terminalreporter.write_line(
                f"  {name.replace('_', ' '):<52}{time * 1e6:12,.2f} us{rate}{ratio}  {notes[name]}"
            )
