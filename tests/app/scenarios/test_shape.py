"""The form of scenario files: models and schema of one mind, and edits where they are certain."""

from random import Random
from typing import Any

import pytest

from app.scenarios.playing import REFERENCE
from policy.documents import is_readable, mutated, source_of
from policyengine.app.codes import ALL_CODES
from policyengine.app.scenarios.reading import read_scenarios
from policyengine.app.scenarios.shape import scenario_form
from policyengine.policy.shape import FINDINGS_MAX, check_form
from policyengine.policy.source import load_source
from policyengine.policy.validation import validator_of
from policyengine.values.diagnostics import Diagnostic

BY_READERS = {"PE124", "PE131", "PE132"}
"""Codes of values that have the right form and cannot be meant: 30 February, a millionth of one."""
MUTATIONS = 120
STEP = """\
about: a test
scenarios:
  - title: a test
    given: {at: 2026-02-01T00:00:00Z, plan: free}
    steps:
      - """


def document(name: str) -> dict[str, Any]:
    path = REFERENCE / "scenarios" / name
    plain = load_source(path.read_bytes(), name)[0].plain
    assert isinstance(plain, dict)
    return plain


def found(step: str) -> tuple[Diagnostic, ...]:
    return read_scenarios(f"{STEP}{step}\n", "s.yaml").findings


@pytest.mark.parametrize("name", ["holds.yaml", "rule-09-abnormal.yaml", "versions.yaml"])
def test_models_and_schema_agree_on_mutated_scenarios(name: str) -> None:
    random = Random(name)
    form, original, accepted = scenario_form(), document(name), 0
    documents = (mutated(original, random) for _ in range(MUTATIONS))
    for plain in filter(is_readable, documents):
        read, findings = check_form(source_of(plain), form)
        codes = {each.code for each in findings}
        if not validator_of(form.outline).is_valid(plain):
            assert read is None
        elif read is None:  # None stands where a reader refuses what has the right form
            assert codes <= BY_READERS, findings
        assert codes <= set(ALL_CODES)
        assert all(each.help and "of the schema" not in each.message for each in findings)
        accepted += read is not None
    assert 0 < accepted < MUTATIONS


@pytest.mark.parametrize(
    ("step", "edited"),
    [
        ("hold: {credits: 75, lasts: 15min}", "15 minutes"),
        ("charg: {model: lite, used: {text_input: 1}}", "charge"),
        ('then: {balance: "300"}', "300"),
        ('then: {flagged: "true"}', "true"),
    ],
)
def test_an_edit_is_offered_where_it_is_certain(step: str, edited: str) -> None:
    (finding,) = found(step)
    assert finding.edit is not None
    assert finding.edit.replacement == edited


def test_missing_keys_of_one_part_are_one_finding() -> None:
    (finding,) = found("charge: {}")
    assert finding.message == "`charge` has no `model`, `used`"


def test_a_number_without_an_upper_bound_is_refused_in_words() -> None:
    (finding,) = found("then: {price_lines: [{rate: -1}]}")
    assert (finding.code, finding.help) == ("PE124", "write a number from 0 up")


def test_only_so_many_findings_are_shown_and_the_rest_counted() -> None:
    findings = read_scenarios("".join(f"key_{n}: 1\n" for n in range(200)), "s.yaml").findings
    assert len(findings) == FINDINGS_MAX + 1
    assert findings[-1].code == "PE102"
