"""PE1xx: the document does not have the shape that the schema asks for."""

from collections.abc import Mapping
from typing import Final

from policyengine.policy.codes.info import CodeInfo

SHAPE_CODES: Final[Mapping[str, CodeInfo]] = {
    "PE100": CodeInfo(
        title="not a policy",
        what="The file holds a list or a single text, and not keys with values.",
        why="a policy is read by its keys.",
        wrong="- format: 1\n- policy: acme",
        right="format: 1\npolicy: acme",
    ),
    "PE101": CodeInfo(
        title="a key without a value",
        what="Nothing, `null` or `~` stands behind a key.",
        why="a reader cannot tell a question that was forgotten from one that was answered with "
        "nothing; an optional key is left out as a whole.",
        wrong="pro:\n  cycle:\n  grants: {}",
        right="pro:\n  cycle: 1 month\n  grants: {}",
    ),
    "PE102": CodeInfo(
        title="more findings than are shown",
        what="The file has more than 100 faults of shape; the first 100 are shown.",
        why="many findings often have one cause, such as a wrong indentation at the top.",
        wrong="# another program's file",
        right="# a policy",
    ),
    "PE110": CodeInfo(
        title="an unknown key",
        what="The key is not in the language, or not in this part of a policy.",
        why="an unknown key would be a rule that nobody applies.",
        wrong="welcome: {alowance: 300, given: once, expires: 1 month}",
        right="welcome: {credits: 300, given: once, expires: 1 month}",
    ),
    "PE111": CodeInfo(
        title="a missing key",
        what="A part of the policy lacks keys that it must have.",
        why="an unanswered question is found here and not in production; nothing has a silent "
        "default that concerns credits.",
        wrong="welcome: {credits: 300, given: once}",
        right="welcome: {credits: 300, given: once, expires: 1 month}",
    ),
    "PE120": CodeInfo(
        title="a value of the wrong kind",
        what="A text stands where a number is asked, a single value where a list is asked, and so "
        "on. Numbers have no quotes and no unit.",
        why="a value is never converted: `'300'` and `300 credits` are texts.",
        wrong='credits: "300"\nsold_to: pro',
        right="credits: 300\nsold_to: [pro]",
    ),
    "PE121": CodeInfo(
        title="a word that is not in the list",
        what="The key takes one of a few words, and this is none of them.",
        why="each word is a rule that the engine has; a new rule needs a new version of it.",
        wrong="carry_over: nothing",
        right="carry_over: none",
    ),
    "PE124": CodeInfo(
        title="a number out of bounds",
        what="The number is too small or too large for its key.",
        why="a grant of 0 credits gives nothing, and amounts have a bound so that sums are exact.",
        wrong="credits: 0",
        right="credits: 300",
    ),
    "PE125": CodeInfo(
        title="a text that is empty or too long",
        what="The text has no characters, or more than its key takes.",
        why="names and reasons are shown to people, in lists and changelogs.",
        wrong='why: ""',
        right="why: Images cost what they cost us.",
    ),
    "PE126": CodeInfo(
        title="a list that is empty or too long",
        what="The list or mapping has no entries, or more than its key takes.",
        why="an empty list is a rule that never applies; a bound keeps the cost of a policy small.",
        wrong="sold_to: []",
        right="sold_to: [pro]",
    ),
    "PE130": CodeInfo(
        title="a malformed name",
        what="Plans, packs, grants and units are named by lower-case letters, digits and `_`, a "
        "letter first. Models may also have capitals and the signs . _ : / @ + -",
        why="names go into the ledger, into addresses and into code; titles are for people.",
        wrong="plans: {Pro Plan: {grants: {}}}",
        right="plans: {pro_plan: {title: Pro Plan, grants: {}}}",
    ),
    "PE131": CodeInfo(
        title="a malformed span of time",
        what="A span is a whole number, a space and one of second, minute, hour, day, week, month "
        "or year, with or without s. Some keys take `never` or `end_of_cycle` as well.",
        why="`30d` and `1 month` differ, and so do `1m` and `1 M`: words cannot be mistaken.",
        wrong="expires: 30d",
        right="expires: 30 days",
    ),
    "PE132": CodeInfo(
        title="a malformed instant",
        what="An instant has a date, `T`, a time with seconds, and `Z` or an offset.",
        why="a day begins at another instant in each zone, and a price changes at one instant.",
        wrong="effective: 2026-01-28",
        right="effective: 2026-01-28T00:00:00Z",
    ),
    "PE133": CodeInfo(
        title="a malformed percentage",
        what="A percentage is a number with `%` right behind it.",
        why="one way to write it; and `0.2` may be a fifth of a credit or of the balance.",
        wrong="balance_below: 20 percent",
        right="balance_below: 20%",
    ),
    "PE134": CodeInfo(
        title="a malformed date",
        what="A date is year, month and day, with hyphens and leading zeros.",
        why="1/2/2026 is January for some readers and February for others.",
        wrong="read: 28.1.2026",
        right="read: 2026-01-28",
    ),
    "PE135": CodeInfo(
        title="a malformed time of day",
        what="A time of day is hours and minutes with two digits each, from `00:00` to `23:59`; "
        "where hours end, `24:00` is the end of the day.",
        why="`8` and `8.30` may be hours, a number or a price; and `8:30` may be in the evening.",
        wrong="hours: [{from: 9am, until: 5pm}]",
        right='hours: [{from: "09:00", until: "17:00"}]',
    ),
}
