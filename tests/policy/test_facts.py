"""Facts: every value of a policy file once, with the path, place and kind that people know."""

from decimal import Decimal
from pathlib import Path

import pytest

from policyengine.policy.facts import Fact, facts_of, path_of
from policyengine.policy.nodes import ScalarNode
from policyengine.policy.source import Source, load_source

ROOT = Path(__file__).parents[2]
POLICIES = sorted((ROOT / "policies").glob("*/*.yaml"))


def source_of(path: Path) -> Source:
    return load_source(path.read_bytes(), path.name)[0]


def reference() -> dict[str, Fact]:
    facts = facts_of(source_of(ROOT / "policies" / "codeflicker" / "v1.yaml"))
    return {each.path: each for each in facts}


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_facts_are_every_value_of_the_file_in_its_order(path: Path) -> None:
    source = source_of(path)
    scalars = [
        pointer for pointer, place in source.places.items() if isinstance(place.node, ScalarNode)
    ]
    facts = facts_of(source)
    assert sorted(each.pointer for each in facts) == sorted(scalars)
    assert [each.span for each in facts] == sorted(each.span for each in facts)


@pytest.mark.parametrize(
    ("path", "kind", "text"),
    [
        ("effective", "instant", "2026-01-28T00:00:00Z"),
        ("why", "text", "First published credit rules."),
        ("source.read", "text", "2026-01-28"),
        ("time.zone", "name", "Asia/Shanghai"),
        ("credits.round", "choice", "up"),
        ("units.tokens.per", "number", "1000000"),
        ("models.lite.multiplier", "number", "0.5"),
        ("models.frontier.tiers.0.when", "expression", "all_input > 200000"),
        ("charge.formula", "expression", "tokens_at_rate * multiplier"),
        ("counting.gpt_4o.image.formula", "choice", "gpt-4o"),
        ("plans.free.grants.welcome.expires", "span", "1 month"),
        ("packs.pack_500.sold_to.1", "name", "pro_plus"),
        ("charge.late_usage", "span", "7 days"),
        ("alerts.0.balance_below", "percentage", "20%"),
    ],
)
def test_a_fact_has_a_kind_and_the_text_of_its_author(path: str, kind: str, text: str) -> None:
    fact = reference()[path]
    assert (fact.kind, fact.text) == (kind, text)


def test_a_fact_knows_its_place_and_value() -> None:
    fact = reference()["models.frontier.tiers.0.multiplier"]
    assert (fact.pointer, fact.steps) == (
        "/models/frontier/tiers/0/multiplier",
        ("models", "frontier", "tiers", 0, "multiplier"),
    )
    assert (fact.value, fact.line, fact.span.column) == (12, 28, 79)
    assert reference()["models.lite.multiplier"].value == Decimal("0.5")


def test_a_choice_knows_the_list_that_it_is_from() -> None:
    facts = reference()
    assert facts["charge.failed_request"].choices == ("free", "input_only", "full")
    assert facts["packs.pack_500.expires"].choices == ("never",)
    assert facts["models.lite.multiplier"].choices == ()


def test_counts_are_whole_and_rates_are_not() -> None:
    facts = reference()
    assert facts["estimate.output_tokens.low"].is_whole
    assert not facts["units.tokens.input.text_input"].is_whole


def test_a_file_without_a_tree_has_no_facts() -> None:
    assert facts_of(load_source(b"", "p.yaml")[0]) == ()


def test_a_path_is_written_with_dots() -> None:
    assert path_of(("models", "gpt-4.1", "tiers", 0)) == "models.gpt-4.1.tiers.0"
