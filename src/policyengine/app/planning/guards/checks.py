"""Whether guards that are well formed make sense: bounds that fit their measures, known names."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from policyengine.app.planning.guards.document import Guard, GuardsDocument, Measure
from policyengine.policy.hints import nearest
from policyengine.policy.nodes import pointer_of
from policyengine.policy.policy import Policy
from policyengine.policy.reading import Fault, finding_of
from policyengine.policy.remarks import alternatives_of_many
from policyengine.policy.source import Source
from policyengine.values.diagnostics import Diagnostic, shown, sorted_findings

_BOUNDS: Final[Mapping[str, str]] = {
    "at_most": "at_most: 25%",
    "at_least": "at_least: 30%",
    "no_graver_than": "no_graver_than: additive",
}
BOUND_OF: Final[Mapping[Measure, str]] = {
    "price_rise": "at_most",
    "margin": "at_least",
    "scenario_rise": "at_most",
    "wallet_rise": "at_most",
    "worse_off": "at_most",
    "runs_out": "at_most",
    "runs_out_newly": "at_most",
    "change": "no_graver_than",
    "past": "",
}
_OF_WALLETS: Final = frozenset({"wallet_rise", "worse_off", "runs_out", "runs_out_newly"})
_SCOPED: Final = _OF_WALLETS | {"price_rise", "margin"}
_KEYS: Final[Mapping[str, frozenset[str]]] = {
    "models": _SCOPED,
    "plans": _SCOPED,
    "wallets": frozenset({"wallet_rise"}),
    "request": frozenset({"margin"}),
}
"""The measures that other keys of a guard have an effect on."""


def check_meaning(source: Source, document: GuardsDocument) -> tuple[Diagnostic, ...]:
    """Check what the shape of a file cannot say."""
    return sorted_findings(finding_of(source, each) for each in _faults(document))


def _faults(document: GuardsDocument) -> Iterator[Fault]:
    for name, guard in document.guards.items():
        place = f"/guards/{name}"
        yield from _bounds(guard, place)
        for key, measures in _KEYS.items():
            if getattr(guard, key) and guard.measure not in measures:
                message = f"`{key}` has no effect on `{guard.measure}`"
                yield f"~{place}/{key}", "GR202", message, "delete it"
        if guard.measure == "margin" and document.costs is None:
            yield (
                f"{place}/measure",
                "GR203",
                "a margin needs `costs`",
                "add `costs: {currency: USD, credit: 0.01, per: 1000000, models: {…}}`",
            )


def _bounds(guard: Guard, place: str) -> Iterator[Fault]:
    wanted = BOUND_OF[guard.measure]
    for key, example in _BOUNDS.items():
        is_given = getattr(guard, key) is not None
        if key == wanted and not is_given:
            message = f"`{guard.measure}` has no bound"
            yield f"~{place}", "GR201", message, f"add `{example}`"
        if is_given and key != wanted:
            message = f"`{key}` is no bound of `{guard.measure}`"
            help_ = f"write `{wanted}`" if wanted else "delete it"
            yield f"~{place}/{key}", "GR202", message, help_


def check_suits(
    source: Source, document: GuardsDocument, policies: Iterable[Policy]
) -> tuple[Diagnostic, ...]:
    """Check that some policy has each model, plan and unit that guards name."""
    known: dict[str, dict[str, None]] = {"model": {}, "plan": {}, "unit": {}}
    for policy in policies:
        known["model"].update(dict.fromkeys(policy.models))
        known["plan"].update(dict.fromkeys(policy.plans))
        known["unit"].update(dict.fromkeys(policy.units))
    return sorted_findings(
        finding_of(source, (pointer, "GR301", *_unknown(noun, name, list(known[noun]))))
        for pointer, noun, name in _names(document)
        if name not in known[noun]
    )


def _names(document: GuardsDocument) -> Iterator[tuple[str, str, str]]:
    for name, guard in document.guards.items():
        place = f"/guards/{name}"
        for noun in ("model", "plan"):
            for index, each in enumerate(getattr(guard, f"{noun}s")):
                yield f"{place}/{noun}s/{index}", noun, each
        yield from ((f"~{place}/request/{unit}", "unit", unit) for unit in guard.request)
    costs = {} if document.costs is None else document.costs.models
    for model, units in costs.items():
        place = "~" + pointer_of(["costs", "models", model])
        yield place, "model", model
        yield from ((f"{place}/{unit}", "unit", unit) for unit in units)


def _unknown(noun: str, used: str, known: list[str]) -> tuple[str, str]:
    near = nearest(used, known)
    listed = alternatives_of_many(known)
    return f"no policy has the {noun} {shown(used)}", (
        f"did you mean `{near}`?" if near else f"write {listed}"
    )
