"""A simulation as one page that needs nothing else: no script, no font, no picture."""

from collections.abc import Iterator
from fractions import Fraction
from html import escape
from importlib.resources import files
from itertools import pairwise
from typing import Final

from policyengine.app.simulation.about import Report
from policyengine.app.simulation.charts import (
    Bars,
    Column,
    Staircase,
    bar_chart,
    column_chart,
    staircase_chart,
)
from policyengine.app.simulation.tables import FIGURES, NOBODY, Table, facts, headline, tables
from policyengine.app.simulation.wording import (
    credits_shown,
    day_text,
    percent_text,
    share_text,
    signed,
    spread,
)
from policyengine.simulate.comparing import STEPS, Comparison, Verdict
from policyengine.values.amounts import MICRO_PER_CREDIT

TITLE: Final = "Simulation of a policy change"
BARS_MAX: Final = 12
CARDS: Final = (
    "price_micro",
    "charged_micro",
    "refused",
    "ran_out_before_renewal",
    "expired_micro",
)
CARD_WORDS: Final = {"ran_out_before_renewal": "wallets out before a renewal"}


def simulation_html(report: Report) -> str:
    """Write the whole report."""
    style = files("policyengine.app.simulation").joinpath("report.css").read_text(encoding="utf-8")
    body = "\n".join(_body(report))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{TITLE}</title>\n<style>\n{style}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _body(report: Report) -> Iterator[str]:
    comparison = report.simulated.comparison
    yield f"<header><p class=over>{TITLE}</p><h1>{escape(_claim(report))}</h1>"
    yield f"<p class=lead>{escape(_lead(report))}</p></header>"
    yield _verdicts(report)
    yield '<section class="cards">' + "".join(_cards(report)) + "</section>"
    legend = (
        '<p class="legend"><span class="key old"></span>old<span class="key new"></span>new</p>'
    )
    if comparison.models:
        yield _figure("Price of all requests, by model", legend + _by_model(comparison))
    yield _figure("Wallets by how much their price changes", _distribution(comparison))
    if any(comparison.out_at):
        chart = _out_by_when(report)
        yield _figure("Wallets that have run out of credits, over time", legend + chart)
    for table in tables(report):
        yield _table(table)
    rows = "".join(
        f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in facts(report)
    )
    yield f"<section><h2>What was simulated</h2><dl>{rows}</dl>{_method()}</section>"


def _claim(report: Report) -> str:
    text = headline(report)
    return text[:1].upper() + text[1:]


def _lead(report: Report) -> str:
    simulated = report.simulated
    span = f"{day_text(simulated.earliest_at)} to {day_text(simulated.latest_at)}"
    text = (
        f"{simulated.size:,} {report.about.noun} of {simulated.wallets:,} wallets, {span}, run "
        "under both policies by the engine that charges."
    )
    if report.is_sample:
        text += f" A sample of {simulated.wallets_taken:,} wallets; ± is the error at 95 %."
    return text


def _verdicts(report: Report) -> str:
    simulated = report.simulated
    wallets = simulated.comparison.wallets
    parts, legend = [], []
    order: tuple[Verdict, ...] = ("better", "same", "worse")
    for verdict in order:
        band = wallets[verdict]
        share = share_text(band.value, simulated.wallets)
        error = f" {spread(band, is_amount=False)}" if band.is_estimate else ""
        if band.value:
            parts.append(
                f'<span class="{verdict}" style="flex-grow:{band.value}" '
                f'title="{verdict}: {band.value:,}"></span>'
            )
        legend.append(
            f'<li><span class="key {verdict}"></span><b>{band.value:,}</b>{error} '
            f"{'the same' if verdict == 'same' else f'{verdict} off'} <i>{share}</i></li>"
        )
    return (
        f'<section class="verdicts"><div class="strip">{"".join(parts)}</div>'
        f"<ul>{''.join(legend)}</ul></section>"
    )


def _cards(report: Report) -> Iterator[str]:
    figures = report.simulated.comparison.figures
    for name in CARDS:
        figure, is_amount = figures[name], name.endswith("_micro")
        change = signed(_whole(figure.change.value, is_amount=is_amount))
        percent = percent_text(figure.change.value, figure.old.value)
        error = spread(figure.change, is_amount=is_amount) if figure.change.is_estimate else ""
        yield (
            f"<article><h3>{escape(CARD_WORDS.get(name, FIGURES[name]))}</h3>"
            f"<p class=big>{_whole(figure.new.value, is_amount=is_amount)}</p>"
            f"<p class=was>was {_whole(figure.old.value, is_amount=is_amount)}</p>"
            f"<p class=by>{change} <span>{percent}</span></p><p class=error>{error}</p></article>"
        )


def _whole(value: int, *, is_amount: bool) -> str:
    """Write a figure for a card: a count, or whole credits."""
    return f"{round(Fraction(value, MICRO_PER_CREDIT)) if is_amount else value:,}"


def _by_model(comparison: Comparison) -> str:
    dearest = sorted(
        comparison.models.items(), key=lambda each: (-each[1].old.price_micro, each[0])
    )
    groups = [
        Bars(
            name or NOBODY,
            use.old.price_micro,
            use.new.price_micro,
            credits_shown(use.old.price_micro),
            credits_shown(use.new.price_micro),
        )
        for name, use in dearest[:BARS_MAX]
    ]
    return bar_chart(groups, "Price of all requests by model, old and new")


def _distribution(comparison: Comparison) -> str:
    bounds = [step // 100 for step in STEPS]
    zero = bounds.index(0)
    ranges = [f"{low} to {high} %" for low, high in pairwise(bounds)]
    words = [f"below {bounds[0]} %", *ranges[:zero], "none", *ranges[zero:]]
    words.append(f"above {bounds[-1]} %")
    tones = ["better"] * (zero + 1) + ["same"] + ["worse"] * (len(bounds) - zero)
    ticks = [
        *(str(each) for each in bounds[:zero]),
        "",
        "",
        *(f"+{each}" for each in bounds[zero + 1 :]),
    ]
    columns = [
        Column(label, count, tone)
        for label, count, tone in zip(words, comparison.steps, tones, strict=True)
    ]
    return column_chart(columns, ticks, "Wallets by change of price in percent")


def _out_by_when(report: Report) -> str:
    simulated = report.simulated
    old, new = simulated.comparison.out_at
    steps = Staircase(
        old,
        new,
        simulated.earliest_at,
        simulated.latest_at,
        day_text(simulated.earliest_at),
        day_text(simulated.latest_at),
    )
    sampled = ", of the wallets in the sample" if report.is_sample else ""
    return staircase_chart(steps, f"Wallets that have run out, by time{sampled}")


def _figure(title: str, chart: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{chart}</section>"


def _table(table: Table) -> str:
    head = "".join(
        f'<th scope="col"{_align(place, table)}>{escape(name)}</th>'
        for place, name in enumerate(table.columns)
    )
    rows = "".join(f"<tr>{_cells(row, table)}</tr>" for row in table.rows)
    note = f"<p class=note>{escape(table.note)}</p>" if table.note else ""
    return (
        f'<section><h2>{escape(table.title)}</h2><div class="scroll"><table><thead><tr>{head}</tr>'
        f"</thead><tbody>{rows}</tbody></table></div>{note}</section>"
    )


def _cells(row: tuple[str, ...], table: Table) -> str:
    first, *rest = row
    cells = [f'<th scope="row">{escape(first)}</th>']
    cells += [
        f"<td{_align(place, table)}>{escape(cell)}</td>" for place, cell in enumerate(rest, start=1)
    ]
    return "".join(cells)


def _align(place: int, table: Table) -> str:
    return "" if place < table.words else ' class="number"'


def _method() -> str:
    return (
        "<p class=note>Price is what the policy asks for every request, refused ones too; taken is "
        "what credits paid. Amounts are credits.</p>"
    )
