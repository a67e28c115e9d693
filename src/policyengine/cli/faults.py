"""What goes wrong, as one clear message with one act that mends it, and the exit code."""

import json
import os
import re
import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import typer

from policyengine.values.characters import escaped_json, unsteered

OK: Final = 0
FINDINGS: Final = 1
"""Findings in files, a refusal, something asked about that does not exist."""
USAGE: Final = 2
"""Wrong usage, or a file, disk or database that does not let us."""
INTERNAL: Final = 3
NOTHING: Final = 5
"""There was nothing to check."""
INTERRUPTED: Final = 130

_REPORT: Final = "run it again with `--debug` and report what it prints"
_INPUT_ROOMS: Final = ("/app/", "/cli/", "/policy/", "/tokens/", "/values/")
_INPUT_FILES: Final = ("/engine/commands.py",)


class WrongUse(Exception):  # noqa: N818  # it says what the caller did
    """A command cannot do what was asked: why, and one act that mends it."""

    def __init__(self, message: str, remedy: str = "", code: int = USAGE) -> None:
        """Carry the message, the remedy and the exit code."""
        super().__init__(message)
        self.remedy = remedy
        self.code = code


@dataclass(frozen=True, slots=True)
class Fault:
    """A message for people, and the exit code."""

    message: str
    remedy: str
    code: int
    detail: str = ""
    """What comes before the message: findings, drawn on their lines."""


def fault_of(error: BaseException) -> Fault:
    """Turn any exception into a message: an expected one's own, or a note for an internal fault."""
    if isinstance(error, WrongUse):
        return Fault(str(error), error.remedy, error.code)
    found = _of_policies(error) or _of_the_ledger(error) or _of_inputs(error)
    if found is not None:
        return found
    name = type(error).__name__
    return Fault(f"internal fault: {name}: {error}", _REPORT, INTERNAL)


def _of_policies(error: BaseException) -> Fault | None:
    if "policyengine.app.policies" not in sys.modules:
        return None
    from policyengine.app.policies import PolicyError

    if not isinstance(error, PolicyError):
        return None
    if error.findings:
        remedy = "mend them; `policyengine validate` shows them as well"
        message = "the policies have errors; nothing was done"
        return Fault(message, remedy, FINDINGS, f"{error}\n")
    return Fault(str(error), "name a policy file or a folder of them", USAGE)


def _of_the_ledger(error: BaseException) -> Fault | None:
    from policyengine.store.faults import LedgerBusy, NotALedger, StoreFault

    if isinstance(error, StoreFault):
        remedy = ""
        if isinstance(error, NotALedger) and "no ledger" in str(error):
            remedy = "open one with `policyengine subscribe WALLET PLAN`, or name it with `--db`"
        elif isinstance(error, LedgerBusy):
            remedy = "try again"
        return Fault(str(error), remedy, USAGE)
    if "policyengine.app.reading" in sys.modules:
        from policyengine.app.reading import NotFound

        if isinstance(error, NotFound):
            return Fault(str(error), "", FINDINGS)
    return None


def _of_inputs(error: BaseException) -> Fault | None:
    if isinstance(error, OSError):
        what = f"`{error.filename}`: " if error.filename else ""
        return Fault(f"{what}{error.strerror or error}", "", USAGE)
    is_ours = isinstance(error, ValueError | TypeError | RuntimeError) and _is_about_input(error)
    return Fault(str(error), "", USAGE) if is_ours else None


def _is_about_input(error: BaseException) -> bool:
    """Tell an input that our own code refused from a mistake in the code itself."""
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return False
    raised_in = Path(frames[-1].filename).as_posix()
    if "/policyengine/" not in raised_in:
        return False
    return raised_in.endswith(_INPUT_FILES) or any(room in raised_in for room in _INPUT_ROOMS)


def report_fault(error: BaseException, arguments: Sequence[str], *, debug: bool) -> int:
    """Print a fault; gives the exit code."""
    fault = fault_of(error)
    if debug:
        traceback.print_exception(error)
    _print(fault, arguments)
    return fault.code


def report_usage(error: Any, arguments: Sequence[str]) -> int:
    """Print what is wrong with a command line, or the help that it asks for."""
    context = getattr(error, "ctx", None)
    if context is None or type(error).__name__ == "NoArgsIsHelpError":
        error.show()
        return USAGE
    message = error.format_message().strip().rstrip(".").replace("Value error, ", "")
    message = re.sub(r"'([^']*)'", r"`\1`", message)
    help_at = f"see `{context.command_path} --help`"
    _print(Fault(message[:1].lower() + message[1:], help_at, USAGE), arguments)
    return USAGE


def _print(fault: Fault, arguments: Sequence[str]) -> None:
    """Print a fault, as JSON where the caller reads JSON."""
    if _wants_json(arguments):
        about = {"message": fault.message, "detail": fault.detail, "help": fault.remedy}
        plain = {"error": {**about, "exit": fault.code}}
        typer.echo(escaped_json(json.dumps(plain, indent=2, ensure_ascii=False)))
        return
    if fault.detail:
        typer.echo(unsteered(fault.detail), err=True)
    typer.echo(unsteered(f"error: {fault.message}"), err=True)
    if fault.remedy:
        typer.echo(unsteered(f"  = help: {fault.remedy}"), err=True)


def _wants_json(arguments: Sequence[str]) -> bool:
    text = " ".join(arguments)
    return "--format json" in text or "--format=json" in text


def hush() -> None:
    """Let go of the standard output after its reader has gone, such as `head`."""
    with open(os.devnull, "w") as nothing:  # noqa: PTH123  # a device, not a path of ours
        os.dup2(nothing.fileno(), sys.stdout.fileno())
