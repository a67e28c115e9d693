"""From a step to the command that it means."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from policyengine.app.scenarios.document import Step, Verb
from policyengine.app.scenarios.verbs import (
    AdjustVerb,
    CaptureVerb,
    ChargeVerb,
    ExtendVerb,
    GrantVerb,
    HoldVerb,
    RefundVerb,
    ReportVerb,
    ResolveVerb,
)
from policyengine.engine.commands import (
    Adjust,
    Body,
    BuyPack,
    Cancel,
    Capture,
    ChangePlan,
    Charge,
    Extend,
    GiveGrant,
    OpenHold,
    Refund,
    Release,
    ReportAbnormal,
    ResolveCase,
    SetCohort,
    Settle,
    Subscribe,
    Usage,
    VoidGrant,
)
from policyengine.ledger.lots import UNRESTRICTED, Restriction
from policyengine.ledger.subscriptions import Rollover

NO_COHORT: Final = "none"

Numbers: TypeAlias = Mapping[str, int]
"""The number of the transaction that each named step led to."""


def body_of(step: Step, numbers: Numbers) -> Body:
    """Give what a step asks of its wallet; without a verb, only that time passes.

    Takes: a step that has passed the checks, and is neither `estimate` nor `again`.
    """
    verb = step.verb
    if verb is None:
        return Settle()
    if verb == "buy_pack":
        return BuyPack(step.buy_pack or "", step.reference or "")
    return _BODIES[verb](getattr(step, verb), numbers)


def _charge(part: ChargeVerb, _numbers: Numbers) -> Body:
    usage = Usage.of(part.model, part.used, part.started_at, part.outcome, part.modifiers)
    return Charge(usage, part.after_request, part.conversation or "", part.operation or "")


def _hold(part: HoldVerb, _numbers: Numbers) -> Body:
    usage = None
    if part.model is not None and part.used is not None:
        usage = Usage.of(part.model, part.used, part.started_at, modifiers=part.modifiers)
    return OpenHold(part.credits, usage, part.lasts, part.conversation or "", part.operation or "")


def _capture(part: CaptureVerb, numbers: Numbers) -> Body:
    usage = None
    if part.model is not None and part.used is not None:
        usage = Usage.of(part.model, part.used, part.started_at, part.outcome, part.modifiers)
    return Capture(numbers[part.hold], usage, part.credits, part.final)


def _extend(part: ExtendVerb, numbers: Numbers) -> Body:
    return Extend(numbers[part.hold], part.by)


def _grant(part: GrantVerb, _numbers: Numbers) -> Body:
    kept = part.rollover
    only = part.only_for
    return GiveGrant(
        part.credits,
        part.priority,
        part.starts,
        part.expires,
        part.every,
        part.anchor,
        None if kept is None else Rollover(kept.minimum, kept.maximum),
        UNRESTRICTED
        if only is None
        else Restriction(tuple(only.models or ()), tuple(only.units or ())),
    )


def _refund(part: RefundVerb, numbers: Numbers) -> Body:
    case = None if part.case is None else numbers[part.case]
    return Refund(numbers[part.of], part.credits, case)


def _adjust(part: AdjustVerb, _numbers: Numbers) -> Body:
    return Adjust(part.credits, part.expires)


def _report(part: ReportVerb, numbers: Numbers) -> Body:
    about = None if part.about is None else numbers[part.about]
    return ReportAbnormal(about, part.conversation or "")


def _resolve(part: ResolveVerb, numbers: Numbers) -> Body:
    return ResolveCase(numbers[part.case], part.verdict)


_BODIES: Final[Mapping[Verb, Callable[[Any, Numbers], Body]]] = {
    "subscribe": lambda plan, _: Subscribe(plan),
    "set_cohort": lambda cohort, _: SetCohort("" if cohort == NO_COHORT else cohort),
    "change_plan": lambda plan, _: ChangePlan(plan),
    "cancel": lambda _plan, _: Cancel(),
    "grant": _grant,
    "void": lambda name, numbers: VoidGrant(numbers[name]),
    "charge": _charge,
    "hold": _hold,
    "capture": _capture,
    "release": lambda name, numbers: Release(numbers[name]),
    "extend": _extend,
    "refund": _refund,
    "adjust": _adjust,
    "report": _report,
    "resolve": _resolve,
}
