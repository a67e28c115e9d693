"""From a file to a policy: any file gets an answer, and equal rules have equal hashes."""

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policy.checks.acme import ACME, changed
from policy.documents import mutated, reference, source_of
from policy.test_loading_laws import mutated_policies
from policyengine.policy.checks import check_meaning
from policyengine.policy.compilation import compile_policy
from policyengine.policy.document import PolicyDocument
from policyengine.policy.load import Loaded, content_hash, load_policy
from policyengine.policy.shape import check_shape
from policyengine.values.diagnostics import Span, has_errors


def is_within(span: Span, lines: tuple[str, ...]) -> bool:
    """Whether a place begins in the text; its last column may be the one behind a line."""
    is_in_line = 1 <= span.column <= len((*lines, "")[span.line - 1]) + 1
    return is_in_line and 1 <= span.line <= span.end_line <= max(1, len(lines))


def check_answer(data: str | bytes) -> Loaded:
    result = load_policy(data, "p.yaml")
    assert (result.policy is None) == has_errors(result.diagnostics)
    for each in result.diagnostics:
        assert each.file == "p.yaml"
        assert is_within(each.span, result.source.lines), each
        assert all(is_within(other.span, result.source.lines) for other in each.related), each
    return result


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutated_policies())
def test_a_mutated_policy_is_a_policy_or_has_an_error_in_its_text(text: str) -> None:
    check_answer(text)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=60) | st.text(max_size=60))
def test_any_content_gets_an_answer(data: bytes | str) -> None:
    assert check_answer(data).policy is None


def test_a_document_without_an_error_always_compiles() -> None:
    random = Random(11)
    compiled = 0
    documents = [reference(1), reference(2)]
    for _ in range(800):
        source = source_of(mutated(random.choice(documents), random))
        document, _ = check_shape(source)
        if document is not None and not has_errors(check_meaning(document, source)):
            compiled += bool(compile_policy(document, source, content_hash(document)))
    assert compiled > 25


def test_a_warning_keeps_nothing_back() -> None:
    result = load_policy(changed(("[priority, ", "[")), "acme.yaml")
    assert [each.severity for each in result.diagnostics] == ["warning"]
    assert result.policy is not None


def test_findings_about_the_text_and_about_the_meaning_come_together() -> None:
    text = changed(("why: First edition", "why: a\nwhy: b"), ("minimum: 0.01", "minimum: 0.015"))
    result = load_policy(text, "acme.yaml")
    assert [each.code for each in result.diagnostics] == ["PE030", "PE222"]


def document_of(text: str) -> PolicyDocument:
    result = load_policy(text, "p.yaml")
    assert result.document is not None, result.diagnostics
    return result.document


def test_the_hash_of_a_document_is_that_of_the_policy() -> None:
    result = load_policy(ACME, "acme.yaml")
    assert result.policy is not None
    assert result.document is not None
    assert result.policy.sha256 == content_hash(result.document)


def test_the_hash_of_a_published_version_never_changes() -> None:
    """Locked files and ledgers hold it: a new release of this program must find the same."""
    assert content_hash(document_of(ACME)) == PINNED


PINNED = "9e23ddb4201464fea1ee52c04cb7a94c7b7786d2943d632ef6778fb46b2aab63"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("smallest: 0.01", "smallest: 0.0100"),
        ("{multiplier: 1}", "{multiplier: 1.0}"),
        ("policy: acme\nversion: 1\n", "# a comment\nversion: 1\n\npolicy: 'acme'\n"),
        ("{expired_lot: stay_expired}", "\n  expired_lot: stay_expired"),
        ("{text_input: 100, image: 150}", "{image: 150, text_input: 100}"),
        ("refunds:", "alerts: []\nabnormal: []\ncounting: {}\nrefunds:"),
        ("{multiplier: 1}", "{multiplier: 1, tiers: []}"),
    ],
)
def test_what_does_not_change_the_rules_does_not_change_the_hash(old: str, new: str) -> None:
    assert content_hash(document_of(ACME)) == content_hash(document_of(changed((old, new))))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("smallest: 0.01", "smallest: 0.1"),
        ("{multiplier: 1}", "{multiplier: 10}"),
        ("why: First edition", "why: Second edition"),
        ("version: 1", "version: 2"),
        ("[priority, soonest_expiry", "[soonest_expiry, priority"),
        ("sold_to: [pro]", "sold_to: [free, pro]"),
        ("standard:", "standard2:"),
        ("cycle: 1 month", "cycle: 2 months"),
        ("refunds:", "alerts: [{balance_below: 20%}]\nrefunds:"),
    ],
)
def test_what_changes_the_rules_changes_the_hash(old: str, new: str) -> None:
    assert content_hash(document_of(ACME)) != content_hash(document_of(changed((old, new))))


def test_the_order_of_plans_and_of_their_grants_is_part_of_the_rules() -> None:
    free = ACME[ACME.index("  free:\n") : ACME.index("  pro:\n")]
    pro = ACME[ACME.index("  pro:\n") : ACME.index("packs:\n")]
    swapped = changed((free + pro, pro + free))
    assert content_hash(document_of(ACME)) != content_hash(document_of(swapped))
    one, other = (f"      {name}: {{credits: 5, given: once, expires: never}}\n" for name in "ab")
    first = changed(("packs:\n", f"{one}{other}packs:\n"))
    second = changed(("packs:\n", f"{other}{one}packs:\n"))
    assert content_hash(document_of(first)) != content_hash(document_of(second))


LARGE = {
    "models": (
        "  standard: {multiplier: 1}\n",
        "".join(
            f"  m{n}: {{multiplier: {n % 7}, tiers: [{{when: all_input > {n}, "
            "applies_to: whole_request, multiplier: 12}]}\n"
            for n in range(1200)
        ),
    ),
    "units": (
        "image: 150",
        ", ".join(f"unit{n}: {n}" for n in range(2000)),
    ),
    "plans": (
        "packs:\n",
        "".join(f"  p{n}: {{cycle: 1 month, grants: {{}}}}\n" for n in range(2000)) + "packs:\n",
    ),
}


@pytest.mark.parametrize("kind", LARGE)
@pytest.mark.parametrize("formula", ["tokens_at_rate * multiplier", "2 - max(1, tokens_at_rate)"])
def test_a_large_policy_is_read_to_its_end(kind: str, formula: str) -> None:
    text = changed(LARGE[kind], ("tokens_at_rate * multiplier", formula))
    loaded = load_policy(text, "large.yaml")
    assert loaded.document is not None
