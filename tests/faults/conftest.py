"""What tests of faults share: one place to count, one seed, and how long they run."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tools import counts as counted

from faults.clusters import Cluster, started
from faults.places import DATABASES, new_ledger
from store.servers import Server


class Counting:
    """Counts of one test: what it did to the ledger, and what harm came of it."""

    def __init__(self, record: Callable[[str, object], None]) -> None:
        self._record = record

    def add(self, **counts: int) -> None:
        """Add to the counts of the run; the names are those of `tools/counts.py`."""
        for name, count in counts.items():
            assert name in counted.NAMES, f"add `{name}` to tools/counts.py first"
            self._record(f"{counted.PROPERTY}{name}", count)


@pytest.fixture
def counts(record_property: Callable[[str, object], None]) -> Counting:
    """Count into the table of the run: `counts.add(kills=1, lost=0)`."""
    return Counting(record_property)


@pytest.fixture(scope="session")
def seed() -> int:
    """The number that random choices follow from; `SOAK_SEED=7 tools/soak` takes another one."""
    return counted.seed()


@pytest.fixture
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty ledger on the server of this test process."""
    with new_ledger("postgresql", request) as address:
        yield address


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty ledger, on each database."""
    with new_ledger(request.param, request) as address:
        yield address


@pytest.fixture(params=DATABASES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where there is no ledger yet, on each database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/ledger.db"
        return
    server: Server = request.getfixturevalue("server")
    name = server.new_database()
    yield server.url(name)
    server.drop(name)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A server of a module's own, which may be stopped and started."""
    made = started()
    yield made
    made.stop()
