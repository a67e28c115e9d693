"""Laws about answers that a policy may leave out: they hold wherever it gives them."""

from laws.histories import History
from policyengine.ledger.changes import DebtChanged, SubscriptionSet
from policyengine.ledger.subscriptions import Subscription
from policyengine.ledger.transactions import change_of
from policyengine.policy.forbidding import ChangeKind, forbidden_by


def captures_keep_to_their_holds(history: History) -> None:
    """Where a version refuses more, a capture takes what its hold has and nothing besides."""
    for decision in history.decisions:
        answer = decision.answer
        policy = history.timeline.version(answer.policy.version)
        if answer.kind == "capture" and policy is not None and policy.holds.above == "refuse":
            taken = [each.source for each in answer.moves if each.target == "consumed"]
            assert set(taken) <= {"held"}


def new_terms_take_nothing_back(history: History) -> None:
    """New terms in a running cycle come once for each version, not before it, and only give."""
    for each in history.recorded:
        if each.kind != "adopt":
            continue
        change = change_of(each, SubscriptionSet)
        assert change is not None
        terms = history.timeline.version(change.subscription.version)
        assert terms is not None
        assert each.effective_at == terms.effective_at
        assert {move.source for move in each.moves if move.target == "available"} <= {"issued"}
        assert {move.target for move in each.moves} <= {"available", "withdrawn"}
        repaid = [-own.by_micro for own in each.changes if isinstance(own, DebtChanged)]
        gone = [move.amount_micro for move in each.moves if move.target == "withdrawn"]
        assert sorted(gone) == sorted(repaid)
    names = [(each.wallet_id, each.key) for each in history.recorded if each.kind == "adopt"]
    assert len(names) == len(set(names))


def forbidden_changes_are_not_made(history: History) -> None:
    """No command makes or plans a change of plan that the version in force forbids."""
    standing: dict[str, Subscription] = {}
    for each in history.recorded:
        change = change_of(each, SubscriptionSet)
        if change is None:
            continue
        before = standing.get(each.wallet_id)
        after = standing[each.wallet_id] = change.subscription
        policy = history.timeline.version(each.policy.version)
        if before is None or policy is None or each.kind not in {"change_plan", "cancel"}:
            continue
        pending = after.pending
        plan = after.plan if pending is None or after.plan != before.plan else pending.plan
        if plan == before.plan or pending == before.pending or before.plan not in policy.plans:
            continue  # the present plan, and nothing else, or a cohort
        up = policy.plans[plan].rank > policy.plans[before.plan].rank
        kind: ChangeKind = "upgrade" if up else "downgrade"
        if each.kind == "cancel":
            kind = "cancel"
        assert forbidden_by(policy.changes, kind, before.plan, plan) is None
