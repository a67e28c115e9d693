"""What a schema cannot say: every question that is asked of a whole document, in one tuple."""

from typing import Final

from policyengine.policy.checks.amounts import (
    check_amounts_are_exact,
    check_factors_are_bounded,
    check_grants_are_multiples,
    check_minimum_is_a_multiple,
    check_model_rounding,
    check_prices_fit,
)
from policyengine.policy.checks.answers import (
    check_alerts,
    check_debt,
    check_estimates_ascend,
    check_prices_have_currency,
    check_refunds,
)
from policyengine.policy.checks.burning import (
    check_burn_order_agrees,
    check_burn_order_is_total,
    check_priority_counts,
)
from policyengine.policy.checks.changing import (
    check_carried_credits,
    check_carried_shares,
    check_pairs,
    check_upgrades_agree,
    check_upgrades_fit_plans,
)
from policyengine.policy.checks.counting import check_image_constants
from policyengine.policy.checks.cycling import check_calendar_cycles, check_plans_that_end
from policyengine.policy.checks.expressions import check_expressions_read
from policyengine.policy.checks.findings import Check
from policyengine.policy.checks.forbidding import (
    check_forbidden_changes_exist,
    check_forbidden_upgrades_have_no_rule,
)
from policyengine.policy.checks.formulas import (
    check_formula_uses_multiplier,
    check_formula_uses_rates,
    check_lines_can_be_rounded,
    check_no_price_is_negative,
)
from policyengine.policy.checks.graduated import (
    check_graduated_prices_add_up,
    check_graduated_tiers,
    check_tiers_are_of_one_kind,
    check_tiers_have_prices,
)
from policyengine.policy.checks.granting import (
    check_caps,
    check_own_clocks,
    check_promotions,
    check_restrictions,
    check_rollovers,
)
from policyengine.policy.checks.instants import check_dates_exist, check_zone_is_known
from policyengine.policy.checks.limits import (
    check_caps_have_effect,
    check_fallback_is_cheaper,
    check_overage_is_billed,
    check_seats_renew,
    check_shortfall_terms,
    check_top_up,
)
from policyengine.policy.checks.modifiers import (
    check_cohorts_exist,
    check_hours_have_length,
    check_models_exist,
    check_modified_measures_add_up,
    check_modifiers_agree,
    check_unknown_model,
)
from policyengine.policy.checks.plans import (
    check_cancelling_leads_down,
    check_carry_over,
    check_changes_cost_time,
    check_grants_have_cycles,
    check_plans_ascend,
    check_something_gives_credits,
)
from policyengine.policy.checks.re_rating import (
    check_re_rating_agrees,
    check_re_rating_has_effect,
)
from policyengine.policy.checks.references import (
    check_counting_exists,
    check_limits_name_what_is_there,
    check_listed_once,
    check_plans_exist,
    check_units_exist,
)
from policyengine.policy.checks.replacement import (
    check_kept_terms,
    check_removed_plans,
    check_replaced_version,
    check_replacement_has_effect,
)
from policyengine.policy.checks.spans import (
    check_cycles_are_long_enough,
    check_grants_last,
    check_holds_fit,
    check_spans_are_bounded,
)
from policyengine.policy.checks.tiers import check_flags_depend, check_tiers_decide
from policyengine.policy.checks.units import (
    check_measures_have_units,
    check_names_are_free,
    check_rates_differ,
    check_something_costs,
    check_units_stand_once,
)
from policyengine.policy.document import PolicyDocument
from policyengine.policy.source import Source
from policyengine.values.diagnostics import Diagnostic, sorted_findings

__all__ = ["CHECKS", "check_meaning"]

CHECKS: Final[tuple[Check, ...]] = (
    check_dates_exist,
    check_zone_is_known,
    check_units_stand_once,
    check_names_are_free,
    check_measures_have_units,
    check_something_costs,
    check_rates_differ,
    check_plans_exist,
    check_units_exist,
    check_counting_exists,
    check_limits_name_what_is_there,
    check_image_constants,
    check_listed_once,
    check_amounts_are_exact,
    check_factors_are_bounded,
    check_minimum_is_a_multiple,
    check_model_rounding,
    check_grants_are_multiples,
    check_prices_fit,
    check_spans_are_bounded,
    check_cycles_are_long_enough,
    check_holds_fit,
    check_grants_last,
    check_expressions_read,
    check_no_price_is_negative,
    check_formula_uses_rates,
    check_formula_uses_multiplier,
    check_lines_can_be_rounded,
    check_tiers_decide,
    check_tiers_have_prices,
    check_tiers_are_of_one_kind,
    check_graduated_tiers,
    check_graduated_prices_add_up,
    check_models_exist,
    check_unknown_model,
    check_modifiers_agree,
    check_hours_have_length,
    check_modified_measures_add_up,
    check_cohorts_exist,
    check_flags_depend,
    check_grants_have_cycles,
    check_carry_over,
    check_own_clocks,
    check_rollovers,
    check_restrictions,
    check_promotions,
    check_caps,
    check_calendar_cycles,
    check_plans_that_end,
    check_re_rating_agrees,
    check_re_rating_has_effect,
    check_upgrades_agree,
    check_upgrades_fit_plans,
    check_pairs,
    check_forbidden_changes_exist,
    check_forbidden_upgrades_have_no_rule,
    check_carried_credits,
    check_carried_shares,
    check_plans_ascend,
    check_cancelling_leads_down,
    check_changes_cost_time,
    check_something_gives_credits,
    check_prices_have_currency,
    check_burn_order_agrees,
    check_burn_order_is_total,
    check_priority_counts,
    check_debt,
    check_shortfall_terms,
    check_overage_is_billed,
    check_fallback_is_cheaper,
    check_caps_have_effect,
    check_top_up,
    check_seats_renew,
    check_refunds,
    check_alerts,
    check_estimates_ascend,
    check_replaced_version,
    check_removed_plans,
    check_kept_terms,
    check_replacement_has_effect,
)


def check_meaning(document: PolicyDocument, source: Source) -> tuple[Diagnostic, ...]:
    """Ask every question of a document that has the shape of a policy.

    Gives: all findings, sorted by place; none is left out because of another one.
    """
    return sorted_findings(finding for check in CHECKS for finding in check(document, source))
