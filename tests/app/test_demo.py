"""The demo's story: every step comes out as it is told."""

from pathlib import Path

from policyengine.app.demo import ENDS_AT, Story, forget, tell
from policyengine.app.policies import read_policies
from policyengine.app.starter import policy_folder


def told() -> Story:
    return tell("sqlite://", read_policies([policy_folder("@codeflicker")]))


def test_the_story_s_numbers_are_those_of_the_policy() -> None:
    story = told()
    # (1,200 x 100 + 400 x 500) / 1,000,000 x 6 = 0.32 x 6 = 1.92
    assert story.charged.charged_micro == 1_920_000
    assert (story.retried.is_replay, story.retried.id) == (True, story.charged.id)
    assert story.failed.charged_micro == 0
    assert story.balance.held_micro == 0
    assert story.balance.available_micro == 2_498_080_000
    assert story.refused.refusal is not None
    assert story.refused.refusal.code == "insufficient_credits"
    assert story.audit.is_sound


def test_the_story_ends_where_later_commands_take_it_up() -> None:
    assert told().balance.as_of == ENDS_AT


def test_an_earlier_telling_is_forgotten(tmp_path: Path) -> None:
    for suffix in ("", "-wal", "-shm", ".lock"):
        (tmp_path / f"demo.db{suffix}").touch()
    (tmp_path / "credits.db").touch()
    forget(tmp_path / "demo.db")
    forget(tmp_path / "demo.db")
    assert [each.name for each in tmp_path.iterdir()] == ["credits.db"]
