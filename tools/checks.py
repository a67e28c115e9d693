"""Everything that CI checks, in order; all are run even when one fails."""

import sys
from dataclasses import dataclass
from pathlib import Path

from tools.steps import run_step

ROOT = Path(__file__).resolve().parent.parent
WORKERS = "2"
_CORE = (
    "adapters",
    "auditor",
    "engine",
    "ledger",
    "policies",
    "policy",
    "tokens",
    "values",
    "wording",
)
CORE_TESTS = tuple(f"tests/{each}" for each in _CORE)
"""Tests that reach each line and branch of what decides about credits.

Only they are run under the eyes of coverage, which makes a test take more than twice as long.
"""
WIDE_TESTS = ("tests/policy/test_loading_laws.py", "tests/wording/test_every_key.py")
"""Long tests among them that reach nothing which the others do not reach."""
SHELL_TESTS = tuple(
    name
    for each in sorted((ROOT / "tests").iterdir())
    if (each.is_dir() and each.name[0].isalpha()) or each.name.startswith("test_")
    if (name := f"tests/{each.name}") not in CORE_TESTS
)
_PYTEST = ("-m", "pytest", "-n", WORKERS, "--dist", "worksteal", "--benchmark-disable")


@dataclass(frozen=True, slots=True)
class Check:
    """A name, and what the environment's Python is to run."""

    name: str
    arguments: tuple[str, ...]
    shows_last_line: bool = False


CHECKS = (
    Check("tidy", ("-m", "tools.tidy")),
    Check("ruff", ("-m", "ruff", "check")),
    Check("format", ("-m", "ruff", "format", "--check")),
    Check("mypy", ("-m", "mypy")),
    # import-linter has no module that can be run.
    Check("imports", ("-c", "from importlinter.cli import lint_imports_command as run; run()")),
    Check(
        "pytest-core",
        (
            *_PYTEST,
            *("--cov", "--cov-report=", "--cov-fail-under=0", *CORE_TESTS),
            *(f"--ignore={each}" for each in WIDE_TESTS),
        ),
        shows_last_line=True,
    ),
    Check("coverage", ("-m", "coverage", "report")),
    Check(
        "pytest-shell",
        (*_PYTEST, "policies", *SHELL_TESTS, *WIDE_TESTS),
        shows_last_line=True,
    ),
)


def chosen(names: list[str]) -> tuple[Check, ...]:
    """Give the named checks in their usual order, or all when none is named.

    Raises: SystemExit for a name that no check has.
    """
    known = [check.name for check in CHECKS]
    for name in names:
        if name not in known:
            sys.exit(f"error: there is no check `{name}`\n  = help: choose from {', '.join(known)}")
    return tuple(check for check in CHECKS if check.name in names or not names)


def main(names: list[str]) -> int:
    """Run the checks; 0 when all pass, 1 otherwise."""
    failed = []
    for check in chosen(names):
        passed, last_line = run_step(check.name, (sys.executable, *check.arguments), ROOT)
        if passed and check.shows_last_line:
            print(last_line, flush=True)
        if not passed:
            failed.append(check.name)
    if failed:
        print(f"failed: {', '.join(failed)}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
