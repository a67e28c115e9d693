"""Policies to speak of: the gallery, the small ones of the tests, and variants of the guide."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from house.documents import blocks_of
from house.test_language_doc import loaded_with
from policyengine.app.policies import policy_files
from policyengine.policy.load import load_policy
from policyengine.policy.policy import Policy

ROOT: Final = Path(__file__).parents[2]
REFERENCE: Final = ROOT / "policies" / "codeflicker"


@cache
def policy_at(path: str) -> Policy:
    """Load a policy by its path in the repository."""
    loaded = load_policy((ROOT / path).read_bytes(), Path(path).name).policy
    assert loaded is not None
    return loaded


def edited(text: str, *pairs: tuple[str, str]) -> Policy:
    """Load a policy's text with some words replaced."""
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    loaded = load_policy(text, "edited.yaml")
    assert loaded.policy is not None, loaded.diagnostics
    return loaded.policy


VARIANTS: Final = (
    """
burn_order: [restricted_first, pack_before_plan, newest]
plans:
  free:
    grants: {welcome: {credits: 300, given: once, expires: 1 month}}
  pro:
    cycle: 1 month
    grants:
      monthly:
        credits: 2000
        given: each_cycle
        expires: end_of_cycle
        carry_over: some
        rollover: {cycles: 2}
  pro_plus:
    cycle: 1 month
    grants:
      weekly:
        credits: 1500
        given: each_period
        every: 1 week
        at_most: {credits: 6000, per: cycle}
        expires: end_of_period
      daily:
        {credits: 5, given: each_period, every: 1 day, every_from: calendar, expires: end_of_period}
caps: [{scope: member, credits: 5, per: 1 hour}]
top_up:
  below: 100
  up_to: 500
  expires: never
  cooldown: 1 hour
  at_most: {count: 1, per: 1 month}
  opt_in: not_needed
conversions: {messages: {credits: 3, expires: never}}
credits: {smallest: 0.01, round: down, round_at: each_request}
modifiers:
  batch: {factor: 0.5}
  peak: {factor: 2, hours: [{from: 09:00, until: 12:00}, {from: 14:00, until: 18:00}]}
  night: {factor: 0.5, hours: [{from: 22:00, until: 06:00, days: [friday]}], not_with: [batch]}
""",
    """
burn_order: [general_first, smaller_first, oldest]
source: {page: example.com, read: 2026-01-28}
changes:
  upgrade: {when: end_of_cycle, new_cycle: starts_now, unused: lost, carried_expires: as_before}
  downgrade: {when: end_of_cycle, unused: lost}
  cancel: {when: end_of_cycle, to: free, unused: lost}
  forbidden: [{change: cancel}, {change: any, to: pro}]
credits: {smallest: 0.01, round: half_even, round_at: each_request}
shortfall:
  before_request: overage
  after_request: go_into_debt
  debt: {limit: 50, at_renewal: forgiven}
  overage: {price: 0.04, currency: USD, opt_in: not_needed, limit: 500}
models:
  standard:
    multiplier: 1
    counted_as: gpt_4o
    tiers: [{when: text_output > 1000, applies_to: part_above, multiplier: 2}]
  frontier:
    multiplier: 6
    counted_as: gpt_4o
    tiers:
      - when: text_output > 1000
        applies_to: part_above
        multiplier: 7
        rates: {text_output: 600}
""",
    """
shortfall:
  before_request: refuse
  after_request: go_into_debt
  debt: {limit: 50, at_renewal: invoiced}
""",
    """
models: {standard: {multiplier: 1}}
plans:
  free:
    price: 5
    currency: USD
    grants: {welcome: {credits: 300, given: once, expires: 1 month}}
packs: {}
""",
)
"""Parts of the reference policy that say what no other policy here does."""


AT_ONCE: Final = """
plans:
  free:
    grants: {welcome: {credits: 300, given: once, expires: 1 month}}
  pro_max:
    cycle: 1 month
    grants: {monthly: {credits: 6000, given: each_cycle, expires: end_of_cycle, carry_over: none}}
packs: {}
replaces:
  version: 1
  rates_and_models: from_effective
  plans: at_once
  packs: new_purchases
  removed_plans: {pro: pro_max, pro_plus: pro_max}
"""
"""A second version, which takes subscribers along at once."""


@cache
def every_policy() -> tuple[Policy, ...]:
    """Give every policy there is, and the reference policy with each example of the guide."""
    files = [*policy_files(ROOT / "policies"), *policy_files(ROOT / "tests" / "policies")]
    paths = [file.relative_to(ROOT).as_posix() for file in files]
    return (*map(policy_at, paths), *_variants())


def _variants() -> Iterator[Policy]:
    blocks = blocks_of((ROOT / "docs" / "language.md").read_text())
    examples = [each.text for each in blocks if each.language == "yaml"]
    of_tests = [f"# in policies/codeflicker/v1.yaml{text}" for text in VARIANTS]
    of_tests.append(f"# in policies/codeflicker/v2.yaml{AT_ONCE}")
    for example in (*examples, *of_tests):
        loaded = loaded_with(example)[1].loaded[-1]
        assert loaded.policy is not None, loaded.diagnostics
        yield loaded.policy
