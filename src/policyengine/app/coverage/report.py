"""What `test --coverage` and `test --mutate` say: for people, for machines, for a pull request."""

from collections.abc import Iterator, Sequence
from decimal import ROUND_FLOOR, Decimal
from itertools import groupby
from typing import Any, Final

from policyengine.app.coverage.exercise import Coverage, RuleFact
from policyengine.app.coverage.hints import hint_of
from policyengine.app.coverage.mutation import Mutant, Mutation

PERCENT: Final = 100
TEXT_SHOWN_MAX: Final = 40


def percent(part: int, whole: int) -> Decimal:
    """Give a share in percent, rounded down to a tenth: only all of it is 100; of nothing, too."""
    if not whole:
        return Decimal(PERCENT)
    share = Decimal(PERCENT * part) / whole
    return share.quantize(Decimal("0.1"), ROUND_FLOOR) if part < whole else Decimal(PERCENT)


def coverage_text(coverage: Coverage) -> str:
    """List the facts that no scenario exercises, then count."""
    lines = []
    for file, facts in groupby(coverage.missed, key=lambda each: each.file):
        lines.append(f"{file}: no scenario exercises")
        lines += _columns([(str(each.fact.line), each.fact.path, _short(each)) for each in facts])
        lines.append("")
    return "\n".join([*lines, _covered_line(coverage)])


def mutation_text(mutation: Mutation) -> str:
    """List the changes that nobody notices, each with what would; then the excuses; then count."""
    lines: list[str] = []
    for fact, mutants in groupby(mutation.of("survived"), key=lambda each: each.fact):
        changes = list(mutants)
        news = ", ".join(each.new for each in changes)
        lines += [
            f"{fact.place}: no scenario notices {fact.fact.path}",
            f"  {fact.fact.text} -> {news}",
            f"  = help: {hint_of(changes[0])}",
            "",
        ]
    for mutant in mutation.of("excused"):
        lines += [_excused(mutant), ""]
    for excuse, new in mutation.idle_excuses:
        lines += [
            f"{excuse.place}: the excuse for {excuse.entry.fact} -> {new} is not needed",
            "  = help: delete it: a scenario notices the change, or it is none",
            "",
        ]
    return "\n".join([*lines, _mutated_line(mutation)])


def _excused(mutant: Mutant) -> str:
    fact, excuse = mutant.fact, mutant.excuse
    because = "" if excuse is None else f"  {excuse.place}: {excuse.entry.because}"
    return f"{fact.place}: excused {fact.fact.path}\n  {fact.fact.text} -> {mutant.new}\n{because}"


def _covered_line(coverage: Coverage) -> str:
    share = percent(coverage.exercised, len(coverage.facts))
    idle = f"; {len(coverage.idle)} that nothing depends on" if coverage.idle else ""
    return (
        f"{coverage.policy}: {coverage.exercised} of {len(coverage.facts)} facts exercised "
        f"({share} %){idle}"
    )


def _mutated_line(mutation: Mutation) -> str:
    share = percent(mutation.noticed, mutation.counted)
    rest = [
        f"{len(found)} {word}"
        for found, word in (
            (mutation.of("excused"), "excused"),
            (mutation.of("invalid"), "invalid"),
        )
        if found
    ]
    return (
        f"{mutation.policy}: {mutation.noticed} of {mutation.counted} changes noticed ({share} %)"
        + (f"; {', '.join(rest)}" if rest else "")
    )


def _columns(rows: Sequence[tuple[str, str, str]]) -> Iterator[str]:
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    for line, path, text in rows:
        yield f"  {line:>{widths[0]}}  {path:<{widths[1]}}  {text}"


def _short(fact: RuleFact) -> str:
    text = fact.fact.text
    return text if len(text) <= TEXT_SHOWN_MAX else text[: TEXT_SHOWN_MAX - 1] + "…"


def coverage_form(coverage: Coverage) -> dict[str, Any]:
    """Give a coverage as plain data."""
    return {
        "policy": coverage.policy,
        "facts": len(coverage.facts),
        "exercised": coverage.exercised,
        "percent": str(percent(coverage.exercised, len(coverage.facts))),
        "missed": [_fact_form(each) for each in coverage.missed],
        "idle": [_fact_form(each) for each in coverage.idle],
    }


def mutation_form(mutation: Mutation) -> dict[str, Any]:
    """Give a mutation as plain data."""
    return {
        "policy": mutation.policy,
        "changes": mutation.counted,
        "noticed": mutation.noticed,
        "percent": str(percent(mutation.noticed, mutation.counted)),
        "invalid": len(mutation.of("invalid")),
        "survived": [
            {**_fact_form(each.fact), "new": each.new, "asked": each.asked, "hint": hint_of(each)}
            for each in mutation.of("survived")
        ],
        "excused": [
            {
                **_fact_form(each.fact),
                "new": each.new,
                "because": each.excuse.entry.because,
                "excuse": each.excuse.place,
            }
            for each in mutation.of("excused")
            if each.excuse is not None
        ],
        "idle_excuses": [
            {"path": excuse.entry.fact, "new": new, "excuse": excuse.place}
            for excuse, new in mutation.idle_excuses
        ],
    }


def _fact_form(fact: RuleFact) -> dict[str, Any]:
    return {
        "version": fact.version,
        "file": fact.file,
        "line": fact.fact.line,
        "path": fact.fact.path,
        "kind": fact.fact.kind,
        "value": fact.fact.text,
    }


def markdown(covers: Sequence[Coverage], mutations: Sequence[Mutation]) -> str:
    """Write both as a page for a pull request."""
    of_policy = {each.policy: each for each in mutations}
    lines = ["| policy | facts exercised | changes noticed |", "|---|---|---|"]
    for each in covers:
        mutation = of_policy.get(each.policy)
        noticed = "" if mutation is None else _share(mutation.noticed, mutation.counted)
        lines.append(f"| {each.policy} | {_share(each.exercised, len(each.facts))} | {noticed} |")
    missed = [fact for each in covers for fact in each.missed]
    if missed:
        lines += ["", "No scenario exercises", ""]
        lines += [f"- `{each.place}` `{each.fact.path}: {each.fact.text}`" for each in missed]
    survived = [mutant for each in mutations for mutant in each.of("survived")]
    if survived:
        lines += ["", "No scenario notices", ""]
        lines += [f"- {_change(each)}: {hint_of(each)}" for each in survived]
    excused = [mutant for each in mutations for mutant in each.of("excused")]
    if excused:
        lines += ["", "Excused", ""]
        lines += [
            f"- {_change(each)}: {each.excuse.entry.because}"
            for each in excused
            if each.excuse is not None
        ]
    return "\n".join(lines)


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({percent(part, whole)} %)"


def _change(mutant: Mutant) -> str:
    fact = mutant.fact
    return f"`{fact.place}` `{fact.fact.path}` `{fact.fact.text}` → `{mutant.new}`"
