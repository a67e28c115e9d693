"""From a checked document to a compiled policy: texts to values, formulas to whole numbers."""

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from policyengine.policy.document.policy import PolicyDocument
from policyengine.policy.expressions import is_scale_free
from policyengine.policy.limits import limits_of
from policyengine.policy.plan_rules import expiry_of, money_price_of, plans_of
from policyengine.policy.policy import (
    AbnormalRule,
    AlertRule,
    BonusRule,
    DebtRule,
    HoldRule,
    KeepRule,
    PackRule,
    Policy,
    ReplacesRule,
)
from policyengine.policy.source import Source
from policyengine.policy.tables import expression_of, models_of, modifiers_of, sides_of
from policyengine.policy.vocabulary import ABNORMAL_NAMES
from policyengine.values.amounts import MICRO_PER_CREDIT, micro_of
from policyengine.values.calendar import parse_instant, parse_span

PERCENT: Final = 100


def compile_policy(document: PolicyDocument, source: Source, sha256: str) -> Policy:
    """Compile a document that has passed every check.

    Raises: ValueError for a document that has not: a bug of the caller.
    """
    return Policy(
        name=document.policy,
        version=document.version,
        effective_at=parse_instant(document.effective),
        sha256=sha256,
        file=source.name,
        source=source.text,
        lines=MappingProxyType({pointer: source.line(pointer) for pointer in source.places}),
        document=document,
        zone=document.time.zone,
        quantum_micro=micro_of(document.credits.smallest),
        rounding=document.credits.round,
        round_at=document.credits.round_at,
        units=MappingProxyType(sides_of(document)),
        models=models_of(document),
        modifiers=modifiers_of(document),
        by_hours=tuple(name for name, part in document.modifiers.items() if part.hours),
        cohorts=tuple(document.cohorts),
        unknown_as=document.charge.priced_as,
        minimum_micro=micro_of(document.charge.minimum),
        failed=document.charge.failed_request,
        cancelled=document.charge.cancelled_request,
        late_usage=parse_span(document.charge.late_usage),
        plans=plans_of(document),
        packs=_packs(document),
        burn_order=tuple(document.burn_order),
        changes=document.changes,
        holds=_holds(document),
        shortfall_after=document.shortfall.after_request,
        debt=_debt(document),
        refunds=document.refunds,
        refund_life=(
            parse_span(document.refunds.new_lot_expires)
            if document.refunds.expired_lot == "new_lot" and document.refunds.new_lot_expires
            else None
        ),
        alerts=_alerts(document),
        abnormal=_abnormal(document),
        replaces=_replaces(document),
        limits=limits_of(document),
        re_rated=_re_rated(document),
    )


def _re_rated(document: PolicyDocument) -> tuple[str, ...]:
    changes = document.changes
    pairs = {pair.to for pair in changes.pairs if pair.upgrade.earlier_use == "re_rated"}
    every = changes.upgrade.earlier_use == "re_rated"
    return tuple(name for name in list(document.plans)[1:] if every or name in pairs)


def _holds(document: PolicyDocument) -> HoldRule:
    part = document.estimate
    return HoldRule(
        parse_span(part.hold),
        parse_span(part.longest_hold),
        part.capture_above_hold or "charge",
        parse_span(part.grace) if part.grace else None,
    )


def _packs(document: PolicyDocument) -> Mapping[str, PackRule]:
    return MappingProxyType(
        {
            name: PackRule(
                name,
                pack.title or name,
                micro_of(pack.credits),
                expiry_of(pack.expires),
                tuple(pack.sold_to),
                f"/packs/{name}",
                None
                if pack.bonus is None
                else BonusRule(micro_of(pack.bonus.credits), expiry_of(pack.bonus.expires)),
                pack.at_most_held,
                money_price_of(pack),
            )
            for name, pack in document.packs.items()
        }
    )


def _debt(document: PolicyDocument) -> DebtRule | None:
    debt = document.shortfall.debt
    if debt is None:
        return None
    return DebtRule(micro_of(debt.limit), debt.at_renewal, debt.repaid_by or "all_credits")


def _alerts(document: PolicyDocument) -> tuple[AlertRule, ...]:
    return tuple(
        AlertRule(
            Fraction(alert.balance_below.rstrip("%")) / PERCENT if alert.balance_below else None,
            parse_span(alert.expiring_within) if alert.expiring_within else None,
            f"/alerts/{index}",
        )
        for index, alert in enumerate(document.alerts)
    )


def _abnormal(document: PolicyDocument) -> tuple[AbnormalRule, ...]:
    rules = []
    for index, part in enumerate(document.abnormal):
        when = expression_of(part.when, ABNORMAL_NAMES, "yes_no")
        at, per = f"/abnormal/{index}", 1 if is_scale_free(when) else MICRO_PER_CREDIT
        rules.append(AbnormalRule(part.when, when.names_used, when.compiled, at, per))
    return tuple(rules)


def _replaces(document: PolicyDocument) -> ReplacesRule | None:
    part = document.replaces
    if part is None:
        return None
    keep = tuple(
        KeepRule(each.plan, parse_instant(each.joined_before), parse_instant(each.until))
        for each in part.keep
    )
    return ReplacesRule(part.version, part.plans, keep, MappingProxyType(dict(part.removed_plans)))
