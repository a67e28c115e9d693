"""docs/operating.md: its examples of metrics count what happens, under the names of its table."""

import re
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, Final

import opentelemetry.metrics
import pytest

from house.documents import blocks_of
from policyengine.app.engine import Engine
from policyengine.engine.refusals import CODES
from policyengine.store import faults
from policyengine.store.happenings import Batched, Happening, Retried, TurnedAway, Viewed, Written

ROOT: Final = Path(__file__).parents[2]
TEXT: Final = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
RARE: Final = (
    Retried("LedgerContended", 3),
    TurnedAway(10_000),
    Written("OutcomeUnknown", 0, 0, 0.5, 0.25, 0.125),
    Viewed("LedgerDamaged", 0.5),
    Batched(4, 0.5, 0.25, 7, 2, 1),
)
"""What a short test does not bring about by itself."""


@dataclass
class Recorder:
    """Notes what is recorded under a name and its labels, as metrics of both libraries do."""

    name: str
    told: Counter[tuple[Any, ...]]
    names: tuple[str, ...] = ()
    labelled: tuple[Any, ...] = field(default=())

    def labels(self, *values: Any) -> "Recorder":
        assert len(values) == len(self.names)
        assert all(isinstance(each, str) for each in values)
        return Recorder(self.name, self.told, self.names, values)

    def inc(self, by: float = 1) -> None:
        self.told[(self.name, *self.labelled)] += by  # type: ignore[assignment]  # may be whole

    def set(self, value: float) -> None:
        self.inc(value)

    def observe(self, value: float) -> None:
        assert value >= 0
        self.inc()

    def add(self, by: float, attributes: dict[str, Any]) -> None:
        self.told[(self.name, *attributes.values())] += by  # type: ignore[assignment]  # as above

    def record(self, value: float, attributes: dict[str, Any]) -> None:
        assert value >= 0
        self.add(1, attributes)


def example(name: str) -> str:
    (block,) = [each for each in blocks_of(TEXT) if each.text.startswith(f"# file: {name}\n")]
    return block.text


def run(code: str) -> dict[str, Any]:
    namespace: dict[str, Any] = {"__name__": "example"}
    exec(compile(code, "docs/operating.md", "exec"), namespace)  # noqa: S102  # our own document
    return namespace


def drive(observe: Any) -> None:
    """Let an observer see a few requests, and what seldom happens."""
    with Engine.open(
        "sqlite://", ROOT / "policies/codeflicker", observer=observe, group_commit=True
    ) as engine:
        engine.subscribe("ana", "pro", key="join")
        for _ in range(2):
            engine.charge("ana", "lite", {"text_input": 2000}, key="k1")
        engine.charge("ana", "none", {"text_input": 2000}, key="k2")
        engine.balance("ana")
    for each in RARE:
        observe(each)


@pytest.fixture
def prometheus(monkeypatch: pytest.MonkeyPatch) -> Counter[tuple[Any, ...]]:
    """Put the plain interface of `prometheus_client` in its place."""
    told: Counter[tuple[Any, ...]] = Counter()

    def metric(
        name: str, documentation: str, labelnames: tuple[str, ...] = (), **_: object
    ) -> Recorder:
        assert documentation
        return Recorder(name, told, tuple(labelnames))

    module: Any = ModuleType("prometheus_client")
    module.Counter = module.Gauge = module.Histogram = metric
    monkeypatch.setitem(sys.modules, "prometheus_client", module)
    return told


def test_the_example_for_prometheus_counts_what_happens(
    prometheus: Counter[tuple[Any, ...]],
) -> None:
    drive(run(example("watching_prometheus.py"))["observe"])
    counted = {
        key: value
        for key, value in prometheus.items()
        if key[0] not in {"credits_seconds", "credits_waiting"}
    }
    assert counted == {
        ("credits_answers", "subscribe", "", "False"): 1,
        ("credits_answers", "charge", "", "False"): 1,
        ("credits_answers", "charge", "", "True"): 1,
        ("credits_answers", "charge", "unknown_model", "False"): 1,
        ("credits_writes", ""): 4,
        ("credits_writes", "OutcomeUnknown"): 1,
        ("credits_views", ""): 1,
        ("credits_views", "LedgerDamaged"): 1,
        ("credits_transactions",): 3,
        ("credits_batch_size",): 5,
        ("credits_failed",): 2,
        ("credits_retries", "LedgerContended"): 3,
        ("credits_turned_away",): 1,
    }
    assert prometheus[("credits_waiting",)] == 7
    steps = {key[1]: value for key, value in prometheus.items() if key[0] == "credits_seconds"}
    assert steps == {"write": 5, "lock": 5, "commit": 5, "queue": 5, "view": 2}


def test_the_example_for_opentelemetry_counts_what_happens() -> None:
    told: Counter[tuple[Any, ...]] = Counter()
    meter = SimpleNamespace(
        create_counter=lambda name: Recorder(name, told),
        create_histogram=lambda name, **_: Recorder(name, told),
    )
    observer_of = run(example("watching_opentelemetry.py"))["observer_of"]
    drive(observer_of(meter))
    happened = {key[1:]: value for key, value in told.items() if key[0] == "credits.happened"}
    assert happened == {
        ("Answered", "subscribe", "", False): 1,
        ("Answered", "charge", "", False): 1,
        ("Answered", "charge", "", True): 1,
        ("Answered", "charge", "unknown_model", False): 1,
        ("Written", ""): 4,
        ("Written", "OutcomeUnknown"): 1,
        ("Viewed", ""): 1,
        ("Viewed", "LedgerDamaged"): 1,
        ("Batched",): 5,
        ("Retried", "LedgerContended"): 1,
        ("TurnedAway",): 1,
    }
    assert told[("credits.seconds", "Written", "waited_seconds")] == 5
    assert told[("credits.sizes", "Batched", "waiting")] == 5
    # The library's own meter, which does nothing without an SDK, takes the same calls.
    drive(observer_of(opentelemetry.metrics.get_meter("policyengine")))


def test_alarms_are_about_metrics_faults_and_refusals_that_exist() -> None:
    rows = re.findall(r"^\| (.*credits_.*?) \| .* \| .* \|$", TEXT, re.MULTILINE)
    assert len(rows) > 8
    defined = set(re.findall(r'"(credits_\w+)"', example("watching_prometheus.py")))
    assert {name for row in rows for name in re.findall(r"credits_\w+", row)} <= defined
    there = {name for row in rows for name in re.findall(r'fault="(\w+)"', row)}
    assert there - set(vars(faults)) <= {"LedgerFault"}
    assert {name for row in rows for name in re.findall(r'refusal="(\w+)"', row)} <= set(CODES)


def test_the_examples_take_every_happening(prometheus: Counter[tuple[Any, ...]]) -> None:
    assert not prometheus
    code = example("watching_prometheus.py")
    cases = set(re.findall(r"case (\w+)\(", code))
    assert cases == {each.__name__ for each in Happening.__args__}
