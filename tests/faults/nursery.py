"""A process that has imported all that scenarios need, and forks a process for each of them.

It reads what to start from its input, a line of JSON each, and answers with the child's number; a
number is answered with how that child ended. To start an interpreter for each scenario, and import
everything anew, took more time than most of what is tried there.
"""

import json
import os
import sys
from importlib import import_module
from typing import Any, Final

SCENARIOS: Final = ("crowding", "dying", "limiting", "migrating", "sender", "sweeper", "writer")


def started(module: str, scenario: str, arguments: list[Any], output: str) -> int:
    """Run a scenario in a process of its own, whose output goes to a pipe; gives its number."""
    pipe = os.open(output, os.O_WRONLY)
    child = os.fork()
    if child:
        os.close(pipe)
        return child
    code = 1
    try:
        for stream, source in ((0, os.open(os.devnull, os.O_RDONLY)), (1, pipe), (2, pipe)):
            os.dup2(source, stream)
        os.close(pipe)
        getattr(import_module(f"faults.{module}"), scenario)(*arguments)
        code = 0
    except BaseException:  # noqa: BLE001  # a child must not come back from here
        sys.excepthook(*sys.exc_info())
    sys.stdout.flush()
    os._exit(code)


def main() -> None:
    """Start scenarios and wait for them, as told, until the input ends."""
    for each in SCENARIOS:
        import_module(f"faults.{each}")
    for line in sys.stdin:
        asked = json.loads(line)
        if isinstance(asked, list):
            said = started(*asked)
        else:
            said = os.waitstatus_to_exitcode(os.waitpid(asked, 0)[1])
        os.write(sys.stdout.fileno(), f"{said}\n".encode())


if __name__ == "__main__":
    main()
