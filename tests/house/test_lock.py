"""The lock files: whole, hashed, in step with pyproject.toml; no file names a registry."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from tools import tidy

ROOT = Path(tidy.__file__).parent.parent
PIN = re.compile(r"^(?P<name>[a-z0-9.-]+)==(?P<version>\S+)(?P<marker> ; .+?)? \\$", re.MULTILINE)
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$", re.MULTILINE)


def locked(name: str) -> dict[str, tuple[str, frozenset[str]]]:
    """Each package's version and hashes in a lock file."""
    text = (ROOT / name).read_text()
    starts = list(PIN.finditer(text))
    ends = [start.start() for start in starts[1:]] + [len(text)]
    return {
        start["name"]: (
            start["version"],
            frozenset(each[0].strip(" \\\n") for each in HASH.finditer(text, start.end(), end)),
        )
        for start, end in zip(starts, ends, strict=True)
    }


def wanted(*extras: str) -> list[Requirement]:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text())
    project = pyproject["project"]
    lists = [
        project["dependencies"],
        pyproject["dependency-groups"]["build"],
        *(project["optional-dependencies"][extra] for extra in extras),
    ]
    return [Requirement(text) for each in lists for text in each]


@pytest.mark.parametrize(
    ("lock", "extras"), [("requirements.txt", ()), ("requirements-dev.txt", ("dev", "parquet"))]
)
def test_every_requirement_is_locked_at_a_version_that_it_admits(
    lock: str, extras: tuple[str, ...]
) -> None:
    pins = locked(lock)
    for requirement in wanted(*extras):
        version, _ = pins[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version), f"{requirement}: run tools/lock"


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_every_package_has_hashes_and_nothing_else_stands_in_a_lock(lock: str) -> None:
    assert all(hashes for _, hashes in locked(lock).values())
    rest = HASH.sub("", PIN.sub("", (ROOT / lock).read_text()))
    assert [line for line in rest.splitlines() if line and not line.lstrip().startswith("#")] == []


def test_what_is_locked_to_run_is_locked_alike_to_develop() -> None:
    assert locked("requirements.txt").items() <= locked("requirements-dev.txt").items()


def test_the_build_is_locked_as_the_build_system_wants_it() -> None:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert set(pyproject["build-system"]["requires"]) <= set(
        pyproject["dependency-groups"]["build"]
    )


def test_no_file_names_a_registry_or_a_path_of_one_machine() -> None:
    found = [
        str(finding)
        for path, text in tidy.text_files(ROOT, ROOT)
        for finding in tidy.findings_of(path, text)
        if finding.message in {tidy.NAMES_A_HOST, tidy.NAMES_A_MACHINE_PATH}
    ]
    assert found == []
