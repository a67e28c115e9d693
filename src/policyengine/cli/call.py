"""One call of a command: which ledger, which policies, when, and how to answer."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, TypeAlias

import typer

from policyengine.cli.faults import WrongUse
from policyengine.values.characters import escaped_json

if TYPE_CHECKING:
    from rich.console import RenderableType

    from policyengine.app.engine import Engine
    from policyengine.app.policies import Policies
    from policyengine.values.calendar import Instant

FOLDER: Final = Path(".policyengine")
DATABASE_USUAL: Final = f"sqlite:///{FOLDER}/credits.db"
DATABASE_OF_DEMO: Final = f"sqlite:///{FOLDER}/demo.db"
POLICIES_USUAL: Final = "policies"
POLICIES_OF_DEMO: Final = "@codeflicker"
DEMO_ENDS_AT: Final = "2026-09-01T09:05:00Z"

Format: TypeAlias = Literal["text", "json"]

_DATABASE = typer.Option(
    "--db",
    envvar="POLICYENGINE_DB",
    show_envvar=True,
    metavar="URL",
    help="The ledger: a SQLite file by path or URL, or `postgresql://user@host/database`. "
    f"[default: {DATABASE_USUAL}]",
)
_POLICIES = typer.Option(
    "--policies",
    envvar="POLICYENGINE_POLICIES",
    show_envvar=True,
    metavar="DIR",
    help="A folder of policies, or `@codeflicker` for the one that comes along. "
    f"[default: {POLICIES_USUAL}]",
)
_FORMAT = typer.Option("--format", help="Text for people, JSON for machines.")
_AT = typer.Option(
    "--at", metavar="INSTANT", help="Pretend that it is 2026-01-28T00:00:00Z, for walk-throughs."
)
_DEMO = typer.Option("--demo", help="Use the ledger, policies and clock of `policyengine demo`.")

_COMMON: Final = (
    Parameter(
        "db", Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[str | None, _DATABASE]
    ),
    Parameter(
        "policies",
        Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[str | None, _POLICIES],
    ),
    Parameter(
        "output", Parameter.KEYWORD_ONLY, default="text", annotation=Annotated[Format, _FORMAT]
    ),
    Parameter("at", Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[str | None, _AT]),
    Parameter("demo", Parameter.KEYWORD_ONLY, default=False, annotation=Annotated[bool, _DEMO]),
)


@dataclass(frozen=True, slots=True)
class Call:
    """What every command on a ledger is told."""

    db: str | None = None
    policies: str | None = None
    output: Format = "text"
    at: str | None = None
    demo: bool = False

    @property
    def url(self) -> str:
        """Give the ledger's address; a plain path is one of a SQLite file.

        Raises: WrongUse for a server's address with a slip in it, which is not said again: it may
        have a password.
        """
        if self.db is None:
            return DATABASE_OF_DEMO if self.demo else DATABASE_USUAL
        if "://" in self.db:
            return self.db
        if ":" in self.db.rpartition("@")[0]:  # `user:password@host`
            remedy = "write `postgresql://user@host/database`"
            raise WrongUse("the address of the server has no `://`", remedy)
        return f"sqlite:///{self.db}"

    def load_policies(self) -> "Policies":
        """Read the policies.

        Raises: WrongUse where there are none; PolicyError where they have errors.
        """
        from policyengine.app.policies import usable_policies
        from policyengine.app.starter import policy_folder

        usual = POLICIES_OF_DEMO if self.demo else POLICIES_USUAL
        folder = policy_folder(usual if self.policies is None else self.policies)
        if not folder.exists():
            raise WrongUse(
                f"there is no folder `{folder}` with policies",
                "write one with `policyengine init .`, or use the one that comes along: "
                f"`--policies {POLICIES_OF_DEMO}`",
            )
        policies = usable_policies([folder])
        if not policies.timelines:
            raise WrongUse(
                f"every version in `{folder}` is a draft, and a draft decides nothing",
                "set `status: published` in one of them",
            )
        return policies

    def clock(self) -> "Callable[[], Instant]":
        """Give the clock: the machine's, or one that stands still at `--at`."""
        from policyengine.values.calendar import parse_instant

        text = DEMO_ENDS_AT if self.demo and self.at is None else self.at
        if text is None:
            from policyengine.store.clock import wall_clock

            return wall_clock
        instant = parse_instant(text)
        return lambda: instant

    def engine(self, *, create: bool = False) -> "Engine":
        """Open the ledger with its policies."""
        from policyengine.app.engine import Engine

        loaded = self.load_policies()
        clock = self.clock()
        if create and self.db is None:
            make_folder()
        return Engine.open(self.url, loaded, clock=clock, create=create)

    def answer(
        self, view: "Callable[[], Iterable[RenderableType]]", form: Callable[[], Any]
    ) -> None:
        """Print an answer: drawn for people, or as plain data."""
        if self.output == "json":
            print_json(form())
            return
        from policyengine.cli.screen import show

        show(view())


def make_folder() -> None:
    """Make the folder of ledgers in the current one; version control leaves it alone."""
    FOLDER.mkdir(exist_ok=True)
    ignored = FOLDER / ".gitignore"
    if not ignored.exists():
        ignored.write_text("*\n", encoding="utf-8")


def print_json(plain: Any) -> None:
    """Print plain data as JSON."""
    typer.echo(escaped_json(json.dumps(plain, indent=2, ensure_ascii=False)))


def with_call(*without: str) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Give a command the options that all commands on a ledger have, as a `Call`.

    Takes: the names of those that the command has no use for.
    Gives: a decorator of a function whose first parameter is the call.
    """
    common = [each for each in _COMMON if each.name not in without]

    def decorate(function: Callable[..., int]) -> Callable[..., int]:
        own = list(signature(function, eval_str=True).parameters.values())[1:]
        parameters = [each.replace(kind=Parameter.KEYWORD_ONLY) for each in own] + common

        @wraps(function)
        def command(**values: Any) -> int:
            shared = {each.name: values.pop(each.name) for each in common}
            return function(Call(**shared), **values)

        command.__signature__ = Signature(  # type: ignore[attr-defined]  # typer reads it
            parameters, return_annotation=int
        )
        command.__annotations__ = {each.name: each.annotation for each in parameters}
        return command

    return decorate
