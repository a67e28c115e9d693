"""One step of a longer run: a command, drawn as one line; its output only when it fails."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import monotonic

NAME_WIDTH = 14


def run_step(
    name: str, command: Sequence[str | Path], root: Path, env: Mapping[str, str] | None = None
) -> tuple[bool, str]:
    """Run one command in `root` and print one line about it, and its whole output if it fails.

    Gives: whether it succeeded, and the last line that it printed.
    """
    print(f"{name:{NAME_WIDTH}}", end="", flush=True)
    started = monotonic()
    done = subprocess.run(
        command,
        cwd=root,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    passed = done.returncode == 0
    print(f"{'ok' if passed else 'FAILED':6} {monotonic() - started:6.1f} s", flush=True)
    log = done.stdout.rstrip()
    if not passed:
        print(log or f"(it printed nothing and left with {done.returncode})", flush=True)
    return passed, log.rpartition("\n")[2]
