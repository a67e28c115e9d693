"""The changes of a version for readers: what the diff finds, in sentences, and nothing else."""

from collections.abc import Iterator

import pytest

from policyengine.app.pages.blocks import Block, Bullets, Heading, markdown
from policyengine.app.pages.changes import change_blocks
from policyengine.policy.policy import Policy
from policyengine.review.compare import compare
from policyengine.review.difference import Kind
from policyengine.wording.languages import CHINESE, ENGLISH, LANGUAGES
from policyengine.wording.rendering import Language, rendered
from review.test_every_key import Row, known_rows, versions_of
from review.wide import changed

OWN = ("/version", "/effective", "/why", "/status", "/source", "/replaces")


def kinds_of(old: Policy, new: Policy) -> set[Kind]:
    found = compare(old, new, now=new.effective_at).differences
    return {each.kind for each in found if each.kind != "text" and not each.pointer.startswith(OWN)}


def bullets(blocks: list[Block], language: Language) -> Iterator[tuple[str, str]]:
    title = ""
    for block in blocks:
        if isinstance(block, Heading):
            title = block.title.key.removeprefix("changed.")
        if isinstance(block, Bullets):
            for each in block.sentences:
                yield title, rendered(each, language)


@pytest.mark.parametrize("row", list(known_rows()), ids=lambda row: f"{row.key}-{row.kind}")
def test_every_fact_of_the_diff_is_said_below_a_class_that_the_diff_gives(row: Row) -> None:
    old, new = versions_of(row)
    blocks = list(change_blocks(old, new))
    said = list(bullets(blocks, ENGLISH))
    kinds = kinds_of(old, new)
    assert bool(said) == bool(kinds)
    assert {title for title, _ in said} <= kinds
    assert ("dearer" in kinds) == ("dearer" in {title for title, _ in said})
    for language in LANGUAGES.values():
        text = markdown(blocks, language)
        assert not any(sign in text for sign in ("{", "}", "  ", "..", "。。"))


def test_two_versions_that_say_the_same_have_no_changes() -> None:
    assert list(change_blocks(changed(), changed())) == []


def test_a_title_alone_is_no_change_of_the_rules() -> None:
    assert list(change_blocks(changed(), changed(("plans.pro.title", "Professional")))) == []


def test_what_is_new_gone_and_other_is_said_as_such() -> None:
    old, sold = changed(), "A pack brings {} credits; subscribers of Pro and Max can buy it."
    dearer = changed(("packs.pack.credits", 400))
    assert list(bullets(list(change_blocks(old, dearer)), ENGLISH)) == [
        ("dearer", f"Before: {sold.format(500)} Now: {sold.format(400)}")
    ]
    assert [title for title, _ in bullets(list(change_blocks(dearer, old)), CHINESE)] == [
        "additive"
    ]
    without = changed(("packs.pack.bonus", "GONE"))
    assert list(bullets(list(change_blocks(old, without)), ENGLISH)) == [
        ("dearer", "No longer: A pack comes with a bonus of 50 credits."),
        ("dearer", "No longer: Bonus credits of A pack expire 1 month after the purchase."),
    ]
    assert ("additive", "New: A pack comes with a bonus of 50 credits.") in bullets(
        list(change_blocks(without, old)), ENGLISH
    )


def test_a_change_that_no_sentence_tells_is_named_by_its_place() -> None:
    more = {"text": "cl100k_base", "image": {"formula": "gpt-4o"}}
    said = dict(bullets(list(change_blocks(changed(), changed(("counting.other", more)))), ENGLISH))
    assert said == {"additive": "What the policy says under counting.other is another."}
