"""A small policy without findings, and texts that differ from it in a few places."""

from typing import Final

from policyengine.policy.load import Loaded, load_policy
from policyengine.values.diagnostics import Diagnostic

ACME: Final = """\
format: 1
policy: acme
version: 1
effective: 2026-01-28T00:00:00Z
status: published
why: First edition
time: {zone: Asia/Shanghai, month: same_day_or_last}
credits: {smallest: 0.01, round: up, round_at: each_request}
units:
  tokens: {per: 1000000, input: {text_input: 100, image: 150}, output: {text_output: 500}}
models:
  standard: {multiplier: 1}
charge:
  formula: tokens_at_rate * multiplier
  minimum: 0.01
  unknown_model: refuse
  failed_request: free
  cancelled_request: full
  late_usage: 7 days
plans:
  free:
    grants:
      welcome: {credits: 300, given: once, expires: 1 month}
  pro:
    cycle: 1 month
    grants:
      monthly: {credits: 2000, given: each_cycle, expires: end_of_cycle, carry_over: none}
packs:
  pack_500: {credits: 500, expires: 12 months, sold_to: [pro]}
burn_order: [priority, soonest_expiry, oldest]
changes:
  upgrade:
    {when: now, new_cycle: starts_now, unused: carry_over, carried_expires: end_of_new_cycle}
  downgrade: {when: end_of_cycle, unused: lost}
  cancel: {when: end_of_cycle, to: free, unused: lost}
estimate:
  output_tokens: {low: 200, expected: 1000, high: 4000}
  hold: 15 minutes
  longest_hold: 24 hours
shortfall: {before_request: refuse, after_request: take_what_is_left}
refunds: {expired_lot: stay_expired}
"""

REPLACES: Final = """\
replaces:
  version: 1
  rates_and_models: from_effective
  plans: at_next_cycle
  packs: new_purchases
"""

PRO: Final = ACME[ACME.index("  pro:\n") : ACME.index("packs:\n")]

Change = tuple[str, str]


def changed(*changes: Change, text: str = ACME) -> str:
    """The policy with some pieces exchanged, each of which it has."""
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def later(number: int, effective: str, *changes: Change, replaces: str = "") -> str:
    """The policy as a later version; `replaces` are further lines of its answer."""
    text = changed(("version: 1", f"version: {number}"), ("2026-01-28", effective), *changes)
    answer = REPLACES.replace("version: 1", f"version: {number - 1}")
    return text + answer + replaces


def tiers(*pairs: tuple[str, object]) -> Change:
    """Tiers for the only model, each with its condition and multiplier."""
    lines = [
        f"      - {{when: {when}, applies_to: whole_request, multiplier: {multiplier}}}\n"
        for when, multiplier in pairs
    ]
    old = "  standard: {multiplier: 1}\n"
    return old, "  standard:\n    multiplier: 1\n    tiers:\n" + "".join(lines)


def loaded(*changes: Change) -> Loaded:
    """The changed policy, read; it has the shape of one."""
    result = load_policy(changed(*changes), "acme.yaml")
    assert result.document is not None, result.diagnostics
    return result


def found(*changes: Change) -> tuple[Diagnostic, ...]:
    """What is found in the changed policy."""
    return loaded(*changes).diagnostics


def codes(*changes: Change) -> list[str]:
    """The codes of what is found in the changed policy."""
    return [each.code for each in found(*changes)]
