"""The front of the package: what a backend imports, and nothing heavy before it is asked for."""

import subprocess
import sys

import pytest

import policyengine
from policyengine.app.engine import Engine


@pytest.mark.parametrize("name", policyengine.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(policyengine, name).__name__ == name


def test_the_engine_is_the_librarys() -> None:
    assert policyengine.Engine is Engine


def test_another_name_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="no attribute `Enginge`"):
        _ = policyengine.Enginge


def test_importing_the_package_loads_no_database() -> None:
    code = "import policyengine, sys; sys.exit('sqlalchemy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603
