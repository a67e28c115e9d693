"""Re-rating at upgrades: of a whole cycle that goes on, where some price depends on the plan."""

from collections.abc import Iterator

from policyengine.policy.checks.changing import contradiction, upgrades_of
from policyengine.policy.checks.findings import found, found_at_key, see_value
from policyengine.policy.document import PolicyDocument
from policyengine.policy.source import Source
from policyengine.values.diagnostics import Diagnostic


def check_re_rating_agrees(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """What is re-rated is the use of a cycle that goes on, for credits of the whole of it."""
    for place, rule, _ in upgrades_of(document):
        if rule.earlier_use != "re_rated":
            continue
        if rule.when != "now":
            needs = "`now`: later, no cycle is under way"
            yield contradiction(source, place, "earlier_use", "re_rated", "when", needs)
        elif rule.new_cycle != "keeps_date":
            needs = "`keeps_date`, a cycle that goes on"
            yield contradiction(source, place, "earlier_use", "re_rated", "new_cycle", needs)
        if rule.prorated is not None:
            yield found_at_key(
                source,
                "PE291",
                f"{place}/prorated",
                "what was used is re-rated for the whole cycle, and these credits are for a share",
                "delete it, or write `earlier_use: as_charged`",
                see_value(source, f"{place}/earlier_use", "this is about the whole cycle"),
            )


def check_re_rating_has_effect(document: PolicyDocument, source: Source) -> Iterator[Diagnostic]:
    """Where earlier use is re-rated, some price depends on the plan."""
    if any(model.multiplier_on_plan for model in document.models.values()):
        return
    if any(modifier.plans is not None for modifier in document.modifiers.values()):
        return
    for place, rule, _ in upgrades_of(document):
        if rule.earlier_use == "re_rated":
            yield found(
                source,
                "PE299",
                f"{place}/earlier_use",
                "a request costs the same on every plan, so that nothing is re-rated",
                "delete it, or give a model a `multiplier_on_plan`",
                severity="warning",
            )
