"""PE254 to PE259, and PE298: limits that contradict each other, or have no effect."""

from collections.abc import Mapping
from typing import Final

from policyengine.policy.codes.info import CodeInfo

LIMIT_CODES: Final[Mapping[str, CodeInfo]] = {
    "PE254": CodeInfo(
        title="overage that is never invoiced",
        what="`overage` is for a plan without a cycle, or no plan has one.",
        why="overage is taken to an invoice at a renewal; a plan without cycles has none, and its "
        "wallets get no overage.",
        wrong="plans: {free: {grants: {}}}\nshortfall:\n  overage: {plans: [free]}",
        right="plans: {pro: {cycle: 1 month}}\nshortfall:\n  overage: {plans: [pro]}",
    ),
    "PE255": CodeInfo(
        title="a fallback that is not cheaper",
        what="No other model costs more than the one that requests fall back to.",
        why="a wallet that cannot pay for the model that was asked for could not pay for this one "
        "either.",
        wrong="models: {lite: {multiplier: 1}, frontier: {multiplier: 6}}\n"
        "shortfall:\n  fallback: {model: frontier}",
        right="models: {lite: {multiplier: 1}, frontier: {multiplier: 6}}\n"
        "shortfall:\n  fallback: {model: lite}",
    ),
    "PE256": CodeInfo(
        title="a cap that never begins anew",
        what="A cap is `per: cycle`, and no plan that it holds for has a cycle.",
        why="once it is reached, nothing could be used ever again.",
        wrong="plans: {free: {grants: {}}}\ncaps: [{scope: member, credits: 10, per: cycle}]",
        right="plans: {free: {grants: {}}}\ncaps: [{scope: member, credits: 10, per: 1 month}]",
    ),
    "PE257": CodeInfo(
        title="a cap that never blocks",
        what="Another cap with the same scope, time and models is as low or lower, for all plans "
        "that this one holds for.",
        why="the lower one is always reached first.",
        wrong="caps:\n  - {scope: member, credits: 100, per: cycle}\n"
        "  - {scope: member, credits: 500, per: cycle}",
        right="caps:\n  - {scope: member, credits: 100, per: 1 day}\n"
        "  - {scope: member, credits: 500, per: cycle}",
    ),
    "PE258": CodeInfo(
        title="a top-up that buys nothing, or two things",
        what="`top_up` has neither `pack` nor `up_to`, or both.",
        why="it has to be clear what is paid for.",
        wrong="top_up: {below: 100, pack: pack_500, up_to: 500}",
        right="top_up: {below: 100, pack: pack_500}",
    ),
    "PE259": CodeInfo(
        title="a top-up that is not enough",
        what="`up_to` is less than `below`.",
        why="after each top-up the next one would be due at once.",
        wrong="top_up: {below: 100, up_to: 50}",
        right="top_up: {below: 100, up_to: 500}",
    ),
    "PE264": CodeInfo(
        title="a cap without a time, or with two",
        what="A cap has neither `per` nor `within`, or both.",
        why="`per` counts by the calendar or the cycle, `within` from the first use on; it has to "
        "be clear when it begins anew.",
        wrong="caps: [{scope: member, credits: 10, per: 1 day, within: 5 hours}]",
        right="caps: [{scope: member, credits: 10, within: 5 hours}]",
    ),
    "PE298": CodeInfo(
        title="a grant per seat that seats do not fit",
        what="A grant that is `for_each: seat` is not given in each cycle, or its rollover says "
        "`at_most_times`.",
        why="seats are counted cycle by cycle; one that leaves and comes back would bring a "
        "one-time grant once more, and it would be open what is taken how many times.",
        wrong="welcome: {credits: 100, given: once, for_each: seat}",
        right="monthly: {credits: 100, given: each_cycle, for_each: seat}",
    ),
}
