"""`anchor`: where the ledger stands now, as a file to be kept outside the database."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeAlias

import typer

from policyengine.cli.call import Call, with_call
from policyengine.cli.faults import FINDINGS, OK, WrongUse
from policyengine.values.calendar import instant_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from policyengine.ledger.anchors import Anchor

STREAM: Final = "-"

KeyFile: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--key-file",
        envvar="POLICYENGINE_ANCHOR_KEY_FILE",
        show_envvar=True,
        metavar="FILE",
        help="The secret that anchors are signed with: at least 16 bytes, better 32 random ones.",
    ),
]


@with_call()
def anchor(
    call: Call,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Where to write it; `-` for the standard output.")
    ],
    key_file: KeyFile = None,
) -> int:
    """Write down where every wallet's chain of hashes stands now, in one small file.

    Keep it where whoever may write the database cannot: `policyengine verify --anchor FILE` then
    finds entries that were cut off, deleted or written anew since. Nothing in the ledger changes.

    Example: policyengine anchor anchors/2026-03-01.json --key-file anchor.key
    """
    from policyengine.app.anchors import anchor_text

    key = key_of(key_file)
    is_stream = str(file) == STREAM
    if not is_stream and file.exists():
        raise WrongUse(f"`{file}` is there already", "give each anchor a name of its own")
    with call.engine() as engine:
        taken = engine.anchor()
    text = anchor_text(taken, key)
    if is_stream:
        sys.stdout.write(text)
        return OK
    with file.open("x", encoding="utf-8") as opened:
        opened.write(text)
    call.answer(
        lambda: _parts(taken, file, len(text), is_signed=key is not None),
        lambda: {
            "file": str(file),
            "wallets": taken.wallets,
            "transactions": taken.transactions,
            "root": taken.root.hex(),
            "signed": key is not None,
        },
    )
    return OK


def key_of(file: Path | None) -> bytes | None:
    """Read the key to sign with; a line's end after it is no part of it."""
    return None if file is None else file.read_bytes().rstrip(b"\r\n")


@dataclass(frozen=True, slots=True)
class HeldTo:
    """An anchor that an audit holds the ledger to, and what is known of who signed it."""

    anchor: "Anchor"
    is_signed: bool
    is_checked: bool

    @property
    def sentence(self) -> str:
        """Say that all of it is there still."""
        signed = "signature not checked" if self.is_signed else "not signed"
        signed = "signed with the key" if self.is_checked else signed
        return f"all that was there at {instant_text(self.anchor.at)} is there; {signed}"

    @property
    def form(self) -> dict[str, Any]:
        """Give it as plain data."""
        at = instant_text(self.anchor.at)
        return {"at": at, "signed": self.is_signed, "checked": self.is_checked}


def read_anchor(file: Path, key_file: Path | None) -> HeldTo:
    """Read an anchor.

    Raises: WrongUse where it is none, or was not signed with the key; that is a finding.
    """
    from policyengine.app.anchors import AnchorError, read_anchor_text

    key = key_of(key_file)
    try:
        anchor, is_signed = read_anchor_text(file.read_bytes(), key)
    except AnchorError as error:
        remedy = "look at where it is kept, and take the one of before"
        raise WrongUse(f"`{file}`: {error}", remedy, FINDINGS) from None
    return HeldTo(anchor, is_signed, key is not None)


def _parts(
    taken: "Anchor", file: Path, length: int, *, is_signed: bool
) -> "Iterator[RenderableType]":
    from policyengine.cli.screen import STRONG, headline, rows

    yield headline("good", (f"anchored in {file}", STRONG))
    yield rows(
        [
            ("wallets", f"{taken.wallets:,}"),
            ("transactions", f"{taken.transactions:,}"),
            ("root", taken.root.hex()),
            ("signed", "with the key that was given" if is_signed else "no; see --key-file"),
            ("size", f"{length:,} bytes"),
            ("next", f"keep it elsewhere; policyengine verify --anchor {file}"),
        ]
    )
