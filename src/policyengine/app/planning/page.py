"""A plan as one page: verdict, what differs, who is affected, scenarios, guards, how to repeat it.

The terminal and Markdown draw the same sections.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from policyengine.app.checking import counted
from policyengine.app.diff_report import summary
from policyengine.app.diffing import Diff
from policyengine.app.planning.judging import Judged, Verdict, measure_text
from policyengine.app.planning.plan import Plan
from policyengine.app.planning.playing import AMOUNTS, Played
from policyengine.app.planning.trees import FATES, Edited
from policyengine.app.planning.wording import change_text
from policyengine.app.simulation.about import side_text
from policyengine.app.simulation.tables import Table, headline, tables
from policyengine.app.simulation.wording import NOTHING, credits_shown, signed
from policyengine.review.words import listed
from policyengine.values.amounts import Micro

FACTS_SHOWN_MAX: Final = 24
SCENARIOS_SHOWN_MAX: Final = 12
EDITED_SHOWN_MAX: Final = 8
KINDS_SHOWN_MAX: Final = 3
SIMULATION_TABLES: Final = 4
"""The tables of a simulation that say who is affected; `simulate` has the others."""
PRICED: Final = frozenset({"charged", "estimated"})
"""The amounts by which a scenario says what requests cost."""
WORDS: Final[dict[Verdict, str]] = {"allow": "ALLOW", "warn": "WARN", "block": "BLOCK"}


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page: a title, lines, a table, and lines below it; commands are to be typed."""

    title: str
    lines: tuple[str, ...] = ()
    table: Table | None = None
    notes: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()


def verdict_text(plan: Plan) -> str:
    """Say the verdict and what it rests on, in one line."""
    gravest = [each for each in plan.judged if each.verdict == plan.verdict]
    if plan.verdict == "block":
        return f"BLOCK  {_guards_said(gravest, ('is not kept', 'are not kept'))}"
    if plan.verdict == "warn":
        reasons = []
        if gravest:
            reasons.append(_guards_said(gravest, ("warns", "warn")))
        if plan.scenarios.unmet:
            number = counted(len(plan.scenarios.unmet), "scenario expects", "scenarios expect")
            reasons.append(f"{number} something else")
        if plan.guards_changed:
            reasons.append("the guards themselves change")
        return f"WARN  {'; '.join(reasons)}"
    if not plan.is_different:
        return "ALLOW  nothing differs"
    if not plan.judged:
        return "ALLOW  nothing guards this change"
    return f"ALLOW  {counted(len(plan.judged), 'guard is', 'guards are')} kept"


def _guards_said(judged: Sequence[Judged], verb: tuple[str, str]) -> str:
    names = listed([each.name for each in judged])
    one, many = verb
    return f"guard {names} {one}" if len(judged) == 1 else f"guards {names} {many}"


def facts(plan: Plan) -> Iterator[tuple[str, str]]:
    """Say in short what was compared, and what each part found."""
    yield "compared", f"{plan.change.place} against {plan.change.base.words}"
    yield "differs", summary(plan.change.diff)
    yield "checked", plan.checked.summary
    yield "scenarios", _scenarios_said(plan)
    yield "wallets", _wallets_said(plan)
    yield "guards", _guards_fact(plan)


def _scenarios_said(plan: Plan) -> str:
    found = plan.scenarios
    if not found.results and not found.edited:
        return "none of a policy that differs"
    played = len(found.different)
    parts = [f"{played} of {len(found.played)} come out otherwise"]
    if found.unmet:
        parts.append(f"{counted(len(found.unmet), 'expects', 'expect')} something else")
    counts = Counter(each.fate for each in found.edited)
    parts += [f"{counts[fate]} {fate}" for fate in FATES if counts[fate]]
    return ", ".join(parts)


def _wallets_said(plan: Plan) -> str:
    return "not simulated" if plan.simulated is None else headline(plan.simulated)


def _guards_fact(plan: Plan) -> str:
    if plan.guards_file is None:
        return "none; `guards.yaml` beside the policies would hold changes to bounds"
    counts = Counter(each.verdict for each in plan.judged)
    said = ", ".join(
        f"{counts[each]} {each}" for each in ("block", "warn", "allow") if counts[each]
    )
    changed = "; this change alters them" if plan.guards_changed else ""
    return f"{plan.guards_file}: {said}{changed}"


def shown_diff(plan: Plan) -> tuple[Diff, str]:
    """Give the gravest differences of each comparison, and a line about those left out."""
    found = plan.change.diff
    cut = tuple(
        replace(one, differences=one.differences[:FACTS_SHOWN_MAX]) for one in found.compared
    )
    left = sum(len(one.differences) for one in found.compared) - sum(
        len(one.differences) for one in cut
    )
    note = f"{left:,} more: `policyengine diff {plan.change.place} --against …`" if left else ""
    return replace(found, compared=cut), note


def sections(plan: Plan, asked: str) -> Iterator[Section]:
    """Give the sections below what differs.

    Takes: the command line that was run, without the name of the program.
    """
    yield _affected(plan)
    if plan.scenarios.results or plan.scenarios.edited:
        yield _scenarios(plan)
    if plan.judged:
        yield _guards(plan)
    yield Section("To repeat this", commands=(f"policyengine {asked}",))


# Who is affected


def affected_tables(plan: Plan) -> Iterator[Table]:
    """Give the tables of the simulation that a plan shows."""
    if plan.simulated is not None:
        for number, table in enumerate(tables(plan.simulated)):
            if number < SIMULATION_TABLES:
                yield table


def _affected(plan: Plan) -> Section:
    if plan.simulated is None:
        place = plan.change.place
        return Section(
            "Who is affected",
            ("Nothing was simulated, so what this does to wallets is not known. To find out:",),
            commands=(
                f"policyengine plan {place} --usage ledger --db FILE",
                f"policyengine plan {place} --usage FILE --mapping NAME",
            ),
        )
    about = plan.simulated.about
    lines = (
        headline(plan.simulated).capitalize() + ".",
        f"Old: {side_text(about.old)}.",
        f"New: {side_text(about.new)}.",
    )
    return Section("Who is affected", lines)


# Scenarios


def _scenarios(plan: Plan) -> Section:
    found = plan.scenarios
    told = sorted(filter(_is_telling, found.different), key=_worst_first)
    shown = told[:SCENARIOS_SHOWN_MAX]
    rows = tuple(row for each in shown for row in _rows(each))
    notes = []
    if len(told) > len(shown):
        notes.append(f"{len(told) - len(shown)} more are charged or refused otherwise.")
    notes += _balances([each for each in found.different if not _is_telling(each)])
    notes += _edits(found.edited)
    commands: tuple[str, ...] = ()
    if found.unmet:
        notes.append(
            f"{counted(len(found.unmet), 'scenario does', 'scenarios do')} not expect what comes, "
            f"such as {found.unmet[0].title!r}."
        )
        commands = (f"policyengine test {plan.change.place}",)
    lines: tuple[str, ...] = (
        "Each was played under the old version and the new one, as if always in force.",
    )
    table = None
    if rows:
        table = Table("", ("scenario", "old -> new", "%"), rows, words=2)
    if not found.different:
        lines = ("Every scenario comes out as before.",) if found.played else ()
    return Section("Scenarios", lines, table, tuple(notes), commands)


def _is_telling(each: Played) -> bool:
    return bool(_priced(each)) or each.old.refusals != each.new.refusals


def _worst_first(each: Played) -> tuple[bool, Fraction, str, int]:
    """Put those first that are refused more, then those that cost more."""
    is_refused = len(each.new.refusals) > len(each.old.refusals)
    changes = [Fraction(new - old, old) for _, old, new in _priced(each) if old]
    return not is_refused, -max(changes, default=Fraction(0)), each.file, each.line


def _priced(each: Played) -> list[tuple[str, Micro, Micro]]:
    return [amount for amount in each.amounts if amount[0] in PRICED]


def _rows(each: Played) -> Iterator[tuple[str, str, str]]:
    title = each.title
    for name, old, new in _priced(each):
        share = change_text(Fraction(new - old, old)) if old else NOTHING
        words = f"{AMOUNTS[name]} " if name == "estimated" else ""
        yield title, f"{words}{credits_shown(old)} -> {credits_shown(new)}", share
        title = ""
    for refused in refusals_said(each):
        yield title, refused, ""
        title = ""


def refusals_said(each: Played) -> Iterator[str]:
    """Say what is refused now, and what is not refused any more."""
    old, new = dict(each.old.refusals), dict(each.new.refusals)
    for step in sorted({*old, *new}):
        where = f"step {step}" if step else "the wallet"
        if step not in old:
            yield f"{where} refused: {new[step]}"
        elif step not in new:
            yield f"{where} no longer refused"
        elif old[step] != new[step]:
            yield f"{where}: {old[step]} -> {new[step]}"


def _balances(found: Sequence[Played]) -> Iterator[str]:
    """Count scenarios that end with another balance only, by how much it differs."""
    if not found:
        return
    deltas = Counter(each.new.left - each.old.left for each in found)
    kinds = [
        f"{signed(credits_shown(delta))} in {count}"
        for delta, count in deltas.most_common(KINDS_SHOWN_MAX)
    ]
    more = ", …" if len(deltas) > KINDS_SHOWN_MAX else ""
    only = counted(len(found), "scenario ends", "scenarios end")
    yield f"{only} with another balance only: {', '.join(kinds)}{more}."


def _edits(edited: Sequence[Edited]) -> Iterator[str]:
    for fate in FATES:
        titles = [each.title for each in edited if each.fate == fate]
        if titles:
            shown = "; ".join(titles[:EDITED_SHOWN_MAX])
            more = (
                f"; {len(titles) - EDITED_SHOWN_MAX} more" if len(titles) > EDITED_SHOWN_MAX else ""
            )
            yield f"{fate.capitalize()}: {shown}{more}."


# Guards


def _guards(plan: Plan) -> Section:
    rows = tuple(
        (
            WORDS[each.verdict],
            each.name,
            measure_text(each.guard),
            each.measured.text or "unknown",
            each.bound,
        )
        for each in plan.judged
    )
    columns = ("", "guard", "measured", "is", "bound")
    table = Table("", columns, rows, words=3)
    alike: dict[str, list[Judged]] = {}
    for each in plan.judged:
        alike.setdefault(reason(each), []).append(each)
    notes = tuple(f"{_named(guards)}: {why}" for why, guards in alike.items())
    return Section("Guards", (f"The bounds stand in {plan.guards_file}.",), table, notes)


def _named(judged: Sequence[Judged]) -> str:
    names, lines = listed([each.name for each in judged]), listed([str(e.line) for e in judged])
    return f"{names} (line{'s' if len(judged) > 1 else ''} {lines})"


def reason(judged: Judged) -> str:
    """Say why a guard has its verdict: the worst case, what is not known, and its own reason."""
    measured, why = judged.measured, judged.guard.why
    return "; ".join(filter(None, (measured.worst, measured.doubt, why))).rstrip(".") + "."
