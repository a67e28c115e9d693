"""What the version's own data change: number, instant, status, reason, who keeps what."""

from collections.abc import Iterator
from typing import Final

from policyengine.policy.document import PolicyDocument
from policyengine.policy.document.conduct import Keep, Replaces
from policyengine.review.difference import Difference, Kind, gone, said
from policyengine.review.saying import choice, text
from policyengine.review.words import instant
from policyengine.values.calendar import parse_instant

_STATUS: Final = {"draft": "a draft that decides nothing", "published": "published"}
_PLANS: Final = {
    "at_next_cycle": "at their next cycle",
    "at_once": "at once, in the cycle that is under way",
    "new_subscribers_only": "never, it is for new ones",
}


def version_differences(old: PolicyDocument, new: PolicyDocument) -> Iterator[Difference]:
    """Compare what versions say of themselves.

    That a later version has another number, starts later and replaces the one before is text: it
    is what makes it a version. In the same version, such a change is one of the rules.
    """
    is_later = (old.policy, old.version) != (new.policy, new.version)
    names = old.policy, new.policy
    yield from text("/policy", "the policy is another one", names, "structural")
    if is_later:
        yield said("text", "/version", f"it is version {new.version}, not version {old.version}")
    if parse_instant(old.effective) != parse_instant(new.effective):
        if is_later:
            yield said("text", "/effective", f"in force from {instant(new.effective)}")
        else:
            moved = f"{instant(old.effective)} -> {instant(new.effective)}"
            sentence = f"version {new.version} comes into force at another instant: {moved}"
            yield said("structural", "/effective", sentence)
    if is_later and new.status == "draft":
        yield said("text", "/status", f"version {new.version} is a draft that decides nothing yet")
    elif not is_later:
        subject = f"version {new.version} is"
        yield from choice("/status", subject, (old.status, new.status), _STATUS)
    if old.why != new.why:
        yield said("text", "/why", f"why: {new.why}")
    yield from _source(old, new)
    if new.replaces is not None and (is_later or old.replaces is not None):
        was = None if is_later else old.replaces
        yield from _replaces(was, new.replaces)


def _source(old: PolicyDocument, new: PolicyDocument) -> Iterator[Difference]:
    was, now = old.source, new.source
    for key, subject in (
        ("page", "the published page"),
        ("read", "the day on which the page was read"),
        ("placeholders", "numbers that are made up"),
    ):
        values = [None if each is None else getattr(each, key) for each in (was, now)]
        if values[0] != values[1]:
            where = f"/source/{key}"
            if values[1] is None:
                yield gone("text", where, f"{subject}: no longer said")
            else:
                yield said("text", where, f"{subject}: {values[1]}")


def _replaces(was: Replaces | None, now: Replaces) -> Iterator[Difference]:
    """Say when existing subscribers get what: new of a later version, changed of the same one."""
    where = "/replaces"
    kind: Kind = "text" if was is None else "structural"
    if was is None:
        when = _PLANS[now.plans]
        yield said(kind, f"{where}/plans", f"existing subscribers get these plans {when}")
    else:
        subject = "existing subscribers get these plans"
        yield from choice(f"{where}/plans", subject, (was.plans, now.plans), _PLANS)
    before = [] if was is None else was.keep
    for index, keep in enumerate(now.keep):
        if keep not in before:
            yield said("additive", f"{where}/keep/{index}", keep_text(keep))
    for index, keep in enumerate(before):
        if keep not in now.keep:
            yield gone("dearer", f"{where}/keep/{index}", f"no longer: {keep_text(keep)}")
    moved = {} if was is None else was.removed_plans
    for plan in dict.fromkeys((*moved, *now.removed_plans)):
        if was is not None and moved.get(plan) != now.removed_plans.get(plan):
            targets = moved.get(plan, "nowhere"), now.removed_plans.get(plan, "nowhere")
            subject = f"subscribers of {plan}, which is gone, move to"
            yield from text(f"{where}/removed_plans/{plan}", subject, targets, "structural")


def keep_text(keep: Keep) -> str:
    """Say who keeps the old terms of a plan, and until when."""
    return (
        f"who joined {keep.plan} before {instant(keep.joined_before)} keeps the old terms until "
        f"{instant(keep.until)}"
    )
