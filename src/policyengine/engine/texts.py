"""Texts that come with a command: which ones a ledger keeps, and which are refused at the door."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Final, get_args

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

_NAMES_OF: Final[Mapping[type, tuple[str, ...]]] = {
    kind: tuple(each.name for each in fields(kind) if each.name in _NAMES)
    for kind in get_args(Body)
}

_LINES: Final = str.maketrans("", "", "\n\r\t")
"""What a reason of several lines has, and a name does not."""


def text_refusal(command: Command) -> Refusal | None:
    """Refuse texts that a ledger cannot keep: too long, no Unicode, or signs that nobody sees.

    What steers a terminal or turns a line around would speak to whoever reads the ledger later.
    """
    names = _names_of(command)
    joined = "".join((*names, command.reason))
    if len(joined) <= NAME_LENGTH_MAX and joined.isascii() and joined.isprintable():
        return None  # all together are shorter than one may be
    if len(command.reason) > REASON_LENGTH_MAX or max(map(len, names)) > NAME_LENGTH_MAX:
        message = f"a name has at most {NAME_LENGTH_MAX} characters, a reason {REASON_LENGTH_MAX}"
        return refusals.refusal("invalid_text", message)
    if (
        steers("".join(names))
        or steers(command.reason.translate(_LINES))
        or not _is_unicode(joined)
    ):
        return refusals.refusal("invalid_text", "a text has characters that no ledger can keep")
    return None


def _names_of(command: Command) -> list[str]:
    body = command.body
    names = [command.actor, *[getattr(body, name) for name in _NAMES_OF[type(body)]]]
    usage = body.usage if isinstance(body, Charge | OpenHold | Capture) else None
    if usage is not None:
        names += [usage.model, *[unit for unit, _ in usage.counts], *usage.modifiers]
    if isinstance(body, GiveGrant):
        names += [*body.restricted_to.models, *body.restricted_to.units]
    return names


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
