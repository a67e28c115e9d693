"""A bucket of wallets with rows of usage: each wallet's course under both policies."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from operator import attrgetter

from policyengine.app.replay.attempts import attempt
from policyengine.app.replay.mapping.document import MappingDocument
from policyengine.app.replay.mapping.load import load_mapping
from policyengine.app.replay.placing import Placing
from policyengine.app.replay.row_commands import ACTOR, RowCommands
from policyengine.app.replay.usage_rows import UsageRow
from policyengine.app.replay.ways import Account
from policyengine.app.simulation.sides import Side, timeline_of
from policyengine.engine.commands import Body, ChangePlan, Command, Settle
from policyengine.engine.decide import Decision
from policyengine.policy.timeline import Timeline
from policyengine.simulate.course import Course
from policyengine.simulate.tally import Pair, Tally
from policyengine.values.calendar import Instant


@dataclass(frozen=True, slots=True)
class UsageTask:
    """What all buckets of a simulation share: both policies, the mapping, the place in time."""

    old: Side
    new: Side
    mapping: bytes
    placing: Placing
    ends_at: Instant
    digest: str


@dataclass(frozen=True, slots=True)
class UsageBucket:
    """Wallets to simulate: their rows, wallet by wallet, each in the order of time."""

    number: int
    task: UsageTask
    rows: Sequence[UsageRow]


@lru_cache(maxsize=4)
def _document_of(mapping: bytes) -> MappingDocument:
    document = load_mapping(mapping, "mapping").document
    if document is None:
        raise ValueError("the mapping was read before, and is wrong now")
    return document


def run_usage(bucket: UsageBucket) -> tuple[int, list[Pair]]:
    """Run a bucket's wallets under both policies.

    Gives: the bucket's number, and a pair of tallies for each wallet.
    """
    task = bucket.task
    document = _document_of(task.mapping)
    commands = RowCommands(document, task.placing, task.digest)
    timelines = (timeline_of(task.old), timeline_of(task.new))
    pairs = []
    for wallet_id, rows in groupby(bucket.rows, attrgetter("wallet_id")):
        of_wallet = list(rows)
        charges = [(row, commands.charge(row)) for row in of_wallet]
        join = commands.join(of_wallet[0], "")
        old, new = (
            _tally(document, timeline, join, charges, task.ends_at) for timeline in timelines
        )
        pairs.append(Pair(wallet_id, sum(row.requests for row in of_wallet), old, new))
    return bucket.number, pairs


def _tally(
    document: MappingDocument,
    timeline: Timeline,
    join: Command,
    charges: Iterable[tuple[UsageRow, Command]],
    ends_at: Instant,
) -> Tally:
    """Run one course: join, charge row after row with the ways out, settle at the end."""
    course = Course(timeline, join.wallet_id)
    tally, decide, wallets = course.tally, course.decide, document.wallets
    joined = decide(join)
    refusal = joined.answer.refusal
    plan = wallets.plan if refusal is None else str(refusal.details.get("plan", wallets.plan))
    account = Account(plan)

    def helped(decision: Decision, body: Body) -> None:
        if isinstance(body, ChangePlan) and decision.answer.refusal is None:
            tally.moved_up += 1

    for row, command in charges:
        tried = attempt(decide, command, wallets, account, helped)
        course.request(command, tried.first, tried.last, row.requests)
    decide(Command(join.wallet_id, f"{ACTOR}:settle", ends_at, Settle(), ACTOR))
    return course.end()
