"""A terminal for tests: runs the command in this process, in a folder of its own."""

import json
import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from policyengine.cli.main import COMMANDS, run

TIMELESS = {
    "demo",
    "docs",
    "explain-code",
    "fmt",
    "import-prices",
    "init",
    "prove",
    "replay",
    "schema",
    "set",
    "show",
    "simulate",
    "test",
    "validate",
    "version",
}
"""Commands that look at no clock, so that `--at` means nothing to them."""
_VARIABLE = (
    (re.compile(r"\(\d+\.\d+ s\)"), "(… s)"),
    (re.compile(r"  \d+\.\d s$", re.MULTILINE), "  … s"),
    (re.compile(r"\b[0-9a-f]{12}\b"), "…hash…"),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command printed, and how it left."""

    code: int
    out: str
    err: str


@dataclass(slots=True)
class Terminal:
    """A folder with the starter policy, and a clock that stands at `at`."""

    folder: Path
    capture: pytest.CaptureFixture[str]
    at: str = "2026-02-01T09:00:00Z"
    log: list[str] = field(default_factory=list)

    def run(self, line: str) -> Answer:
        """Run one command line, without the `policyengine` before it."""
        arguments = shlex.split(line)
        if arguments and arguments[0] in COMMANDS and arguments[0] not in TIMELESS:
            arguments += ["--at", self.at]
        self.capture.readouterr()
        code = run(arguments)
        printed = self.capture.readouterr()
        return Answer(code, printed.out, printed.err)

    def json(self, line: str) -> Any:
        """Run a command and read its JSON."""
        return json.loads(self.run(f"{line} --format json").out)

    def play(self, script: str) -> str:
        """Run a script of commands, and lines such as `at 2026-02-01T09:00:00Z`."""
        told: list[str] = []
        for line in script.strip().splitlines():
            if line.startswith("at "):
                self.at = line.removeprefix("at ")
                told.append(f"# at {self.at}\n")
                continue
            answer = self.run(line)
            left = f"(exit {answer.code})\n" if answer.code else ""
            told.append(f"$ policyengine {line}\n{answer.out}{answer.err}{left}")
        text = "\n".join(told).replace(str(self.folder), "…folder…")
        for pattern, stands_for in _VARIABLE:
            text = pattern.sub(stands_for, text)
        return text
