"""Courses: a wallet without a ledger decides what one with a ledger decides, and is added up."""

from engine.wallets import CREDIT, DAY, START, policy, spend
from policyengine.engine.commands import BuyPack, Charge, Command, GiveGrant, Settle, Subscribe
from policyengine.policy.timeline import Timeline
from policyengine.simulate.course import CLOSED_LOTS_PRUNED_AT, Course
from policyengine.simulate.memory import MemoryLedger
from policyengine.simulate.tally import Use

TIMELINE = Timeline.of(policy())


def command(key: str, body: object, at: int = START) -> Command:
    return Command("ana", key, at, body)  # type: ignore[arg-type]


def charge(course: Course, key: str, credits_: int, at: int = START) -> None:
    asked = command(key, Charge(spend(credits_)), at)
    decision = course.decide(asked)
    course.request(asked, decision, decision)


def test_a_course_decides_what_a_ledger_decides() -> None:
    course, ledger = Course(TIMELINE, "ana"), MemoryLedger({TIMELINE.name: TIMELINE})
    commands = [
        command("join", Subscribe("pro")),
        command("a", Charge(spend(1500))),
        command("b", Charge(spend(600))),
        command("pack", BuyPack("pack_500")),
        command("c", Charge(spend(600))),
        command("end", Settle(), START + 40 * DAY),
    ]
    for each in commands:
        expected, found = ledger.execute_one(each), course.decide(each)
        assert (expected.recorded, expected.book) == (found.recorded, found.book)


def test_what_is_asked_taken_refused_and_lost_is_added_up() -> None:
    course = Course(TIMELINE, "ana")
    course.decide(command("join", Subscribe("pro")))
    charge(course, "a", 1500)
    charge(course, "b", 600, START + DAY)
    charge(course, "c", 100, START + 2 * DAY)
    course.decide(command("end", Settle(), START + 29 * DAY))
    tally = course.end()
    # 2,000 - 1,500 - 100 = 400 expire at the renewal, which gives 2,000 again; 600 were too much.
    assert Use(3, 1, 2200 * CREDIT, 1600 * CREDIT) == tally.total
    assert tally.refusals == {"insufficient_credits": 1}
    assert (tally.expired_micro, tally.left_micro) == (400 * CREDIT, 2000 * CREDIT)
    assert tally.opened == {"plan": 4000 * CREDIT}
    assert (tally.out_at, tally.cycles_out) == (START + DAY, 1)
    assert tally.renews_at == START + 28 * DAY


def test_running_out_counts_once_a_cycle_and_keeps_its_first_time() -> None:
    course = Course(TIMELINE, "ana")
    course.decide(command("join", Subscribe("pro")))
    for number, day in enumerate((1, 2, 30, 31)):
        charge(course, f"c{number}", 3000, START + day * DAY)
    tally = course.end()
    assert (tally.cycles_out, tally.out_at) == (2, START + DAY)


def test_without_cycles_no_renewal_comes_after_running_out() -> None:
    course = Course(TIMELINE, "ana")
    course.decide(command("join", Subscribe("free")))
    charge(course, "a", 301)
    tally = course.end()
    assert tally.ran_out
    assert not tally.ran_out_before_renewal


def test_a_request_that_took_what_was_left_ran_out_as_well() -> None:
    course = Course(TIMELINE, "ana")
    course.decide(command("join", Subscribe("free")))
    asked = command("a", Charge(spend(301), after_request=True))
    decision = course.decide(asked)
    course.request(asked, decision, decision, requests=4)
    assert Use(4, 0, 301 * CREDIT, 300 * CREDIT) == course.end().total
    assert course.tally.out_at == START


def test_closed_lots_leave_the_book() -> None:
    course = Course(TIMELINE, "ana")
    course.decide(command("join", Subscribe("pro")))
    for number in range(CLOSED_LOTS_PRUNED_AT + 5):
        course.decide(command(f"g{number}", GiveGrant(CREDIT, priority=1)))
        charge(course, f"c{number}", 1)
    assert len(course.book.lots) < CLOSED_LOTS_PRUNED_AT
    assert course.end().opened["grant"] == (CLOSED_LOTS_PRUNED_AT + 5) * CREDIT
