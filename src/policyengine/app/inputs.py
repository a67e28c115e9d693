"""What callers hand in, turned into the core's exact values; floats never become credits."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Final, TypeAlias

from policyengine.engine.commands import Usage
from policyengine.ledger.changes import Outcome
from policyengine.values.amounts import Micro, micro_of
from policyengine.values.calendar import Instant, instant_of, parse_instant

Credits: TypeAlias = Decimal | int | str
"""An amount of credits: `Decimal("1.5")`, `2`, `"1.5"`; never a float."""
Moment: TypeAlias = datetime | str
"""An instant: an aware datetime, or a text such as `2026-01-28T00:00:00Z`."""

_NUMBER: Final = re.compile(r"[0-9]{1,18}")


def micro_from(amount: Credits) -> Micro:
    """Read an amount of credits.

    Raises: TypeError for a float or bool, ValueError for a text that is no amount.
    """
    if isinstance(amount, bool | float):
        raise TypeError(f"`{amount!r}` is not exact; give credits as Decimal, int or str")
    try:
        exact = Decimal(amount)
    except (InvalidOperation, TypeError) as error:
        raise ValueError(f"`{amount}` is not an amount of credits") from error
    return micro_of(exact)


def instant_from(moment: Moment | None) -> Instant | None:
    """Read an instant; None stays None.

    Raises: ValueError for a naive datetime or a text without an offset.
    """
    if moment is None:
        return None
    return parse_instant(moment) if isinstance(moment, str) else instant_of(moment)


def usage_from(
    model: str,
    counts: Mapping[str, int],
    outcome: Outcome = "succeeded",
    started_at: Moment | None = None,
    modifiers: Iterable[str] = (),
) -> Usage:
    """Read usage.

    Raises: ValueError for counts that are not whole numbers from 0, an unknown outcome, or a
    modifier that is named twice.
    """
    if outcome not in {"succeeded", "failed", "cancelled"}:
        raise ValueError(f"`{outcome}` is no outcome; one of succeeded, failed, cancelled")
    return Usage.of(model, counts, instant_from(started_at), outcome, tuple(modifiers))


def maybe_usage(
    model: str | None,
    counts: Mapping[str, int] | None,
    outcome: Outcome = "succeeded",
    modifiers: Iterable[str] = (),
) -> Usage | None:
    """Read usage where a model is named; None where it is not.

    Raises: as `usage_from`.
    """
    if model is None:
        return None
    return usage_from(model, counts or {}, outcome, modifiers=modifiers)


def split_id(transaction_id: str) -> tuple[str, int]:
    """Split `ana:17` into its wallet and number.

    Raises: ValueError for a text of another form.
    """
    wallet_id, _, number = transaction_id.rpartition(":")
    if not wallet_id or _NUMBER.fullmatch(number) is None:
        raise ValueError(f"`{transaction_id}` is not a transaction's id, such as `ana:17`")
    return wallet_id, int(number)
