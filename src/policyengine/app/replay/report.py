"""A replay's totals as plain data: stable keys, credits as decimal text, counts as numbers."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

from policyengine.app.replay.totals import Share, Totals
from policyengine.values.amounts import credits_plain
from policyengine.values.calendar import Instant, instant_text

Form: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ran:
    """What was replayed by what, and how long it took, in thousandths of a second."""

    file: str
    sha256: str
    mapping: str
    policy: str
    ledger: str
    took_ms: int
    source_unit: str


def rows_per_second(totals: Totals, ran: Ran) -> int:
    """Give the pace of a replay, reading and settling included."""
    return totals.rows * 1000 // max(1, ran.took_ms)


def replay_form(totals: Totals, ran: Ran) -> Form:
    """Give everything that a replay added up."""
    return {
        "file": ran.file,
        "sha256": ran.sha256,
        "mapping": ran.mapping,
        "policy": ran.policy,
        "ledger": ran.ledger,
        "rows": _rows(totals),
        "from": _instant(totals.earliest_at),
        "to": _instant(totals.latest_at),
        "wallets": totals.wallets,
        "joins_refused": dict(sorted(totals.joins_refused.items())),
        "charges": _share(totals.accepted),
        "uncollected": credits_plain(totals.uncollected_micro),
        "flagged": totals.flagged,
        "refused": {
            "charges": totals.refused.total(),
            "requests": totals.refused_requests,
            "needed": credits_plain(totals.refused_micro),
            "codes": dict(sorted(totals.refused.items())),
        },
        "models": {name: _share(each) for name, each in sorted(totals.models.items())},
        "plans": {name: _share(each) for name, each in sorted(totals.plans.items())},
        "helped": _helped(totals),
        "source_cost": _source(totals, ran),
        "estimates": _estimates(totals),
        "this_run": {
            "replayed": totals.replayed,
            "recorded": dict(sorted(totals.recorded.items())),
            "expired": credits_plain(totals.expired_micro),
            "milliseconds": ran.took_ms,
            "rows_per_second": rows_per_second(totals, ran),
        },
        "available": credits_plain(totals.available_micro),
    }


def _rows(totals: Totals) -> Form:
    return {
        "read": totals.rows,
        "used": totals.used,
        "skipped": {
            reason: {"rows": details.total(), "of": _details(dict(details.most_common()))}
            for reason, details in totals.skipped.items()
        },
        "repeated": totals.repeated,
        "bad": totals.bad,
        "first_bad": [
            {"row": number, "line": line, "message": message}
            for number, line, message in totals.first_bad
        ],
    }


def _details(details: dict[str, int]) -> dict[str, int]:
    return {detail: count for detail, count in details.items() if detail}


def _share(share: Share) -> Form:
    return {
        "charges": share.charges,
        "requests": share.requests,
        "price": credits_plain(share.price_micro),
        "charged": credits_plain(share.charged_micro),
        "source_cost": decimal_text(share.source_cost),
    }


def _helped(totals: Totals) -> Form:
    return {
        "charges": totals.helped,
        "upgrades": dict(sorted(totals.upgrades.items())),
        "packs": dict(sorted(totals.packs.items())),
        "packs_credits": credits_plain(totals.packs_micro),
        "grants": totals.grants,
        "grants_credits": credits_plain(totals.grants_micro),
    }


def _source(totals: Totals, ran: Ran) -> Form | None:
    if not ran.source_unit:
        return None
    return {
        "unit": ran.source_unit,
        "sum": decimal_text(totals.source_cost),
        "set_apart": decimal_text(totals.source_cost_apart),
        "rows_set_apart": totals.source_rows_apart,
    }


def _estimates(totals: Totals) -> Form | None:
    if not totals.estimated:
        return None
    return {
        "charges": totals.estimated,
        "within_range": totals.covered,
        "off": credits_plain(totals.off_micro),
        "price": credits_plain(totals.estimated_price_micro),
    }


def _instant(instant: Instant | None) -> str | None:
    return None if instant is None else instant_text(instant)


def decimal_text(amount: Decimal) -> str:
    """Write an exact decimal plainly: no exponent, no zeros at its end."""
    text = format(amount, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
