"""Credits that are given in vain: grants that nobody can spend, bought credits spent too soon."""

from collections.abc import Iterator
from itertools import product

from policyengine.engine.commands import (
    Body,
    BuyPack,
    ChangePlan,
    Charge,
    Command,
    GiveGrant,
    Usage,
)
from policyengine.ledger.book import Book
from policyengine.ledger.changes import LotOpened
from policyengine.ledger.lots import LotTerms
from policyengine.linting.faults import (
    ANA,
    Fault,
    Subject,
    boundary_of,
    join,
    just_before,
    pass_time,
    usage_worth,
)
from policyengine.policy.policy import GrantRule, PackRule, PlanRule
from policyengine.simulate.paying import is_unpaid
from policyengine.simulate.stories import Play
from policyengine.values.amounts import MICRO_PER_CREDIT, credits_text
from policyengine.values.calendar import NEVER, SECOND, CalendarSpan, Instant, add_span

CYCLES_MAX = 3
"""The cycles of a plan in which a grant is looked for."""
COUNT_LARGE = 10**9
_HOUR = 3600 * SECOND
_BY_HAND = 100 * MICRO_PER_CREDIT
_MONTH = CalendarSpan(1, "month")


def unspendable_grants(subject: Subject) -> Iterator[Fault]:
    """Find grants that never come, or whose credits no request draws on.

    Searched: each grant of each plan; a wallet joins when the version starts, or in the middle of
    the grant's promotional period, and makes requests of every model, each with large counts of all
    units, that take all they may: at once and in the last second of each of the first cycles.
    """
    for plan in subject.plans:
        for grant in plan.grants:
            found = _never_spent(subject, plan, grant)
            if found is not None:
                yield found


def _never_spent(subject: Subject, plan: PlanRule, grant: GrantRule) -> Fault | None:
    start = subject.starts_at
    if grant.between is not None:
        start = max(start, (grant.between[0] + grant.between[1]) // 2 // SECOND * SECOND)
    play = subject.play()
    join(play, ANA, start, plan)
    at, given, requests = start, 0, 0
    of_first_cycle: tuple[Command, ...] = ()
    for _ in range(CYCLES_MAX):
        end = boundary_of(play, ANA, at)
        for instant in (at, just_before(end)):
            drain(play, subject, instant)
        given = play.given(ANA, f".{grant.rule}")
        if _drawn(play, grant):
            return None
        pass_time(play, ANA, end)
        requests = sum(isinstance(each.body, Charge) for each in play.commands)
        of_first_cycle = of_first_cycle or tuple(play.commands)
        at = end
    how = "its credits pay for no request" if given else "it never gives any"
    return Fault(
        "EF104",
        grant.pointer,
        f"the grant `{grant.name}` of `{plan.name}` can never be spent: {how}",
        "let it give credits that some request of this plan costs, or delete it",
        of_first_cycle,
        f"`{grant.name}` gave {credits_text(given)} credits in {CYCLES_MAX} cycles that went "
        f"on like this, and paid for none of their {requests} requests",
    )


def drain(play: Play, subject: Subject, at: Instant) -> None:
    """Make a request of every model, after the fact, that costs more than there is."""
    policy = subject.policy
    for model in policy.models:
        counts = dict.fromkeys(policy.units, COUNT_LARGE)
        play.do(ANA, at, Charge(Usage.of(model, counts), after_request=True))


def _drawn(play: Play, grant: GrantRule) -> bool:
    ours = {
        change.terms.no
        for line in play.lines
        for change in line.transaction.changes
        if isinstance(change, LotOpened) and change.terms.rule.endswith(f".{grant.rule}")
    }
    return any(
        move.lot_no in ours and move.target == "consumed"
        for line in play.lines
        for move in line.transaction.moves
    )


def bought_before_free(subject: Subject) -> Iterator[Fault]:
    """Find bought credits that are spent before credits that expire no later and cost nothing more.

    Searched: each pack, bought on each plan that it is sold to, directly or after each unpaid plan;
    alone, before and after credits given by hand for a month; one request, an hour later or after
    the next renewal.
    """
    for pack in subject.policy.packs.values():
        found = next(_burnt(subject, pack), None)
        if found is not None:
            yield found


def _burnt(subject: Subject, pack: PackRule) -> Iterator[Fault]:
    policy = subject.policy
    buyers = [plan for plan in subject.plans if plan.name in pack.sold_to]
    firsts = [None, *(plan for plan in subject.plans if is_unpaid(policy, plan))]
    for plan, first, order in product(buyers, firsts, ("alone", "after", "before", "renewed")):
        if first is plan:
            continue
        play = subject.play()
        at = subject.starts_at
        join(play, ANA, at, plan if first is None else first)
        if first is not None:
            play.do(ANA, at, ChangePlan(plan.name))
        expires_at = add_span(at, _MONTH, policy.zone)
        bodies: list[Body] = [BuyPack(pack.name)]
        if order in {"after", "before"}:
            bodies.append(GiveGrant(_BY_HAND, expires_at=expires_at))
        for body in bodies if order == "before" else reversed(bodies):
            play.do(ANA, at, body)
        if order == "renewed":
            at = boundary_of(play, ANA, at)
            pass_time(play, ANA, at)
        found = _spent_too_soon(subject, pack, play, at + _HOUR)
        if found is not None:
            yield found


def _spent_too_soon(subject: Subject, pack: PackRule, play: Play, at: Instant) -> Fault | None:
    usage = usage_worth(subject.policy, pack.amount_micro)
    if usage is None:
        return None
    before = play.book(ANA)
    answer = play.do(ANA, at, Charge(usage))
    if answer.refusal is not None:
        return None
    taken = sum(
        move.amount_micro
        for move in answer.moves
        if move.target == "consumed" and before.lots[move.lot_no].terms.is_pack
    )
    bought = [lot.terms for lot in before.lots.values() if lot.terms.is_pack]
    left = _lost(play.book(ANA), min((each.expires_at for each in bought), default=NEVER))
    if not taken or left is None:
        return None
    pass_time(play, ANA, left.expires_at)
    unused = play.book(ANA).lots.get(left.no)
    lost = credits_text(0 if unused is None else unused.expired)
    return Fault(
        "EF105",
        "/burn_order",
        f"credits of the pack `{pack.name}` are spent while others, which expire no later and cost "
        "nothing more, are left to expire",
        "write `soonest_expiry` or `free_before_bought` first, and `plan_before_pack`",
        tuple(play.commands),
        f"{credits_text(taken)} bought credits are gone, and {lost} of "
        f"`{left.rule}` have expired unused",
    )


def _lost(book: Book, no_later_than: Instant) -> LotTerms | None:
    """Find credits for everything, not bought as a pack, that are left and expire first."""
    open_lots = (lot for lot in book.lots.values() if lot.remaining)
    waiting = [
        lot.terms
        for lot in open_lots
        if lot.terms.is_no_pack
        and lot.terms.is_general
        and lot.terms.expires_at <= no_later_than
        and lot.terms.expires_at < NEVER
    ]
    return min(waiting, key=lambda each: (each.expires_at, each.no), default=None)
