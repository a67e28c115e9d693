"""The command `policyengine`: which commands there are, and how a run ends.

A command's module is imported only when the command is run, so that each starts as fast as what
it needs.
"""

import gc
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, Final

import typer
from typer.core import TyperGroup

from policyengine.cli.faults import INTERRUPTED, OK, hush, report_fault, report_usage

DEBUG: Final = "--debug"
GARBAGE_THRESHOLD: Final = 50_000

SECTIONS: Final[dict[str, dict[str, tuple[str, str]]]] = {
    "Start": {
        "demo": ("demo", "See the whole story in a few seconds, on a small ledger of its own."),
        "init": ("starting", "Write a commented policy, its scenarios and the schemas."),
    },
    "Policies": {
        "validate": ("validating", "Check policies and scenarios; findings with line and column."),
        "test": ("testing", "Run the scenarios of policies."),
        "lint": ("linting", "Search policies for economic faults, each shown by a story."),
        "prove": ("proving", "Prove a claim about prices or balances, or refute it."),
        "show": ("showing", "Say in plain words what a policy says, and what it does not have."),
        "docs": ("publishing", "Write the pages for users from a policy, in several languages."),
        "models": ("models", "List models with their multipliers and rates."),
        "diff": ("diffing", "Say in plain words what differs between versions."),
        "plan": ("planning", "Say on one page what a change does, and whether guards allow it."),
        "new-version": ("versions", "Copy the newest version to the next number, as a draft."),
        "publish": ("versions", "Publish a draft for good, and lock what it says."),
        "timeline": ("versions", "Draw versions on a line of time: in force, to come, drafts."),
        "simulate": ("simulating", "Run recorded usage under two policies, and compare."),
        "import-prices": ("import_prices", "Turn a published price list into a policy version."),
        "set": ("setting", "Change one value of a policy file, and nothing else in it."),
        "fmt": ("files", "Put policy files in house style; what they say never changes."),
        "explain-code": ("explaining", "Say what the code of a finding or refusal means."),
        "schema": ("files", "Print the JSON Schema of policy files, for editors and CI."),
    },
    "Wallets": {
        "subscribe": ("wallets", "Open a wallet and join its first plan."),
        "set-cohort": ("wallets", "Put a wallet into a cohort, or out of it."),
        "change-plan": ("wallets", "Move to another plan, up or down."),
        "cancel": ("wallets", "Leave the plan."),
        "buy": ("wallets", "Add a pack that was paid for."),
        "grant": ("grants", "Give credits by hand, once or recurring."),
        "void": ("grants", "Take back what is unused of a grant or purchase."),
        "adjust": ("grants", "Correct a balance by hand, up or down."),
    },
    "Limits": {
        "overage": ("limits", "Allow or forbid credits beyond the balance, at a price."),
        "top-up": ("limits", "Allow or forbid that credits are bought by themselves."),
        "top-up-paid": ("limits", "Say that a top-up was paid: its credits come."),
        "top-up-failed": ("limits", "Say that a top-up was not paid."),
        "convert": ("limits", "Turn units of an older scheme into credits."),
        "seats": ("limits", "Say how many seats a wallet has."),
    },
    "Requests": {
        "estimate": ("estimating", "Say what a request will cost before it runs."),
        "charge": ("charging", "Pay for a request."),
        "hold": ("holding", "Set credits aside for a request."),
        "capture": ("holding", "Turn a hold into a charge."),
        "release": ("holding", "Give a hold back."),
        "extend": ("holding", "Let a hold last longer."),
        "refund": ("charging", "Give back what a charge took."),
    },
    "Questions": {
        "balance": ("balance", "Show what a wallet has, lot by lot in the order of spending."),
        "history": ("history", "Show what each conversation and operation cost."),
        "explain": ("explaining", "Derive every number of a transaction, down to its line."),
        "report": ("reporting", "Report abnormal consumption; it is priced again and settled."),
    },
    "Ledger": {
        "settle": ("wallets", "Bring a wallet up to now: expiries, renewals, time-outs."),
        "sweep": ("auditing", "Settle every wallet that is due."),
        "verify": ("auditing", "Audit the ledger: hashes, sums, and each price once more."),
        "anchor": ("anchoring", "Write down where the ledger stands, to hold it to that later."),
        "db": ("database", "Check the ledger's tables, or bring them up to date."),
        "replay": ("replay", "Replay recorded usage under a policy."),
        "version": ("version", "Print the versions of this program and its formats."),
    },
}
"""The commands by theme: each with its module in this folder, and one line about it."""

FUNCTIONS: Final = {"set": "set_value", "test": "run_tests"}
"""Commands whose function has another name: a function `test` is what test runners look for, and
`set` is a word of Python's own."""

COMMANDS: Final = {name: where for group in SECTIONS.values() for name, where in group.items()}


class Commands(TyperGroup):
    """The commands, each imported when it is asked for."""

    def list_commands(self, _ctx: Any) -> list[str]:
        """Give the names, theme by theme."""
        return list(COMMANDS)

    def get_command(self, _ctx: Any, cmd_name: str) -> Any:
        """Import a command's module and build it; None for an unknown one."""
        found = COMMANDS.get(cmd_name)
        return None if found is None else command_of(cmd_name, found[0])

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command that is run, or say which one may have been meant."""
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, n=1)
            meant = f"; did you mean `{near[0]}`?" if near else ""
            ctx.fail(f"there is no command `{args[0]}`{meant}")
        return super().resolve_command(ctx, args)

    def format_commands(self, _ctx: Any, formatter: Any) -> None:
        """Write the list of commands without importing any."""
        width = max(map(len, COMMANDS))
        for title, commands in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl(
                    [(name.ljust(width), line) for name, (_, line) in commands.items()]
                )


def command_of(name: str, module: str) -> Any:
    """Build one command from the function of the same name in its module."""
    function_name = FUNCTIONS.get(name, name.replace("-", "_"))
    function = getattr(import_module(f"policyengine.cli.{module}"), function_name)
    single = typer.Typer(
        add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False
    )
    single.command(name)(function)
    return typer.main.get_command(single)


application = typer.Typer(
    cls=Commands,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
)


@application.callback(
    epilog="Each command has its own --help with an example. "
    "With --debug, a fault shows where it arose."
)
def policyengine() -> None:
    """Credits for AI products: YAML policies, an exact ledger, and a reason for every number."""


def run(arguments: Sequence[str]) -> int:
    """Run one command; gives the exit code."""
    debug = DEBUG in arguments
    rest = [each for each in arguments if each != DEBUG]
    _accept_any_sign()
    try:
        code = typer.main.get_command(application).main(
            rest, prog_name="policyengine", standalone_mode=False
        )
        sys.stdout.flush()
    except typer.TyperException as error:
        return report_usage(error, rest)
    except typer.Abort:
        return INTERRUPTED
    except BrokenPipeError:
        hush()
        return OK
    except Exception as error:  # noqa: BLE001  # every fault ends in one message, none in a trace
        return report_fault(error, rest, debug=debug)
    return code if isinstance(code, int) else OK


def _accept_any_sign() -> None:
    """Write what a narrow encoding has no sign for as `?`, instead of failing on it."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def main() -> None:
    """Run the command line; the console script's entry."""
    # A command makes many objects while it imports and drops few: looking for garbage after each
    # few hundred of them, as Python does by itself, takes a tenth of a short command's time.
    gc.set_threshold(GARBAGE_THRESHOLD)
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
