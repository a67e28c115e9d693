"""Charts as inline SVG: bars side by side, a distribution, a staircase; colours come from the page.

Coordinates are whole tenths of a pixel: what is drawn is a ratio of whole amounts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

WIDTH: Final = 720
LABELS: Final = 150
VALUES: Final = 130
BAR: Final = 14
GAP: Final = 20
PLOT_HEIGHT: Final = 190
ROOM_ABOVE: Final = 22
ROOM_BELOW: Final = 34


@dataclass(frozen=True, slots=True)
class Bars:
    """A group of two bars: what it is, the old and the new value, each as people read it."""

    label: str
    old: int
    new: int
    old_text: str
    new_text: str


def bar_chart(groups: Sequence[Bars], title: str) -> str:
    """Draw old and new side by side, one group below the other, on one scale."""
    most = max((max(each.old, each.new) for each in groups), default=0) or 1
    room = WIDTH - LABELS - VALUES
    parts, y = [], 4
    for each in groups:
        name = _cut(each.label)
        parts.append(_text(LABELS - 12, y + BAR + 4, name, "label end", hint=each.label))
        for side, value, shown in (
            ("old", each.old, each.old_text),
            ("new", each.new, each.new_text),
        ):
            length = max(1, value * room // most) if value > 0 else 0
            parts.append(
                f'<rect class="{side}" x="{LABELS}" y="{y}" width="{length}" height="{BAR}" rx="2">'
                f"<title>{escape(f'{each.label}, {side}: {shown}')}</title></rect>"
            )
            parts.append(_text(LABELS + length + 8, y + BAR - 3, shown, f"value {side}-text"))
            y += BAR + 2
        y += GAP
    return _svg(WIDTH, max(1, y - GAP + 4), title, parts)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a distribution: its range in words, its count, and which way it points."""

    label: str
    count: int
    tone: str


def column_chart(columns: Sequence[Column], ticks: Sequence[str], title: str) -> str:
    """Draw how many wallets lie in each range.

    Takes: a tick for each place between two columns, perhaps empty.
    """
    most = max((each.count for each in columns), default=0) or 1
    step = WIDTH // max(1, len(columns))
    base = ROOM_ABOVE + PLOT_HEIGHT
    parts = [f'<line class="axis" x1="0" y1="{base}" x2="{WIDTH}" y2="{base}"/>']
    for place, each in enumerate(columns):
        height = max(2, each.count * PLOT_HEIGHT // most) if each.count else 0
        x, middle = place * step + 4, place * step + step // 2
        parts.append(
            f'<rect class="{each.tone}" x="{x}" y="{base - height}" width="{step - 8}" '
            f'height="{height}" rx="2"><title>{escape(f"{each.label}: {each.count:,} wallets")}'
            "</title></rect>"
        )
        if each.count:
            parts.append(_text(middle, base - height - 6, f"{each.count:,}", "value middle"))
    for place, tick in enumerate(ticks, start=1):
        parts.append(_text(place * step, base + 18, tick, "tick middle"))
    parts += [
        _text(place * step + step // 2, base + 18, "none", "tick middle")
        for place, each in enumerate(columns)
        if each.tone == "same"
    ]
    return _svg(WIDTH, base + ROOM_BELOW, title, parts)


@dataclass(frozen=True, slots=True)
class Staircase:
    """How many have happened by when: instants in order, within a span that the chart covers."""

    old: Sequence[int]
    new: Sequence[int]
    starts_at: int
    ends_at: int
    start_text: str
    end_text: str


def staircase_chart(steps: Staircase, title: str) -> str:
    """Draw two counts that grow with time."""
    most = max(len(steps.old), len(steps.new)) or 1
    base, left, right = ROOM_ABOVE + PLOT_HEIGHT, 48, WIDTH - 64
    parts = [f'<line class="axis" x1="{left}" y1="{base}" x2="{right}" y2="{base}"/>']
    for count in sorted({0, most // 2, most}):
        y = base - count * PLOT_HEIGHT // most
        parts.append(f'<line class="grid" x1="{left}" y1="{y}" x2="{right}" y2="{y}"/>')
        parts.append(_text(left - 8, y + 4, f"{count:,}", "tick end"))
    for side, instants in (("old", steps.old), ("new", steps.new)):
        path = _stairs(instants, steps, (left, right, base), most)
        parts.append(f'<path class="{side}-line" d="{path}"/>')
    parts += _ends(steps, right, base, most)
    parts.append(_text(left, base + 20, steps.start_text, "tick"))
    parts.append(_text(right, base + 20, steps.end_text, "tick end"))
    return _svg(WIDTH, base + ROOM_BELOW, title, parts)


def _stairs(
    instants: Sequence[int], steps: Staircase, place: tuple[int, int, int], most: int
) -> str:
    left, right, base = place
    span = max(1, steps.ends_at - steps.starts_at)
    path = [f"M{left} {base}"]
    for count, instant in enumerate(instants, start=1):
        x = left + (instant - steps.starts_at) * (right - left) // span
        path.append(f"H{x}V{base - count * PLOT_HEIGHT // most}")
    return "".join([*path, f"H{right}"])


def _ends(steps: Staircase, right: int, base: int, most: int) -> list[str]:
    """Write the last counts at the right; two that would touch are moved apart."""
    heights = [base - len(each) * PLOT_HEIGHT // most + 4 for each in (steps.old, steps.new)]
    if abs(heights[0] - heights[1]) < BAR:
        upper = 0 if heights[0] < heights[1] else 1
        heights[upper] -= BAR // 2
        heights[1 - upper] += BAR // 2
    return [
        _text(right + 8, heights[0], f"old {len(steps.old):,}", "value old-text"),
        _text(right + 8, heights[1], f"new {len(steps.new):,}", "value new-text"),
    ]


def _text(x: int, y: int, text: str, style: str, *, hint: str = "") -> str:
    title = f"<title>{escape(hint)}</title>" if hint and hint != text else ""
    return f'<text class="{style}" x="{x}" y="{y}">{title}{escape(text)}</text>'


NAME_LENGTH_MAX: Final = 20


def _cut(name: str) -> str:
    return name if len(name) <= NAME_LENGTH_MAX else f"{name[: NAME_LENGTH_MAX - 1]}…"


def _svg(width: int, height: int, title: str, parts: Sequence[str]) -> str:
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(title)}">'
        f"{''.join(parts)}</svg>"
    )
