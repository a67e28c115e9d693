"""Texts that come with a command: which ones a ledger keeps, and which are refused at the door."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from operator import attrgetter
from typing import Any, Final, get_args

from policyengine.engine import refusals
from policyengine.engine.commands import Body, Capture, Charge, Command, GiveGrant, OpenHold
from policyengine.ledger.transactions import NAME_LENGTH_MAX, REASON_LENGTH_MAX, Refusal
from policyengine.values.characters import steers

_NAMES: Final = frozenset(
    {
        "conversation_id",
        "operation_id",
        "member",
        "reference",
        "plan",
        "pack",
        "unit",
        "policy",
        "cohort",
    }
)
"""Fields that a command carries into its transaction, if only into the words of a refusal."""


def _reader(kind: type) -> Callable[[Any], tuple[str, ...]]:
    """Give a function that reads the names in a command and its body, made once per class."""
    own = [f"body.{each.name}" for each in fields(kind) if each.name in _NAMES]
    return attrgetter("actor", "reason", *own)


_NAMES_OF: Final[Mapping[type, Callable[[Any], tuple[str, ...]]]] = {
    kind: _reader(kind) for kind in get_args(Body)
}
_WITH_USAGE: Final = (Charge, OpenHold, Capture)
_REASON: Final = 1
"""Where the reason stands among the texts of a command."""
_LINES: Final = str.maketrans("", "", "\n\r\t")
"""What a reason of several lines has, and a name does not."""


def text_refusal(command: Command) -> Refusal | None:
    """Refuse texts that a ledger cannot keep: too long, no Unicode, or signs that nobody sees.

    What steers a terminal or turns a line around would speak to whoever reads the ledger later.
    """
    names = _names_of(command)
    joined = "".join(names)
    if len(joined) <= NAME_LENGTH_MAX and joined.isascii() and joined.isprintable():
        return None  # all together are shorter than one may be
    reason = names.pop(_REASON)
    if len(reason) > REASON_LENGTH_MAX or max(map(len, names)) > NAME_LENGTH_MAX:
        message = f"a name has at most {NAME_LENGTH_MAX} characters, a reason {REASON_LENGTH_MAX}"
        return refusals.refusal("invalid_text", message)
    if steers("".join(names)) or steers(reason.translate(_LINES)) or not _is_unicode(joined):
        return refusals.refusal("invalid_text", "a text has characters that no ledger can keep")
    return None


def _names_of(command: Command) -> list[str]:
    """Give the texts of a command: who acts, the reason, then whatever its body names."""
    body = command.body
    names = [*_NAMES_OF[type(body)](command)]
    usage = body.usage if isinstance(body, _WITH_USAGE) else None
    if usage is not None:
        names.append(usage.model)
        names += [unit for unit, _ in usage.counts]
        names += usage.modifiers
    if isinstance(body, GiveGrant):
        names += [*body.restricted_to.models, *body.restricted_to.units]
    return names


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
