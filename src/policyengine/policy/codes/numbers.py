"""PE220 to PE239: amounts, factors, spans, dates and time zones."""

from collections.abc import Mapping
from typing import Final

from policyengine.policy.codes.info import CodeInfo

NUMBER_CODES: Final[Mapping[str, CodeInfo]] = {
    "PE220": CodeInfo(
        title="an amount with more than six decimals",
        what="An amount of credits is not a whole number of micro-credits (0.000001).",
        why="ledgers hold whole micro-credits, so that sums are exact.",
        wrong="credits: 300.1234567",
        right="credits: 300.123457",
    ),
    "PE221": CodeInfo(
        title="a rate or factor with needless decimals",
        what="A rate has more than nine decimals, or a multiplier or image constant more than six.",
        why="prices are computed exactly, in whole numbers that grow with every decimal; what the "
        "further decimals change is lost in rounding.",
        wrong="frontier: {multiplier: 1.3333333333}",
        right="frontier: {multiplier: 1.333333}",
    ),
    "PE222": CodeInfo(
        title="a minimum that cannot be charged",
        what="`charge.minimum` is not a multiple of `credits.smallest`.",
        why="every price is a multiple of the smallest amount, and the minimum is a price.",
        wrong="credits: {smallest: 0.01}\ncharge: {minimum: 0.015}",
        right="credits: {smallest: 0.01}\ncharge: {minimum: 0.02}",
    ),
    "PE223": CodeInfo(
        title="credits that leave a rest",
        what="A grant or pack gives credits that are not a multiple of `credits.smallest`.",
        why="prices are multiples of the smallest amount, so that the rest pays for nothing by "
        "itself, and a balance never reaches 0.",
        wrong="credits: {smallest: 0.01}\npacks:\n  pack_500: {credits: 500.005}",
        right="credits: {smallest: 0.01}\npacks:\n  pack_500: {credits: 500}",
    ),
    "PE224": CodeInfo(
        title="a price that no ledger can hold",
        what="A single count of some unit costs more than a million million credits.",
        why="every request with that unit would be refused. Often `per` is 1 where 1000000 was "
        "meant.",
        wrong="tokens: {per: 1, input: {text_input: 1000000}}\n"
        "models:\n  huge: {multiplier: 10000000}",
        right="tokens: {per: 1000000, input: {text_input: 100}}\nmodels:\n  huge: {multiplier: 10}",
    ),
    "PE226": CodeInfo(
        title="a model rounded to what the policy does not charge",
        what="`smallest` at a model is not a multiple of `smallest` at `credits`.",
        why="balances are in multiples of the general amount, and a rest could never be spent.",
        wrong="credits: {smallest: 0.1}\nmodels:\n"
        "  lite: {multiplier: 1, round: {smallest: 0.25, round: up}}",
        right="credits: {smallest: 0.05}\nmodels:\n"
        "  lite: {multiplier: 1, round: {smallest: 0.25, round: up}}",
    ),
    "PE230": CodeInfo(
        title="a span longer than a hundred years",
        what="A cycle, an expiry or another span is longer than 100 years.",
        why="it is a slip of the keyboard, or means for ever, and for that there is a word.",
        wrong="expires: 999 years",
        right="expires: never",
    ),
    "PE231": CodeInfo(
        title="a cycle shorter than an hour",
        what="The cycle of a plan, or the period of a grant on its own clock, is shorter than an "
        "hour.",
        why="each boundary of a cycle is written to the ledger of each wallet.",
        wrong="cycle: 30 minutes",
        right="cycle: 1 hour",
    ),
    "PE232": CodeInfo(
        title="a hold longer than the longest hold",
        what="`estimate.hold` is longer than `estimate.longest_hold`.",
        why="every hold that does not say how long it lasts would be refused.",
        wrong="estimate: {hold: 15 minutes, longest_hold: 10 minutes}",
        right="estimate: {hold: 15 minutes, longest_hold: 24 hours}",
    ),
    "PE233": CodeInfo(
        title="usage that is late before its hold ends",
        what="`charge.late_usage` is shorter than `estimate.longest_hold`, with `estimate.grace` "
        "where there is one.",
        why="usage counts from its start, so that what a long hold captures at its end would be "
        "refused as late, and not be charged.",
        wrong="charge: {late_usage: 1 hour}\nestimate: {longest_hold: 24 hours}",
        right="charge: {late_usage: 7 days}\nestimate: {longest_hold: 24 hours}",
    ),
    "PE234": CodeInfo(
        title="credits that expire before the next ones come",
        what="A grant of each cycle expires sooner than the shortest cycle ends.",
        why="for the rest of each cycle the plan is without credits. That may be meant; more often "
        "`end_of_cycle` was.",
        wrong="cycle: 1 month\ngrants:\n  monthly: {given: each_cycle, expires: 1 week}",
        right="cycle: 1 month\ngrants:\n  monthly: {given: each_cycle, expires: end_of_cycle}",
    ),
    "PE235": CodeInfo(
        title="a date or time that does not exist",
        what="The calendar has no such day, or the clock no such time. The last second of a day is "
        "23:59:59, and the next day begins at 00:00:00.",
        why="another program would choose a day nearby, and each a different one.",
        wrong="effective: 2026-02-30T00:00:00Z",
        right="effective: 2026-03-01T00:00:00Z",
    ),
    "PE236": CodeInfo(
        title="a date beyond the years of ledgers",
        what="A date is before 1970 or after 8999.",
        why="ledgers count time from 1970, and the far end is kept for `never`.",
        wrong="effective: 0206-01-28T00:00:00Z",
        right="effective: 2026-01-28T00:00:00Z",
    ),
    "PE237": CodeInfo(
        title="a time zone that does not exist",
        what="`time.zone` is not a name of the IANA time zone database. Offsets such as `UTC+8` "
        "and abbreviations such as `CST` are none: they say nothing of summer time, and some "
        "mean two zones.",
        why="days and months begin at midnight somewhere, and it must be clear where.",
        wrong="time: {zone: Asia/Beijing}",
        right="time: {zone: Asia/Shanghai}",
    ),
    "PE238": CodeInfo(
        title="a grace time longer than the longest hold",
        what="`estimate.grace` is longer than `estimate.longest_hold`.",
        why="it is for answers that come a moment too late; credits that are kept back for longer "
        "than any hold lasts are held, by another name.",
        wrong="estimate: {longest_hold: 24 hours, grace: 2 days}",
        right="estimate: {longest_hold: 24 hours, grace: 5 seconds}",
    ),
}
