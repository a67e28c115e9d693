"""A policy that has an answer for nearly every key, and versions of it that differ in one place."""

import json
from copy import deepcopy
from functools import cache
from typing import Any, Final

import yaml

from policyengine.policy.load import load_policy
from policyengine.policy.policy import Policy

Change = tuple[str, Any]
GONE: Final = "GONE"

WIDE: Final = """
format: 1
policy: wide
version: 1
effective: 2026-01-28T00:00:00Z
status: draft
why: Every key has an answer.
source: {page: example.com/credits, read: 2026-01-28, placeholders: All of it.}
time: {zone: Asia/Shanghai, month: same_day_or_last}
credits: {smallest: 0.01, round: up, round_at: each_request}
units:
  tokens:
    per: 1000000
    input: {text_input: 100, text_cached: 10}
    output: {text_output: 500}
    other: {searches: 40000}
  images: {per: 1, output: {image: 2}}
models:
  lite: {multiplier: 0.5, counted_as: way}
  standard: {multiplier: 1, title: Standard}
  frontier:
    multiplier: 6
    rates: {text_output: 600}
    multiplier_on_plan: {free: 7}
    multiplier_for_cohort: {annual: 5}
    round: {smallest: 0.1, round: half_up}
    minimum: 0.5
    tiers: [{when: all_input > 200000, applies_to: whole_request, multiplier: 12}]
  parts:
    multiplier: 2
    tiers: [{when: text_output > 1000, applies_to: part_above, rates: {text_output: 900}}]
counting:
  way: {text: o200k_base, image: {formula: gpt-4o, constants: {base_tokens: 85}}}
charge:
  formula: tokens_at_rate * multiplier + images_at_rate
  minimum: 0.01
  unknown_model: priced_as
  priced_as: standard
  failed_request: input_only
  cancelled_request: input_only
  late_usage: 7 days
modifiers:
  batch: {factor: 0.5, models: [standard, lite], plans: [pro, max], measures: [tokens]}
  fast: {factor: 2, measures: [tokens], not_with: [batch]}
  region: {factor: 1.1}
  night:
    factor: 0.5
    models: [lite]
    not_with: [fast]
    hours: [{from: "22:00", until: "06:00", days: [friday]}]
  peak: {factor: 2, hours: [{from: "09:00", until: "12:00"}]}
cohorts: [annual]
plans:
  free:
    grants: {welcome: {credits: 300, given: once, expires: 1 month}}
  pro:
    title: Pro
    cycle: 1 month
    cycle_from: calendar
    first_cycle: prorated_by_day
    balance_at_most: 9000
    grants:
      monthly:
        credits: 2000
        given: each_cycle
        expires: end_of_cycle
        carry_over: some
        rollover:
          share: 50%
          of: remaining
          at_least: 100
          at_most_times: 2
          cycles: 2
          expires: renewed
        priority: 40
        only_for: {models: [lite, standard], units: [text_input, text_output]}
      drip:
        credits: 10
        given: each_period
        every: 1 day
        at_most: {credits: 200, per: 1 month}
        between: {from: 2026-06-01T00:00:00Z, until: 2026-09-01T00:00:00Z}
        expires: 10 days
  max:
    cycle: 1 month
    grants:
      monthly:
        {credits: 6000, for_each: seat, given: each_cycle, expires: end_of_cycle, carry_over: none}
  trial:
    cycle: 2 weeks
    after_cycles: {count: 1, to: free}
    grants: {trial: {credits: 500, given: once, expires: end_of_cycle}}
packs:
  pack:
    title: A pack
    credits: 500
    expires: 12 months
    sold_to: [pro, max]
    bonus: {credits: 50, expires: 1 month}
    at_most_held: 3
burn_order: [priority, soonest_expiry, plan_before_pack, oldest]
changes:
  upgrade:
    when: now
    new_cycle: keeps_date
    unused: kept
    carried_expires: end_of_new_cycle
  downgrade: {when: end_of_cycle, unused: carry_over, carried_expires: end_of_new_cycle}
  cancel: {when: end_of_cycle, to: free, unused: lost}
  pairs:
    - from: free
      to: pro
      upgrade:
        when: now
        new_cycle: starts_now
        unused: kept
        carried_expires: as_before
estimate:
  output_tokens: {low: 200, expected: 1000, high: 4000}
  hold: 15 minutes
  longest_hold: 24 hours
shortfall:
  before_request: overage
  after_request: go_into_debt
  debt: {limit: 50, at_renewal: kept}
  in_debt: free_models_only
  overage: {price: 0.04, currency: USD, opt_in: required, limit: 500, plans: [pro, max]}
caps:
  - {scope: member, credits: 500, per: 1 month, models: [frontier], plans: [max]}
top_up:
  below: 100
  pack: pack
  cooldown: 1 hour
  at_most: {count: 3, per: 1 month}
  opt_in: required
conversions:
  messages: {credits: 1100, expires: 3 months}
refunds: {expired_lot: new_lot, new_lot_expires: 7 days}
alerts: [{balance_below: 20%}, {expiring_within: 3 days}]
abnormal: [{when: charge > 10 * usual_charge, then: flag}]
"""


class _Texts(yaml.SafeLoader):
    """Leaves dates and instants as texts."""


_Texts.yaml_implicit_resolvers = {
    key: [(tag, pattern) for tag, pattern in each if not tag.endswith(":timestamp")]
    for key, each in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def wide() -> dict[str, Any]:
    """The policy as plain data; a fresh copy."""
    return deepcopy(_read())


@cache
def _read() -> dict[str, Any]:
    plain = plain_of(WIDE)
    assert isinstance(plain, dict)
    return plain


def plain_of(text: str) -> Any:
    """Read YAML, with dates and instants as texts."""
    loader = _Texts(text)  # a safe loader that knows fewer types
    try:
        return loader.get_single_data()
    finally:
        loader.dispose()


def put(plain: Any, path: str, value: Any) -> None:
    """Set the value at a path such as `plans.pro.cycle` or `caps.0.per`, or take it away."""
    *steps, last = path.split(".")
    for step in steps:
        plain = plain[int(step)] if isinstance(plain, list) else plain[step]
    if value == GONE:
        del plain[int(last) if isinstance(plain, list) else last]
    elif isinstance(plain, list):
        plain[int(last) : int(last) + 1] = [deepcopy(value)]
    else:
        plain[last] = deepcopy(value)


def changed(*changes: Change) -> Policy:
    """The policy with other values; it must be free of errors."""
    plain = wide()
    for path, value in changes:
        put(plain, path, value)
    return policy_of(plain)


def policy_of(plain: dict[str, Any]) -> Policy:
    """Compile plain data; it must be free of errors."""
    loaded = load_policy(json.dumps(plain, indent=1), "wide.yaml")
    assert loaded.policy is not None, [each.message for each in loaded.diagnostics]
    return loaded.policy
