"""Usage made up from a seed: small files in each format, and what they must cost by hand."""

import csv
import gzip
import json
import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

MODELS = {
    "opus-1": "frontier",
    "opus-2": "frontier",
    "sonnet-1": "standard",
    "haiku-1": "lite",
}
HIDDEN = "hidden"
ROOT_OF_TESTS = Path(__file__).parents[2]

MAPPING = """\
format: 1
mapping: made_up
about: Usage made up from a seed.
columns:
  user: user id
  began: began
  t: t
  model: model
  prompt: prompt
  seen: seen
  answer: answer
  status: status
  chat: chat
  cost: cost
blank: {began: zero}
wallets:
  named_by: [user]
  prefix: u-
  plan: pro_plus
  still_short: refuse
models:
  column: model
  names:
    - {like: opus-*, model: frontier}
    - {like: sonnet-*, model: standard}
    - {like: haiku-1, model: lite}
  otherwise: {skip: the model is not in the table}
time: {column: t, plus: [began], unit: seconds, zero_at: 2026-02-01T00:00:00Z, stretch: 2}
units:
  text_cached: min(prompt, seen)
  text_input: prompt - min(prompt, seen)
  text_output: answer
without_usage: skip
conversation: chat
outcome: {column: status, failed: [error], cancelled: [stopped]}
cost: {column: cost, unit: USD, set_apart_above: 100}
"""


@dataclass(frozen=True, slots=True)
class Made:
    """A row of a made-up file."""

    user: str
    began: str
    t: str
    model: str
    prompt: int
    seen: int
    answer: int
    status: str
    chat: str
    cost: str

    @property
    def cells(self) -> dict[str, Any]:
        """The row with the file's own names of columns."""
        named = asdict(self)
        return {"user id": named.pop("user"), **named}

    @property
    def microseconds(self) -> int:
        """When the row is replayed, after the zero of the mapping, in microseconds."""
        return int((Decimal(self.t) + Decimal(self.began or 0)) * 2_000_000)


def made_rows(seed: int, count: int = 400) -> list[Made]:
    """Make rows; not in the order of time."""
    chance = random.Random(seed)
    users = ["ana", "bo", "cy", "dee dee", "eve/1"]
    return [
        Made(
            user=chance.choice(users),
            began=chance.choice(["", "3600", "86400.5"]),
            t=f"{chance.randrange(10**9) / 1000:.3f}",
            model=chance.choice([*MODELS, HIDDEN]),
            prompt=chance.randrange(3000),
            seen=chance.randrange(4000),
            answer=chance.randrange(800),
            status=chance.choice(["", "", "", "error", "stopped"]),
            chat=f"chat-{chance.randrange(9)}",
            cost=str(Decimal(chance.randrange(10**6)) / 10**7),
        )
        for _ in range(count)
    ]


def cost_of(row: Made) -> int:
    """Work out by hand what a row costs on the reference policy, in micro-credits.

    Rates per million tokens: input 100, cached 10, output 500. So a token of input costs
    100 micro-credits, times 6, 1 or 1/2 by the model; rounded up to 0.01 credits, 10,000 micro.
    A failed request is free, a stopped one costs all.
    """
    if row.status == "error":
        return 0
    cached = min(row.prompt, row.seen)
    twelfths = {"frontier": 12, "standard": 2, "lite": 1}[MODELS[row.model]]
    exact = ((row.prompt - cached) * 100 + cached * 10 + row.answer * 500) * twelfths
    return -(-exact // 20_000) * 10_000


def write_csv(path: Path, rows: Sequence[Made]) -> Path:
    """Write rows as CSV; packed where the name ends in .gz."""
    names = list(rows[0].cells) if rows else [each.name for each in fields(Made)]
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "wt", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, names)
        writer.writeheader()
        writer.writerows(row.cells for row in rows)
    return path


def write_jsonl(path: Path, rows: Sequence[Made]) -> Path:
    """Write rows as JSON lines, the times as numbers."""
    lines = []
    for row in rows:
        cells = {name: value for name, value in row.cells.items() if value != ""}
        text = json.dumps(cells)
        lines.append(text.replace(f'"t": "{row.t}"', f'"t": {row.t}'))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def write_parquet(path: Path, rows: Sequence[Made]) -> Path:
    """Write rows as Parquet, the times as floats."""
    cells = [row.cells for row in rows]
    columns = {name: [each[name] or None for each in cells] for name in cells[0]}
    for name in ("t", "began"):
        columns[name] = [None if each is None else float(each) for each in columns[name]]
    for name in ("prompt", "seen", "answer"):
        columns[name] = [each or 0 for each in columns[name]]
    parquet.write_table(pa.table(columns), path)
    return path
