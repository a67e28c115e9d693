"""The codes of the linter, each with its page."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from policyengine.policy.codes.info import CodeInfo

FAULT_CODES: Final[Mapping[str, CodeInfo]] = MappingProxyType(
    {
        "EF101": CodeInfo(
            title="an upgrade in steps gives more, or costs less, than at once",
            what="Who moves up by way of a plan between ends with more credits for no more money "
            "than who moves at once, or with as many for less.",
            why="whoever notices never moves at once again, and those who do are worse off.",
            wrong="pairs:\n  - {from: free, to: pro, upgrade: {new_credits: difference}}\n"
            "upgrade: {new_cycle: keeps_date, new_credits: less_used, unused: lost}",
            right="upgrade: {new_cycle: keeps_date, new_credits: difference, unused: kept}",
        ),
        "EF102": CodeInfo(
            title="leaving and coming back gives unpaid credits again",
            what="The credits of a plan that costs nothing come more often to who leaves it and "
            "comes back than to who stays.",
            why="a gift that can be had again is a supply: accounts will go round in circles.",
            wrong="trial:\n  cycle: 2 weeks\n  after_cycles: {count: 1, to: free}\n"
            "  grants: {trial: {credits: 500, given: each_cycle}}",
            right="trial:\n  cycle: 2 weeks\n  after_cycles: {count: 1, to: free}\n"
            "  grants: {trial: {credits: 500, given: once}}",
        ),
        "EF103": CodeInfo(
            title="going down just before a renewal pays",
            what="Who asks for a lower plan in the last second of a cycle, and may be back at "
            "once, has more just after the boundary than who stays, for no more money.",
            why="the renewal is where unused credits end; a way round it empties that rule.",
            wrong="monthly: {given: each_cycle, expires: end_of_cycle, carry_over: none}\n"
            "downgrade: {when: end_of_cycle, unused: carry_over}",
            right="monthly: {given: each_cycle, expires: end_of_cycle, carry_over: none}\n"
            "downgrade: {when: end_of_cycle, unused: lost}",
        ),
        "EF104": CodeInfo(
            title="a grant that can never be spent",
            what="In its first cycles, a wallet that asks for everything draws nothing from this "
            "grant: it is always cut to nothing, or pays for nothing that costs anything.",
            why="subscribers are promised credits that they cannot have.",
            wrong="pro:\n  balance_at_most: 2000\n  grants:\n    base: {credits: 2000}\n"
            "    bonus: {credits: 500}",
            right="pro:\n  balance_at_most: 2500\n  grants:\n    base: {credits: 2000}\n"
            "    bonus: {credits: 500}",
        ),
        "EF105": CodeInfo(
            title="bought credits are spent before free ones",
            what="A request is paid from a pack while credits that were not bought, and expire no "
            "later, are left.",
            why="the free ones expire unused, and the customer has paid for nothing.",
            wrong="burn_order: [pack_before_plan, soonest_expiry, oldest]",
            right="burn_order: [soonest_expiry, plan_before_pack, oldest]",
        ),
        "EF106": CodeInfo(
            title="a pack cheaper per credit than every plan",
            what="By the prices in the policy, a credit of this pack costs less than a credit of "
            "any plan with a price in the same currency.",
            why="nobody has a reason to subscribe to more than the lowest plan that may buy it.",
            wrong="plans:\n  pro: {price: 20, currency: USD}  # 2000 credits\n"
            "packs:\n  small: {credits: 500, price: 4, currency: USD}",
            right="plans:\n  pro: {price: 20, currency: USD}  # 2000 credits\n"
            "packs:\n  small: {credits: 500, price: 6, currency: USD}",
        ),
        "EF107": CodeInfo(
            title="more tokens cost less in total",
            what="A request costs less than one with fewer counts of a unit and the same of all "
            "others.",
            why="padding a request makes it cheaper; and an estimate of the most that it can cost "
            "is wrong.",
            wrong="tiers: [{when: all_input > 1000, applies_to: whole_request, multiplier: 0.5}]",
            right="tiers: [{when: text_input > 1000, applies_to: part_above, multiplier: 0.5}]",
        ),
        "EF108": CodeInfo(
            title="real work costs nothing by rounding",
            what="A request whose exact price is above 0 is rounded to 0, and no minimum holds.",
            why="work that is cut into small requests is free, as much of it as anyone likes.",
            wrong="credits: {smallest: 0.01, round: half_up}\ncharge: {minimum: 0}",
            right="credits: {smallest: 0.01, round: half_up}\ncharge: {minimum: 0.01}",
        ),
        "EF109": CodeInfo(
            title="a version makes credits dearer to use that were given before it",
            what="A request costs more under this version than under the one before it, also when "
            "it is paid from credits that were given, and paid for, under that one.",
            why="it is a price rise for what was sold already: whoever holds credits can buy less "
            "than was promised.",
            wrong="version: 2\nmodels:\n  frontier: {multiplier: 8}  # 6 in version 1",
            right="version: 2\ncohorts: [since_october]\nmodels:\n"
            "  frontier: {multiplier: 6, multiplier_for_cohort: {since_october: 8}}",
        ),
        "EF110": CodeInfo(
            title="a draft charges more for what has happened already",
            what="A draft is to be in force from an instant that has passed, and makes a request "
            "dearer. Published like this, it prices every request that began since then and is "
            "reported or captured later.",
            why="customers made these requests at the price of the version that was in force.",
            wrong="version: 2\neffective: 2026-03-01T00:00:00Z  # and today is 15 March\n"
            "status: draft",
            right="version: 2\neffective: 2026-04-01T00:00:00Z\nstatus: draft",
        ),
    }
)
"""EFxxx: economic faults. Like findings, but each with a story in numbers."""
