"""What is said of a value that cannot be read: lists of words."""

from policyengine.policy.remarks import alternatives, alternatives_of_many


def test_words_are_listed_as_people_list_them() -> None:
    assert alternatives(["a"]) == "`a`"
    assert alternatives(["a", "b", "c"]) == "`a`, `b` or `c`"


def test_of_very_many_words_it_is_said_that_there_are_more() -> None:
    assert alternatives_of_many("abcdefghi") == alternatives("abcdefghi")
    assert alternatives_of_many("abcdefghijk").endswith("`h`, `i` or one of 2 more")
