"""Whether a mapping suits the loaded policies: each plan, pack, model and unit that it names."""

from collections.abc import Iterator, Mapping

from policyengine.app.replay.mapping.document import MappingDocument
from policyengine.policy.hints import nearest
from policyengine.policy.remarks import alternatives_of_many
from policyengine.policy.source import Source
from policyengine.policy.timeline import Timeline
from policyengine.values.diagnostics import Diagnostic, shown, sorted_findings


def check_suits(
    source: Source, document: MappingDocument, timelines: Mapping[str, Timeline]
) -> tuple[Diagnostic, ...]:
    """Check the names that a mapping takes from its policy against every version of it."""
    name = document.wallets.policy or (next(iter(timelines)) if len(timelines) == 1 else "")
    timeline = timelines.get(name)
    if timeline is None:
        known = list(timelines)
        if document.wallets.policy is not None:
            return (_unknown(source, "/wallets/policy", "policy", name, known),)
        message = "several policies are loaded"
        help_ = f"add `policy`: {alternatives_of_many(known)}"
        span = source.key_span("/wallets")
        return (Diagnostic("MP301", message, source.name, span, pointer="/wallets", help=help_),)
    versions = timeline.policies
    known_names = {
        "plan": [plan for each in versions for plan in each.plans],
        "pack": [pack for each in versions for pack in each.packs],
        "model": [model for each in versions for model in each.models],
        "unit": [unit for each in versions for unit in each.units],
    }
    return sorted_findings(
        _unknown(source, pointer, noun, used, list(dict.fromkeys(known_names[noun])))
        for pointer, noun, used in _names(document)
        if used not in known_names[noun]
    )


def _names(document: MappingDocument) -> Iterator[tuple[str, str, str]]:
    yield "/wallets/plan", "plan", document.wallets.plan
    for index, way in enumerate(document.wallets.when_short):
        if way.upgrade_to is not None:
            yield f"/wallets/when_short/{index}/upgrade_to", "plan", way.upgrade_to
        if way.buy_pack is not None:
            yield f"/wallets/when_short/{index}/buy_pack", "pack", way.buy_pack
    for index, rule in enumerate(document.models.names):
        if rule.model is not None:
            yield f"/models/names/{index}/model", "model", rule.model
    if document.models.otherwise.model is not None:
        yield "/models/otherwise/model", "model", document.models.otherwise.model
    for unit in document.units:
        yield f"~/units/{unit}", "unit", unit


def _unknown(source: Source, pointer: str, noun: str, used: str, known: list[str]) -> Diagnostic:
    place = pointer.removeprefix("~")
    span = source.key_span(place) if pointer != place else source.value_span(place)
    near = nearest(used, known)
    listed = alternatives_of_many(known) if known else "nothing: there is none"
    help_ = f"did you mean `{near}`?" if near else f"write {listed}"
    message = (
        f"the policy has no {noun} {shown(used)}"
        if noun != "policy"
        else (f"no policy {shown(used)} is loaded")
    )
    return Diagnostic("MP301", message, source.name, span, pointer=place, help=help_)
