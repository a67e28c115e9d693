"""An estimate on the screen: low, expected and high; who pays; what else would cost less."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Final

from rich.console import RenderableType

from policyengine.app.forms import Form
from policyengine.app.reading import Calibration
from policyengine.app.sentences import counts_text, source_text
from policyengine.cli.receipts import expiry_text
from policyengine.cli.refusals import refusal_rows, ways_out_rows
from policyengine.cli.screen import QUIET, STRONG, Row, headline, lined_up, rows
from policyengine.engine.balance import Balance
from policyengine.engine.estimating import Estimate
from policyengine.ledger.transactions import Refusal
from policyengine.values.amounts import credits_plain, credits_text
from policyengine.values.calendar import Instant

_BASES: Final = {
    "caller": "as you say",
    "wallet history": "from this wallet's earlier answers",
    "model history": "from the model's earlier answers",
    "policy": "assumed by the policy",
}
CHEAPER_SHOWN: Final = 4


def cheaper_than(
    estimate: Estimate, others: Mapping[str, Estimate | Refusal]
) -> tuple[Estimate, ...]:
    """Give the estimates of models that are expected to cost less, the dearest first."""
    found = [each for each in others.values() if isinstance(each, Estimate)]
    less = [each for each in found if each.expected_micro < estimate.expected_micro]
    less.sort(key=lambda each: (-each.expected_micro, each.model))
    return tuple(less)


def estimate_parts(
    estimate: Estimate, counts: Mapping[str, int], balance: Balance, cheaper: Sequence[Estimate]
) -> Iterator[RenderableType]:
    """Draw an estimate."""
    expected = credits_text(estimate.expected_micro)
    low, high = credits_text(estimate.low_micro), credits_text(estimate.high_micro)
    spread = f"  ({low} to {high})" if low != high else ""
    yield headline(
        "plain" if estimate.suffices else "bad",
        (f"{estimate.model}: {expected} credits expected", STRONG),
        (spread, QUIET),
    )
    yield rows(list(_rows(estimate, counts, balance, cheaper)))


def _rows(
    estimate: Estimate, counts: Mapping[str, int], balance: Balance, cheaper: Sequence[Estimate]
) -> Iterator[Row]:
    lengths = estimate.output_tokens
    yield "sent", counts_text(tuple(counts.items()))
    if lengths.low == lengths.high:
        yield "answer", f"{lengths.expected:,} tokens, {_BASES[estimate.basis]}"
    else:
        spread = f"{lengths.low:,} to {lengths.high:,}"
        yield "answer", f"{lengths.expected:,} tokens ({spread}), {_BASES[estimate.basis]}"
    yield from _payers(estimate, balance)
    if estimate.suffices:
        left = credits_text(estimate.available_micro - estimate.expected_micro)
        yield "balance", f"{left} available afterwards"
    else:
        yield "available", f"{credits_text(estimate.available_micro)} credits"
        yield "short", f"{credits_text(estimate.short_micro)} credits"
    if estimate.suffices and estimate.short_high_micro:
        yield "at most", f"{credits_text(estimate.short_high_micro)} credits short"
    yield from ways_out_rows(_without_models(estimate), balance.as_of)
    names = [f"{each.model} {credits_text(each.expected_micro)}" for each in cheaper]
    if names:
        yield "cheaper", ", ".join(names[:CHEAPER_SHOWN])


def _without_models(estimate: Estimate) -> list[Mapping[str, object]]:
    """Leave out cheaper models, which are shown with their prices."""
    return [each for each in estimate.ways_out if each["way"] != "use_model"]


def _payers(estimate: Estimate, balance: Balance) -> Iterator[Row]:
    lots = {lot.terms.no: lot.terms for lot in balance.lots}
    amounts = lined_up([credits_text(draw.amount_micro) for draw in estimate.draws])
    label = "paid from"
    for draw, amount in zip(estimate.draws, amounts, strict=True):
        terms = lots[draw.lot_no]
        until = expiry_text(terms.expires_at, balance.as_of)
        yield label, f"{amount}  {source_text(terms)}, {until}"
        label = ""


def refused_parts(refusal: Refusal, now: Instant) -> Iterator[RenderableType]:
    """Draw the refusal that the request would meet."""
    yield headline("bad", (f"would be refused: {refusal.code}", STRONG))
    yield rows(refusal_rows(refusal, now))


def calibration_parts(found: Calibration) -> Iterator[RenderableType]:
    """Draw how good estimates have been."""
    if not found.charges:
        yield headline("plain", "no charge has had an estimate yet")
        return
    within = _percent(found.covered, found.charges)
    off = _percent(found.off_micro, found.price_micro)
    what = "charge" if found.charges == 1 else "charges"
    yield headline("plain", (f"{found.charges:,} {what} with an estimate", STRONG))
    yield rows(
        [
            ("within", f"{within} cost between the low and the high estimate"),
            ("off by", f"{off} of their price, on average, from the expected one"),
        ]
    )


def _percent(part: int, whole: int) -> str:
    """Write a share as a percentage with one decimal, rounded half up."""
    if not whole:
        return "0.0 %"
    tenths = (Fraction(part, whole) * 1000 + Fraction(1, 2)).__floor__()
    return f"{tenths // 10}.{tenths % 10} %"


def calibration_form(found: Calibration) -> Form:
    """Give how good estimates have been, as plain data."""
    return {
        "charges": found.charges,
        "within": found.covered,
        "off": credits_plain(found.off_micro),
        "price": credits_plain(found.price_micro),
    }
