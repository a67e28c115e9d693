"""What callers hand in, turned into the core's exact values; floats never become credits."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final, TypeAlias

from policyengine.engine.commands import Usage
from policyengine.ledger.changes import Outcome
from policyengine.values.amounts import Micro, micro_of
from policyengine.values.calendar import (
    CalendarSpan,
    Instant,
    instant_of,
    parse_instant,
    parse_span,
)

Credits: TypeAlias = Decimal | int | str
"""An amount of credits: `Decimal("1.5")`, `2`, `"1.5"`; never a float."""
Moment: TypeAlias = datetime | str
"""An instant: an aware datetime, or a text such as `2026-01-28T00:00:00Z`."""

_AMOUNT: Final = re.compile(
    r"[+-]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})(?:[eE][+-]?[0-9]{1,3})?"
)
_NUMBER: Final = re.compile(r"[0-9]{1,18}")


def micro_from(amount: Credits) -> Micro:
    """Read an amount of credits.

    Raises: TypeError for a float, a bool and other kinds; ValueError for a text that is no amount.
    """
    if isinstance(amount, bool | float):
        raise TypeError(f"`{amount!r}` is not exact; give credits as Decimal, int or str")
    if not isinstance(amount, Decimal | int | str):
        raise TypeError(f"`{amount!r:.80}` is not an amount; give credits as Decimal, int or str")
    if isinstance(amount, str) and _AMOUNT.fullmatch(amount) is None:
        raise ValueError(f"`{amount:.80}` is not an amount of credits, such as `1.5`")
    return micro_of(Decimal(amount))


def instant_from(moment: Moment | None) -> Instant | None:
    """Read an instant; None stays None.

    Raises: ValueError for a naive datetime or a text without an offset; TypeError for other kinds.
    """
    if moment is None:
        return None
    if isinstance(moment, str):
        return parse_instant(moment)
    if not isinstance(moment, datetime):
        raise TypeError(
            f"`{moment!r:.80}` is not an instant; give an aware datetime, or a text such as "
            "`2026-01-28T00:00:00Z`"
        )
    return instant_of(moment)


def span_from(span: str) -> CalendarSpan:
    """Read a span such as `15 minutes`.

    Raises: ValueError for a text that is no span, TypeError for what is no text.
    """
    if not isinstance(span, str):
        raise TypeError(f"`{span!r:.80}` is not a span; write for example `15 minutes`")
    return parse_span(span)


def usage_from(
    model: str,
    counts: Mapping[str, int],
    outcome: Outcome = "succeeded",
    started_at: Moment | None = None,
    modifiers: Iterable[str] = (),
) -> Usage:
    """Read usage.

    Raises: TypeError for counts that are no mapping; ValueError for counts that are not whole
    numbers from 0, an unknown outcome, or a modifier that is named twice.
    """
    if not isinstance(counts, Mapping):
        raise TypeError(f"`counts` is {counts!r:.80}; give counts by unit, {{'text_input': 1200}}")
    if outcome not in {"succeeded", "failed", "cancelled"}:
        raise ValueError(f"`{outcome}` is no outcome; one of succeeded, failed, cancelled")
    listed = texts_from("modifiers", modifiers)
    return Usage.of(model, counts, instant_from(started_at), outcome, listed)


def texts_from(name: str, texts: Iterable[str]) -> tuple[str, ...]:
    """Read a list of names.

    Raises: TypeError for one text, which would be taken for a list of its letters.
    """
    if isinstance(texts, str):
        raise TypeError(f"`{name}` is `{texts:.80}`; give a list, such as [{texts[:80]!r}]")
    return tuple(texts)


def maybe_usage(
    model: str | None,
    counts: Mapping[str, int] | None,
    outcome: Outcome = "succeeded",
    modifiers: Iterable[str] = (),
) -> Usage | None:
    """Read usage where a model is named; None where neither it nor counts are.

    Raises: as `usage_from`; ValueError for counts without a model, which nothing would be made of.
    """
    if model is None:
        if counts:
            raise ValueError("`counts` are given without the `model` that they are of")
        return None
    return usage_from(model, counts or {}, outcome, modifiers=modifiers)


def split_id(transaction_id: str) -> tuple[str, int]:
    """Split `ana:17` into its wallet and number.

    Raises: ValueError for a text of another form, TypeError for what is no text.
    """
    if not isinstance(transaction_id, str):
        raise TypeError(f"`{transaction_id!r:.80}` is not a transaction's id, such as `ana:17`")
    wallet_id, _, number = transaction_id.rpartition(":")
    if not wallet_id or _NUMBER.fullmatch(number) is None:
        raise ValueError(f"`{transaction_id}` is not a transaction's id, such as `ana:17`")
    return wallet_id, int(number)


def number_in(wallet_id: str, transaction_id: str | None) -> int | None:
    """Give the number of a transaction that has to be of a wallet; None stays None.

    Raises: ValueError for a transaction of another wallet, which would be taken for one of this.
    """
    if transaction_id is None:
        return None
    found, number = split_id(transaction_id)
    if found != wallet_id:
        raise ValueError(f"`{transaction_id}` is not a transaction of wallet `{wallet_id}`")
    return number
