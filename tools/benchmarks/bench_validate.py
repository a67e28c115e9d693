"""Validating the reference policy: in process, and as a command."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from policyengine.policy.load import load_policy
from tools.benchmarks.reference import FOLDER

FILE = FOLDER / "v1.yaml"
DATA = FILE.read_bytes()
COMMAND = Path(sys.executable).with_name("policyengine")
Benchmark = Any


@pytest.mark.benchmark(group="validate, in process")
def test_floor_yaml_safe_load(benchmark: Benchmark) -> None:
    benchmark(yaml.safe_load, DATA)


@pytest.mark.benchmark(group="validate, in process")
def test_load_policy_from_text_to_compiled_policy(benchmark: Benchmark) -> None:
    benchmark.extra_info["goal"] = "under 50,000 us"
    loaded = benchmark(load_policy, DATA, "v1.yaml")
    assert loaded.policy is not None


@pytest.mark.benchmark(group="validate, as a command", min_rounds=7)
def test_floor_python_that_does_nothing(benchmark: Benchmark) -> None:
    benchmark(lambda: subprocess.run([sys.executable, "-c", "pass"], check=True))


@pytest.mark.benchmark(group="validate, as a command", min_rounds=7)
def test_policyengine_validate(benchmark: Benchmark) -> None:
    benchmark.extra_info["goal"] = "under 400,000 us"
    command = [str(COMMAND), "validate", str(FOLDER)]
    benchmark(lambda: subprocess.run(command, check=True, capture_output=True))
