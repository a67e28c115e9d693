"""The form of mapping files: models and schema of one mind, and edits where they are certain."""

from random import Random

import pytest

from app.replay.usage_files import MAPPING
from policy.documents import is_readable, mutated, source_of
from policyengine.app.codes import ALL_CODES
from policyengine.app.replay.mapping.load import load_mapping
from policyengine.app.replay.mapping.shape import mapping_form
from policyengine.policy.shape import check_form
from policyengine.policy.source import load_source
from policyengine.policy.validation import validator_of

MUTATIONS = 400


def test_models_and_schema_agree_on_mutated_mappings() -> None:
    random = Random(7)
    original = load_source(MAPPING, "m.yaml")[0].plain
    assert isinstance(original, dict)
    form, accepted = mapping_form(), 0
    documents = (mutated(original, random) for _ in range(MUTATIONS))
    for plain in filter(is_readable, documents):
        document, findings = check_form(source_of(plain), form)
        assert validator_of(form.outline).is_valid(plain) == (document is not None), findings
        assert {each.code for each in findings} <= set(ALL_CODES)
        assert all(each.help and "of the schema" not in each.message for each in findings)
        accepted += document is not None
    assert MUTATIONS * 0.05 < accepted < MUTATIONS * 0.8


@pytest.mark.parametrize(
    ("old", "new", "edited"),
    [("without_usage:", "without_usge:", "without_usage"), ("format: 1", "format: 1.0", "1")],
)
def test_an_edit_is_offered_where_it_is_certain(old: str, new: str, edited: str) -> None:
    assert old in MAPPING
    (finding,) = load_mapping(MAPPING.replace(old, new), "m.yaml").findings
    assert finding.edit is not None
    assert finding.edit.replacement == edited


def test_another_format_is_told_which_one_there_is() -> None:
    (finding,) = load_mapping(MAPPING.replace("format: 1", "format: 2"), "m.yaml").findings
    assert finding.message == "`format` takes `1`, not `2`"


def test_too_many_columns_are_counted() -> None:
    columns = "".join(f"  c{n}: c{n}\n" for n in range(101))
    (finding,) = load_mapping(f"format: 1\ncolumns:\n{columns}", "m.yaml").findings[1:]
    assert finding.message == "`columns` has 101 entries; 100 are the most"
