"""What a policy says: golden texts, its numbers one by one, and what it does not have."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from policyengine.policy.load import load_policy
from policyengine.policy.nodes import ScalarNode
from policyengine.policy.policy import Policy
from policyengine.wording.languages import ENGLISH, LANGUAGES
from policyengine.wording.rendering import Language, rendered
from policyengine.wording.sections import QUESTIONS, policy_sections, section
from policyengine.wording.subjects.absence import ABSENT
from wording.policies import REFERENCE, edited, every_policy, policy_at

_NUMBER: Final = re.compile(r"\d[\d,]*(?:\.\d+)?")
_TEMPORAL: Final = re.compile(r"\d+ \w+|\d{1,3}%|\d{4}-.*Z|.*[<>*].*\d.*")
GOLDEN: Final = [
    ("policies/codeflicker/v1.yaml", "en"),
    ("policies/codeflicker/v2.yaml", "en"),
    ("policies/codeflicker/v2.yaml", "zh"),
    ("policies/copilot_premium_requests/v2.yaml", "en"),
    ("tests/policies/calendar/v1.yaml", "en"),
    ("tests/policies/caps/v1.yaml", "en"),
    ("tests/policies/clocks/v1.yaml", "zh"),
    ("tests/policies/keeping/v1.yaml", "en"),
    ("tests/policies/overage/v1.yaml", "en"),
    ("tests/policies/promotions/v1.yaml", "en"),
    ("tests/policies/top_ups/v1.yaml", "zh"),
    ("tests/policies/upgrades/v1.yaml", "en"),
]


class Texts(SingleFileSnapshotExtension):
    """Keeps what a policy says as a text file."""

    file_extension = "txt"
    _write_mode = WriteMode.TEXT


def spoken(policy: Policy, language: Language = ENGLISH) -> str:
    """Write all that a policy says, each sentence behind its line."""
    lines = []
    for each in policy_sections(policy):
        lines.append(f"\n# {language.texts[f'section.{each.key}']}")
        for sentence in each.sentences:
            place = policy.line(sentence.pointer) if sentence.pointer else ""
            lines.append(f"{place:>4}  {rendered(sentence, language)}")
    return "\n".join(lines).strip("\n") + "\n"


@pytest.mark.parametrize(
    ("path", "code"), GOLDEN, ids=[f"{p.split('/')[-2]}_{p[-6:-5]}_{c}" for p, c in GOLDEN]
)
def test_a_policy_in_plain_words(path: str, code: str, snapshot: SnapshotAssertion) -> None:
    texts = snapshot.use_extension(Texts)
    assert spoken(policy_at(path), LANGUAGES[code]) == texts


@pytest.mark.parametrize("policy", every_policy(), ids=lambda each: f"{each.name} {each.file}")
def test_every_question_that_a_scheme_must_answer_is_answered(policy: Policy) -> None:
    said = {each.key for each in policy_sections(policy)}
    answered = {key for key in QUESTIONS if key in said}
    gives_nothing = not any(plan.grants for plan in policy.plans.values()) and not policy.packs
    assert answered | ({"carry"} if gives_nothing else set()) == set(QUESTIONS)


def changed_numbers(text: str) -> Iterator[tuple[str, str, str]]:
    """Give each number, span, instant and share in turn: its place, a change, the whole text."""
    places = load_policy(text, "policy.yaml").source.places
    lines = text.split("\n")
    for pointer, place in places.items():
        node = place.node
        if not isinstance(node, ScalarNode) or pointer in {"/format", "/policy"}:
            continue
        is_number = isinstance(node.value, (int, float)) or _NUMBER.fullmatch(node.text)
        if not is_number and not _TEMPORAL.fullmatch(node.text):
            continue
        for number in _NUMBER.finditer(node.text):
            for other in _others(number[0]):
                new = node.text[: number.start()] + other + node.text[number.end() :]
                line = lines[node.span.line - 1]
                start, end = node.span.column - 1, node.span.end_column - 1
                edit = [*lines]
                edit[node.span.line - 1] = line[:start] + new + line[end:]
                yield f"{pointer}:{number.start()}", f"{node.text} -> {new}", "\n".join(edit)


def _others(number: str) -> list[str]:
    if "." in number:
        return [f"{number}5", f"{number[:-1]}{9 - int(number[-1])}"]
    return [str(int(number) + 1).zfill(len(number)), str(int(number) + 10)]


@cache
def changes_of(name: str) -> list[tuple[str, Policy]]:
    """Load a version of the reference policy with each number changed, where that is allowed."""
    found: dict[str, tuple[str, Policy]] = {}
    for place, what, text in changed_numbers((REFERENCE / name).read_text()):
        if place not in found:
            policy = load_policy(text, name).policy
            if policy is not None:
                found[place] = (what, policy)
    return list(found.values())


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
@pytest.mark.parametrize("name", ["v1.yaml", "v2.yaml"])
def test_every_number_of_the_reference_policy_is_said(name: str, language: Language) -> None:
    before = spoken(policy_at(f"policies/codeflicker/{name}"), language)
    changes = changes_of(name)
    assert len(changes) > 30
    assert [what for what, policy in changes if spoken(policy, language) == before] == []


def numbers_in(text: str) -> set[str]:
    return {each.replace(",", "").rstrip(".") for each in _NUMBER.findall(text)}


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
@pytest.mark.parametrize("name", ["v1.yaml", "v2.yaml"])
def test_no_number_is_said_that_is_not_in_the_policy(name: str, language: Language) -> None:
    policy = policy_at(f"policies/codeflicker/{name}")
    said = "".join(
        rendered(sentence, language)
        for each in policy_sections(policy)
        for sentence in each.sentences
    )
    assert numbers_in(said) <= numbers_in(policy.source)


@pytest.mark.parametrize("name", ABSENT)
def test_what_is_absent_somewhere_is_there_somewhere_else(name: str) -> None:
    absent = [
        policy
        for policy in every_policy()
        if f"absent.{name}" in {each.key for each in section(policy, "absent").sentences}
    ]
    assert 0 < len(absent) < len(every_policy())


def test_without_overage_a_request_beyond_the_balance_is_refused() -> None:
    said = spoken(policy_at("policies/codeflicker/v1.yaml"))
    assert "No overage: a request beyond the balance is refused." in said


def test_an_unknown_section_is_an_error() -> None:
    with pytest.raises(KeyError):
        section(policy_at("policies/codeflicker/v1.yaml"), "weather")


def test_a_draft_says_that_it_decides_nothing() -> None:
    text = (REFERENCE / "v1.yaml").read_text()
    said = spoken(edited(text, ("status: published", "status: draft")))
    assert "a draft: it decides nothing yet" in said
