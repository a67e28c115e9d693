"""What an import of prices did, drawn for people and as plain data."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import typer
from rich.console import RenderableType

from policyengine.app.importing.difference import Change
from policyengine.app.importing.importing import Asked, Imported, NewFile
from policyengine.app.importing.records import LeftOut
from policyengine.app.importing.sections import instant_text
from policyengine.cli.screen import headline, indented, quiet, rows, show, table
from policyengine.values.diagnostics import drawn, has_errors

NAMED_MAX: Final = 4
"""How many models are named of those that were left out for one reason."""
CHANGES_MAX: Final = 40
"""How many changes of a version are shown; JSON has them all."""


def show_import(done: Imported, asked: Asked, *, written: bool) -> None:
    """Draw what was imported, what was not and why, and what each new file changes."""
    if has_errors(done.findings):
        for each in done.findings:
            typer.echo(f"{drawn(each, done.drawn_on.get(each.file, ()))}\n")
    show(_parts(done, asked, written=written))


def _parts(done: Imported, asked: Asked, *, written: bool) -> Iterator[RenderableType]:
    prices = f"{done.prices.name} {done.prices.version}"
    if not done.priced.models:
        yield headline("warn", f"nothing to import: {prices} has no price for what is wanted")
        return
    if has_errors(done.findings):
        yield headline("bad", "the policy would have these errors; nothing was written")
    elif not done.files:
        yield headline("good", f"nothing has changed since the last import of {prices}")
    else:
        verb = "wrote" if written else "would write"
        yield headline("good", f"{verb} {_counted(len(done.files), 'version')} from {prices}")
    yield rows(list(_summary(done, asked)))
    for each in done.files:
        yield ""
        yield from _file_parts(each)
    if done.files and asked.status == "draft" and not has_errors(done.findings):
        yield ""
        yield quiet("A draft decides nothing: look at it, then set `status: published`.")


def _summary(done: Imported, asked: Asked) -> Iterator[tuple[str, RenderableType]]:
    yield "credit", f"{asked.credit_price:f} USD"
    yield "covered", coverage(done)
    for reason, those in _by_reason(done.unsaid):
        yield "left out", f"{len(those)}: {reason}: {_some(each.model for each in those)}"
    if done.unpriced:
        yield "no price", f"{_counted(len(done.unpriced), 'model')} of the list"
    for key, count in sorted(_unsaid(done).items()):
        yield "not said", f"`{key}` of {_counted(count, 'model')}: no unit stands for it"
    apart = len(done.priced.models) - len(_imported_names(done))
    if apart:
        yield "apart", f"{_counted(apart, 'model')} for ways of a request with prices of their own"
    for name, each in done.priced.modifiers.items():
        number = _counted(len(each.models), "model")
        yield "modifier", f"{name}: x {each.factor} on tokens of {number}"


def coverage(done: Imported) -> str:
    """Say how many of the priced models were imported."""
    there = len(_imported_names(done))
    every = there + len(done.unsaid)
    share = f" ({there / every:.1%})" if every else ""
    return f"{there:,} of {every:,} priced models{share}"


def _imported_names(done: Imported) -> list[str]:
    return [name for name in done.offers if name in done.priced.models]


def _unsaid(done: Imported) -> Counter[str]:
    return Counter(key for name in _imported_names(done) for key in done.offers[name].unsaid)


def _by_reason(left_out: Sequence[LeftOut]) -> list[tuple[str, list[LeftOut]]]:
    found: dict[str, list[LeftOut]] = {}
    for each in left_out:
        found.setdefault(each.reason, []).append(each)
    return sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0]))


def _some(names: Iterable[str]) -> str:
    every = list(names)
    rest = len(every) - NAMED_MAX
    return ", ".join(every[:NAMED_MAX]) + (f" and {rest} more" if rest > 0 else "")


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def _file_parts(file: NewFile) -> Iterator[RenderableType]:
    yield headline("plain", f"{file.path}, in force from {instant_text(file.effective)}")
    if file.is_first:
        yield indented("a new policy; the sections below `charge` are placeholders", 4)
        return
    lines: list[str] = []
    last = ""
    for each in file.changes[:CHANGES_MAX]:
        if each.model != last:
            lines.append(each.model)
            last = each.model
        lines.append(f"  {each.sentence}")
    rest = len(file.changes) - CHANGES_MAX
    if rest > 0:
        lines.append(f"and {_counted(rest, 'more change')}")
    for line in lines:
        yield indented(line, 4)


def show_models(done: Imported) -> None:
    """Draw every model: its name in the policy, or why it is left out."""
    made = table(["provider", "model", "imported as"])
    names = {id(offer): name for name, offer in done.offers.items() if name in done.priced.models}
    every = [(each.provider, each.model, names.get(id(each), "")) for each in done.offers.values()]
    found = [each for each in every if each[2]]
    found += [(each.provider, each.model, f"not: {each.reason}") for each in done.left_out]
    for row in sorted(found):
        made.add_row(*row)
    show([made, "", coverage(done)])


def import_form(done: Imported, *, written: bool) -> dict[str, Any]:
    """Give an import as plain data."""
    is_written = written and bool(done.files) and not has_errors(done.findings)
    return {
        "list": done.prices.name,
        "list_version": done.prices.version,
        "priced": len(_imported_names(done)) + len(done.unsaid),
        "imported": _imported_names(done),
        "left_out": [
            {
                "provider": each.provider,
                "model": each.model,
                "reason": each.reason,
                "is_priced": each.is_priced,
            }
            for each in done.left_out
        ],
        "not_said": dict(sorted(_unsaid(done).items())),
        "written": is_written,
        "files": [
            {
                "file": each.path.as_posix(),
                "effective": instant_text(each.effective),
                "changes": [_change_form(change) for change in each.changes],
            }
            for each in done.files
        ],
    }


def _change_form(change: Change) -> dict[str, Any]:
    return {
        "kind": change.kind,
        "model": change.model,
        "condition": change.where or None,
        "what": change.what or None,
        "before": None if change.before is None else f"{change.before:f}",
        "after": None if change.after is None else f"{change.after:f}",
    }
