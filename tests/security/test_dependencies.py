"""Locked dependencies are past the known holes that matter here, and those to avoid are absent.

The list is kept by hand and is as good as its last reading; tools that ask a registry know more.
"""

import re
from pathlib import Path

import pytest
from packaging.version import Version

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.txt", "requirements-dev.txt")
PIN = re.compile(r"^([a-z0-9.-]+)==([^\s;]+)", re.MULTILINE)

MENDED_IN = {
    "pyyaml": ("5.4", "CVE-2020-14343: code from tags, in loaders that are not called here"),
    "simpleeval": ("1.0.8", "CVE-2026-32640: modules within reach of an expression"),
    "jsonschema": ("4.18", "references that were fetched"),
    "sqlalchemy": ("1.3.3", "CVE-2019-7164, CVE-2019-7548: SQL in `order_by`"),
    "mako": ("1.2.2", "CVE-2022-40023: slow patterns; Alembic's templates"),
    "requests": ("2.32.4", "CVE-2024-47081: credentials to another host; tiktoken asks for it"),
    "urllib3": ("2.5.0", "CVE-2025-50181: redirects"),
    "idna": ("3.7", "CVE-2024-3651: slow names"),
    "certifi": ("2024.7.4", "CVE-2024-39689: a root that is not to be trusted"),
    "pyarrow": ("14.0.1", "CVE-2023-47248: code from files"),
    "jinja2": ("3.1.6", "CVE-2025-27516: out of the sandbox; tests only"),
    "h11": ("0.16.0", "CVE-2025-43859: requests in requests; tests only"),
    "orjson": ("3.9.15", "CVE-2024-27454: deep nesting"),
}
ABSENT = {
    "asteval": "sandboxes of Python were escaped from again and again",
    "restrictedpython": "as above",
    "numexpr": "CVE-2023-39631: evaluates what it is given",
    "pickle5": "reads code",
    "dill": "reads code",
}


def pins(lock: str) -> dict[str, Version]:
    text = (ROOT / lock).read_text(encoding="utf-8")
    return {name: Version(version) for name, version in PIN.findall(text)}


@pytest.mark.parametrize("lock", LOCKS)
@pytest.mark.parametrize("name", MENDED_IN)
def test_a_locked_package_is_past_its_known_hole(lock: str, name: str) -> None:
    found = pins(lock).get(name)
    least, why = MENDED_IN[name]
    assert found is None or found >= Version(least), why


@pytest.mark.parametrize("lock", LOCKS)
def test_packages_that_run_what_they_read_are_absent(lock: str) -> None:
    assert pins(lock).keys() & ABSENT.keys() == set()


def test_most_of_the_list_is_about_packages_that_are_there() -> None:
    there = {name for lock in LOCKS for name in pins(lock)}
    assert len(MENDED_IN.keys() & there) > len(MENDED_IN) - 3
