"""Every key of the language: `show` says something else where a policy gives another answer."""

from collections.abc import Iterator

import pytest

from policyengine.policy.policy import Policy
from policyengine.wording.languages import LANGUAGES
from policyengine.wording.rendering import Language, rendered
from policyengine.wording.sections import policy_sections
from review.test_every_key import SINGLE_ANSWER, keys_of_the_schema, rows, versions_of, written

UNSAID: dict[str, str] = {}
"""Keys whose answers no sentence depends on, each with the reason; those of one answer aside."""


def said(policy: Policy, language: Language) -> tuple[str, ...]:
    return tuple(
        rendered(sentence, language)
        for section in policy_sections(policy)
        for sentence in section.sentences
    )


def keys_that_are_said(language: Language) -> Iterator[str]:
    """Give the keys of which a change of the answer changes a sentence."""
    for row in rows():
        old, new = versions_of(row)
        if said(old, language) != said(new, language):
            yield written(row.key)


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
def test_another_answer_to_any_key_is_said_in_other_words(language: Language) -> None:
    keys = {*keys_of_the_schema()} - {*SINGLE_ANSWER}
    told = {*keys_that_are_said(language)}
    assert sorted(keys - told - {*UNSAID}) == []
    assert sorted(told & {*UNSAID}) == []
