"""A refusal on the screen: why, by how much, and the ways out with their amounts and dates."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from rich.console import RenderableType
from rich.text import Text

from policyengine.app.sentences import distance_text
from policyengine.cli.screen import QUIET, STRONG, Row, headline, rows
from policyengine.ledger.transactions import Refusal, Transaction
from policyengine.values.amounts import credits_text
from policyengine.values.calendar import Instant, parse_instant
from policyengine.wording.languages import ENGLISH
from policyengine.wording.refusing import cheaper_models, way_words
from policyengine.wording.rendering import rendered

_NUMBERS: Final = (
    ("needed", "needed_micro"),
    ("available", "available_micro"),
    ("held for it", "held_micro"),
    ("as overage", "overage_micro"),
    ("short", "short_micro"),
    ("owed", "debt_micro"),
)


def refusal_parts(
    transaction: Transaction, refusal: Refusal, *, is_replay: bool = False
) -> Iterator[RenderableType]:
    """Draw a refused transaction."""
    name = f"  {transaction.id}" if transaction.seq else ""
    yield headline(
        "bad",
        (f"{transaction.kind} refused: {refusal.code}", STRONG),
        (name, QUIET),
    )
    pairs: list[Row] = []
    if is_replay:
        pairs.append(("replayed", "the key was used before; this is the answer given then"))
    pairs += refusal_rows(refusal, transaction.effective_at)
    yield rows(pairs)


def refusal_rows(refusal: Refusal, now: Instant) -> list[Row]:
    """Draw a refusal's reason, its numbers and the ways out."""
    details = refusal.details
    pairs: list[Row] = []
    if "needed_micro" not in details:
        pairs.append(("why", refusal.message))
    for label, key in _NUMBERS:
        if details.get(key):
            pairs.append((label, f"{credits_text(details[key])} credits"))
        elif key in {"available_micro", "held_micro"} and key in details:
            pairs.append((label, "nothing"))
    if "scope" in details:
        name = f" {details['name']}" if details["name"] else ""
        pairs.append(("blocked by", f"the cap of {details['scope']}{name}"))
    for cap in details.get("caps", ()):
        left = credits_text(cap["left_micro"])
        who = f" {cap['name']}" if cap["name"] else ""
        limit = credits_text(cap["limit_micro"])
        window = f"within {cap['within']}" if cap.get("within") else f"per {cap['per']}"
        pairs.append((f"{cap['scope']}{who}", f"{left} left of {limit} {window}"))
    if "top_up" in details:
        pairs.append(("top-up", f"{details['top_up']} waits for its payment"))
    return pairs + ways_out_rows(details.get("ways_out", ()), now)


def ways_out_rows(ways: Sequence[Mapping[str, Any]], now: Instant) -> list[Row]:
    """Draw what can be done for more credits, or with fewer."""
    lines = [_way_text(way, now) for way in ways if way["way"] != "use_model"]
    models = [way["model"] for way in ways if way["way"] == "use_model"]
    if models:
        lines.append(rendered(cheaper_models(models), ENGLISH))
    return [("ways out" if not index else "", Text(line)) for index, line in enumerate(lines)]


def _way_text(way: Mapping[str, Any], now: Instant) -> str:
    text = rendered(way_words(way), ENGLISH)
    if way["way"] != "wait":
        return text
    return f"{text} ({distance_text(parse_instant(way['until']), now)})"
