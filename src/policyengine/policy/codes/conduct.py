"""PE239 to PE253 and PE280 to PE289: plans, changes, burn order, alerts, what is replaced."""

from collections.abc import Mapping
from typing import Final

from policyengine.policy.codes.info import CodeInfo

CONDUCT_CODES: Final[Mapping[str, CodeInfo]] = {
    "PE239": CodeInfo(
        title="a forbidden change without effect",
        what="An entry of `changes.forbidden` is about no change that a wallet can make, or an "
        "entry before it forbids the same; or a rule of `pairs` is for an upgrade that is "
        "forbidden.",
        why="one of the two was meant otherwise: nothing is decided by it as it stands.",
        wrong="plans: {free: {}, pro: {}}\nchanges:\n  forbidden:\n"
        "    - {change: upgrade, from: pro, to: free}",
        right="plans: {free: {}, pro: {}}\nchanges:\n  forbidden:\n"
        "    - {change: downgrade, from: pro, to: free}",
    ),
    "PE240": CodeInfo(
        title="an answer is missing that another one asks for",
        what="One answer leads to a further question, and that has none: `go_into_debt` needs "
        "`debt`, `new_lot` needs `new_lot_expires`, `each_cycle` needs a cycle and `carry_over`, "
        "`end_of_cycle` needs a cycle, `each_period` needs `every`, `some` needs `rollover`, "
        "`calendar` needs `first_cycle`, a share needs its base, carried credits need "
        "`carried_expires`, and a version above 1 needs `replaces`.",
        why="a question left open would be answered by accident, in production.",
        wrong="shortfall: {before_request: refuse, after_request: go_into_debt}",
        right="shortfall:\n  before_request: refuse\n  after_request: go_into_debt\n"
        "  debt: {limit: 50, at_renewal: kept}",
    ),
    "PE241": CodeInfo(
        title="an answer to a question that is not asked",
        what="A key has a value that another answer makes pointless: `debt` without "
        "`go_into_debt`, `new_lot_expires` without `new_lot`, `carry_over` for a one-time grant, "
        "`every` or `at_most` without `each_period`, `rollover` without `some`, `first_cycle` "
        "without `calendar`, `replaces` in version 1.",
        why="a reader believes that it counts.",
        wrong="refunds: {expired_lot: stay_expired, new_lot_expires: 7 days}",
        right="refunds: {expired_lot: new_lot, new_lot_expires: 7 days}",
    ),
    "PE242": CodeInfo(
        title="carrying over what does not expire with the cycle",
        what="`carry_over: all` stands beside an expiry other than `end_of_cycle`.",
        why="a renewal carries what would be lost at the boundary; credits with a life of their "
        "own outlast it anyway, and would be said to last for two different times.",
        wrong="monthly: {given: each_cycle, expires: 3 months, carry_over: all}",
        right="monthly: {given: each_cycle, expires: end_of_cycle, carry_over: all}",
    ),
    "PE243": CodeInfo(
        title="an alert that says nothing, or two things",
        what="An alert has neither `balance_below` nor `expiring_within`, or both.",
        why="with both, it is open whether one suffices or both must hold.",
        wrong="alerts: [{balance_below: 20%, expiring_within: 3 days}]",
        right="alerts: [{balance_below: 20%}, {expiring_within: 3 days}]",
    ),
    "PE244": CodeInfo(
        title="a share that no balance can fall below",
        what="`balance_below` is 0 %, or more than 100 %.",
        why="the alert would never come, or always be there.",
        wrong="alerts: [{balance_below: 0%}]",
        right="alerts: [{balance_below: 20%}]",
    ),
    "PE245": CodeInfo(
        title="lengths of answers that do not ascend",
        what="In `output_tokens`, `low` is more than `expected`, or `expected` more than `high`.",
        why="an estimate is shown as a range, from the lower to the higher end.",
        wrong="output_tokens: {low: 2000, expected: 1000, high: 4000}",
        right="output_tokens: {low: 200, expected: 1000, high: 4000}",
    ),
    "PE246": CodeInfo(
        title="cancelling leads to a plan that goes on giving",
        what="`cancel.to` names a plan above the lowest one that gives credits in each cycle.",
        why="who cancels pays no more, and would get credits for nothing.",
        wrong="plans: {free: {}, pro: {}}\nchanges:\n  cancel: {to: pro}",
        right="plans: {free: {}, pro: {}}\nchanges:\n  cancel: {to: free}",
    ),
    "PE247": CodeInfo(
        title="an upgrade that gives less",
        what="Of two neighbours in `plans` with the same cycle, the later gives fewer credits in "
        "each cycle.",
        why="plans are listed lowest first; moving down the list is an upgrade, with all that "
        "`changes.upgrade` says.",
        wrong="plans:\n  pro_plus: {}  # 6000 credits\n  pro: {}       # 2000 credits",
        right="plans:\n  pro: {}       # 2000 credits\n  pro_plus: {}  # 6000 credits",
    ),
    "PE248": CodeInfo(
        title="going down and up again gives credits each time",
        what="Upgrades and downgrades both happen at once.",
        why="an upgrade gives the credits of a whole cycle. Who spends them, moves down and up "
        "again has them anew, as often as they like, if the payment does not stop it.",
        wrong="upgrade: {when: now}\ndowngrade: {when: now}",
        right="upgrade: {when: now}\ndowngrade: {when: end_of_cycle}",
    ),
    "PE249": CodeInfo(
        title="nothing gives credits",
        what="No plan has a grant, and there are no packs.",
        why="nobody could use anything, unless all credits are granted by hand.",
        wrong="plans:\n  free: {grants: {}}",
        right="plans:\n  free: {grants: {welcome: {credits: 300, given: once, expires: 1 month}}}",
    ),
    "PE250": CodeInfo(
        title="a burn order that contradicts itself",
        what="Two keys of `burn_order` are opposites, such as `oldest` and `newest`.",
        why="the first of them has decided, so that the second has no effect.",
        wrong="burn_order: [plan_before_pack, pack_before_plan, oldest]",
        right="burn_order: [plan_before_pack, oldest]",
    ),
    "PE251": CodeInfo(
        title="a burn order that leaves something open",
        what="`burn_order` has neither `oldest` nor `newest`.",
        why="two lots may be equal in all other keys; which one is spent is never left to chance.",
        wrong="burn_order: [soonest_expiry]",
        right="burn_order: [soonest_expiry, oldest]",
    ),
    "PE252": CodeInfo(
        title="a key of the burn order that is never reached",
        what="A key stands behind `oldest` or `newest`.",
        why="no two lots have the same age, so that nothing is left to decide.",
        wrong="burn_order: [oldest, soonest_expiry]",
        right="burn_order: [soonest_expiry, oldest]",
    ),
    "PE253": CodeInfo(
        title="priorities without effect",
        what="`burn_order` does not have the key `priority`.",
        why="a grant given by hand may have a priority; without this key it is ignored.",
        wrong="burn_order: [soonest_expiry, oldest]",
        right="burn_order: [priority, soonest_expiry, oldest]",
    ),
    "PE280": CodeInfo(
        title="a version that replaces another than the one before it",
        what="`replaces.version` is not the number of this version less one.",
        why="subscribers are taken from version to version, and none may be passed over.",
        wrong="version: 3\nreplaces: {version: 1}",
        right="version: 3\nreplaces: {version: 2}",
    ),
    "PE281": CodeInfo(
        title="a removed plan that is still there",
        what="A plan is both in `plans` and in `removed_plans`.",
        why="it is open whether its subscribers stay or move.",
        wrong="plans: {free: {}, pro: {}}\nreplaces:\n  removed_plans: {pro: free}",
        right="plans: {free: {}}\nreplaces:\n  removed_plans: {pro: free}",
    ),
    "PE282": CodeInfo(
        title="old terms that end before the new ones start",
        what="`keep.until` is not after `effective`.",
        why="until then everybody has the old terms, so that the entry has no effect.",
        wrong="effective: 2026-10-01T00:00:00Z\nreplaces:\n  keep:\n"
        "    - {until: 2026-09-01T00:00:00Z}",
        right="effective: 2026-10-01T00:00:00Z\nreplaces:\n  keep:\n"
        "    - {until: 2027-01-01T00:00:00Z}",
    ),
    "PE283": CodeInfo(
        title="old terms for those who join later",
        what="`keep.joined_before` is after `effective`.",
        why="who joins after this version starts has its terms at once; they have no old ones.",
        wrong="effective: 2026-10-01T00:00:00Z\nreplaces:\n  keep:\n"
        "    - {joined_before: 2026-11-01T00:00:00Z}",
        right="effective: 2026-10-01T00:00:00Z\nreplaces:\n  keep:\n"
        "    - {joined_before: 2026-10-01T00:00:00Z}",
    ),
    "PE284": CodeInfo(
        title="an exception for nobody",
        what="`keep` or `removed_plans` stand beside `new_subscribers_only`, which leaves all "
        "existing subscribers alone; or an entry of `keep` is covered by another one.",
        why="it has no effect, and a reader believes that it has.",
        wrong="replaces:\n  plans: new_subscribers_only\n  removed_plans: {starter: free}",
        right="replaces:\n  plans: at_next_cycle\n  removed_plans: {starter: free}",
    ),
}
