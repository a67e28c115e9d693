"""The shape of a document: findings in words, and two validators that agree."""

from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from policy.documents import ROOT, mutated, reference, source_of
from policyengine.policy.codes import CODES
from policyengine.policy.document import PolicyDocument
from policyengine.policy.remarks import wrong_form
from policyengine.policy.shape import FINDINGS_MAX, check_shape, policy_form
from policyengine.policy.source import load_source
from policyengine.policy.validation import schema_findings, validator_of
from policyengine.values.diagnostics import Diagnostic, drawn

POLICY = (ROOT / "policies" / "codeflicker" / "v1.yaml").read_text()
OUTLINE = policy_form().outline
MUTATIONS = 1600


def changed(*changes: tuple[str, str]) -> str:
    text = POLICY
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def found(text: str) -> tuple[Diagnostic, ...]:
    source, in_file = load_source(text, "p.yaml")
    document, findings = check_shape(source)
    assert (document is None) == bool(findings or in_file)
    return findings


@pytest.mark.parametrize(
    "path", sorted(ROOT.glob("policies/*/v*.yaml")), ids=lambda each: each.name
)
def test_every_policy_of_the_project_has_the_shape_of_one(path: Path) -> None:
    source, in_file = load_source(path.read_bytes(), path.name)
    document, findings = check_shape(source)
    assert (in_file, findings) == ((), ())
    assert isinstance(document, PolicyDocument)


@pytest.mark.parametrize("seed", range(4))
def test_models_and_schema_agree_on_mutated_documents(seed: int) -> None:
    """The law of the two validators: 4 x 400 documents, of which a good part is still accepted."""
    random = Random(seed)
    documents = [reference(1), reference(2)]
    accepted = 0
    for _ in range(MUTATIONS // 4):
        plain = mutated(random.choice(documents), random)
        document, findings = check_shape(source_of(plain))
        assert validator_of(OUTLINE).is_valid(plain) == (document is not None), findings
        assert (document is None) == bool(findings)
        for each in findings:
            assert each.code in CODES
            assert each.help
            assert "of the schema" not in each.message  # the models have found it first
        accepted += document is not None
    assert MUTATIONS // 4 * 0.05 < accepted < MUTATIONS // 4 * 0.8


@pytest.mark.parametrize(
    "value", [True, Decimal("1.0"), None, "1", [1]], ids=["true", "1.0", "null", "text", "list"]
)
def test_only_the_number_1_is_format_1(value: object) -> None:
    (finding,) = check_shape(source_of({**reference(1), "format": value}))[1]
    assert finding.pointer == "/format"


def test_all_faults_are_found_at_once() -> None:
    text = changed(
        ("policy: codeflicker", "policy: Code Flicker"),
        ("round: up", "round: upwards"),
        ("per: 1000000", "per: 1_000_000"),
        ("  minimum: 0.01\n", ""),
        ("credits: 300", "credit: 300"),
        ("hold: 15 minutes", "hold: 15"),
    )
    codes = [each.code for each in found(text)]
    assert codes == ["PE130", "PE121", "PE111", "PE110", "PE120"]


def test_a_misspelt_key_explains_the_missing_one() -> None:
    (finding,) = found(changed(("credits: 300", "credit: 300")))
    assert finding.edit is not None
    assert (finding.code, finding.edit.replacement) == ("PE110", "credits")


def test_a_misspelt_key_of_a_required_part_explains_it_as_well() -> None:
    (finding,) = found(changed(("models:\n", "modells:\n")))
    assert (finding.code, finding.help) == ("PE110", "did you mean `models`?")


def test_a_misplaced_key_says_where_it_belongs() -> None:
    text = changed(("month: same_day_or_last", "month: same_day_or_last, multiplier: 2"))
    assert found(text)[0].help == "`multiplier` belongs in a model or a tier; check the indentation"


def test_a_key_of_many_homes_is_not_sent_anywhere() -> None:
    text = changed(("month: same_day_or_last", "month: same_day_or_last, when: now"))
    assert found(text)[0].help == "delete it"


def test_missing_keys_of_one_part_are_one_finding() -> None:
    (finding,) = found("format: 1\n")
    assert (finding.code, finding.pointer) == ("PE111", "")
    assert "and 7 more keys" in finding.message
    assert finding.help.endswith("and so on")


def test_doubts_of_the_loader_are_not_repeated_but_count() -> None:
    assert found(changed(("credits: 300", "credits: .inf"))) == ()
    assert found("<<: {}\nformat: 2\n") == ()
    assert [each.code for each in found(changed(("version: 1", "version: &v 0")))] == ["PE124"]


def test_a_source_without_a_tree_has_nothing_to_check() -> None:
    assert check_shape(load_source("a: [", "p.yaml")[0]) == (None, ())


@pytest.mark.parametrize(
    ("old", "new", "edited"),
    [
        ("credits: 300", 'credits: "300"', "300"),
        ("given: once", "given: onec", "once"),
        ("expires: 1 month", "expires: 30d", "30 days"),
        ("expires: 1 month", "expires: neverr", "never"),
        ("expires: 1 month", "expires: monthly", "1 month"),
        ("balance_below: 20%", "balance_below: 20", "20%"),
        ("multiplier: 0.5", "multiplier: 0.5x", "0.5"),
        ("multiplier: 0.5", "multiplier: × 0.5", "0.5"),
        ("balance_below: 20%", "balance_below: 20 percent", "20%"),
        ("sold_to: [pro, pro_plus]", "sold_to: pro", "[pro]"),
        ("read: 2026-01-28", "read: 2026/1/28", "2026-01-28"),
        ("per: 1000000", "per: 1000000.0", "1000000"),
        ("why: First published credit rules.", "why: 2026", '"2026"'),
    ],
)
def test_an_edit_is_offered_where_it_is_certain(old: str, new: str, edited: str) -> None:
    (finding,) = found(changed((old, new)))
    assert finding.edit is not None
    assert finding.edit.replacement == edited
    assert found(changed((old, f"{old.partition(':')[0]}: {edited}"))) == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("effective: 2026-01-28T00:00:00Z", "effective: 2026-01-28"),  # the zone is a guess
        ("policy: codeflicker", "policy: Code Flicker"),  # names are used elsewhere
        ("credits: 300", "credits: 300 credits"),  # it may be another unit
        ("credits: 300", "credits: 300x"),  # it is no factor
        ("balance_below: 20%", "balance_below: 0.2"),  # a fifth, or a fifth of a percent
        ("balance_below: 20%", "balance_below: 1"),
        ("expires: 1 month", "expires: 3 wear"),  # years or weeks
        ("expires: 1 month", "expires: 3"),
        ("credits: 300", "credits: [300]"),
        ("given: once", "given: sometimes"),
        ("credits: 300", "allowance: 300"),
    ],
)
def test_no_edit_is_offered_for_a_guess(old: str, new: str) -> None:
    (finding,) = found(changed((old, new)))
    assert finding.edit is None


@pytest.mark.parametrize(
    ("old", "new", "help_"),
    [
        ("credits: 300", "credits: {a: 1}", "write one value, such as `2000`"),
        ("sold_to: [pro, pro_plus]", "sold_to: {a: 1}", "begin each entry with `- `"),
        ("sold_to: [pro, pro_plus]", "sold_to: pro and so", "write it as a list: `[a, b]`"),
        ("credits: 300", "credits: [300]", "write it without the list: `300`"),
        ("credits: 300", "credits: [[300]]", "write one value, such as `2000`"),
        (
            "shortfall: {",
            "shortfall: 5\nx: {",
            "write its keys below it, such as `before_request: ...`",
        ),
        ("    input: {text_input: 100, ", "    input: 5\n    x: {", "such as `text_input: ...`"),
        ("welcome: {credits", "welcome: 5, x: {credits", "such as `credits: ...`"),
        ("text_input: 100", "text_input: lots", "write a number"),
        ("sold_to: [pro, pro_plus]", "sold_to: [pro, null]", "write its value, or delete it"),
        ("per: 1000000", "per: 0.5", "write a whole number, such as `1000000`"),
    ],
)
def test_the_cure_fits_what_stands_there(old: str, new: str, help_: str) -> None:
    assert help_ in found(changed((old, new)))[0].help


def test_a_value_without_text_is_marked_at_its_key() -> None:
    source, _ = load_source(changed(("cycle: 1 month", "cycle:")), "p.yaml")
    (finding,) = check_shape(source)[1]
    assert "cycle:" in drawn(finding, source.lines).split("\n")[1]
    assert finding.span == source.key_span("/plans/pro/cycle")


def test_only_so_many_findings_are_shown_and_the_rest_counted() -> None:
    findings = found("".join(f"key_{n}: 1\n" for n in range(500)))
    assert len(findings) == FINDINGS_MAX + 1
    assert findings[-1].code == "PE102"
    assert findings[-1].message == "401 more findings are not shown"


def test_the_schema_alone_refuses_in_its_own_terms() -> None:
    bad = source_of({**reference(1), "format": Decimal("1.0"), "x": 1, "policy": "pro\n"})
    messages = {each.message for each in schema_findings(bad, OUTLINE)}
    assert messages == {
        "`format` breaks the rule `type` of the schema",
        "the policy breaks the rule `additionalProperties` of the schema",
        "`policy` breaks the rule `pattern` of the schema",
    }


def test_places_are_named_as_people_name_them() -> None:
    assert OUTLINE.asked_at(()).noun == "the policy"
    assert OUTLINE.asked_at(("charge",)).noun == "`charge`"
    assert OUTLINE.asked_at(("plans", "pro", "grants", "monthly")).noun == "a grant"
    assert OUTLINE.asked_at(("burn_order", 0)).noun == "an entry of `burn_order`"
    assert OUTLINE.homes["per"] == ("a measure", "`at_most`", "an entry of `caps`")
    assert OUTLINE.key_pattern_at(("models",)).kind == "model name"
    with pytest.raises(KeyError):
        OUTLINE.asked_at(("plans", "pro", "colour"))


def test_a_pattern_of_no_known_kind_falls_back_on_the_description() -> None:
    asked = OUTLINE.asked_at(("why",))
    remark = wrong_form(asked, "???")
    assert (remark.code, remark.help) == ("PE130", f"write {asked.description}")


@pytest.mark.parametrize(
    "value",
    ["x" * 3900, "1" + " " * 3800 + "!", "a" * 3900 + "!", "_" * 3900, "1 " * 1900, "9" * 3900],
    ids=["letters", "spaces", "end", "underscores", "groups", "digits"],
)
def test_long_values_are_answered(value: str) -> None:
    keys = "".join(f"  p{n}: {{credits: '{value}', expires: '{value}'}}\n" for n in range(30))
    assert found("format: 1\npacks:\n" + keys)
