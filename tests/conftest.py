"""What all tests share: the same examples everywhere, and figures printed at the end."""

from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from tools import counts

from store.servers import Server, start_server

# Derandomised: a red run is red on every machine. `tools/soak` looks for new examples.
settings.register_profile(
    "house",
    derandomize=True,
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("house")


@pytest.fixture(scope="session")
def server() -> Server:
    """A PostgreSQL of this test process's own."""
    return start_server()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print what tests have measured and counted: `record_property("figure", ...)`."""
    reports = terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
    properties = [each for report in reports for each in report.user_properties]
    figures = {value for name, value in properties if name == "figure"}
    for figure in sorted(figures):
        terminalreporter.write_line(figure)
    found = counts.gathered(properties)
    if found.counts:
        terminalreporter.write_line(f"faults: {found.line()}")
        counts.keep(found)
