"""Plan changes that pay: upgrades in steps, gifts that come again, going down before a renewal."""

from collections.abc import Iterator
from itertools import combinations, permutations

from policyengine.engine.commands import Cancel, ChangePlan
from policyengine.engine.leaving import upgrade_place
from policyengine.linting.faults import (
    ANA,
    BEN,
    PARTS,
    Fault,
    Subject,
    beats,
    boundary_of,
    join,
    just_before,
    pass_time,
    spend,
)
from policyengine.policy.policy import PlanRule
from policyengine.simulate.paying import is_unpaid
from policyengine.simulate.stories import Play
from policyengine.values.amounts import credits_text
from policyengine.values.calendar import SECOND, Instant

_HOUR = 3600 * SECOND


def upgrades_in_steps(subject: Subject) -> Iterator[Fault]:
    """Find upgrades that give more, or cost less, by way of a plan between.

    Searched: each three plans in their order, the one between paid; at the start, in the middle and
    in the last second of the first one's cycle; with nothing, half and all of its credits spent.
    """
    for low, middle, high in combinations(subject.plans, 3):
        if is_unpaid(subject.policy, middle):
            continue  # a trial on the way is no step of an upgrade
        found = _steps(subject, low, middle, high)
        if found is not None:
            yield found


def _steps(subject: Subject, low: PlanRule, middle: PlanRule, high: PlanRule) -> Fault | None:
    start = subject.starts_at
    for part, halves in ((part, halves) for part in range(3) for halves in PARTS):
        play = subject.play()
        for wallet in (ANA, BEN):
            join(play, wallet, start, low)
        end = boundary_of(play, ANA, start)
        at = (start, (start + end) // 2 // SECOND * SECOND, just_before(end))[part]
        for wallet in (ANA, BEN):
            spend(play, wallet, at, halves)
        for plan in (middle, high):
            play.do(ANA, at, ChangePlan(plan.name))
        play.do(BEN, at, ChangePlan(high.name))
        if beats(play, subject.policy, ANA, BEN):
            return Fault(
                "EF101",
                "/" + upgrade_place(subject.policy, middle.name, high.name).replace(".", "/"),
                f"moving from `{low.name}` to `{high.name}` by way of `{middle.name}` "
                f"{_gain(play)} than moving at once",
                "let the two upgrades together give what the one gives",
                tuple(play.commands),
                _outcome(play, "goes in two steps", "moves at once"),
            )
    return None


def _gain(play: Play) -> str:
    more = play.available(ANA) - play.available(BEN)
    if more <= 0:
        return "costs less"
    return f"gives {credits_text(more)} credits more"


def _outcome(play: Play, mine: str, theirs: str) -> str:
    return (
        f"ana, who {mine}, has {credits_text(play.available(ANA))} credits "
        f"for {play.paid(ANA)}; ben, who {theirs}, has {credits_text(play.available(BEN))} "
        f"for {play.paid(BEN)}"
    )


def gifts_that_come_again(subject: Subject) -> Iterator[Fault]:
    """Find unpaid credits that come again, or sooner, for who leaves their plan and comes back.

    Searched: each plan that costs nothing, left for each other plan and joined again at once or at
    the next boundary; from the version's start and, where there is a version before, from a day
    before it. The wallet that stays is the measure.
    """
    for plan, other in permutations(subject.plans, 2):
        if not (is_unpaid(subject.policy, plan) and plan.grants):
            continue
        for start in _starts(subject, plan):
            found = _again(subject, plan, other, start)
            if found is not None:
                yield found
                break


def _starts(subject: Subject, plan: PlanRule) -> Iterator[Instant]:
    yield subject.starts_at
    before = subject.before
    if before is not None and plan.name in before.plans:
        yield max(before.effective_at, subject.starts_at - 24 * _HOUR)


def _again(subject: Subject, plan: PlanRule, other: PlanRule, start: Instant) -> Fault | None:
    play = subject.play()
    for wallet in (ANA, BEN):
        join(play, wallet, start, plan)
    left = max(start, subject.starts_at) + _HOUR
    play.do(ANA, left, ChangePlan(other.name))
    _arrive(play, left, other.name)
    at = max(left, _now(play)) + _HOUR
    back = Cancel() if plan.name == subject.policy.changes.cancel.to else ChangePlan(plan.name)
    play.do(ANA, at, back)
    _arrive(play, at, plan.name)
    at = max(at, _now(play))
    pass_time(play, BEN, at)
    rule = f".plans.{plan.name}."
    once, twice = play.given(BEN, rule), play.given(ANA, rule)
    if twice <= once:
        return None
    return Fault(
        "EF102",
        f"{plan.pointer}/grants",
        f"leaving `{plan.name}` for `{other.name}` and coming back gives its "
        f"{credits_text(twice - once)} credits again",
        "give them `once`, under the name that they have had, or let leaving wait for the end of "
        "the cycle",
        tuple(play.commands),
        f"`{plan.name}` has given ana {credits_text(twice)} credits by then, and ben, who stays, "
        f"{credits_text(once)}",
    )


def _arrive(play: Play, at: Instant, plan: str) -> None:
    """Wait for a change of plan that comes at the boundary."""
    subscription = play.book(ANA).subscription
    if subscription is not None and subscription.plan != plan and subscription.pending:
        pass_time(play, ANA, boundary_of(play, ANA, at))


def _now(play: Play) -> Instant:
    return max(line.transaction.effective_at for line in play.lines)


def downgrades_that_pay(subject: Subject) -> Iterator[Fault]:
    """Find wallets that gain by going down, or leaving, just before a renewal.

    Searched: each paid plan against each lower one, asked for in the last second of the cycle, with
    nothing, half and all of the credits spent; staying down, or moving up again at the boundary.
    Two paid plans are compared where their cycles have one length. The wallet that stays is the
    measure, just after the boundary.
    """
    for low, high in combinations(subject.plans, 2):
        if is_unpaid(subject.policy, high) or high.cycle is None:
            continue
        if low.cycle != high.cycle and not is_unpaid(subject.policy, low):
            continue
        for halves, returns in ((halves, back) for back in (False, True) for halves in PARTS):
            found = _down(subject, low, high, halves, returns=returns)
            if found is not None:
                yield found
                break


def _down(
    subject: Subject, low: PlanRule, high: PlanRule, halves: int, *, returns: bool
) -> Fault | None:
    start = subject.starts_at
    play = subject.play()
    for wallet in (ANA, BEN):
        if any(grant.given == "once" for grant in low.grants):  # neither gets a gift later on
            join(play, wallet, start, low)
            play.do(wallet, start, ChangePlan(high.name))
        else:
            join(play, wallet, start, high)
    end = boundary_of(play, ANA, start)
    middle = (start + end) // 2 // SECOND * SECOND
    for wallet in (ANA, BEN):
        spend(play, wallet, middle, halves)
    cancels = low.name == subject.policy.changes.cancel.to
    play.do(ANA, just_before(end), Cancel() if cancels else ChangePlan(low.name))
    for wallet in (ANA, BEN):
        pass_time(play, wallet, end)
    if returns:
        play.do(ANA, end, ChangePlan(high.name))
    if not beats(play, subject.policy, ANA, BEN):
        return None
    up = f" and back to `{high.name}` after it" if returns else ""
    return Fault(
        "EF103",
        "/changes/cancel" if cancels else "/changes/downgrade",
        f"going from `{high.name}` to `{low.name}` just before a renewal{up} {_gain(play)} "
        "than staying",
        "let `unused` credits be lost where the renewal loses them, and let what is free not "
        "outlast an upgrade",
        tuple(play.commands),
        _outcome(play, "goes down", "stays"),
    )
