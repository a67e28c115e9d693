"""Proofs about prices: for each model and each standing that has prices of its own."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from importlib.util import find_spec
from typing import Final, Literal, TypeAlias

from policyengine.engine.commands import Usage
from policyengine.engine.modifying import rules_of
from policyengine.engine.rating import rate
from policyengine.ledger.subscriptions import Standing
from policyengine.ledger.transactions import Refusal
from policyengine.policy.policy import Policy
from policyengine.policy.vocabulary import vocabulary_of
from policyengine.proving.arithmetic import is_never_dearer
from policyengine.proving.claims import NEW, OLD, PriceClaim
from policyengine.proving.pricing import Asked
from policyengine.values.amounts import MICRO_PER_CREDIT, Micro

Answer: TypeAlias = Literal["proved", "refuted", "unknown"]
UP_TO_USUAL: Final = 10**9
SECONDS_USUAL: Final = 10
PLAINLY_NO_DEARER: Final = frozenset({"price(new) <= price(old)", "price(old) >= price(new)"})
NO_SOLVER: Final = "the solver is not installed: `pip install 'policyengine-credits[prove]'`"


@dataclass(frozen=True, slots=True)
class Scope:
    """What a claim is asked of: one model or all, one plan or all, with these modifiers."""

    model: str = ""
    plan: str = ""
    modifiers: tuple[str, ...] = ()
    up_to: int = UP_TO_USUAL
    seconds: float = SECONDS_USUAL


@dataclass(frozen=True, slots=True)
class Example:
    """A request that refutes a claim, with what the engine says that it costs."""

    usage: Usage
    new_micro: Micro
    old_micro: Micro | None
    is_smallest: bool

    @property
    def size(self) -> int:
        """Give the sum of its counts."""
        return sum(count for _, count in self.usage.counts)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of a claim for a model as somebody asks for it.

    `how` says by which means it was proved, or why nothing is known.
    """

    asked: Asked
    answer: Answer
    how: str
    example: Example | None = None


def judge_prices(
    claim: PriceClaim, new: Policy, old: Policy | None, scope: Scope
) -> tuple[Verdict, ...]:
    """Judge a claim about prices for everything in a scope."""
    return tuple(_judge(claim, new, old, asked, scope) for asked in cases_of(new, old, scope))


def cases_of(new: Policy, old: Policy | None, scope: Scope) -> Iterator[Asked]:
    """Give each model that the versions share, as asked for by all who have prices of their own."""
    versions = [new] if old is None else [new, old]
    for name in new.models:
        if scope.model not in {"", name} or any(name not in each.models for each in versions):
            continue
        for standing in _standings(versions, name, scope):
            yield Asked(name, standing, scope.modifiers)


def shared_units(new: Policy, old: Policy | None) -> tuple[str, ...]:
    """Give the units that both versions count, in the order of the new one."""
    return tuple(unit for unit in new.units if old is None or unit in old.units)


def _standings(versions: Sequence[Policy], model: str, scope: Scope) -> list[Standing]:
    """Give who is charged differently and may name the modifiers: one plan for each price there is.

    Each cohort stands beside each of them: a version that does not know it goes by the plan.
    """
    priced = dict.fromkeys(plan for each in versions for plan in each.models[model].on_plan)
    others = [plan for plan in versions[0].plans if plan not in priced]
    asked = [scope.plan] if scope.plan else [*others, *priced]
    allowed = [
        plan
        for plan in asked
        if all(
            _is_allowed(each, Asked(model, Standing(plan), scope.modifiers)) for each in versions
        )
    ]
    plain = next((plan for plan in allowed if plan not in priced), None)
    plans = [plan for plan in allowed if plan in priced or plan == plain]
    cohorts = dict.fromkeys(name for each in versions for name in each.models[model].for_cohort)
    return [Standing(plan, cohort) for plan in plans for cohort in ("", *cohorts)]


def _is_allowed(policy: Policy, asked: Asked) -> bool:
    usage = Usage(asked.model, (), modifiers=asked.modifiers)
    return not isinstance(rules_of(policy, usage, asked.standing), Refusal)


def _judge(
    claim: PriceClaim, new: Policy, old: Policy | None, asked: Asked, scope: Scope
) -> Verdict:
    units = shared_units(new, old)
    is_plain = claim.text in PLAINLY_NO_DEARER
    if old is not None and is_plain and is_never_dearer(new, old, asked, units):
        return Verdict(asked, "proved", "by comparing rates")
    if find_spec("z3") is None:
        return Verdict(asked, "unknown", NO_SOLVER)
    # The solver takes a while to import, and is an extra.
    from policyengine.proving.solving import Open, find_broken  # noqa: PLC0415  # as said
    from policyengine.proving.terms import Breaking  # noqa: PLC0415  # as said

    found = find_broken(units, scope.up_to, scope.seconds, Breaking(claim, new, old, asked))
    if found is None:
        return Verdict(asked, "proved", "by the solver")
    if isinstance(found, Open):
        return Verdict(asked, "unknown", found.why)
    example = _checked(claim, new, old, asked, found.counts, is_smallest=found.is_smallest)
    return Verdict(asked, "refuted", "by an example that the engine confirms", example)


def _checked(
    claim: PriceClaim,
    new: Policy,
    old: Policy | None,
    asked: Asked,
    counts: Mapping[str, int],
    *,
    is_smallest: bool,
) -> Example:
    """Price an example with the engine, and see that it breaks the claim there.

    Raises: AssertionError where it does not: then the model of prices is wrong.
    """
    usage = Usage.of(asked.model, counts, modifiers=asked.modifiers)
    prices = [None if each is None else rate(each, usage, asked.standing) for each in (new, old)]
    micro = [
        None if each is None or isinstance(each, Refusal) else each.total_micro for each in prices
    ]
    if micro[0] is None or claim_holds(claim, new, counts, (micro[0], micro[1])):
        raise AssertionError(f"the engine does not confirm {usage} against `{claim.text}`")
    return Example(usage, micro[0], micro[1], is_smallest)


def claim_holds(
    claim: PriceClaim,
    policy: Policy,
    counts: Mapping[str, int],
    prices: tuple[Micro, Micro | None],
) -> bool:
    """Tell whether a claim holds for one request, by the house's own expressions."""
    new, old = prices
    values: dict[str, int | Fraction] = {
        name: sum(counts.get(unit, 0) for unit in units)
        for name, units in vocabulary_of(policy.document).counts.items()
    }
    values[NEW] = Fraction(new, MICRO_PER_CREDIT)
    values[OLD] = Fraction(0 if old is None else old, MICRO_PER_CREDIT)
    return bool(claim.expression.evaluate(values))
