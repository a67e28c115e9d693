"""Names that refer to something: found, or answered with the nearest one."""

import pytest

from policy.checks.acme import ACME, codes, found, later
from policyengine.policy.load import load_policy

COUNTING = "counting:\n  gpt_4o: {text: o200k_base, image: {formula: gpt-4o}}\n"
MODEL = "  standard: {multiplier: 1}\n"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("sold_to: [pro]", "sold_to: [pro, free]", []),
        ("sold_to: [pro]", "sold_to: [team]", ["PE201"]),
        ("sold_to: [pro]", "sold_to: [team, teams]", ["PE201", "PE201"]),
        ("sold_to: [pro]", "sold_to: [pro, free, pro, pro]", ["PE206", "PE206"]),
        ("to: free", "to: nothing", ["PE201"]),
        ("[priority, ", "[priority, priority, ", ["PE206"]),
        (MODEL, f"  standard: {{multiplier: 1, counted_as: gpt_4o}}\n{COUNTING}", []),
        (MODEL, f"  standard: {{multiplier: 1, counted_as: gpt_4}}\n{COUNTING}", ["PE203"]),
        (MODEL, "  standard: {multiplier: 1, counted_as: gpt_4}\n", ["PE203"]),
        (MODEL, MODEL + COUNTING, ["PE204"]),
    ],
)
def test_references_of_a_policy(old: str, new: str, expected: list[str]) -> None:
    assert expected == codes((old, new))


@pytest.mark.parametrize(
    ("replaces", "expected"),
    [
        ("  removed_plans: {starter: free}\n", []),
        ("  removed_plans: {starter: basic}\n", ["PE201"]),
        ("  keep: [{plan: pro, joined_before: JOINED, until: UNTIL}]\n", []),
        ("  keep: [{plan: basic, joined_before: JOINED, until: UNTIL}]\n", ["PE201"]),
        (
            (
                "  removed_plans: {starter: free}\n"
                "  keep: [{plan: starter, joined_before: JOINED, until: UNTIL}]\n"
            ),
            [],
        ),
    ],
)
def test_plans_that_an_answer_to_existing_subscribers_names(
    replaces: str, expected: list[str]
) -> None:
    lines = replaces.replace("JOINED", "2026-09-01T00:00:00Z").replace(
        "UNTIL", "2027-01-01T00:00:00Z"
    )
    text = later(2, "2026-10-01", replaces=lines)
    assert expected == [each.code for each in load_policy(text, "v2.yaml").diagnostics]


def test_a_rate_of_a_model_with_a_slash_is_found_in_its_place() -> None:
    (finding,) = found((MODEL, "  acme/one: {multiplier: 1, rates: {images: 5}}\n"))
    assert finding.pointer == "/models/acme~1one/rates/images"
    assert finding.help == "did you mean `image`?"
    assert finding.span.column == len("  acme/one: {multiplier: 1, rates: {") + 1


def test_caps_on_different_grants_do_not_stand_in_each_others_way() -> None:
    grants = "{scope: grant, credits: 10, per: 1 day, grants: [%s]}"
    caps = f"caps: [{grants % 'monthly'}, {grants % 'welcome'}]\n"
    assert [each.code for each in load_policy(ACME + caps, "acme.yaml").diagnostics] == []
    caps = f"caps: [{grants % 'monthly'}, {grants % 'monthly'}]\n"
    assert [each.code for each in load_policy(ACME + caps, "acme.yaml").diagnostics] == ["PE257"]
