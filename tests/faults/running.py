"""Runs scenarios in processes of their own, which may fork, die and be limited.

They are forked by one process that has imported everything: `nursery.py`. None shares a connection
with another one, nor with the tests.
"""

import atexit
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

SECONDS_MAX: Final = 1_800


@dataclass(frozen=True, slots=True)
class Scenario:
    """A process in which a function of a module of this folder runs; it has to be waited for."""

    process: int
    pipe: int

    def ended(self) -> tuple[int, str]:
        """Wait until it ends; gives its code, below zero for a signal, and what it said."""
        said = b""
        while more := _read(self.pipe):
            said += more
        os.close(self.pipe)
        return _asked(self.process), said.decode()


def start(module: str, scenario: str, *arguments: object) -> Scenario:
    """Start a scenario; the arguments are numbers and texts."""
    with tempfile.TemporaryDirectory() as folder:
        name = f"{folder}/output"
        os.mkfifo(name)
        # Not to wait here for the other end: the nursery opens it.
        pipe = os.open(name, os.O_RDONLY | os.O_NONBLOCK)
        return Scenario(_asked([module, scenario, arguments, name]), pipe)


def run(module: str, scenario: str, *arguments: object) -> list[dict[str, Any]]:
    """Run a scenario; gives what it said."""
    code, said = start(module, scenario, *map(str, arguments)).ended()
    lines = said.splitlines()
    assert (code, [each for each in lines if not each.startswith("{")]) == (0, []), said[-4_000:]
    facts = [json.loads(line) for line in lines]
    assert [each["error"] for each in facts if "error" in each] == []
    return facts


@cache
def _nursery() -> subprocess.Popen[bytes]:
    """Start the process that forks the others; it ends with this one."""
    made = subprocess.Popen(  # noqa: S603  # the interpreter that runs this test
        [sys.executable, Path(__file__).with_name("nursery.py")],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        bufsize=0,
    )
    atexit.register(made.communicate)
    return made


def _asked(what: object) -> int:
    nursery = _nursery()
    assert nursery.stdin is not None
    assert nursery.stdout is not None
    nursery.stdin.write(f"{json.dumps(what)}\n".encode())
    return int(_read(nursery.stdout.fileno()))


def _read(pipe: int) -> bytes:
    """Read what a process says next; nothing where it has ended."""
    assert select.select([pipe], [], [], SECONDS_MAX)[0], "it says nothing for too long"
    return os.read(pipe, 1 << 16)


def say(**facts: Any) -> None:
    """Tell the test something."""
    # One write: lines of several processes do not mix.
    os.write(sys.stdout.fileno(), (json.dumps(facts) + "\n").encode())


def forked(act: Callable[[], None]) -> int:
    """Do something in a process of its own; gives the child's number."""
    child = os.fork()
    if child:
        return child
    try:
        act()
    except BaseException as error:  # noqa: BLE001  # the parent is told; the child must not go on
        say(error=f"{type(error).__name__}: {error}")
    os._exit(0)


def die(_connection: object = None) -> None:
    """Kill this process as `kill -9` does."""
    os.kill(os.getpid(), signal.SIGKILL)


def was_killed(child: int) -> bool:
    """Wait for a child; tells whether it was killed."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
