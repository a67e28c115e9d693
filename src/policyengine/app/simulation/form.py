"""A simulation as plain data with a version: what machines may rely on is in docs/simulate.md."""

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from policyengine.app.simulation.about import Report
from policyengine.app.simulation.sides import Side, timeline_of
from policyengine.app.simulation.tables import AMOUNT_ENDS
from policyengine.simulate.comparing import STEPS, Comparison, Figure, Uses, change_points
from policyengine.simulate.sampling import CONFIDENCE_PERCENT, METHOD, Band
from policyengine.simulate.tally import Pair, Tally, Use
from policyengine.values.amounts import credits_plain
from policyengine.values.calendar import Instant, instant_text

Form: TypeAlias = dict[str, Any]

FORMAT: Final = "policyengine-simulation"
VERSION: Final = 1
"""Keys are added under the same version; one that is removed or changes meaning makes a new one."""
WALLETS_LISTED_MAX: Final = 1_000


def simulation_form(report: Report) -> Form:
    """Give everything that a simulation found."""
    about, simulated = report.about, report.simulated
    comparison = simulated.comparison
    ran_out = comparison.ran_out
    return {
        "format": FORMAT,
        "version": VERSION,
        "usage": _usage(report),
        "old": _side(about.old),
        "new": _side(about.new),
        "from": instant_text(simulated.earliest_at),
        "to": instant_text(simulated.latest_at),
        "sample": _sample(report),
        "wallets": {name: _band(band) for name, band in comparison.wallets.items()},
        "figures": {
            name.removesuffix(AMOUNT_ENDS): _figure(figure, is_amount=name.endswith(AMOUNT_ENDS))
            for name, figure in comparison.figures.items()
        },
        "plans": _uses(comparison.plans),
        "models": _uses(comparison.models),
        "refusals": {
            code: {"old": old, "new": new} for code, (old, new) in comparison.refusals.items()
        },
        "opened": {
            source: {"old": credits_plain(old), "new": credits_plain(new)}
            for source, (old, new) in comparison.opened.items()
        },
        "quantiles": [
            {
                "percent": each.percent,
                "change": credits_plain(each.change_micro),
                "change_percent": _percent(each.change_points),
            }
            for each in comparison.quantiles
        ],
        "distribution": _distribution(comparison),
        "ran_out": {
            "wallets": len(ran_out),
            "listed": [_ran_out(pair) for pair in ran_out[:WALLETS_LISTED_MAX]],
        },
        "largest": [_large(pair, comparison) for pair in comparison.largest],
        "this_run": {
            "milliseconds": about.took_ms,
            "workers": about.workers,
            "known": simulated.known,
            "per_second": report.per_second,
        },
    }


def _usage(report: Report) -> Form:
    about, totals = report.about, report.about.totals
    form: Form = {
        "source": about.source,
        "sha256": about.sha256,
        "mapping": about.mapping or None,
        "wallets": report.simulated.wallets,
        about.noun: report.simulated.size,
    }
    if totals is not None:
        skipped = {why: rows.total() for why, rows in totals.skipped.items()}
        left_out: Form = {"skipped": skipped, "repeated": totals.repeated, "bad": totals.bad}
        form["rows"] = {"read": totals.rows, **left_out}
    else:
        form["wallets_left_out"] = about.wallets_left_out
    return form


def _side(side: Side) -> Form:
    timeline = timeline_of(side)
    return {
        "path": side.label,
        "policy": timeline.name,
        "always_in_force": side.is_always,
        "versions": [
            {
                "version": each.version,
                "sha256": each.sha256,
                "effective": instant_text(each.effective_at),
            }
            for each in timeline.policies
        ],
    }


def _sample(report: Report) -> Form | None:
    simulated = report.simulated
    if not report.is_sample:
        return None
    return {
        "share_asked": str(simulated.share),
        "wallets": simulated.wallets_taken,
        report.about.noun: simulated.size_taken,
        "method": METHOD,
        "confidence_percent": CONFIDENCE_PERCENT,
        "strata": [
            {"wallets": each.wallets, "taken": len(each.taken)}
            for each in simulated.comparison.strata
        ],
    }


def _band(band: Band, *, is_amount: bool = False) -> Form:
    def value(number: int) -> int | str:
        return credits_plain(number) if is_amount else number

    return {"value": value(band.value), "low": value(band.low), "high": value(band.high)}


def _figure(figure: Figure, *, is_amount: bool) -> Form:
    return {
        "old": _band(figure.old, is_amount=is_amount),
        "new": _band(figure.new, is_amount=is_amount),
        "change": _band(figure.change, is_amount=is_amount),
    }


def _uses(uses: Mapping[str, Uses]) -> Form:
    return {name: {"old": _use(use.old), "new": _use(use.new)} for name, use in uses.items()}


def _use(use: Use) -> Form:
    return {
        "requests": use.requests,
        "refused": use.refused,
        "price": credits_plain(use.price_micro),
        "charged": credits_plain(use.charged_micro),
    }


def _distribution(comparison: Comparison) -> list[Form]:
    zero = STEPS.index(0)
    lows = (None, *STEPS[: zero + 1], *STEPS[zero:])
    highs = (*STEPS[: zero + 1], *STEPS[zero:], None)
    return [
        {"from_percent": _percent(low), "to_percent": _percent(high), "wallets": count}
        for low, high, count in zip(lows, highs, comparison.steps, strict=True)
    ]


def _percent(points: int | None) -> str | None:
    """Write hundredths of a percent as a plain decimal."""
    return None if points is None else credits_plain(points * 10_000)


def _ran_out(pair: Pair) -> Form:
    return {"wallet": pair.wallet_id, "old": _out(pair.old), "new": _out(pair.new)}


def _out(tally: Tally) -> Form | None:
    if not tally.ran_out:
        return None
    return {
        "at": _instant(tally.out_at),
        "renews_at": _instant(tally.renews_at),
        "cycles": tally.cycles_out,
    }


def _instant(instant: Instant | None) -> str | None:
    return None if instant is None else instant_text(instant)


def _large(pair: Pair, comparison: Comparison) -> Form:
    return {
        "wallet": pair.wallet_id,
        "off": comparison.verdicts[pair.wallet_id],
        "old": _use(pair.old.total),
        "new": _use(pair.new.total),
        "change": credits_plain(pair.price_change_micro),
        "change_percent": _percent(change_points(pair)),
    }
