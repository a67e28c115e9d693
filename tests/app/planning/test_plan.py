"""A plan of a branch: what it compares with, what its scenarios come to, what it may not do."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from app.planning.repositories import (
    HOME,
    SCENARIOS,
    SECOND,
    SHOP_GUARDS,
    begin,
    make_dearer,
    plan,
)
from app.repositories import commit_all, git
from app.shops import policy_text
from policyengine.app.checking import Checked
from policyengine.app.planning.form import plan_form
from policyengine.app.planning.making import Asked, make_plan
from policyengine.app.planning.markdown import plan_markdown
from policyengine.app.planning.plan import sides_of
from policyengine.app.policies import PolicyError
from policyengine.app.starter import packaged
from policyengine.values.calendar import parse_instant


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_without_a_name_the_commit_where_the_branch_left_main_is_compared_with(
    folder: Path,
) -> None:
    begin(folder)
    make_dearer(folder)
    commit_all(folder, "dearer")
    git(folder, "checkout", "-q", "main")
    (folder / HOME / "v1.yaml").write_text(
        policy_text().replace("multiplier: 0.5", "multiplier: 0.7")
    )
    commit_all(folder, "elsewhere")
    git(folder, "checkout", "-q", "change")
    made = plan()
    assert "where this branch left main" in made.change.base.words
    assert [(old.version, new.version) for old, new in made.change.pairs] == [(1, 2)]
    assert plan("main").change.pairs != made.change.pairs


def test_what_it_is_repeated_against_gives_the_same(folder: Path) -> None:
    begin(folder)
    make_dearer(folder)
    made = plan()
    again = plan(made.change.base.exactly)
    assert again.change.diff.differences == made.change.diff.differences
    assert again.scenarios == made.scenarios


def test_a_folder_beside_may_be_compared_with(folder: Path) -> None:
    begin(folder)
    (folder / "policies").rename(folder / "before")
    git(folder, "checkout", "-q", "--", "policies")
    make_dearer(folder)
    made = plan("before")
    assert (made.change.base.words, made.change.base.is_commit) == ("before", False)
    assert [new.version for _, new in made.change.pairs] == [2]
    assert made.scenarios.edited == ()


def test_a_repository_without_the_policies_has_them_all_new(folder: Path) -> None:
    (folder / "README").write_text("nothing yet")
    commit_all(folder)
    git(folder, "checkout", "-q", "-b", "change")
    (folder / HOME).mkdir(parents=True)
    (folder / HOME / "v1.yaml").write_text(policy_text())
    made = plan()
    assert [each.sentence for each in made.change.diff.notes] == [
        "a new policy my_product, version 1"
    ]


def test_what_is_nowhere_is_refused_with_a_reason(folder: Path) -> None:
    begin(folder)
    for against in ("nowhere", "HEAD:nothing"):
        with pytest.raises(PolicyError, match=r"no revision|no file or folder"):
            plan(against)


def test_scenarios_that_come_out_otherwise_are_found_with_both_outcomes(folder: Path) -> None:
    begin(folder)
    make_dearer(folder)
    made = plan()
    assert len(made.scenarios.played) == len(made.scenarios.results) > len(made.scenarios.different)
    for each in made.scenarios.different:
        # Only `large` has another price, and it is a quarter dearer.
        assert each.new.charged <= each.old.charged * 5 / 4
    assert any(each.new.charged > each.old.charged for each in made.scenarios.different)
    assert made.scenarios.unmet == ()


def test_scenarios_that_are_new_changed_or_gone_are_named(folder: Path) -> None:
    begin(folder)
    text = (folder / SCENARIOS).read_text()
    titles = [line.partition("title: ")[2] for line in text.splitlines() if "- title: " in line]
    edited = text.replace(titles[1], "another name").replace("charged: 8", "charged: 9", 1)
    (folder / SCENARIOS).write_text("# a comment\n" + edited)
    found = {(each.fate, each.title) for each in plan().scenarios.edited}
    assert {("new", "another name"), ("gone", titles[1]), ("changed", titles[0])} == found


def test_scenarios_that_expect_something_else_now_are_a_warning(folder: Path) -> None:
    begin(folder)
    make_dearer(folder)
    (folder / SCENARIOS).write_text(
        (folder / SCENARIOS).read_text().replace("charged: 8", "charged: 9")
    )
    made = plan()
    assert made.scenarios.unmet
    assert made.verdict == "warn"


def test_the_nearest_guards_judge_and_the_worst_verdict_counts(folder: Path) -> None:
    begin(folder, SHOP_GUARDS)
    make_dearer(folder)
    made = plan()
    assert made.guards_file == "policies/guards.yaml"
    assert [(each.name, each.verdict) for each in made.judged] == [
        ("dearer_models", "block"),
        ("losers", "warn"),
    ]
    assert made.verdict == "block"
    own = folder / HOME / "guards.yaml"
    own.write_text(SHOP_GUARDS.replace("20%", "30%"))
    nearer = plan(place=str(HOME))
    assert (nearer.guards_file, nearer.verdict) == (f"{HOME}/guards.yaml", "warn")


@pytest.mark.parametrize(
    ("edit", "is_changed"),
    [
        (lambda path: path.write_text(SHOP_GUARDS.replace("20%", "90%")), True),
        (lambda path: path.write_text(f"# a comment\n{SHOP_GUARDS}"), False),
        (Path.unlink, True),
    ],
)
def test_a_change_that_alters_its_own_guards_is_a_warning(
    folder: Path, edit: object, is_changed: bool
) -> None:
    begin(folder, SHOP_GUARDS)
    assert callable(edit)
    edit(folder / "policies/guards.yaml")
    made = plan()
    assert (made.guards_changed, made.is_different) == (is_changed, is_changed)
    assert made.verdict == ("warn" if is_changed else "allow")


def test_first_guards_are_no_warning(folder: Path) -> None:
    begin(folder)
    (folder / "policies/guards.yaml").write_text(SHOP_GUARDS)
    assert (plan().guards_changed, plan().verdict) == (False, "allow")


def test_nothing_that_differs_is_allowed_with_any_guards(folder: Path) -> None:
    begin(folder, SHOP_GUARDS)
    made = plan()
    assert (made.verdict, made.is_different, made.change.pairs) == ("allow", False, ())
    assert sides_of(made.change) is None


def test_usage_is_run_under_the_two_versions_that_differ(folder: Path) -> None:
    begin(folder)
    make_dearer(folder)
    sides = sides_of(plan().change)
    assert sides is not None
    assert [side.is_always for side in sides] == [True, True]
    assert sides[1].files[0][1] == (folder / SECOND).read_bytes()
    other = folder / "policies/other"
    other.mkdir()
    (other / "v1.yaml").write_text(policy_text().replace("my_product", "other"))
    commit_all(folder)
    (other / "v1.yaml").write_text(
        policy_text().replace("my_product", "other").replace("multiplier: 4\n", "multiplier: 5\n")
    )
    git(folder, "checkout", "-q", "HEAD~1", "--", "policies/my_product")
    (folder / SECOND).write_text((folder / SECOND).read_text().replace("5\n", "6\n", 1))
    with pytest.raises(PolicyError, match="several change: `my_product`, `other`"):
        sides_of(plan("HEAD").change)


def test_files_with_errors_have_findings_and_no_plan(folder: Path) -> None:
    begin(folder)
    (folder / SECOND).write_text("format: 1\n")
    made = make_plan(Asked(Path("policies"), parse_instant("2026-02-01T00:00:00Z")))
    assert isinstance(made, Checked)
    assert made.errors


def test_the_form_is_what_the_published_schema_says(folder: Path) -> None:
    begin(folder, SHOP_GUARDS)
    make_dearer(folder)
    schema = json.loads((packaged("schemas") / "reports/plan.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    form = json.loads(json.dumps(plan_form(plan(), "plan policies")))
    assert [each.message for each in validator.iter_errors(form)] == []
    assert not validator.is_valid({**form, "verdict": "maybe"})
    assert not validator.is_valid({**form, "more": 1})


def test_markdown_says_the_verdict_first_and_every_guard(folder: Path) -> None:
    begin(folder, SHOP_GUARDS)
    make_dearer(folder)
    text = plan_markdown(plan(), "plan policies --against main")
    assert text.startswith("## ⛔ BLOCK: guard dearer\\_models is not kept\n")
    assert "| BLOCK | dearer\\_models | rise of any price | +25.0 % | at most 20 % |" in text
    assert "$ policyengine plan policies --against main\n```" in text
    assert "<" not in text.replace("&lt;", "")
