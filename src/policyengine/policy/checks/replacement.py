"""`replaces`: what one file can tell about the version before it."""

from collections.abc import Iterator

from policyengine.policy.checks.findings import (
    found,
    found_at_key,
    pointer_to,
    see_key,
    see_value,
)
from policyengine.policy.document import PolicyDocument
from policyengine.policy.document.conduct import Keep
from policyengine.policy.source import Source
from policyengine.values.calendar import Instant, parse_instant
from policyengine.values.diagnostics import Diagnostic


def check_replaced_version(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """Version 1 replaces nothing; every later one replaces the one before it."""
    version, replaces = document.version, document.replaces
    if replaces is None:
        if version > 1:
            yield found(
                source,
                "PE240",
                "/version",
                f"version {version} needs `replaces`: what existing subscribers get",
                f"add `replaces` with `version: {version - 1}`, `rates_and_models`, `plans` "
                "and `packs`",
            )
    elif version == 1:
        yield found_at_key(
            source,
            "PE241",
            "/replaces",
            "version 1 has nothing to replace",
            "delete it, or write the number of this version",
            see_value(source, "/version", "this is the first version"),
        )
    elif replaces.version != version - 1:
        yield found(
            source,
            "PE280",
            "/replaces/version",
            f"version {version} cannot replace version {replaces.version}",
            f"write `{version - 1}`, the version right before",
            see_value(source, "/version", "this version"),
        )


def check_removed_plans(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """A plan that is removed is not there any more."""
    if document.replaces is None:
        return
    for plan in document.replaces.removed_plans:
        if plan in document.plans:
            yield found_at_key(
                source,
                "PE281",
                pointer_to("replaces", "removed_plans", plan),
                f"the plan `{plan}` is not removed",
                "delete this line, or delete the plan",
                see_key(source, pointer_to("plans", plan), "the plan is here"),
            )


def check_kept_terms(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """Old terms are kept beyond the start of this version, by subscribers that it would take."""
    effective = _instant(document.effective)
    for pointer, keep in _kept(document):
        until, joined_before = _instant(keep.until), _instant(keep.joined_before)
        if effective is None or until is None or joined_before is None:
            continue
        see_effective = see_value(source, "/effective", "this version starts here")
        if until <= effective:
            yield found(
                source,
                "PE282",
                f"{pointer}/until",
                f"nobody keeps the old terms: they end at `{keep.until}`, and this version "
                "starts no earlier",
                "write a later instant, or delete this entry",
                see_effective,
            )
        elif joined_before > effective:
            yield found(
                source,
                "PE283",
                f"{pointer}/joined_before",
                "who joins after this version starts has its terms from the first day",
                f"write at most `{document.effective}`",
                see_effective,
                severity="warning",
            )


def check_replacement_has_effect(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """What `replaces` says of existing subscribers concerns some of them."""
    replaces = document.replaces
    if replaces is not None and replaces.plans == "new_subscribers_only":
        for key in ("keep", "removed_plans"):
            if getattr(replaces, key):
                yield found_at_key(
                    source,
                    "PE284",
                    f"/replaces/{key}",
                    f"`{key}` has no effect: existing subscribers keep their plans anyway",
                    "delete it, or write `plans: at_next_cycle`",
                    see_value(source, "/replaces/plans", "this decides"),
                    severity="warning",
                )
        return
    kept = list(_kept(document))
    for index, (pointer, keep) in enumerate(kept):
        others = (*kept[:index], *(each for each in kept[index + 1 :] if each[1] != keep))
        wider = next((place for place, other in others if covers(other, keep)), None)
        if wider is not None:
            yield found(
                source,
                "PE284",
                pointer,
                f"this entry has no effect: another one keeps `{keep.plan}` for more subscribers "
                "or longer",
                "delete one of the two",
                see_value(source, wider, "it says more"),
                severity="warning",
            )


def _kept(document: PolicyDocument) -> Iterator[tuple[str, Keep]]:
    if document.replaces is not None:
        for index, keep in enumerate(document.replaces.keep):
            yield pointer_to("replaces", "keep", index), keep


def covers(one: Keep, other: Keep) -> bool:
    """Tell whether one entry keeps the terms for all that another keeps them for, and as long."""
    return one.plan == other.plan and all(
        later is not None and earlier is not None and later >= earlier
        for later, earlier in (
            (_instant(one.joined_before), _instant(other.joined_before)),
            (_instant(one.until), _instant(other.until)),
        )
    )


def _instant(text: str) -> Instant | None:
    """Read an instant; None where another check reports it."""
    try:
        return parse_instant(text)
    except ValueError:
        return None
