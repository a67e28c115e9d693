"""PE208, PE285 to PE297, PE299: grants, cycles and plan changes that do not fit together."""

from collections.abc import Mapping
from typing import Final

from policyengine.policy.codes.info import CodeInfo

GRANT_CODES: Final[Mapping[str, CodeInfo]] = {
    "PE208": CodeInfo(
        title="a model that does not exist",
        what="`only_for` names a model that is not in `models`.",
        why="no request of it is ever charged, so that the credits pay for less than they seem to.",
        wrong="models: {lite: {multiplier: 1}}\nonly_for: {models: [light]}",
        right="models: {lite: {multiplier: 1}}\nonly_for: {models: [lite]}",
    ),
    "PE285": CodeInfo(
        title="a cycle that the calendar does not have",
        what="`cycle_from: calendar` stands beside a cycle, or `every_from: calendar` beside an "
        "`every`, other than a day, a week, a year, or 1, 2, 3, 4, 6 or 12 months.",
        why="the calendar has no boundaries for it: 5 months do not fill a year, and nobody agrees "
        "where each second week begins.",
        wrong="cycle: 5 months\ncycle_from: calendar",
        right="cycle: 3 months\ncycle_from: calendar",
    ),
    "PE286": CodeInfo(
        title="restricted credits that nothing can use",
        what="`only_for` names neither a model nor a unit, or only such as cost nothing.",
        why="a restriction without names restricts nothing; what is free takes no credits, so that "
        "these can never be spent.",
        wrong="models:\n  lite: {multiplier: 0}\nonly_for: {models: [lite]}",
        right="models:\n  lite: {multiplier: 0.5}\nonly_for: {models: [lite]}",
    ),
    "PE287": CodeInfo(
        title="a promotional period in which nothing is given",
        what="`between` ends before or at its start, or before this version begins.",
        why="the grant would never be given.",
        wrong="between: {from: 2026-09-01T00:00:00Z, until: 2026-06-01T00:00:00Z}",
        right="between: {from: 2026-06-01T00:00:00Z, until: 2026-09-01T00:00:00Z}",
    ),
    "PE288": CodeInfo(
        title="a cap below what it caps",
        what="`balance_at_most`, or `at_most` of a grant, is less than the grant gives at a time; "
        "or what is kept `at_least` is more than the cap on the balance.",
        why="the grant would never be given in full, and its number would be untrue.",
        wrong="balance_at_most: 1000\ngrants:\n  monthly: {credits: 2000}",
        right="balance_at_most: 4000\ngrants:\n  monthly: {credits: 2000}",
    ),
    "PE289": CodeInfo(
        title="limits of a rollover that contradict each other",
        what="`at_least` is more than `at_most`; both `at_most` and `at_most_times` are there; or "
        "the share is 0 % or more than 100 %. The last holds for `carried_share` too.",
        why="one of the two answers would be ignored.",
        wrong="rollover: {at_least: 500, at_most: 100}",
        right="rollover: {at_least: 100, at_most: 500}",
    ),
    "PE290": CodeInfo(
        title="kept credits that cannot keep their expiry",
        what="`expires: as_before` stands beside credits that expire when their grant comes again, "
        "or beside `cycles` or `priority`.",
        why="the first would keep them for no time at all. With the second, two answers say how "
        "long they live: the expiry, and how often they are kept. With the third, credits would "
        "change their place while they stay where they are.",
        wrong="expires: end_of_cycle\nrollover: {at_most: 500, expires: as_before}",
        right="expires: 3 months\nrollover: {at_most: 500, expires: as_before}",
    ),
    "PE291": CodeInfo(
        title="an upgrade whose answers contradict each other",
        what="`difference` or `prorated` needs a cycle that goes on: `when: now` and `keeps_date`. "
        "`difference` needs the old credits, and `less_used` needs them to be lost. `less_used` is "
        "neither prorated nor for grants that have an `at_most`. `re_rated` needs a cycle that "
        "goes on, and no share of it. Cycles of the calendar cannot start now.",
        why="a wallet would get the same credits twice, or lose what it has paid for.",
        wrong="upgrade: {when: now, new_cycle: starts_now, unused: kept, new_credits: difference}",
        right="upgrade: {when: now, new_cycle: keeps_date, unused: kept, new_credits: difference}",
    ),
    "PE292": CodeInfo(
        title="a pair of plans that is no upgrade",
        what="In an entry of `pairs`, `to` does not stand below `from` in `plans`.",
        why="moving up the list is a downgrade; the entry would never count.",
        wrong="plans: {free: {}, pro: {}}\npairs:\n  - {from: pro, to: free}",
        right="plans: {free: {}, pro: {}}\npairs:\n  - {from: free, to: pro}",
    ),
    "PE293": CodeInfo(
        title="a pair of plans that is never reached",
        what="An entry of `pairs` names the same two plans as one before it.",
        why="the first that fits counts, so that this one has no effect.",
        wrong="pairs:\n  - {from: free, to: pro}\n  - {from: free, to: pro}",
        right="pairs:\n  - {from: free, to: pro}\n  - {from: free, to: max}",
    ),
    "PE294": CodeInfo(
        title="grants that cannot be compared",
        what="An upgrade gives the difference or counts what was used, and a plan's recurring "
        "grants have no name in common with those of the plan below, or their cycles differ; or it "
        "re-rates what was used, and their cycles differ.",
        why="grants are compared by their names, cycle by cycle. One without a counterpart is "
        "given in full, which is rarely what the difference of two plans means.",
        wrong="plans:\n  pro: {grants: {monthly: {}}}\n  max: {grants: {max_credits: {}}}",
        right="plans:\n  pro: {grants: {monthly: {}}}\n  max: {grants: {monthly: {}}}",
    ),
    "PE295": CodeInfo(
        title="a period that does not fit into its cycle",
        what="`every`, or the period of `at_most`, is not shorter than the cycle; or `at_most` "
        "counts in a period that is no longer than `every`.",
        why="the grant would come once in a cycle, which is `each_cycle`; or the cap would look at "
        "one grant at a time.",
        wrong="cycle: 1 month\ngrants:\n  monthly: {given: each_period, every: 1 month}",
        right="cycle: 1 year\ngrants:\n  monthly: {given: each_period, every: 1 month}",
    ),
    "PE296": CodeInfo(
        title="a plan that ends in itself",
        what="`after_cycles.to` names the plan that ends.",
        why="it would not end.",
        wrong="trial: {after_cycles: {count: 1, to: trial}}",
        right="trial: {after_cycles: {count: 1, to: free}}",
    ),
    "PE297": CodeInfo(
        title="credits that are carried into no cycle",
        what="A downgrade or cancellation carries unused credits until the end of the new cycle, "
        "and no plan that may follow has cycles.",
        why="credits that are carried to such a plan keep their expiry; the line says otherwise.",
        wrong="cancel: {to: free, unused: carry_over, carried_expires: end_of_new_cycle}",
        right="cancel: {to: free, unused: carry_over, carried_expires: as_before}",
    ),
    "PE299": CodeInfo(
        title="a re-rate that changes nothing",
        what="An upgrade re-rates what was used before, and no price depends on the plan: no model "
        "has a `multiplier_on_plan`, and no modifier names `plans`.",
        why="what was used costs the same on the new plan; perhaps a multiplier was forgotten.",
        wrong="models: {small: {multiplier: 1}}\nupgrade: {earlier_use: re_rated}",
        right="models: {small: {multiplier: 1, multiplier_on_plan: {pro: 0.5}}}\n"
        "upgrade: {earlier_use: re_rated}",
    ),
}
