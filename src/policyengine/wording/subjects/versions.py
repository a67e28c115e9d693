"""Which version it is, where its rules come from, and what it means for existing subscribers."""

from collections.abc import Iterator

from policyengine.policy.policy import Policy
from policyengine.wording.naming import plan_name, readable
from policyengine.wording.words import Sentence, Verbatim, When, number, say


def head_sentences(policy: Policy) -> Iterator[Sentence]:
    """Say which version it is, and where its rules come from."""
    status = policy.document.status
    yield say(
        f"head.{status}",
        "/effective",
        policy=Verbatim(policy.name),
        version=number(policy.version),
        start=When(policy.effective_at),
    )
    yield say("head.why", "/why", why=Verbatim(policy.document.why.rstrip(".")))
    source = policy.document.source
    if source is None:
        return
    page, read = Verbatim(source.page), Verbatim(source.read)
    yield say("head.source", "/source", page=page, read=read)
    if source.placeholders:
        made_up = Verbatim(source.placeholders.rstrip("."))
        yield say("head.placeholders", "/source/placeholders", what=made_up)


def subscriber_sentences(policy: Policy) -> Iterator[Sentence]:
    """Say what the version means for those who are there already."""
    rule = policy.replaces
    if rule is None:
        yield say("versions.first", "/version")
        return
    version = number(rule.version)
    yield say("versions.replaces", "/replaces/version", version=version)
    yield say("versions.prices", "/replaces/rates_and_models")
    yield say(f"versions.plans_{rule.plans}", "/replaces/plans")
    for index, keep in enumerate(rule.keep):
        yield say(
            "versions.keep",
            f"/replaces/keep/{index}",
            plan=Verbatim(_title(policy, keep.plan)),
            joined=When(keep.joined_before),
            until=When(keep.until),
        )
    for old, new in rule.removed_plans.items():
        yield say(
            f"versions.removed_plan{'_at_once' if rule.plans == 'at_once' else ''}",
            f"/replaces/removed_plans/{old}",
            old=Verbatim(readable(old)),
            new=plan_name(policy, new),
        )
    yield say("versions.packs", "/replaces/packs")


def _title(policy: Policy, plan: str) -> str:
    """Name a plan that the version may no longer have."""
    return plan_name(policy, plan).text if plan in policy.plans else readable(plan)
