"""What all tests share: property tests run the same examples everywhere, without a clock."""

import pytest
from hypothesis import HealthCheck, settings

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
