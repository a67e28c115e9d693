"""Modifiers compared: hours are said as windows, and in the class of what they do to prices."""

from policyengine.review.compare import compare
from review.test_every_key import NOW
from review.wide import changed


def test_hours_that_move_are_dearer_for_some_requests() -> None:
    new = changed(("modifiers.night.hours.0.days", ["saturday"]))
    (found,) = compare(changed(), new, now=NOW).differences
    assert (found.kind, found.sentence) == (
        "dearer",
        "night holds 22:00-06:00 on friday -> 22:00-06:00 on saturday",
    )


def test_hours_that_are_written_in_another_way_say_the_same() -> None:
    windows = [{"from": "09:00", "until": "10:00"}, {"from": "09:30", "until": "12:00"}]
    new = changed(("modifiers.peak.hours", windows))
    (found,) = compare(changed(), new, now=NOW).differences
    assert (found.kind, found.sentence) == ("text", "the file says the same in another way")
