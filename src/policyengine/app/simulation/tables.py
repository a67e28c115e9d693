"""A simulation as tables: the same rows for the terminal, for Markdown and for a page."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from policyengine.app.simulation.about import Report, side_text
from policyengine.app.simulation.wording import (
    credits_shown,
    day_text,
    minute_text,
    number,
    percent_text,
    points_text,
    share_text,
    signed,
    spread,
)
from policyengine.simulate.comparing import Comparison, Figure, Uses, change_points
from policyengine.simulate.sampling import METHOD
from policyengine.simulate.tally import Pair, Tally

LISTED_MAX: Final = 10
AMOUNT_ENDS: Final = "_micro"
FIGURES: Final = {
    "price_micro": "price of all requests",
    "charged_micro": "credits taken",
    "refused": "requests refused",
    "holds_refused": "holds refused",
    "not_run": "requests that it refused, not kept",
    "ran_out": "wallets that ran out",
    "ran_out_before_renewal": "… before a renewal",
    "moved_up": "upgrades for want of credits",
    "added_micro": "bought, given by hand or lent",
    "expired_micro": "expired unused",
    "left_micro": "left at the end",
    "debt_micro": "owed at the end",
}
"""The figures that are shown, each with its words; those that are 0 throughout are left out."""
ALWAYS: Final = ("price_micro", "charged_micro", "refused", "ran_out", "expired_micro")


@dataclass(frozen=True, slots=True)
class Table:
    """A titled table; columns after the first `words` ones are numbers."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: int = 1
    note: str = ""


def headline(report: Report) -> str:
    """Say in one sentence what the change does."""
    simulated = report.simulated
    worse, better = (simulated.comparison.wallets[each].value for each in ("worse", "better"))
    price = simulated.comparison.figures["price_micro"]
    by = "the price of all requests stays the same"
    if price.change.value:
        verb = "rises" if price.change.value > 0 else "falls"
        share = percent_text(abs(price.change.value), price.old.value).removeprefix("+")
        by = f"the price of all requests {verb} by {share}"
    about = "about " if report.is_sample else ""
    off = f"{about}{worse:,} of {simulated.wallets:,} wallets are worse off" if worse else NO_LOSER
    return f"{off}, {about}{better:,} better; {by}"


NO_LOSER: Final = "no wallet is worse off"


def facts(report: Report) -> Iterator[tuple[str, str]]:
    """Say what was simulated."""
    about, simulated = report.about, report.simulated
    yield "old", side_text(about.old)
    yield "new", side_text(about.new)
    size = f"{simulated.size:,} {about.noun} of {simulated.wallets:,} wallets"
    yield "usage", f"{about.source}: {size}"
    span = (simulated.earliest_at, simulated.latest_at)
    yield "time", " to ".join(minute_text(each) for each in span) + " UTC"
    left_out = _left_out(report)
    if left_out:
        yield "left out", left_out
    if report.is_sample:
        taken = f"{simulated.wallets_taken:,} wallets with {simulated.size_taken:,} {about.noun}"
        yield "sample", f"{taken}; {METHOD}"


def _left_out(report: Report) -> str:
    totals = report.about.totals
    if totals is None:
        others = report.about.wallets_left_out
        return f"{others:,} wallets of other policies" if others else ""
    parts = [f"{rows.total():,} rows: {why}" for why, rows in totals.skipped.items()]
    parts += [f"{totals.repeated:,} rows: repeated"] if totals.repeated else []
    parts += [f"{totals.bad:,} rows: unreadable"] if totals.bad else []
    return "; ".join(parts)


def tables(report: Report) -> Iterator[Table]:
    """Give all tables, the most important one first."""
    comparison = report.simulated.comparison
    yield _totals(report)
    yield _wallets(report)
    yield _quantiles(comparison)
    for noun, uses in (("model", comparison.models), ("plan", comparison.plans)):
        yield _prices(noun, uses)
        if any(_is_not_all_taken(use) for use in uses.values()):
            yield _takings(noun, uses)
    if comparison.refusals:
        yield _refusals(comparison)
    if comparison.ran_out:
        yield _ran_out(report)
    if comparison.largest:
        yield _largest(comparison)


def _totals(report: Report) -> Table:
    figures = report.simulated.comparison.figures
    columns = ("", "old", "new", "change", "%", *(["error"] if report.is_sample else []))
    rows = []
    for name, words in FIGURES.items():
        figure = figures[name]
        if name in ALWAYS or figure.old.value or figure.new.value:
            rows.append((words, *_figure_cells(name, figure, is_sample=report.is_sample)))
    note = "Amounts are in credits."
    if report.is_sample:
        note += " The error is that of the change."
    return Table("In total", columns, tuple(rows), note=note)


def _figure_cells(name: str, figure: Figure, *, is_sample: bool) -> tuple[str, ...]:
    is_amount = name.endswith(AMOUNT_ENDS)
    cells = (
        number(figure.old.value, is_amount=is_amount),
        number(figure.new.value, is_amount=is_amount),
        signed(number(figure.change.value, is_amount=is_amount)),
        percent_text(figure.change.value, figure.old.value),
    )
    return (*cells, spread(figure.change, is_amount=is_amount)) if is_sample else cells


def _wallets(report: Report) -> Table:
    simulated = report.simulated
    rows = []
    for verdict, band in simulated.comparison.wallets.items():
        words = "the same" if verdict == "same" else f"{verdict} off"
        cells = (words, f"{band.value:,}", share_text(band.value, simulated.wallets))
        rows.append((*cells, spread(band, is_amount=False)) if report.is_sample else cells)
    columns = ("wallets that are", "wallets", "share", *(["error"] if report.is_sample else []))
    note = (
        "The first that differs decides: requests refused, upgrades needed, credits bought or "
        "lent, price, credits left."
    )
    return Table("Winners and losers", columns, tuple(rows), note=note)


def _quantiles(comparison: Comparison) -> Table:
    rows = tuple(
        (
            f"p{each.percent}",
            signed(credits_shown(each.change_micro)),
            points_text(each.change_points),
        )
        for each in comparison.quantiles
    )
    note = "So many percent of the wallets have this change of price, or a lower one."
    return Table("Change of price per wallet", ("", "credits", "percent"), rows, note=note)


def _prices(noun: str, uses: Mapping[str, Uses]) -> Table:
    rows = tuple(
        (
            name or NOBODY,
            f"{use.new.requests:,}",
            credits_shown(use.old.price_micro),
            credits_shown(use.new.price_micro),
            percent_text(use.new.price_micro - use.old.price_micro, use.old.price_micro),
        )
        for name, use in uses.items()
    )
    return Table(f"Price by {noun}", (noun, "requests", "old", "new", "%"), rows)


def _takings(noun: str, uses: Mapping[str, Uses]) -> Table:
    rows = tuple(
        (
            name or NOBODY,
            credits_shown(use.old.charged_micro),
            credits_shown(use.new.charged_micro),
            percent_text(use.new.charged_micro - use.old.charged_micro, use.old.charged_micro),
            f"{use.old.refused:,}",
            f"{use.new.refused:,}",
        )
        for name, use in uses.items()
    )
    columns = (noun, "old", "new", "%", "refused old", "new")
    return Table(f"Credits taken by {noun}", columns, rows)


def _is_not_all_taken(uses: Uses) -> bool:
    return any(use.refused or use.charged_micro != use.price_micro for use in (uses.old, uses.new))


NOBODY: Final = "(none)"


def _refusals(comparison: Comparison) -> Table:
    rows = tuple(
        (code, f"{old:,}", f"{new:,}", signed(f"{new - old:,}"))
        for code, (old, new) in comparison.refusals.items()
    )
    return Table("Requests refused, by reason", ("reason", "old", "new", "change"), rows)


def _ran_out(report: Report) -> Table:
    found = report.simulated.comparison.ran_out
    rows = tuple(
        (pair.wallet_id, _out(pair.old), _out(pair.new), _renews(pair))
        for pair in found[:LISTED_MAX]
    )
    rest = len(found) - len(rows)
    note = f"{rest:,} more wallets run out; the JSON report lists them." if rest else ""
    columns = ("wallet", "old, at (UTC)", "new, at (UTC)", "renews on")
    return Table("Who runs out of credits, and when", columns, rows, words=4, note=note)


def _out(tally: Tally) -> str:
    return minute_text(tally.out_at) if tally.ran_out else "never"


def _renews(pair: Pair) -> str:
    at = pair.new.renews_at or pair.old.renews_at
    return "no renewal" if at is None else day_text(at)


def _largest(comparison: Comparison) -> Table:
    rows = []
    for pair in comparison.largest:
        old, new = pair.old.total, pair.new.total
        rows.append(
            (
                pair.wallet_id,
                credits_shown(old.price_micro),
                credits_shown(new.price_micro),
                signed(credits_shown(pair.price_change_micro)),
                points_text(change_points(pair)),
                f"{comparison.verdicts[pair.wallet_id]}",
            )
        )
    columns = ("wallet", "price old", "new", "change", "%", "off")
    return Table("The largest changes", columns, tuple(rows))
