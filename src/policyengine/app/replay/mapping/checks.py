"""Whether a mapping that is well formed makes sense: its names, its alternatives, its values."""

from collections.abc import Callable, Iterator, Mapping
from keyword import iskeyword
from typing import Any, Final

from policyengine.app.replay.mapping.document import MappingDocument, Way
from policyengine.policy.expressions import ExpressionFault, parse_expression
from policyengine.policy.hints import nearest
from policyengine.policy.reading import Fault, finding_of
from policyengine.policy.remarks import alternatives, alternatives_of_many
from policyengine.policy.source import Source
from policyengine.values.amounts import micro_of
from policyengine.values.calendar import parse_instant
from policyengine.values.diagnostics import Diagnostic, shown, sorted_findings

NUMBER: Final = "number"
"""The unit of every column in arithmetic: a plain number, so that columns may be multiplied."""
_FUNCTIONS: Final = frozenset({"min", "max", "ceil", "floor"})


def check_meaning(source: Source, document: MappingDocument) -> tuple[Diagnostic, ...]:
    """Check what the shape of a file cannot say."""
    findings = [finding_of(source, fault) for check in _CHECKS for fault in check(document)]
    findings += _expressions(source, document)
    return sorted_findings(findings)


def _columns(document: MappingDocument) -> Iterator[Fault]:
    """Every name that is used stands in `columns`; arithmetic is checked apart."""
    known = document.columns
    for pointer, name in _uses(document):
        if name not in known:
            near = nearest(name, known)
            yield (
                pointer,
                "MP201",
                f"`columns` has no {shown(name)}",
                f"did you mean `{near}`?" if near else f"write {alternatives_of_many(list(known))}",
            )


def _uses(document: MappingDocument) -> Iterator[tuple[str, str]]:
    yield from ((f"~/blank/{name}", name) for name in document.blank)
    for pointer, names in (
        ("/wallets/named_by", document.wallets.named_by),
        ("/time/plus", document.time.plus),
        ("/skip_repeated", document.skip_repeated),
    ):
        yield from ((f"{pointer}/{index}", name) for index, name in enumerate(names))
    single: Mapping[str, str | None] = {
        "/models/column": document.models.column,
        "/time/column": document.time.column,
        "/conversation": document.conversation,
        "/operation": document.operation,
        "/outcome/column": None if document.outcome is None else document.outcome.column,
        "/cost/column": None if document.cost is None else document.cost.column,
    }
    yield from ((pointer, name) for pointer, name in single.items() if name is not None)


def _reserved(document: MappingDocument) -> Iterator[Fault]:
    for name in document.columns:
        if iskeyword(name) or name in _FUNCTIONS:
            yield (
                f"~/columns/{name}",
                "MP202",
                f"`{name}` has a meaning in arithmetic",
                f"give the column another name here, such as `{name}_tokens`",
            )


def _wallets(document: MappingDocument) -> Iterator[Fault]:
    wallets = document.wallets
    if not wallets.named_by and wallets.prefix is None:
        message = "nothing names the wallets"
        yield "~/wallets", "MP203", message, "add `named_by`, or a `prefix` for one wallet of all"
    if len(wallets.named_by) > 1 and wallets.join is None:
        message = "a name from several columns needs `join`"
        yield "/wallets/named_by", "MP204", message, "add `join: .`: the sign between the columns"
    if wallets.prefix is not None and not wallets.prefix[0].isalnum():
        message = f"a wallet's id cannot begin with {shown(wallets.prefix[0])}"
        yield "/wallets/prefix", "MP205", message, "begin the prefix with a letter or digit"
    for index, way in enumerate(wallets.when_short):
        yield from _way(f"/wallets/when_short/{index}", way)


def _way(place: str, way: Way) -> Iterator[Fault]:
    acts = ("upgrade_to", "buy_pack", "grant")
    yield from _one_of(place, way, acts)
    is_bounded = way.buy_pack is not None or way.grant is not None
    is_upgrade = way.upgrade_to is not None and not is_bounded
    for key in ("at_most", "per"):
        if is_bounded and getattr(way, key) is None:
            example = "at_most: 20" if key == "at_most" else "per: cycle"
            message = f"a pack or grant needs `{key}`"
            yield place, "MP204", message, f"add `{example}`: credits on top need a bound"
        if is_upgrade and getattr(way, key) is not None:
            message = f"`{key}` has no effect on an upgrade"
            yield f"~{place}/{key}", "MP204", message, "delete it"
    if way.grant is not None:
        try:
            micro_of(way.grant)
        except ValueError:
            message = f"`{way.grant:f}` has more than six decimals"
            help_ = "a ledger counts millionths of a credit: write at most six decimals"
            yield f"{place}/grant", "MP205", message, help_


def _one_of(place: str, part: Any, keys: tuple[str, ...]) -> Iterator[Fault]:
    given = [key for key in keys if getattr(part, key) is not None]
    if len(given) != 1:
        what = "has none of" if not given else "has more than one of"
        message = f"it {what} {', '.join(f'`{key}`' for key in keys)}"
        yield place, "MP203", message, f"write {alternatives(keys)}"


def _models(document: MappingDocument) -> Iterator[Fault]:
    models = document.models
    for index, rule in enumerate(models.names):
        yield from _one_of(f"/models/names/{index}", rule, ("model", "skip"))
    yield from _one_of("/models/otherwise", models.otherwise, ("model", "skip"))
    if models.names and models.column is None:
        message = "`names` has no effect without `column`"
        yield "~/models/names", "MP204", message, "add `column`: the column with the model's name"


def _time(document: MappingDocument) -> Iterator[Fault]:
    time = document.time
    if time.zero_at is not None and time.first_row_at is not None:
        message = "`zero_at` and `first_row_at` say two different things"
        yield "~/time/first_row_at", "MP203", message, "delete one of the two"
    for key in ("zero_at", "first_row_at"):
        text = getattr(time, key)
        if text is not None:
            try:
                parse_instant(text)
            except ValueError as error:
                yield f"/time/{key}", "MP205", str(error), "write a date that exists"
    is_date = time.unit.startswith("iso")
    for key in ("plus", "zero_at"):
        if is_date and getattr(time, key):
            message = f"`{key}` has no effect on dates"
            yield f"~/time/{key}", "MP204", message, "delete it"
    if time.stretch != 1 and time.zero_at is None and time.first_row_at is None:
        message = "`stretch` needs an instant to stretch from"
        yield "~/time/stretch", "MP204", message, "add `zero_at` or `first_row_at`"


_CHECKS: Final[tuple[Callable[[MappingDocument], Iterator[Fault]], ...]] = (
    _columns,
    _reserved,
    _wallets,
    _models,
    _time,
)


def _expressions(source: Source, document: MappingDocument) -> Iterator[Diagnostic]:
    names = dict.fromkeys(document.columns, NUMBER)
    texts = {f"/units/{unit}": text for unit, text in document.units.items()}
    if document.requests is not None:
        texts["/requests"] = document.requests
    for pointer, text in texts.items():
        parsed = parse_expression(text, names, NUMBER)
        if isinstance(parsed, ExpressionFault):
            span = source.span_within(pointer, parsed.start, parsed.end)
            yield Diagnostic(
                parsed.code, parsed.message, source.name, span, pointer=pointer, help=parsed.help
            )
