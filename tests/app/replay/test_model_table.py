"""The table of models: the first rule that fits decides."""

import pytest

from policyengine.app.replay import model_table
from policyengine.app.replay.mapping.document import Models
from policyengine.app.replay.model_table import ModelTable, Skipped

TABLE = Models.model_validate(
    {
        "column": "model",
        "names": [
            {"like": "None", "skip": "not recorded"},
            {"like": "gpt-5.*", "model": "frontier"},
            {"like": "*-mini*", "model": "lite"},
            {"like": "a*b*c", "model": "lite"},
        ],
        "otherwise": {"model": "standard"},
    }
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("None", Skipped("not recorded", "None")),
        ("none", "standard"),
        ("gpt-5.2-mini", "frontier"),
        ("gpt-55", "standard"),
        ("openai/gpt-4o-mini", "lite"),
        ("gemini/gemini-pro", "standard"),
        ("a--b\n--c", "lite"),
        ("a--b--c-", "standard"),
    ],
)
def test_the_first_rule_that_fits_decides(name: str, expected: str | Skipped) -> None:
    assert expected == ModelTable(TABLE).find(name)


def test_an_answer_does_not_depend_on_being_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_table, "REMEMBERED_MAX", 1)
    table = ModelTable(TABLE)
    names = ["x-mini", "None", "x-mini", "None", "other"]
    assert [ModelTable(TABLE).find(name) for name in names] == [table.find(name) for name in names]
