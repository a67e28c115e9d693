"""SCxxx: what can be wrong with scenarios beyond YAML (PE0xx) and keys (PE1xx), or come of them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from policyengine.policy.codes.info import CodeInfo

SCENARIO_CODES: Final[Mapping[str, CodeInfo]] = MappingProxyType(
    {
        "SC100": CodeInfo(
            title="not a scenario file",
            what="The file holds a list or a single text, and not keys with values.",
            why="a scenario file says what it is about, and lists its scenarios.",
            wrong="- title: the free quota comes at once",
            right="about: Free credits last one month.\nscenarios:\n"
            "  - title: the free quota comes at once",
        ),
        "SC200": CodeInfo(
            title="a step with two verbs",
            what="A step both charges and refunds, or does any other two things.",
            why="each step has one answer, and what is expected is said of that answer.",
            wrong="- buy_pack: pack_500\n  cancel: plan",
            right="- buy_pack: pack_500\n- cancel: plan",
        ),
        "SC201": CodeInfo(
            title="a key that goes with another verb",
            what="`reference`, `as`, `key` or `times` stands in a step that has no use for it.",
            why="it would do nothing, and its author would believe that it did.",
            wrong="- cancel: plan\n  reference: pay_123",
            right="- buy_pack: pack_500\n  reference: pay_123",
        ),
        "SC202": CodeInfo(
            title="a step that is not there",
            what="A step names another one that is not above it, or belongs to another wallet.",
            why="a release, a capture or a refund acts on one certain transaction.",
            wrong="- hold: {credits: 75}\n- release: hold_1",
            right="- as: hold_1\n  hold: {credits: 75}\n- release: hold_1",
        ),
        "SC203": CodeInfo(
            title="time that is missing or goes back",
            what="The first step has no time, or a step is earlier than the one above it.",
            why="a ledger's time never goes back, so that such a step would not be at its time.",
            wrong="- at: 2026-03-01T00:00:00Z\n- at: 2026-02-01T00:00:00Z",
            right="- at: 2026-02-01T00:00:00Z\n- at: 2026-03-01T00:00:00Z",
        ),
        "SC204": CodeInfo(
            title="a name or title twice",
            what="Two scenarios of a file have one title, or two steps one name.",
            why="a title names a test and its snapshot, and a step's name one transaction.",
            wrong="- title: free credits expire\n- title: free credits expire",
            right="- title: free credits expire after a month\n"
            "- title: free credits do not expire before",
        ),
        "SC205": CodeInfo(
            title="neither or both of two ways",
            what="A hold or capture has no amount and no usage, or both; an estimate no counts and "
            "no text or image, or both; a report no charge and no conversation, or both.",
            why="each of the two ways leads to other numbers.",
            wrong="- hold: {credits: 75, model: lite}",
            right="- hold: {credits: 75}",
        ),
        "SC206": CodeInfo(
            title="an expectation that does not go with its step",
            what="Something is expected that this step can never have, such as the price of a "
            "cancellation, or what is short where nothing is refused.",
            why="it could not be met, or would be met by chance.",
            wrong="- cancel: plan\n  then: {charged: 0}",
            right="- cancel: plan\n  then: {balance: 300}",
        ),
        "SC207": CodeInfo(
            title="a scenario that expects nothing",
            what="No step of the scenario has anything below `then`.",
            why="it could hardly fail, and would look like a proof.",
            wrong="- at: 2026-03-01T00:00:00Z",
            right="- at: 2026-03-01T00:00:00Z\n  then: {balance: 0}",
        ),
        "SC208": CodeInfo(
            title="no policy to run on",
            what="The folder above has no version of a policy, one with errors, or drafts only, "
            "which count with `policyengine test --drafts`.",
            why="scenarios run on all versions of their policy together.",
            wrong="# policies/acme/scenarios/free.yaml without policies/acme/v1.yaml",
            right="# policies/acme/v1.yaml and policies/acme/scenarios/free.yaml",
        ),
        "SC301": CodeInfo(
            title="an expectation that is not met",
            what="The policy leads to another value than the scenario expects.",
            why="either the policy or the scenario is wrong; the lines of the policy that led to "
            "the value are named below it.",
            wrong="then: {charged: 110} # 1,000,000 x 100 / 1,000,000 = 100",
            right="then: {charged: 100} # 1,000,000 x 100 / 1,000,000 = 100",
        ),
        "SC302": CodeInfo(
            title="a refusal that was not expected, or did not come",
            what="A step is refused and does not say `refused`, or not all attempts are answered "
            "as expected.",
            why="a step without `refused` is meant to be accepted.",
            wrong="- buy_pack: pack_500 # on the free plan",
            right="- buy_pack: pack_500\n  then: {refused: pack_not_sold}",
        ),
        "SC303": CodeInfo(
            title="a retry that is answered otherwise",
            what="A step with `again` got another answer than the step that it repeats, or "
            "changed something.",
            why="a key names one attempt for ever; this is a fault of the engine, not of the "
            "scenario.",
            wrong="# a charge that is taken twice",
            right="# a charge that is taken once",
        ),
        "SC304": CodeInfo(
            title="a ledger that is not sound",
            what="After the scenario, credits are in no pot or in two, or transactions do not add "
            "up to the balance.",
            why="this is looked at after every scenario; it is a fault of the engine, not of the "
            "scenario.",
            wrong="# 300 granted, 200 left, 99 spent",
            right="# 300 granted, 200 left, 100 spent",
        ),
    }
)
