"""A sweeper that dies: in its n-th step, between what it has read and what it was to write."""

import os
import signal
from collections.abc import Iterable
from pathlib import Path

from policyengine.app.engine import Engine
from policyengine.app.receipts import Receipt
from policyengine.app.shell import Shell
from policyengine.engine.commands import Command

POLICIES = Path(__file__).parents[2] / "policies" / "codeflicker"


class MortalShell(Shell):
    """A shell whose process is killed in its n-th commit: before it, or after."""

    left = 1
    after = False

    def now(self, commands: Iterable[Command]) -> list[Receipt]:
        """Execute commands, unless this is the step to die in."""
        type(self).left -= 1
        if not self.left and not self.after:
            os.kill(os.getpid(), signal.SIGKILL)
        done = super().now(commands)
        if not self.left:
            os.kill(os.getpid(), signal.SIGKILL)
        return done


def main(url: str, at: int, step: int, when: str) -> None:
    """Sweep at an instant, and die."""
    MortalShell.left, MortalShell.after = step, when == "after"
    with Engine.open(url, POLICIES, clock=lambda: at) as engine:
        shell = engine.shell
        engine.shell = MortalShell(shell.store, shell.policies, shell.clock)
        engine.sweep()
