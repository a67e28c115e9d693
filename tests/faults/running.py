"""Runs a scenario of a script in a process of its own, which may fork, die and be limited.

The script imports everything once and forks the processes that are hurt: they share no connection.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[2]
SECONDS_MAX: Final = 1_800


def run(script: str, scenario: str, *arguments: object) -> list[dict[str, Any]]:
    """Run a scenario of a script beside this one; gives what it said."""
    done = subprocess.run(  # noqa: S603  # the interpreter that runs this test
        [sys.executable, Path(__file__).with_name(script), scenario, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr[-4_000:]
    said = [json.loads(line) for line in done.stdout.splitlines()]
    assert [each["error"] for each in said if "error" in each] == []
    return said


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
