"""The pages for users: golden pages, every number from the policy, refusals as the engine's own."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import PurePosixPath
from typing import Final

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from policyengine.app.choosing import Chosen
from policyengine.app.engine import Engine
from policyengine.app.pages.blocks import (
    Bullets,
    Grid,
    Heading,
    Links,
    Paragraph,
    Quote,
    markdown,
)
from policyengine.app.pages.contents import PAGES, changelog, index, page
from policyengine.app.pages.example import refusal_example
from policyengine.app.pages.site import site_files
from policyengine.app.policies import read_policies
from policyengine.policy.policy import Policy
from policyengine.values.amounts import decimal_text
from policyengine.values.calendar import add_span
from policyengine.wording.languages import ENGLISH, LANGUAGES
from policyengine.wording.rendering import instant_words, rendered
from policyengine.wording.words import Verbatim, say
from wording.policies import REFERENCE, every_policy, policy_at
from wording.test_languages import keys_in
from wording.test_sections import changes_of, numbers_in

V1: Final = "policies/codeflicker/v1.yaml"
V2: Final = "policies/codeflicker/v2.yaml"


class Markdown(SingleFileSnapshotExtension):
    """Keeps a page as a Markdown file."""

    file_extension = "md"
    _write_mode = WriteMode.TEXT


def chosen(*policies: Policy) -> Chosen:
    return Chosen(policies[-1], policies)


def site(*policies: Policy, code: str = "en") -> Mapping[PurePosixPath, str]:
    return site_files(chosen(*policies), [code])


@cache
def reference_site(code: str) -> Mapping[PurePosixPath, str]:
    return site(policy_at(V1), policy_at(V2), code=code)


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("page", ["index", *PAGES, "changelog"])
def test_the_pages_of_the_reference_policy(
    page: str, code: str, snapshot: SnapshotAssertion
) -> None:
    pages = snapshot.use_extension(Markdown)
    assert reference_site(code)[PurePosixPath(f"{code}/{page}.md")] == pages


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_same_pages_are_written_in_each_language(code: str) -> None:
    names = {path.name for path in reference_site(code)}
    assert names == {"index.md", "changelog.md", *(f"{key}.md" for key in PAGES)}


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("name", ["v1.yaml", "v2.yaml"])
def test_a_number_that_changes_in_the_policy_changes_on_a_page(name: str, code: str) -> None:
    before = site(policy_at(f"policies/codeflicker/{name}"), code=code)
    assert [what for what, policy in changes_of(name) if site(policy, code=code) == before] == []


def derived(policy: Policy) -> set[str]:
    """Work out what the pages compute: unit prices, and the refusal of who has just joined Pro."""
    costs = {
        decimal_text(price.rate * model.price.multiplier)
        for model in policy.models.values()
        for price in model.price.units.values()
    }
    pro = policy.plans["pro"]
    assert pro.cycle is not None
    renewal = instant_words(add_span(policy.effective_at, pro.cycle, policy.zone))
    given = pro.grants[0].amount_micro // 1_000_000
    answer = f"{given}.01 {given}.00 1 lot 0.01 500.00 6,000.00"
    return numbers_in(" ".join([*costs, renewal, answer]))


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_number_is_on_a_page_that_is_not_the_policys(code: str) -> None:
    text = "\n".join(reference_site(code).values())
    allowed = {
        number
        for policy in (policy_at(V1), policy_at(V2))
        for number in numbers_in(policy.source) | derived(policy)
    }
    assert numbers_in(re.sub(r"\]\(\w+\.md\)", "", text)) - allowed == set()


def test_a_page_says_of_running_out_what_the_engine_says() -> None:
    policies = read_policies([REFERENCE])
    start = policy_at(V2).effective_at
    with Engine.open("sqlite://", policies, clock=lambda: start) as engine:
        engine.subscribe("ana", "pro", key="join")
        # 400,001 at 1,200 x 5 per million cost 2,400.006, rounded up: a hundredth too much.
        refusal = engine.charge("ana", "frontier", {"image_output": 400_001}, key="ask").refusal
    assert refusal is not None
    page_text = reference_site("en")[PurePosixPath("en/faq.md")]
    assert f"> {refusal.message}\n" in page_text
    assert [way["way"] for way in refusal.details["ways_out"]] == [
        "buy_pack",
        "upgrade",
        "wait",
        "use_model",
        "use_model",
    ]
    assert "- use a cheaper model: lite, standard\n" in page_text


@pytest.mark.parametrize("policy", every_policy(), ids=lambda each: f"{each.name} {each.file}")
def test_the_example_of_every_policy_is_the_engines_own_sentence(policy: Policy) -> None:
    example = refusal_example(policy)
    assert example.refusal.message == rendered(example.words, ENGLISH)
    assert example.refusal.code == "insufficient_credits"


def test_every_text_of_pages_is_used_in_some_policy() -> None:
    kinds = ("page.", "pages.", "column.", "cell.", "lasts.", "faq.", "example.")
    known = {key for key in ENGLISH.texts if key.startswith(kinds)}
    assert sorted(known - said_on_pages()) == []


def said_on_pages() -> set[str]:
    keys: set[str] = set()
    for policy in every_policy():
        blocks = [*index(policy), *changelog([policy])]
        for key in PAGES:
            blocks += page(policy, key)
        for block in blocks:
            match block:
                case Heading(title, _):
                    keys |= {*keys_in([title])}
                case Paragraph(sentence) | Quote(sentence):
                    keys |= {*keys_in([sentence])}
                case Bullets(sentences):
                    keys |= {*keys_in(sentences)}
                case Links(pages):
                    keys |= {*keys_in([title for _, title in pages])}
                case Grid(columns, rows, _):
                    keys |= {*keys_in(columns)}
                    keys |= {key for row in rows for key in keys_in(row)}
    return keys


def test_drafts_are_not_in_the_changelog() -> None:
    text = "\n".join(reference_site("en").values())
    assert "draft" not in text


def test_signs_of_markdown_stand_for_themselves() -> None:
    title = say("column.unit", unit=Verbatim("a|b_c*<d>"))
    text = markdown([Grid((title,), ((Verbatim("1|2"),),), frozenset([0]))], ENGLISH)
    assert text == "| a\\|b\\_c\\*\\<d\\> |\n| ---: |\n| 1\\|2 |\n"
