"""A replay's totals, drawn for people."""

from collections.abc import Iterator, Mapping
from typing import Final

from rich.console import RenderableType

from policyengine.app.replay.attempts import SHORT
from policyengine.app.replay.report import Ran, rows_per_second
from policyengine.app.replay.totals import OTHERS, Share, Totals
from policyengine.cli.screen import STRONG, Row, Tone, headline, indented, rows, table
from policyengine.values.amounts import credits_text
from policyengine.values.calendar import instant_text

DETAILS_SHOWN_MAX: Final = 4
PERCENT: Final = 100


def replay_view(totals: Totals, ran: Ran) -> Iterator[RenderableType]:
    """Draw what a replay read, charged, refused and met on its way."""
    tone: Tone = "warn" if totals.bad or totals.refused else "good"
    charged = credits_text(totals.accepted.charged_micro)
    count = totals.accepted.charges
    charges = f"{count:,} row" if count == 1 else f"{count:,} rows"
    yield headline(tone, (f"{charged} credits", STRONG), f" charged for {charges}")
    yield rows([*_rows(totals), *_outcome(totals), *_ways(totals), *_end(totals, ran)])
    if totals.models:
        yield ""
        yield indented(_shares("model", totals.models, ran.source_unit))
        yield ""
        yield indented(_shares("plan", totals.plans, ran.source_unit))


def _rows(totals: Totals) -> Iterator[Row]:
    yield "rows", f"{totals.rows:,} read, {totals.used:,} used"
    for reason, details in totals.skipped.items():
        named = [(each, count) for each, count in details.most_common() if each not in ("", OTHERS)]
        shown = ", ".join(f"{each} {count:,}" for each, count in named[:DETAILS_SHOWN_MAX])
        more = f", {len(named) - DETAILS_SHOWN_MAX} more" if len(named) > DETAILS_SHOWN_MAX else ""
        yield "skipped", f"{details.total():,}: {reason}" + (f" ({shown}{more})" if shown else "")
    if totals.repeated:
        yield "repeated", f"{totals.repeated:,}"
    if totals.bad:
        yield "bad", f"{totals.bad:,}"
        for _, line, message in totals.first_bad:
            yield "", f"line {line:,}: {message}"


def _outcome(totals: Totals) -> Iterator[Row]:
    if totals.earliest_at is not None and totals.latest_at is not None:
        yield "time", f"{instant_text(totals.earliest_at)} to {instant_text(totals.latest_at)}"
    yield "wallets", f"{totals.wallets:,}"
    for code, count in totals.joins_refused.items():
        yield "not joined", f"{count:,}: {code}"
    if totals.accepted.requests != totals.accepted.charges:
        yield "requests", f"{totals.accepted.requests:,} charged, {totals.refused_requests:,} not"
    for code, count in totals.refused.most_common():
        needed = f" of {credits_text(totals.refused_micro)} credits" if code == SHORT else ""
        yield "refused", f"{count:,}{needed}: {code}"
    if totals.uncollected_micro:
        yield "uncollected", f"{credits_text(totals.uncollected_micro)} credits"
    if totals.flagged:
        yield "abnormal", f"{totals.flagged:,} charges flagged"


def _ways(totals: Totals) -> Iterator[Row]:
    for plan, count in totals.upgrades.items():
        yield "upgrades", f"{count:,} to {plan}"
    for pack, count in totals.packs.items():
        yield "packs", f"{count:,} of {pack}"
    if totals.grants:
        yield "grants", f"{totals.grants:,}, {credits_text(totals.grants_micro)} credits"
    if totals.helped:
        yield "helped", f"{totals.helped:,} charges that were refused at first"


def _end(totals: Totals, ran: Ran) -> Iterator[Row]:
    if totals.recorded["renew"] or totals.expired_micro:
        expired = credits_text(totals.expired_micro)
        yield "clock", f"{totals.recorded['renew']:,} renewals, {expired} credits expired unused"
    yield "left", f"{credits_text(totals.available_micro)} credits"
    if ran.source_unit:
        apart = f", and {totals.source_cost_apart:,.2f}"
        cost = f"{totals.source_cost:,.2f} {ran.source_unit}"
        yield "source cost", cost + (f"{apart} set apart" if totals.source_rows_apart else "")
    if totals.estimated:
        yield "estimates", _estimates(totals)
    if totals.replayed:
        yield "known", f"{totals.replayed:,} rows were in the ledger before"
    pace = rows_per_second(totals, ran)
    yield "took", f"{ran.took_ms / 1000:,.1f} s, {pace:,} rows a second"
    yield "ledger", ran.ledger


def _estimates(totals: Totals) -> str:
    within = PERCENT * totals.covered / totals.estimated
    off = PERCENT * totals.off_micro / max(1, totals.estimated_price_micro)
    return f"{within:.1f} % of the prices were within their range; off by {off:.1f} % in sum"


def _shares(noun: str, shares: Mapping[str, Share], source_unit: str) -> RenderableType:
    names = ["charges", "requests", "price", "charged", *([source_unit] if source_unit else [])]
    made = table([noun, *names], right=names)
    for name, share in sorted(shares.items()):
        cells = [
            f"{share.charges:,}",
            f"{share.requests:,}",
            credits_text(share.price_micro),
            credits_text(share.charged_micro),
        ]
        if source_unit:
            cells.append(f"{share.source_cost:,.2f}")
        made.add_row(name, *cells)
    return made
