"""Why a grant gave less than its rule says: the answers of the policy that may cut it."""

from collections.abc import Iterator

from policyengine.engine.derivation import Step, place_of
from policyengine.ledger.changes import SubscriptionSet
from policyengine.ledger.lots import Lot
from policyengine.ledger.transactions import Transaction, change_of
from policyengine.policy.policy import GrantRule, PlanRule, Policy
from policyengine.policy.timeline import Timeline
from policyengine.values.amounts import credits_text


def cut_steps(
    timeline: Timeline, decided_by: Policy, transaction: Transaction, lot: Lot
) -> tuple[Step, ...]:
    """Name what a grant of a plan gives in full, and each answer that may have cut it.

    Gives: nothing for what was given in full, and for lots that no plan gave.
    """
    if lot.terms.source not in {"plan", "gift"}:
        return ()
    terms = timeline.version(int(lot.terms.rule.partition(".")[0].removeprefix("v")))
    if terms is None:  # not loaded: the rule has no place to show either
        return ()
    plan, grant = timeline.giver(lot.terms.rule)
    if lot.terms.granted_micro >= grant.amount_micro:
        return ()
    return (
        Step(
            "in full, the grant gives",
            credits_text(grant.amount_micro),
            place_of(terms, f"{grant.pointer}/credits"),
        ),
        *_answers_of_terms(terms, plan, grant, lot),
        *_answers_of_upgrade(decided_by, transaction, lot),
        *_answer_of_adoption(terms, transaction),
    )


def _answers_of_terms(terms: Policy, plan: PlanRule, grant: GrantRule, lot: Lot) -> Iterator[Step]:
    if lot.terms.times_kept and grant.kept is not None:
        least = credits_text(grant.kept.at_least_micro)
        yield Step("filled up to", least, place_of(terms, f"{grant.pointer}/rollover/at_least"))
        return
    if plan.first_cycle != "full":
        place = place_of(terms, f"{plan.pointer}/first_cycle")
        yield Step("in a cycle under way", plan.first_cycle, place)
    if grant.at_most is not None:
        most = credits_text(grant.at_most.amount_micro)
        yield Step("at most", most, place_of(terms, f"{grant.pointer}/at_most"))
    if plan.balance_at_most_micro is not None:
        most = credits_text(plan.balance_at_most_micro)
        yield Step("balance at most", most, place_of(terms, f"{plan.pointer}/balance_at_most"))


def _answer_of_adoption(terms: Policy, transaction: Transaction) -> Iterator[Step]:
    if transaction.kind == "adopt":
        given = "the difference to the terms before"
        yield Step("in a cycle under way", given, place_of(terms, "/replaces/plans"))


def _answers_of_upgrade(policy: Policy, transaction: Transaction, lot: Lot) -> Iterator[Step]:
    joined = change_of(transaction, SubscriptionSet)
    if transaction.kind != "change_plan" or joined is None or lot.terms.source != "plan":
        return
    places = {"/changes/upgrade": policy.changes.upgrade}
    for index, pair in enumerate(policy.changes.pairs):
        if pair.to == joined.subscription.plan:
            places[f"/changes/pairs/{index}/upgrade"] = pair.upgrade
    for pointer, rule in places.items():
        for key, word in (("new_credits", rule.new_credits), ("prorated", rule.prorated)):
            if word not in {None, "full"}:
                yield Step("at an upgrade", str(word), place_of(policy, f"{pointer}/{key}"))
