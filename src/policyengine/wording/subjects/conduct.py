"""Time, estimates and holds, refunds, alerts, abnormal use, caps, top-ups, old units."""

from collections.abc import Iterator

from policyengine.policy.limits import UseCapRule
from policyengine.policy.policy import Policy
from policyengine.wording.formulas import abnormal_phrase
from policyengine.wording.naming import model_names, pack_name, plan_names, terms
from policyengine.wording.words import (
    Amount,
    Count,
    Sentence,
    Share,
    Span,
    Term,
    Value,
    Verbatim,
    listed,
    number,
    say,
)


def time_sentences(policy: Policy) -> Iterator[Sentence]:
    """Say how days and months are counted, and how late usage may be reported."""
    yield say("time.zone", "/time/zone", zone=Verbatim(policy.zone))
    yield say("time.month", "/time/month")
    yield say("time.late", "/charge/late_usage", span=Span(policy.late_usage))


def hold_sentences(policy: Policy) -> Iterator[Sentence]:
    """Say what is set aside for a request, and for how long."""
    yield say("holds.life", "/estimate/hold", span=Span(policy.holds.life))
    yield say("holds.longest", "/estimate/longest_hold", span=Span(policy.holds.longest))
    grace = policy.holds.grace
    if grace is None:
        yield say("holds.no_grace", "/estimate/grace")
    else:
        yield say("holds.grace", "/estimate/grace", span=Span(grace))
    yield say(f"holds.above_{policy.holds.above}", "/estimate/capture_above_hold")


def estimate_sentences(policy: Policy) -> Iterator[Sentence]:
    """Say what is assumed before a request."""
    assumed = policy.document.estimate.output_tokens
    where = "/estimate/output_tokens"
    if assumed.low == assumed.high:
        yield say("estimate.answers_of", where, expected=Count(assumed.expected, "token"))
    else:
        low, expected, high = map(number, (assumed.low, assumed.expected, assumed.high))
        yield say("estimate.answers", where, low=low, expected=expected, high=high)
    for name, part in policy.document.counting.items():
        models = [model.name for model in policy.models.values() if model.counted_as == name]
        if not models:
            continue
        yield say(
            "estimate.counting",
            f"/counting/{name}",
            models=model_names(policy, models),
            encoding=Verbatim(part.text),
            formula=Verbatim(part.image.formula),
        )
        if part.image.constants:
            constants = listed(
                (
                    say("prices.rate", unit=Term("word", key), rate=number(value))
                    for key, value in part.image.constants.items()
                ),
                "list",
            )
            where = f"/counting/{name}/image/constants"
            yield say(
                "estimate.constants", where, models=model_names(policy, models), constants=constants
            )


def refund_sentences(policy: Policy) -> Iterator[Sentence]:
    """Say where refunded credits go."""
    yield say("refunds.back", "/refunds")
    if policy.refund_life is None:
        yield say("refunds.stay_expired", "/refunds/expired_lot")
    else:
        yield say("refunds.new_lot", "/refunds/new_lot_expires", span=Span(policy.refund_life))


def alert_sentences(policy: Policy) -> Iterator[Sentence]:
    """Say when a balance asks for attention."""
    for alert in policy.alerts:
        if alert.below_share is not None:
            yield say("alerts.below", alert.pointer, share=Share(alert.below_share))
        if alert.expiring_within is not None:
            yield say("alerts.expiring", alert.pointer, span=Span(alert.expiring_within))


def abnormal_sentences(policy: Policy) -> Iterator[Sentence]:
    """Say which charges are marked as abnormal."""
    for rule in policy.abnormal:
        yield say("abnormal.flag", rule.pointer, condition=abnormal_phrase(rule.text))


def _window(cap: UseCapRule) -> Sentence:
    if cap.window is None:
        return say("caps.cycle")
    if cap.from_first_use:
        return say("caps.from_first_use", span=Span(cap.window))
    return say(f"caps.{cap.window.unit}")


def cap_sentences(policy: Policy) -> Iterator[Sentence]:
    """Say what members, conversations, models and wallets may use."""
    for cap in policy.limits.caps:
        parts: list[Value] = []
        if cap.models:
            parts.append(say("modifier.models", models=model_names(policy, cap.models)))
        if cap.plans:
            parts.append(say("modifier.plans", plans=plan_names(policy, cap.plans)))
        values: dict[str, Value] = {"most": Amount(cap.amount_micro)}
        values["window"] = _window(cap)
        if cap.grants:
            values["grants"] = terms("grant", cap.grants)
        key = f"caps.{cap.scope}"
        most = Sentence(key, "", values)
        if parts:
            yield say("caps.with", cap.pointer, cap=most, scope=listed(parts, "list"))
        else:
            yield say("caps.plain", cap.pointer, cap=most)


def top_up_sentences(policy: Policy) -> Iterator[Sentence]:
    """Say when credits are bought by themselves."""
    rule = policy.limits.top_up
    if rule is None:
        return
    below = Amount(rule.below_micro)
    if rule.pack:
        yield say("top_up.pack", "/top_up/below", below=below, pack=pack_name(policy, rule.pack))
    else:
        most = Amount(rule.up_to_micro)
        yield say("top_up.up_to", "/top_up/below", below=below, most=most)
        if rule.life is None:
            yield say("top_up.never_expires", "/top_up/expires")
        else:
            yield say("top_up.expires", "/top_up/expires", span=Span(rule.life))
    yield say("top_up.cooldown", "/top_up/cooldown", span=Span(rule.cooldown))
    yield say(
        "top_up.at_most",
        "/top_up/at_most",
        count=Count(rule.count_max, "top_up"),
        span=Span(rule.per),
    )
    consent = "needed" if rule.needs_consent else "not_needed"
    yield say(f"top_up.consent_{consent}", "/top_up/opt_in")


def conversion_sentences(policy: Policy) -> Iterator[Sentence]:
    """Say what units of an older scheme become."""
    for rule in policy.limits.conversions.values():
        where = f"/conversions/{rule.unit}"
        values: dict[str, Value] = {
            "unit": Term("word", rule.unit),
            "credits": Amount(rule.amount_micro),
        }
        if rule.life is None:
            yield Sentence("conversions.for_ever", where, values)
        else:
            yield Sentence("conversions.span", where, {**values, "span": Span(rule.life)})
